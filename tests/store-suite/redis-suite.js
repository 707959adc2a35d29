'use strict';

/**
 * What a RedisStore leaves in Redis and finds there, on one server or on a Cluster, looked at past the store.
 *
 *     redisSuite({ name, openStore, redis });       // openStore as for storeSuite
 */

const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const { after, before, describe, test } = require('node:test');

const { sign, verify } = require('secure-web-token');
const { assertFails, newKey } = require('../support/sessions.js');
const { IMPOSSIBLE_IDS } = require('./inputs.js');
const { ALICE, JKT, REQUEST, REVOKED, SECRET, TAKEN, legacyToken, loginAt, settle } = require('./suite.js');

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/**
 * @param {object} subject
 * @param {string} subject.name
 * @param {(options?: object) => Promise<{ store: object, close: () => unknown }>} subject.openStore options: of RedisStore
 * @param {{ admin: object, servers: () => object[] }} subject.redis admin: an ioredis client of everything; servers: one
 *   for each server
 * @param {string} [subject.keyPrefix] what the client puts before each key
 */
function redisSuite({ name, openStore, redis, keyPrefix = '' }) {
  describe(`${name}: keys`, { timeout: 60_000 }, () => {
    let store;
    let close;
    let admin;

    const onEach = (act) => Promise.all(redis.servers().map(act));
    const forgetScripts = () => onEach((server) => server.script('FLUSH'));
    const keyOf = (sessionId) => `${keyPrefix}swt:session:${sessionId}`;
    const companionOf = (sessionId) => `${keyPrefix}swt:session:c:{${keyOf(sessionId)}}`;
    const login = (data, options) => loginAt(store, data, options);

    before(async () => {
      ({ admin } = redis);
      await onEach((server) => server.flushall());
      ({ store, close } = await openStore());
    });
    after(() => close());

    test('a login leaves the record that 3.0.1 reads, and a companion that outlives it', async () => {
      const { thumbprint } = await import('../reference/codec.mjs');
      const logins = [
        { userId: 'Åsa 名前', generateRefreshToken: false, life: DAY_MS },
        { userId: 7, generateRefreshToken: true, life: 7 * DAY_MS }, // as long as its refresh token
      ];
      for (const { userId, generateRefreshToken, life } of logins) {
        const { publicKeyJwk } = await newKey();
        const options = { store, fingerprint: true, clientPublicKey: publicKeyJwk, generateRefreshToken };
        const { sessionId } = await sign({ userId }, SECRET, options);
        await assertRecord({ sessionId, userId, jkt: thumbprint(publicKeyJwk) });
        const left = await admin.pttl(keyOf(sessionId));
        assert.ok(left > life - MINUTE_MS && left <= life, String(left));
        assert.ok((await admin.pttl(companionOf(sessionId))) > left);
        // Whatever else names the session would be found too.
        const found = (await onEach((server) => server.keys(`*${sessionId}*`))).flat();
        assert.deepEqual(found.sort(), [keyOf(sessionId), companionOf(sessionId)].sort());
      }
    });

    test('so does a session that is registered by hand', async () => {
      for (const member of [{ userId: 'alice' }, { userId: 7 }, { userId: 'alice', jkt: JKT }]) {
        const session = { sessionId: randomUUID(), ...member };
        await store.registerSession(session);
        await assertRecord(session);
      }
    });

    test('a session that 3.0.1 wrote is good, until 3.0.1 deletes it', async () => {
      for (const userId of ['Åsa 名前', 7]) {
        const { sessionId, writeAgain } = await writtenBy301({ userId });
        const token = await legacyToken(userId);
        const check = () => verify(token, SECRET, { store, sessionId });
        assert.equal((await check()).data.userId, userId);
        assert.equal((await store.getSession(sessionId)).userId, userId);
        await assertFails(verify(await legacyToken('mallory'), SECRET, { store, sessionId }), { code: 'session_user' });
        await admin.del(keyOf(sessionId));
        await assertFails(check(), REVOKED);
        assert.equal(await store.getSession(sessionId), null);
        await writeAgain();
        await check();
      }
    });

    test('one with a key too, and its proof is good once', async () => {
      const { legacyProof, thumbprint } = await import('../reference/codec.mjs');
      const { privateKey, publicKeyJwk } = await newKey();
      const jkt = thumbprint(publicKeyJwk);
      const { sessionId } = await writtenBy301({ userId: 'alice', jkt });
      const token = await legacyToken('alice', { cnf: { jkt } });
      const signer = async () => proofOf301({ legacyProof, privateKey, publicKeyJwk });
      const check = (dpopProof) => verify(token, SECRET, { store, sessionId, dpopProof, ...REQUEST });
      const dpopProof = await signer();
      assert.deepEqual((await check(dpopProof)).data, ALICE);
      await assertFails(check(dpopProof), { code: 'proof_replayed' });
      await check(await signer());
      assert.ok((await admin.pttl(companionOf(sessionId))) > 0);
    });

    test('what was revoked stays revoked, also when 3.0.1 writes it once more', async () => {
      const { sessionId, writeAgain } = await writtenBy301({ userId: 'alice' });
      const token = await legacyToken('alice');
      const check = () => verify(token, SECRET, { store, sessionId });
      await check();
      await store.revokeSession(sessionId);
      await writeAgain();
      await assertFails(check(), REVOKED);
      assert.equal(await store.getSession(sessionId), null);
    });

    test('a registration that arrives after the revocation is refused', async () => {
      const session = { sessionId: randomUUID(), userId: 'alice' };
      await store.revokeSession(session.sessionId);
      await assertFails(store.registerSession(session), TAKEN);
      assert.equal(await admin.exists(keyOf(session.sessionId)), 0);
    });

    test('a session ends with its time to live', async () => {
      const { sessionId, check } = await login();
      await check();
      await admin.pexpire(keyOf(sessionId), 1);
      while ((await admin.exists(keyOf(sessionId))) === 1);
      await assertFails(check(), REVOKED);
      assert.equal(await store.getSession(sessionId), null);
    });

    test('servers that have forgotten the scripts are told them again', async () => {
      // Enough sessions to be on every server of a Cluster.
      const sessions = await Promise.all(Array.from({ length: 12 }, () => login()));
      await forgetScripts();
      await Promise.all(sessions.map(({ check }) => check()));
      await forgetScripts();
      await Promise.all(sessions.map(({ sessionId }) => store.revokeSession(sessionId)));
      await forgetScripts();
      for (const { sessionId } of sessions) assert.equal(await store.getSession(sessionId), null);
      await forgetScripts();
      await (await login()).check();
    });

    test('ids that cannot exist never reach Redis', async () => {
      const calls = async () => (await onEach((server) => server.info('commandstats'))).map(scriptCalls);
      const before = await calls();
      for (const id of IMPOSSIBLE_IDS) {
        await store.getSession(id);
        await store.revokeSession(id);
      }
      assert.deepEqual(await calls(), before);
      await store.getSession(randomUUID());
      assert.notDeepEqual(await calls(), before);
    });

    test('a key of another type is an outage, not a logout', async () => {
      for (const fill of [
        (key) => admin.hset(key, 'a', 'b'),
        (key) => admin.rpush(key, 'a'),
        (key) => admin.sadd(key, 'a'),
      ]) {
        const { sessionId, check } = await login();
        await admin.del(keyOf(sessionId));
        await fill(keyOf(sessionId));
        await assertFails(check(), { code: 'store_protocol', kind: 'unavailable', message: /WRONGTYPE/ });
        await assertFails(store.getSession(sessionId), { code: 'store_protocol' });
        await store.revokeSession(sessionId);
        await assertFails(check(), REVOKED);
      }
    });

    test('a poisoned record lets nobody in', async () => {
      for (const text of poison(randomUUID())) {
        const { sessionId, check } = await login();
        const good = await admin.get(keyOf(sessionId));
        await admin.set(keyOf(sessionId), text.replaceAll('SID', sessionId), 'EX', 60);
        const error = await settle(check());
        assert.ok(['rejected', 'unavailable'].includes(error?.kind), `${text.slice(0, 80)}: ${error?.stack}`);
        await admin.set(keyOf(sessionId), good, 'EX', 60);
        await check();
      }
    });

    test('a prefix and a ttl of its own', async () => {
      const other = await openStore({ prefix: 'auth:', ttl: '1h' });
      try {
        const { token, sessionId } = await sign(ALICE, SECRET, { store: other.store });
        const left = await admin.pttl(`${keyPrefix}auth:${sessionId}`);
        assert.ok(left > 3_600_000 - MINUTE_MS && left <= 3_600_000, String(left));
        await verify(token, SECRET, { store: other.store, sessionId });
        await assertFails(verify(token, SECRET, { store, sessionId }), REVOKED);
        await other.store.revokeSession(sessionId);
        await assertFails(verify(token, SECRET, { store: other.store, sessionId }), REVOKED);
      } finally {
        await other.close();
      }
    });

    test('every key has a time to live, and the prefixes', async () => {
      const keys = (await onEach((server) => server.keys('*'))).flat();
      assert.ok(keys.length > 20);
      for (const key of keys) {
        assert.match(key.slice(keyPrefix.length), /^(swt:session|auth):/);
        assert.ok(key.startsWith(keyPrefix), key);
        assert.ok((await admin.pttl(key)) > 0, key);
      }
    });

    /** Byte for byte what 3.0.1 writes, but that our own members follow; 3.0.1 ignores those. */
    async function assertRecord(session) {
      const { sessionRecord } = await import('../reference/codec.mjs');
      const { key, value } = sessionRecord(session);
      const found = await admin.get(keyPrefix + key);
      assert.ok(found.startsWith(`${value.slice(0, -1)},`), found);
      const { v, created, ...members } = JSON.parse(found);
      assert.deepEqual(members, JSON.parse(value));
      assert.equal(v, 4);
      assert.ok(Number.isSafeInteger(created));
    }

    async function writtenBy301({ userId, jkt }) {
      const { sessionRecord } = await import('../reference/codec.mjs');
      const sessionId = randomUUID();
      const { key, value } = sessionRecord({ sessionId, userId, jkt });
      const writeAgain = () => admin.set(keyPrefix + key, value, 'EX', 60);
      await writeAgain();
      return { sessionId, writeAgain };
    }
  });
}

function proofOf301({ legacyProof, privateKey, publicKeyJwk }) {
  return legacyProof({ privateKey, publicKeyJwk, ...REQUEST });
}

function scriptCalls(commandStats) {
  return /cmdstat_eval(?:sha)?:calls=\d+/g.exec(commandStats)?.join() ?? '';
}

/** Records that nobody wrote who may; SID stands for the id of the session they are found under. */
function poison(anotherId) {
  return [
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
    `{"sessionId":"${anotherId}","userId":"alice"}`,
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
}

module.exports = { redisSuite };
