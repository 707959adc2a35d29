import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { RedisStore, computeJwkThumbprint, refresh, verify } from 'secure-web-token';
import { generateDpopKey } from 'secure-web-token/client';

import { SECRET, clients, login, newStore, proofBy, refused, requestOf } from '../world.mjs';

async function assertLives(sessionId, seconds) {
  const left = await clients().redis.ttl(`swt:session:${sessionId}`);
  assert.ok(left <= seconds && left >= seconds - 5, `${left} s are left of ${seconds}`);
}

/** @param {(answer: unknown) => unknown} give how the methods give their answers */
function ownStore(give) {
  const sessions = new Map();
  return {
    sessions,
    registerSession: (session) => give(void sessions.set(session.sessionId, session)),
    getSession: (sessionId) => give(sessions.get(sessionId) ?? null),
    revokeSession: (sessionId) => give(void sessions.delete(sessionId)),
  };
}

/** Login, request, logout, and the request after it, with a store of the application's own. */
async function assertStands(store) {
  for (const userId of ['alice', 7]) {
    const alice = await login({ store, data: { userId } });
    const { sessionId, key } = alice;
    assert.deepEqual(store.sessions.get(sessionId), { sessionId, userId, jkt: computeJwkThumbprint(key.publicKeyJwk) });
    await verify(alice.token, SECRET, await requestOf(alice));
    await store.revokeSession(sessionId);
    await refused(verify(alice.token, SECRET, await requestOf(alice)), { code: 'session_revoked' });
  }
}

const bothClients = ['redis', 'ioredis'].map((name) => ({
  claim: `it takes the client of ${name} as it is`,
  async test() {
    const alice = await login({ store: new RedisStore(clients()[name]) });
    await verify(alice.token, SECRET, await requestOf(alice));
  },
}));

export default [
  ...bothClients,
  {
    claim: 'the options may be left out',
    test() {
      for (const options of [[], [undefined], [{}]]) assert.ok(new RedisStore(clients().redis, ...options));
    },
  },
  {
    claim: 'keys begin with swt:session: unless said otherwise',
    async test() {
      const { sessionId } = await login({ store: newStore() });
      assert.equal(await clients().redis.exists(`swt:session:${sessionId}`), 1);
    },
  },
  {
    claim: 'prefix changes that',
    async test() {
      const { sessionId } = await login({ store: newStore({ prefix: 'auth:session:' }) });
      assert.equal(await clients().redis.exists(`auth:session:${sessionId}`), 1);
      assert.equal(await clients().redis.exists(`swt:session:${sessionId}`), 0);
    },
  },
  {
    claim: 'a session lives for 86400 seconds unless said otherwise',
    async test() {
      const { sessionId } = await login();
      await assertLives(sessionId, 86_400);
    },
  },
  {
    claim: 'ttl changes that, in seconds',
    async test() {
      const { sessionId } = await login({ store: newStore({ ttl: 3600 }) });
      await assertLives(sessionId, 3600);
    },
  },
  {
    claim: 'it registers, finds and ends sessions',
    async test() {
      const store = newStore();
      const { publicKeyJwk } = await generateDpopKey();
      for (const userId of ['alice', 7]) {
        const session = { sessionId: randomUUID(), userId, jkt: computeJwkThumbprint(publicKeyJwk) };
        await store.registerSession(session);
        assert.deepEqual(await store.getSession(session.sessionId), session);
        await store.revokeSession(session.sessionId);
        assert.equal(await store.getSession(session.sessionId), null);
      }
    },
  },
  {
    claim: 'any object with registerSession, getSession and revokeSession that give promises can stand in its place',
    test: () => assertStands(ownStore((answer) => Promise.resolve(answer))),
  },
  {
    claim: 'also one whose methods answer at once, without promises',
    test: () => assertStands(ownStore((answer) => answer)),
  },
  {
    claim: 'with such a store one can refresh, having said that nobody remembers which refresh tokens were spent',
    async test() {
      const store = ownStore((answer) => answer);
      const { key, refreshToken, sessionId } = await login({ store, generateRefreshToken: true });
      const trade = async () => ({ store, sessionId, dpopProof: await proofBy(key, '/refresh', 'POST') });
      await refused(refresh(refreshToken, SECRET, await trade()), { code: 'store_required', kind: 'usage' });
      await refresh(refreshToken, SECRET, { ...(await trade()), insecureRefreshReuse: true });
    },
  },
];
