'use strict';

/**
 * What only a Cluster does: slots that move, servers that freeze and end while the others go on. Whatever happens, a
 * session that nobody ended is good or unavailable, and never "no session".
 */

const assert = require('node:assert/strict');
const { after, before, describe, test } = require('node:test');

const { RedisStore, sign, verify } = require('secure-web-token');
const { assertUnavailableInTime, eventually, OUTAGE } = require('../support/outage.js');
const { startRedisCluster } = require('../support/redis_cluster.js');
const { cluster: forms } = require('../support/redis_clients.js');
const { assertFails, newSecret } = require('../support/sessions.js');
const { settle } = require('./suite.js');

const SECRET = newSecret();
const ALICE = { userId: 'alice' };
const REVOKED = { code: 'session_revoked', kind: 'rejected' };

const versions = ['node-redis 4', 'node-redis 5', 'node-redis 6', 'ioredis 5', 'ioredis 6'];
const clients = Object.fromEntries(versions.map((version) => [version, forms[`${version}, cluster`]]));

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

const keyOf = (sessionId) => `swt:session:${sessionId}`;
const companionOf = (sessionId) => `swt:session:c:{${keyOf(sessionId)}}`;

let cluster;
before(async () => {
  cluster = await startRedisCluster();
});
after(async () => {
  await cluster.stop();
  assert.deepEqual(unhandled, []);
});

async function open(t, make) {
  const { client, connected, close } = make(cluster.urls);
  t.after(close);
  await connected;
  return new RedisStore(client);
}

async function login(store) {
  const { token, sessionId } = await sign(ALICE, SECRET, { store });
  return { token, sessionId, check: () => verify(token, SECRET, { store, sessionId }) };
}

/** Sessions until there is one on each server. */
async function loginOnEach(store) {
  const found = new Map();
  while (found.size < cluster.nodes.length) {
    const session = await login(store);
    const node = await cluster.masterOf(keyOf(session.sessionId));
    found.set(node, session);
  }
  return found;
}

describe('not connected', { timeout: 60_000 }, () => {
  for (const [name, make] of Object.entries(clients)) {
    test(`${name}: a cluster that is connecting is waited for`, async (t) => {
      const { client, connected, close } = make(cluster.urls);
      t.after(close);
      const store = new RedisStore(client);
      const sessions = await Promise.all(Array.from({ length: 10 }, () => login(store)));
      await connected;
      for (const { check } of sessions) await check();
    });

    test(`${name}: one that was closed is unavailable`, async () => {
      const { client, connected, close } = make(cluster.urls);
      await connected;
      const store = new RedisStore(client);
      await login(store);
      await close();
      await assertUnavailableInTime(() => login(store), { code: 'store_connection' });
    });
  }
});

describe('a slot that moves', { timeout: 60_000 }, () => {
  for (const [name, make] of Object.entries(clients)) {
    test(`${name}: its session is good or unavailable, and ends when it is revoked`, async (t) => {
      const store = await open(t, make);
      const { sessionId, check } = await login(store);
      const move = await startMove(keyOf(sessionId));

      await check();
      await move.key(keyOf(sessionId));
      // Its two keys are on two servers: TRYAGAIN.
      await assertUnavailableInTime(check);
      await assertUnavailableInTime(() => store.getSession(sessionId));
      await move.key(companionOf(sessionId));
      // ASK, and the script may be new where it leads.
      await move.to.admin.script('FLUSH');
      await check();
      await move.finish();
      // MOVED
      assert.deepEqual((await check()).data, ALICE);
      await store.revokeSession(sessionId);
      await assertFails(check(), REVOKED);
    });

    test(`${name}: a revocation on the way is one`, async (t) => {
      const store = await open(t, make);
      const { sessionId, check } = await login(store);
      const move = await startMove(keyOf(sessionId));
      await move.key(keyOf(sessionId));
      // Not confirmed; ioredis goes on trying, so it may still be carried out.
      await assertUnavailableInTime(() => store.revokeSession(sessionId));
      await move.key(companionOf(sessionId));
      await store.revokeSession(sessionId);
      const error = await settle(check());
      assert.ok(error?.code === 'session_revoked' || error?.kind === 'unavailable', error?.stack);
      await move.finish();
      await assertFails(check(), REVOKED);
    });
  }

  /** Moves the slot of a key to another server, one key at a time. */
  async function startMove(key) {
    const from = await cluster.masterOf(key);
    const to = cluster.nodes.find((node) => node !== from);
    const slot = await from.admin.cluster('KEYSLOT', key);
    await to.admin.cluster('SETSLOT', slot, 'IMPORTING', from.id);
    await from.admin.cluster('SETSLOT', slot, 'MIGRATING', to.id);
    return {
      to,
      key: async (name) => {
        assert.equal(await from.admin.migrate('127.0.0.1', to.port, '', 0, 5000, 'KEYS', name), 'OK');
      },
      finish: async () => {
        for (const { admin } of [to, from, ...cluster.nodes]) await admin.cluster('SETSLOT', slot, 'NODE', to.id);
      },
    };
  }
});

