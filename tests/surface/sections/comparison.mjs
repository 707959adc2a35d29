import assert from 'node:assert/strict';

import { MemoryStore, RedisStore, sign, swtMiddleware, verify } from 'secure-web-token';
import { generateDpopKey } from 'secure-web-token/client';
import { createClient } from 'redis';

import { ALICE, SECRET, headersOf, login, newStore, proofBy, refused, requestOf, serving } from '../world.mjs';

/** What somebody sends from another machine, against what the owner sends. */
async function assertUseless(stolen) {
  const alice = await login();
  await serving({ middleware: swtMiddleware({ secret: SECRET, store: alice.store }) }, async (ask) => {
    const { status, body } = await ask(await headersOf(alice, await stolen()));
    assert.equal(status, 401);
    assert.equal(body.swt, undefined);
    assert.equal((await ask(await headersOf(alice))).status, 200);
  });
}

const thiefsProof = async () => ({ 'x-dpop-proof': await proofBy(await generateDpopKey()) });

export default [
  {
    claim: 'privacy: the payload is no JSON for who decodes it, as that of a JWT is',
    async test() {
      const { token } = await sign(ALICE, SECRET);
      assert.throws(() => JSON.parse(Buffer.from(token.split('.')[1], 'base64url')), SyntaxError);
    },
  },
  {
    claim: 'a session that was stolen whole, token and cookie, is refused on another device',
    test: () => assertUseless(thiefsProof),
  },
  {
    claim: 'the token alone is refused on another machine',
    test: () => assertUseless(async () => ({ ...(await thiefsProof()), cookie: null })),
  },
  {
    claim: 'the cookie alone is refused on another machine',
    test: () => assertUseless(async () => ({ ...(await thiefsProof()), authorization: null })),
  },
  {
    claim: 'token and cookie without any proof are refused',
    test: () => assertUseless(async () => ({ 'x-dpop-proof': null })),
  },
  {
    claim: 'logout is instant: the first request after it is refused, though the token would live on',
    async test() {
      const alice = await login();
      await verify(alice.token, SECRET, await requestOf(alice));
      await alice.store.revokeSession(alice.sessionId);
      await refused(verify(alice.token, SECRET, await requestOf(alice)), { code: 'session_revoked' });
      assert.equal(await newStore().getSession(alice.sessionId), null);
    },
  },
  {
    claim: 'when Redis cannot be reached, the application goes on, and the request is told apart from a refused one',
    async test() {
      const alice = await login();
      const client = createClient({ url: 'redis://127.0.0.1:1', socket: { reconnectStrategy: false } });
      client.on('error', () => {});
      await client.connect().catch(() => {});
      const middleware = swtMiddleware({ secret: SECRET, store: new RedisStore(client, { timeout: 100 }) });
      await serving({ middleware }, async (ask) => assert.equal((await ask(await headersOf(alice))).status, 503));
      await verify(alice.token, SECRET, await requestOf(alice));
    },
  },
  {
    claim: 'an outage of Redis does not stop the service: sessions seen a moment ago still pass',
    skip: 'comes with the option onStoreDown of the stores; until then every request is answered 503',
  },
  {
    claim: 'sessions can be kept in memory, where there is no Redis',
    async test() {
      const alice = await login({ store: new MemoryStore() });
      await verify(alice.token, SECRET, await requestOf(alice));
      await alice.store.revokeSession(alice.sessionId);
      await refused(verify(alice.token, SECRET, await requestOf(alice)), { code: 'session_revoked' });
    },
  },
];
