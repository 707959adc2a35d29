import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { RedisStore, computeJwkThumbprint, verify } from 'secure-web-token';
import { generateDpopKey } from 'secure-web-token/client';

import { SECRET, clients, login, newStore, requestOf } from '../world.mjs';

const OWN_STORES = "stores of the application's own are not there yet: only a RedisStore or a MemoryStore is taken";

async function assertLives(sessionId, seconds) {
  const left = await clients().redis.ttl(`swt:session:${sessionId}`);
  assert.ok(left <= seconds && left >= seconds - 5, `${left} s are left of ${seconds}`);
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
    skip: OWN_STORES,
  },
  {
    claim: 'also one whose methods answer at once, without promises',
    skip: OWN_STORES,
  },
];
