'use strict';

/**
 * What every store must do, whatever it is made of, through the public API alone.
 *
 *     storeSuite({ name: 'the memory store', openStore: async () => ({ store, close() {} }) });
 *
 * Each openStore() is a connection of its own to the same sessions: what one store object does, the others see.
 */

const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const { after, before, describe, test } = require('node:test');
const { inspect } = require('node:util');

const { refresh, sign, verify } = require('secure-web-token');
const { assertFails, assertSwtError, newKey, newProof, newSecret } = require('../support/sessions.js');
const { IMPOSSIBLE_IDS, NO_SESSIONS, UNREGISTERED_ID } = require('./inputs.js');

const SECRET = newSecret();
const REQUEST = { method: 'GET', url: '/' };
const ALICE = { userId: 'alice' };
const WITH_REFRESH = { generateRefreshToken: true, fingerprint: false };
const JKT = 'A'.repeat(43);
const REVOKED = { code: 'session_revoked', kind: 'rejected', message: 'Session revoked or invalid' };
/** One that was revoked is not told from one that lives. */
const TAKEN = { code: 'state', kind: 'usage' };

const STORES = 3;
const USES = 20;

/**
 * @typedef {{ store: object, close: () => unknown }} Opened
 *
 * @param {object} subject
 * @param {string} subject.name
 * @param {() => Promise<Opened>} subject.openStore
 */
