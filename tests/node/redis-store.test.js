'use strict';

const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const { after, before, describe, test } = require('node:test');
const { inspect } = require('node:util');

const ioredis = require('ioredis');
const nodeRedis = require('redis');

const { RedisStore, sign, verify } = require('secure-web-token');
const { assertFails, newKey, newProof, newSecret } = require('../support/sessions.js');
const { startRedis } = require('../support/redis.js');

const SECRET = newSecret();
const ALICE = { userId: 'alice' };
const JKT = 'A'.repeat(43);
const REQUEST = { method: 'GET', url: '/' };

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));
after(() => assert.deepEqual(unhandled, []));

const ignore = () => {};

/** Each kind of client, as an application makes it. */
const clients = {
  redis: async ({ url }, options) => {
    const client = nodeRedis.createClient({ url, ...options }).on('error', ignore);
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  'redis, pool': async ({ url }, options) => {
    const client = nodeRedis.createClientPool({ url, ...options }).on('error', ignore);
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  'redis, with Buffers and RESP2': async ({ url }, options) => {
    const made = await clients.redis({ url }, { RESP: 2, ...options });
    return { ...made, client: made.client.withTypeMapping({ [nodeRedis.RESP_TYPES.BLOB_STRING]: Buffer }) };
  },
  ioredis: async ({ url }, options) => {
    const client = new ioredis.Redis(url, options).on('error', ignore);
    return { client, close: () => client.disconnect() };
  },
  'ioredis, with numbers as texts and pipelines': async (server, options) =>
    clients.ioredis(server, { stringNumbers: true, enableAutoPipelining: true, ...options }),
  'ioredis, not yet connected': async (server, options) => clients.ioredis(server, { lazyConnect: true, ...options }),
};

const clusterClients = {
  'redis, cluster': async ({ url }, options) => {
    const client = nodeRedis.createCluster({ rootNodes: [{ url }], ...options }).on('error', ignore);
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  'ioredis, cluster': async ({ url }, options) => {
    const client = new ioredis.Cluster([url], options).on('error', ignore);
    return { client, close: () => client.disconnect() };
  },
};

/** A server that is a whole cluster, so that keys in different slots are refused. */
async function startCluster() {
  const server = await startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'] });
  const admin = new ioredis.Redis(server.url);
  await admin.cluster('ADDSLOTSRANGE', 0, 16383);
  while (!(await admin.cluster('INFO')).includes('cluster_state:ok')) await new Promise((done) => setTimeout(done, 20));
  return { server, admin };
}

async function startSingle() {
  const server = await startRedis();
  return { server, admin: new ioredis.Redis(server.url) };
}

function describeClient(kind, make, start) {
  describe(kind, () => {
    let server;
    let admin;
    let client;
    let close;
    let store;

    before(async () => {
      ({ server, admin } = await start());
      ({ client, close } = await make(server));
      store = new RedisStore(client);
    });
    after(async () => {
      close();
      admin.disconnect();
      await server.stop();
    });

    async function login(data = ALICE) {
      const key = await newKey();
      const grant = await sign(data, SECRET, { store, fingerprint: true, clientPublicKey: key.publicKeyJwk });
      const { token, sessionId } = grant;
      const check = async (changes) => {
        const dpopProof = await newProof(key, REQUEST.url, REQUEST.method, token);
        return verify(token, SECRET, { store, sessionId, dpopProof, ...REQUEST, ...changes });
      };
      return { ...grant, key, check };
    }

    test('a session from login to logout', async () => {
      const { sessionId, check } = await login();
      assert.deepEqual((await check()).data, ALICE);
      assert.equal((await store.getSession(sessionId)).userId, 'alice');
      await store.revokeSession(sessionId);
      await assertFails(check(), { code: 'session_revoked', kind: 'rejected', message: 'Session revoked or invalid' });
      assert.equal(await store.getSession(sessionId), null);
      await store.revokeSession(sessionId);
    });

    test('a proof is good once, and a refused request does not spend it', async () => {
      const { token, sessionId, key, check } = await login();
      const other = await login({ userId: 'mallory' });
      const dpopProof = await newProof(key, REQUEST.url, REQUEST.method, token);
      await assertFails(check({ dpopProof, sessionId: other.sessionId }), { kind: 'rejected' });
      await assertFails(check({ dpopProof, sessionId: randomUUID() }), { kind: 'rejected' });

      const uses = await Promise.allSettled(Array.from({ length: 20 }, () => check({ dpopProof })));
      assert.equal(uses.filter(({ status }) => status === 'fulfilled').length, 1);
      for (const { reason } of uses.filter(({ status }) => status === 'rejected')) {
        assert.equal(reason.code, 'proof_replayed');
      }
      assert.equal(typeof sessionId, 'string');
    });

    test('the record is the one of 3.0.1, with a time to live', async () => {
      const { sessionId } = await login({ userId: 7 });
      const record = JSON.parse(await admin.get(`swt:session:${sessionId}`));
      assert.equal(record.sessionId, sessionId);
      assert.equal(record.userId, 7);
      assert.match(record.jkt, /^[A-Za-z0-9_-]{43}$/);
      const left = await admin.ttl(`swt:session:${sessionId}`);
      assert.ok(left > 86390 && left <= 86400, String(left));
    });

    test('a session that 3.0.1 wrote is good', async () => {
      const { token } = await sign(ALICE, SECRET);
      const sessionId = randomUUID();
      await admin.set(`swt:session:${sessionId}`, JSON.stringify({ sessionId, userId: 'alice' }), 'EX', 60);
      assert.deepEqual((await verify(token, SECRET, { store, sessionId })).data, ALICE);
      await admin.del(`swt:session:${sessionId}`);
      await assertFails(verify(token, SECRET, { store, sessionId }), { code: 'session_revoked' });
    });

    test('the store methods of 3.0.1', async () => {
      for (const session of [
        { sessionId: randomUUID(), userId: 'Åsa 名前' },
        { sessionId: randomUUID(), userId: 2 ** 53 - 1, jkt: JKT },
      ]) {
        await store.registerSession(session);
        assert.deepEqual(await store.getSession(session.sessionId), session);
        await assertFails(store.registerSession({ ...session, userId: 'mallory' }), { code: 'state', kind: 'usage' });
        await store.revokeSession(session.sessionId);
        assert.equal(await store.getSession(session.sessionId), null);
      }
      for (const session of [undefined, null, 'x', {}, { sessionId: 'x', userId: 1 }]) {
        await assertFails(store.registerSession(session), { kind: 'usage' });
      }
    });

    test('ids that cannot exist never reach Redis', async () => {
      const before = await admin.info('commandstats');
      const calls = (text) => /cmdstat_eval(?:sha)?:calls=\d+/g.exec(text)?.join() ?? '';
      for (const id of [
        undefined,
        null,
        '',
        7,
        [],
        {},
        ['x'],
        '*',
        'c:{x}',
        'x'.repeat(2 ** 20),
        '\r\nDEL x',
        randomUUID().toUpperCase(),
      ]) {
        assert.equal(await store.getSession(id), null);
        assert.equal(await store.revokeSession(id), undefined);
      }
      assert.equal(calls(await admin.info('commandstats')), calls(before));
    });

    test('a server that has forgotten its scripts is told them again', async () => {
      const { sessionId, check } = await login();
      await check();
      await admin.script('FLUSH');
      await check();
      await admin.script('FLUSH');
      await store.revokeSession(sessionId);
      await admin.script('FLUSH');
      assert.equal(await store.getSession(sessionId), null);
      await admin.script('FLUSH');
      await (await login()).check();
    });

    test('a key of another type is an outage, not a logout', async () => {
      for (const fill of [
        (key) => admin.hset(key, 'a', 'b'),
        (key) => admin.rpush(key, 'a'),
        (key) => admin.sadd(key, 'a'),
      ]) {
        const { sessionId, check } = await login();
        const key = `swt:session:${sessionId}`;
        await admin.del(key);
        await fill(key);
        await assertFails(check(), { code: 'store_protocol', kind: 'unavailable', message: /WRONGTYPE/ });
        await assertFails(store.getSession(sessionId), { code: 'store_protocol' });
        await store.revokeSession(sessionId);
        await assertFails(check(), { code: 'session_revoked' });
      }
    });

    test('a poisoned record lets nobody in', async () => {
      const mallory = randomUUID();
      const poison = [
        '',
        'null',
        '[]',
        '7',
        '"x"',
        '{}',
        'not json',
        '{"sessionId":',
        `{"sessionId":"SID"}`,
        `{"userId":"alice"}`,
        `{"sessionId":"${mallory}","userId":"alice"}`,
        `{"sessionId":"SID","userId":"mallory"}`,
        `{"sessionId":"SID","userId":["alice"]}`,
        `{"sessionId":"SID","userId":"alice","jkt":"${JKT}"}`,
        `{"sessionId":"SID","userId":"alice","jkt":null}`,
        `{"sessionId":"SID","userId":"mallory","userId":"alice"}`,
        `{"sessionId":"SID","userId":"alice","userId":"mallory"}`,
        `{"sessionId":"SID","userId":"alice","__proto__":{"jkt":"x"}}`,
        `{"sessionId":"SID","userId":"alice\\u0000"}`,
        `{"sessionId":"SID","userId":"alice"}x`,
        '{"a":'.repeat(1000),
        'x'.repeat(2 ** 20),
      ];
      for (const text of poison) {
        const { sessionId, check } = await login();
        const key = `swt:session:${sessionId}`;
        const good = await admin.get(key);
        await admin.set(key, text.replaceAll('SID', sessionId), 'EX', 60);
        const error = await check().then(
          (payload) => assert.fail(`${text.slice(0, 80)} let in ${JSON.stringify(payload)}`),
          (reason) => reason,
        );
        assert.ok(['rejected', 'unavailable'].includes(error.kind), `${text.slice(0, 80)}: ${error.stack}`);
        await admin.set(key, good, 'EX', 60);
        await check();
      }
    });

    test('a key prefix of the store and one of the client', async (t) => {
      const { client: prefixed, close: closePrefixed } = await make(server, { keyPrefix: 'app:' });
      t.after(closePrefixed);
      const other = new RedisStore(prefixed, { prefix: 'auth:', ttl: '1h' });
      const { token, sessionId } = await sign(ALICE, SECRET, { store: other });
      assert.equal(await admin.exists(`app:auth:${sessionId}`), 1);
      assert.ok((await admin.ttl(`app:auth:${sessionId}`)) <= 3600);
      await verify(token, SECRET, { store: other, sessionId });
      await assertFails(verify(token, SECRET, { store, sessionId }), { code: 'session_revoked' });
      await other.revokeSession(sessionId);
      await assertFails(verify(token, SECRET, { store: other, sessionId }), { code: 'session_revoked' });
    });

    test('every key has a time to live', async () => {
      const keys = await admin.keys('*');
      assert.ok(keys.length > 10);
      for (const key of keys) assert.ok((await admin.pttl(key)) > 0, key);
    });

    test('it shows nothing of what it holds', async () => {
      const shown = inspect(store, { depth: 10, showHidden: true }) + JSON.stringify(store);
      assert.ok(!shown.includes(server.url) && !shown.includes('swt:session'), shown);
    });
  });
}

for (const [kind, make] of Object.entries(clients)) describeClient(kind, make, startSingle);
for (const [kind, make] of Object.entries(clusterClients)) describeClient(kind, make, startCluster);

describe('what is taken for a client', () => {
  test('another thing is refused, and what is accepted is named', async () => {
    const pipeline = new ioredis.Redis({ lazyConnect: true });
    const lookalikes = [
      undefined,
      null,
      'redis://localhost',
      7,
      {},
      [],
      new Map(),
      () => {},
      { get() {}, set() {}, del() {} },
      { sendCommand() {}, evalSha() {} },
      pipeline.pipeline(),
      nodeRedis.createClient().multi(),
      Promise.resolve({}),
      ioredis.Redis,
    ];
    for (const client of lookalikes) {
      await assertFails(() => new RedisStore(client), {
        code: 'argument',
        kind: 'usage',
        message: /"redis".*"ioredis"/,
      });
    }
    pipeline.disconnect();
  });

  test('a prefix that would scatter the keys of a session over a cluster is refused', async () => {
    const client = nodeRedis.createClient();
    for (const prefix of ['a}b:', 'a{b:', '{}:s:', 'a\nb', 'a\0b', 'x'.repeat(129), 'x'.repeat(2 ** 20), '\ud800']) {
      await assertFails(() => new RedisStore(client, { prefix }), { kind: 'usage' });
    }
    for (const prefix of ['swt:session:', '{swt}:session:', '{a}{b}:', 'é:', 'x'.repeat(128)])
      new RedisStore(client, { prefix });
  });
});
