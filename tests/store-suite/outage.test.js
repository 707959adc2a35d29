'use strict';

/** A server that freezes, ends and comes back, and a client that is not connected: every version of every client. */

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { randomUUID } = require('node:crypto');
const { after, afterEach, before, beforeEach, describe, test } = require('node:test');
const { promisify } = require('node:util');

const { RedisStore, sign, verify } = require('secure-web-token');
const { assertUnavailableInTime, eventually } = require('../support/outage.js');
const { startRedis } = require('../support/redis.js');
const { one, versions } = require('../support/redis_clients.js');
const { assertFails, newSecret } = require('../support/sessions.js');

const SECRET = newSecret();
const ALICE = { userId: 'alice' };

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));
after(() => assert.deepEqual(unhandled, []));

for (const name of versions) {
  const make = one[name];
  describe(name, { timeout: 60_000 }, () => {
    let server;
    let close;
    let store;
    let grant;

    beforeEach(async () => {
      server = await startRedis();
      const made = make([server.url]);
      close = made.close;
      await made.connected;
      store = new RedisStore(made.client);
      grant = await sign(ALICE, SECRET, { store });
    });
    afterEach(async () => {
      await close();
      await server.stop();
    });

    const check = () => verify(grant.token, SECRET, { store, sessionId: grant.sessionId });

    test('a frozen server: everything is unavailable in time, and works again when it thaws', async () => {
      process.kill(server.pid, 'SIGSTOP');
      await assertUnavailableInTime(check, { code: 'store_timeout' });
      await assertUnavailableInTime(() => sign(ALICE, SECRET, { store }), { code: 'store_timeout' });
      await assertUnavailableInTime(() => store.revokeSession(grant.sessionId), { code: 'store_timeout' });
      await assertUnavailableInTime(() => store.getSession(grant.sessionId), { code: 'store_timeout' });
      await assertUnavailableInTime(() => store.registerSession({ sessionId: randomUUID(), userId: 1 }), {
        code: 'store_timeout',
      });
      const many = await Promise.allSettled(Array.from({ length: 200 }, () => assertUnavailableInTime(check)));
      assert.deepEqual(
        many.filter(({ status }) => status === 'rejected'),
        [],
      );

      process.kill(server.pid, 'SIGCONT');
      // The revocation that was not confirmed has been carried out all the same.
      await eventually(() => assertFails(check(), { code: 'session_revoked' }));
      const fresh = await eventually(() => sign(ALICE, SECRET, { store }));
      await verify(fresh.token, SECRET, { store, sessionId: fresh.sessionId });
    });

    test('a server that is killed: unavailable in time, and the same store works after its restart', async () => {
      await server.stop();
      await assertUnavailableInTime(check);
      await assertUnavailableInTime(() => sign(ALICE, SECRET, { store }));
      await assertUnavailableInTime(() => store.revokeSession(grant.sessionId));
      await Promise.all(Array.from({ length: 200 }, () => assertUnavailableInTime(check)));

      server = await startRedis({ port: server.port });
      // Its sessions are gone with it.
      await eventually(() => assertFails(check(), { code: 'session_revoked' }));
      const fresh = await sign(ALICE, SECRET, { store });
      await verify(fresh.token, SECRET, { store, sessionId: fresh.sessionId });
    });
  });
}

describe('a client that is not connected', { timeout: 60_000 }, () => {
  let server;
  before(async () => {
    server = await startRedis();
  });
  after(() => server.stop());

  for (const [name, make] of Object.entries(one)) {
    test(`${name}: is waited for while it connects`, async () => {
      const { client, close, connected } = make([server.url]);
      const { token, sessionId } = await sign(ALICE, SECRET, { store: new RedisStore(client) });
      await connected;
      await verify(token, SECRET, { store: new RedisStore(client), sessionId });
      await close();
    });

    test(`${name}: when it is closed again, everything is unavailable`, async () => {
      const { client, close, connected } = make([server.url]);
      await connected;
      const store = new RedisStore(client);
      await store.getSession(randomUUID());
      await close();
      await assertUnavailableInTime(() => store.getSession(randomUUID()));
      await assertUnavailableInTime(() => sign(ALICE, SECRET, { store }), { code: 'store_connection' });
    });
  }
});

describe('the process lives on when Redis goes away and the application does not listen', { timeout: 60_000 }, () => {
  const made = {
    'node-redis 4': "const client = require('redis4').createClient({ url })",
    'node-redis 5': "const client = require('redis5').createClient({ url })",
    'node-redis 5, pool': "const client = require('redis5').createClientPool({ url })",
    'node-redis 6': "const client = require('redis').createClient({ url })",
    'node-redis 6, pool': "const client = require('redis').createClientPool({ url })",
    'ioredis 5': "const client = new (require('ioredis5').Redis)(url, { lazyConnect: true })",
    'ioredis 6': "const client = new (require('ioredis').Redis)(url, { lazyConnect: true })",
  };
  for (const [name, construct] of Object.entries(made)) {
    test(name, async () => {
      const server = await startRedis();
      const script = `
        const { RedisStore } = require('secure-web-token');
        const url = '${server.url}';
        ${construct};
        const warnings = [];
        process.on('warning', (warning) => warnings.push(warning.code));
        (async () => {
          const store = new RedisStore(client);
          new RedisStore(client, { prefix: 'other:' });
          await client.connect();
          await store.getSession('${randomUUID()}');
          process.kill(${server.pid}, 'SIGKILL');
          await new Promise((resolve) => setTimeout(resolve, 300));
          const error = await store.getSession('${randomUUID()}').catch((e) => e);
          console.log(JSON.stringify([error.kind, ...warnings]));
          process.exit();
        })();
      `;
      try {
        const options = { cwd: __dirname, timeout: 20_000 };
        const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', '-e', script], options);
        // ioredis says it itself, on the console.
        const warnings = name.startsWith('ioredis') ? [] : ['SWT_REDIS_CLIENT_ERROR'];
        assert.deepEqual(JSON.parse(stdout), ['unavailable', ...warnings]);
      } finally {
        await server.stop();
      }
    });
  }
});