describe('a master that freezes', { timeout: 60_000 }, () => {
  for (const [name, make] of Object.entries(clients)) {
    test(`${name}: its sessions are unavailable in time, the others good, and all are good when it thaws`, async (t) => {
      const store = await open(t, make);
      const sessions = await loginOnEach(store);
      const [frozen, ...others] = cluster.nodes;
      process.kill(frozen.pid, 'SIGSTOP');
      try {
        await assertUnavailableInTime(sessions.get(frozen).check);
        await assertUnavailableInTime(() => store.revokeSession(sessions.get(frozen).sessionId));
        for (const node of others) await sessions.get(node).check();
      } finally {
        process.kill(frozen.pid, 'SIGCONT');
      }
      for (const node of others) await eventually(sessions.get(node).check);
      // The revocation that was not confirmed may have been carried out.
      const error = await eventually(async () => {
        const error = await settle(sessions.get(frozen).check());
        assert.notEqual(error?.kind, 'unavailable');
        return error;
      });
      if (error !== undefined) assert.equal(error.code, 'session_revoked');
      const fresh = await eventually(() => loginOnEach(store));
      for (const { check } of fresh.values()) await eventually(check);
    });
  }
});

describe('a master that is killed', { timeout: 60_000 }, () => {
  const opened = {};
  let killed;

  before(async () => {
    for (const [name, make] of Object.entries(clients)) {
      const { client, connected, close } = make(cluster.urls);
      await connected;
      const store = new RedisStore(client);
      opened[name] = { store, close, sessions: await eventually(() => loginOnEach(store)) };
    }
    killed = cluster.nodes.at(-1);
    await killed.stop();
  });
  after(() => Promise.all(Object.values(opened).map(({ close }) => close())));

  /** All that is asked while it is gone, before and after the others have noticed. */
  async function assertOnlyItsSessionsAreGone({ store, sessions }) {
    for (const [node, { check, sessionId }] of sessions) {
      if (node === killed) {
        await assertUnavailableInTime(check);
        await assertUnavailableInTime(() => store.getSession(sessionId));
        await assertUnavailableInTime(() => store.revokeSession(sessionId));
      } else {
        await eventually(check);
        assert.equal((await eventually(() => store.getSession(sessionId))).userId, 'alice');
      }
    }
    const logins = await Promise.all(Array.from({ length: 30 }, () => settle(login(store))));
    for (const error of logins) if (error !== undefined) assert.equal(error.kind, OUTAGE.kind, error.stack);
    assert.ok(logins.includes(undefined));
    assert.ok(logins.some((error) => error !== undefined));
  }

  for (const name of Object.keys(clients)) {
    test(`${name}: its sessions are unavailable, the others good`, () => assertOnlyItsSessionsAreGone(opened[name]));
  }

  test('the other masters notice', async () => {
    const [{ admin }] = cluster.nodes;
    await eventually(async () => assert.match(await admin.cluster('INFO'), /cluster_slots_fail:[1-9]/));
  });

  for (const name of Object.keys(clients)) {
    test(`${name}: then too`, () => assertOnlyItsSessionsAreGone(opened[name]));
  }

  // A cluster of node-redis 4 that starts now cannot be closed any more: nothing that a test could clean up.
  for (const name of ['node-redis 5', 'ioredis 5', 'ioredis 6']) {
    test(`${name}: a client that starts now serves the sessions that are there`, async (t) => {
      const { client, close } = clients[name](cluster.urls);
      t.after(close);
      const store = new RedisStore(client);
      for (const [node, { token, sessionId }] of opened[name].sessions) {
        const check = () => verify(token, SECRET, { store, sessionId });
        if (node === killed) await assertUnavailableInTime(check);
        else assert.deepEqual((await eventually(check)).data, ALICE);
      }
    });
  }

  test('node-redis 6: a client that starts now is not ready without all masters, and everything is unavailable', async (t) => {
    const { client, close } = clients['node-redis 6'](cluster.urls);
    t.after(close);
    const store = new RedisStore(client);
    for (const { token, sessionId } of opened['node-redis 6'].sessions.values()) {
      await assertUnavailableInTime(() => verify(token, SECRET, { store, sessionId }));
    }
  });
});