function storeSuite({ name, openStore }) {
  describe(`${name}: sessions`, { timeout: 60_000 }, () => {
    let opened = [];
    let store;
    let others;

    before(async () => {
      opened = await Promise.all(Array.from({ length: STORES }, () => openStore()));
      [store, ...others] = opened.map(({ store }) => store);
    });
    after(() => Promise.all(opened.map(({ close }) => close())));

    const login = (data, options) => loginAt(store, data, options);

    test('a session from login to logout', async () => {
      const { sessionId, check } = await login();
      assert.deepEqual((await check()).data, ALICE);
      assert.equal((await store.getSession(sessionId)).userId, 'alice');
      assert.equal(await store.revokeSession(sessionId), undefined);
      await assertFails(check(), REVOKED);
      assert.equal(await store.getSession(sessionId), null);
      await store.revokeSession(sessionId);
      await assertFails(check(), REVOKED);
    });

    test('the same without a key', async () => {
      const { token, sessionId } = await sign(ALICE, SECRET, { store });
      assert.deepEqual((await verify(token, SECRET, { store, sessionId })).data, ALICE);
      await store.revokeSession(sessionId);
      await assertFails(verify(token, SECRET, { store, sessionId }), REVOKED);
    });

    test('one store object sees at once what another one did', async () => {
      const { sessionId, check } = await login();
      for (const other of others) assert.deepEqual((await check({ store: other })).data, ALICE);
      await others[0].revokeSession(sessionId);
      for (const each of [store, ...others]) {
        await assertFails(check({ store: each }), REVOKED);
        assert.equal(await each.getSession(sessionId), null);
      }
    });

    test('user ids keep their type', async () => {
      for (const userId of ['alice', 'Åsa 名前', '7', 7, 2 ** 53 - 1, -1]) {
        const { sessionId, check } = await login({ userId });
        assert.equal((await check()).data.userId, userId);
        assert.equal((await store.getSession(sessionId)).userId, userId);
      }
    });

    describe('registered by hand, as with the stores of 3.0.1', () => {
      const handmade = [
        () => ({ sessionId: randomUUID(), userId: 'Åsa 名前' }),
        () => ({ sessionId: randomUUID(), userId: 2 ** 53 - 1, jkt: JKT }),
      ];

      test('a session is found and ended', async () => {
        for (const make of handmade) {
          const session = make();
          assert.equal(await store.registerSession(session), undefined);
          assert.deepEqual(await store.getSession(session.sessionId), session);
          await store.revokeSession(session.sessionId);
          assert.equal(await store.getSession(session.sessionId), null);
        }
      });

      test('an id is taken once', async () => {
        for (const make of handmade) {
          const session = make();
          await store.registerSession(session);
          const another = { ...session, userId: 'mallory' };
          await assertFails(store.registerSession(another), { code: 'state', kind: 'usage' });
          assert.deepEqual(await store.getSession(session.sessionId), session);
        }
      });

      test('it is good for a token of 3.0.1 with its user, and for no other', async () => {
        for (const userId of ['alice', 7]) {
          const sessionId = randomUUID();
          await store.registerSession({ sessionId, userId });
          const check = async (user) => verify(await legacyToken(user), SECRET, { store, sessionId });
          assert.equal((await check(userId)).data.userId, userId);
          for (const other of ['mallory', 8, typeof userId === 'number' ? String(userId) : 1]) {
            await assertFails(check(other), { code: 'session_user', message: 'User mismatch' });
          }
          assert.equal((await check(userId)).data.userId, userId);
          await store.revokeSession(sessionId);
          await assertFails(check(userId), REVOKED);
        }
      });

      test('what is no session is refused', async () => {
        for (const session of NO_SESSIONS) await assertFails(store.registerSession(session), { kind: 'usage' });
        assert.equal(await store.getSession(UNREGISTERED_ID), null);
      });

      test('of several mistakes at once each has its own sentence', async () => {
        const taken = handmade[0]();
        await store.registerSession(taken);
        const mistakes = [...NO_SESSIONS, { ...taken, userId: 'mallory' }];
        const messageOf = (session) =>
          store.registerSession(session).then(
            () => assert.fail(),
            (error) => error.message,
          );
        const alone = [];
        for (const session of mistakes) alone.push(await messageOf(session));
        assert.ok(new Set(alone).size > 3);
        assert.deepEqual(await Promise.all(mistakes.map(messageOf)), alone);
      });
    });

    test('ids that cannot exist are no sessions', async () => {
      for (const id of IMPOSSIBLE_IDS) {
        assert.equal(await store.getSession(id), null);
        assert.equal(await store.revokeSession(id), undefined);
      }
    });

    test('the session must be the one of the token', async () => {
      const alice = await login();
      const sameUser = await login();
      const mallory = await login({ userId: 'mallory' });
      for (const sessionId of [sameUser.sessionId, mallory.sessionId]) {
        await assertFails(alice.check({ sessionId }), { code: 'session_mismatch', kind: 'rejected' });
      }
      await assertFails(alice.check({ sessionId: randomUUID() }), { kind: 'rejected' });
      await assertFails(alice.check({ sessionId: undefined }), { code: 'session_missing', kind: 'rejected' });
      await alice.check();
    });

    test('the end of one session is not the end of another', async () => {
      const first = await login();
      const second = await login();
      await store.revokeSession(first.sessionId);
      await second.check();
      await store.revokeSession(randomUUID());
      await second.check();
      await assertFails(first.check(), REVOKED);
    });

    describe('what was revoked stays revoked', () => {
      test('with verifications on their way', async () => {
        for (let round = 0; round < 10; round++) {
          const { sessionId, check } = await login();
          const racing = Array.from({ length: 10 }, (_, i) => settle(check({ store: opened[i % STORES].store })));
          await others[0].revokeSession(sessionId);
          const afterwards = opened.map(({ store }) => assertFails(check({ store }), REVOKED));
          for (const error of await Promise.all(racing)) {
            if (error !== undefined) assertSwtError(error, REVOKED);
          }
          await Promise.all(afterwards);
          assert.equal(await store.getSession(sessionId), null);
        }
      });

      test('when it is registered once more', async () => {
        const session = { sessionId: randomUUID(), userId: 'alice' };
        await store.registerSession(session);
        await store.revokeSession(session.sessionId);
        for (const each of [store, ...others]) await assertFails(each.registerSession(session), TAKEN);
        assert.equal(await store.getSession(session.sessionId), null);
      });

      test('when both are on their way', async () => {
        for (let round = 0; round < 10; round++) {
          const session = { sessionId: randomUUID(), userId: 'alice' };
          const [error] = await Promise.all([
            settle(store.registerSession(session)),
            others[0].revokeSession(session.sessionId),
          ]);
          if (error !== undefined) assertSwtError(error, TAKEN);
          assert.equal(await others[1].getSession(session.sessionId), null);
        }
      });
    });

    describe('a proof', () => {
      test('is good once, however many try it at the same time', async () => {
        for (let round = 0; round < 5; round++) {
          const { newProof, check } = await login();
          const dpopProof = await newProof();
          const uses = await Promise.all(
            Array.from({ length: USES }, (_, i) => settle(check({ dpopProof, store: opened[i % STORES].store }))),
          );
          const refused = uses.filter((error) => error !== undefined);
          assert.equal(refused.length, USES - 1);
          for (const { code } of refused) assert.equal(code, 'proof_replayed');
          await check();
        }
      });

      test('is not spent by a request that is refused', async () => {
        const alice = await login();
        const mallory = await login({ userId: 'mallory' });
        const dpopProof = await alice.newProof();
        for (const sessionId of [mallory.sessionId, randomUUID()]) {
          await assertFails(alice.check({ dpopProof, sessionId }), { kind: 'rejected' });
        }
        await alice.check({ dpopProof });
        await assertFails(alice.check({ dpopProof }), { code: 'proof_replayed' });
      });

      test('is needed where the session has a key', async () => {
        const { check } = await login();
        await assertFails(check({ dpopProof: undefined }), { code: 'proof_missing' });
        await check();
      });
    });

    describe('refresh tokens', () => {
      test('a login with one is a session like any other', async () => {
        const { refreshToken, sessionId, check } = await login(ALICE, { generateRefreshToken: true });
        assert.equal(typeof refreshToken, 'string');
        await assertFails(verify(refreshToken, SECRET, { store, sessionId }), { code: 'token_type' });
        await check();
        await store.revokeSession(sessionId);
        await assertFails(check(), REVOKED);
      });

      test('one is traded in for the next, in the same session', async () => {
        const { refreshToken, sessionId } = await login(ALICE, WITH_REFRESH);
        const next = await refresh(refreshToken, SECRET, { store, sessionId });
        assert.equal(next.sessionId, sessionId);
        assert.deepEqual((await verify(next.token, SECRET, { store: others[0], sessionId })).data, ALICE);
        const last = await refresh(next.refreshToken, SECRET, { store: others[0] });
        assert.equal((await verify(last.token, SECRET, { store, sessionId })).sid, sessionId);
      });

      test('of many at once, at several stores, one is traded in, and the session lives', async () => {
        const { refreshToken, sessionId, check } = await login(ALICE, WITH_REFRESH);
        const attempts = Array.from({ length: USES }, (_, i) =>
          refresh(refreshToken, SECRET, { store: [store, ...others][i % STORES], sessionId }),
        );
        const outcomes = await Promise.allSettled(attempts);
        const refused = outcomes.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.code);
        assert.deepEqual(refused, Array(USES - 1).fill('refresh_superseded'));
        await check();
      });

      test('one from before the last is in two hands: the session ends', async () => {
        const { refreshToken: first, sessionId, check } = await login(ALICE, WITH_REFRESH);
        const second = await refresh(first, SECRET, { store });
        const third = await refresh(second.refreshToken, SECRET, { store });
        await check();
        await assertFails(refresh(first, SECRET, { store: others[0] }), { code: 'refresh_reused', kind: 'rejected' });
        await assertFails(check(), REVOKED);
        await assertFails(refresh(third.refreshToken, SECRET, { store, sessionId }), REVOKED);
      });

      test('one of a session that was ended is refused', async () => {
        const { refreshToken, sessionId } = await login(ALICE, WITH_REFRESH);
        await others[0].revokeSession(sessionId);
        await assertFails(refresh(refreshToken, SECRET, { store }), REVOKED);
      });

      test('one that is bound to a key needs its proof, and a thief costs its owner nothing', async () => {
        const [key, thief] = [await newKey(), await newKey()];
        const { refreshToken } = await login(ALICE, {
          generateRefreshToken: true,
          fingerprint: true,
          clientPublicKey: key.publicKeyJwk,
        });
        const tryBy = async (by) => {
          const dpopProof = by && (await newProof(by, REQUEST.url, REQUEST.method, refreshToken));
          return refresh(refreshToken, SECRET, { store, ...REQUEST, dpopProof });
        };
        await assertFails(tryBy(undefined), { code: 'proof_missing' });
        await assertFails(tryBy(thief), { code: 'proof_binding' });
        assert.equal(typeof (await tryBy(key)).refreshToken, 'string');
      });
    });

    test('it shows nothing of what it holds', async () => {
      const { sessionId } = await login();
      const shown = inspect(store, { depth: 10, showHidden: true }) + JSON.stringify(store);
      for (const secret of [sessionId, 'alice', 'redis://', 'swt:session']) assert.ok(!shown.includes(secret), shown);
    });
  });
}

/** A browser that has logged in; check is a request of its own with a new proof, with whatever is to be different. */
async function loginAt(store, data = ALICE, options) {
  const key = await newKey();
  const grant = await sign(data, SECRET, { store, fingerprint: true, clientPublicKey: key.publicKeyJwk, ...options });
  const { token, sessionId } = grant;
  const proof = () => newProof(key, REQUEST.url, REQUEST.method, token);
  const check = async (changes) =>
    verify(token, SECRET, { store, sessionId, dpopProof: await proof(), ...REQUEST, ...changes });
  return { ...grant, newProof: proof, check };
}

/** A token as 3.0.1 makes it: it does not name its session. */
async function legacyToken(userId, members) {
  const { seal } = await import('../reference/codec.mjs');
  const iat = Math.floor(Date.now() / 1000);
  return seal({ data: { userId }, iat, exp: iat + 900, ...members }, { secret: SECRET });
}

/** The error, or undefined. */
const settle = (promise) =>
  promise.then(
    () => undefined,
    (error) => error,
  );

module.exports = { storeSuite, loginAt, legacyToken, settle, SECRET, REQUEST, ALICE, JKT, REVOKED, TAKEN };
