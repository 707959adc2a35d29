import assert from 'node:assert/strict';

import { computeJwkThumbprint, sign, verify } from 'secure-web-token';
import { generateDpopKey } from 'secure-web-token/client';

import { open, thumbprint } from '../../reference/codec.mjs';
import { ALICE, SECRET, UUID, clients, login, requestOf } from '../world.mjs';

export default [
  {
    claim: 'the client makes an ECDSA key pair on P-256 with WebCrypto',
    async test() {
      const { privateKey, publicKeyJwk } = await generateDpopKey();
      assert.deepEqual({ ...privateKey.algorithm }, { name: 'ECDSA', namedCurve: 'P-256' });
      assert.deepEqual(privateKey.usages, ['sign']);
      assert.deepEqual(Object.keys(publicKeyJwk).sort(), ['crv', 'kty', 'x', 'y']);
    },
  },
  {
    claim: 'the public key travels as a JWK in the JSON of the login',
    async test() {
      const { publicKeyJwk } = await generateDpopKey();
      const received = JSON.parse(JSON.stringify({ publicKeyJwk })).publicKeyJwk;
      assert.equal(computeJwkThumbprint(received), thumbprint(publicKeyJwk));
    },
  },
  {
    claim: 'sign draws a random UUID as the id of the session',
    async test() {
      const [first, second] = [await login(), await login()];
      assert.match(first.sessionId, UUID);
      assert.match(second.sessionId, UUID);
      assert.notEqual(first.sessionId, second.sessionId);
    },
  },
  {
    claim: "the token carries the key's thumbprint (RFC 7638) as cnf.jkt, sealed with the rest",
    async test() {
      const { key, token } = await login();
      assert.deepEqual(open(token, { secret: SECRET }).cnf, { jkt: thumbprint(key.publicKeyJwk) });
      assert.ok(!token.includes(thumbprint(key.publicKeyJwk)));
    },
  },
  {
    claim: 'Redis then holds the id of the session, the user and the thumbprint',
    async test() {
      for (const userId of ['alice', 7]) {
        const { key, sessionId } = await login({ data: { userId } });
        const record = JSON.parse(await clients().redis.get(`swt:session:${sessionId}`));
        assert.equal(record.sessionId, sessionId);
        assert.equal(record.userId, userId);
        assert.equal(record.jkt, thumbprint(key.publicKeyJwk));
      }
    },
  },
  {
    claim: 'the claims stay in the token: Redis does not get them',
    async test() {
      const { sessionId } = await login({ data: { ...ALICE, email: 'alice@example.org' } });
      assert.doesNotMatch(await clients().redis.get(`swt:session:${sessionId}`), /email|example|role|admin/);
    },
  },
  {
    claim: 'token and session id come back to the caller, for the body and for the cookie, and are good together',
    async test() {
      const alice = await login();
      assert.deepEqual((await verify(alice.token, SECRET, await requestOf(alice))).data, ALICE);
    },
  },
  {
    claim: 'what sign resolves to always has token, sessionId and refreshToken, undefined where there is none',
    async test() {
      const grant = await sign(ALICE, SECRET);
      assert.deepEqual(Object.keys(grant), ['token', 'sessionId', 'refreshToken']);
      assert.equal(grant.sessionId, undefined);
      assert.equal(grant.refreshToken, undefined);
    },
  },
];
