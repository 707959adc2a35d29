import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { swtMiddleware, verify } from 'secure-web-token';
import { generateDpopKey } from 'secure-web-token/client';

import { legacyProof, openProof, proofOf, seal, sessionRecord, thumbprint } from '../../reference/codec.mjs';
import {
  SECRET, changed, clients, commandsDuring, flip, headersOf, login, newStore, proofBy, refused, requestOf, serving,
} from '../world.mjs';

const now = () => Math.floor(Date.now() / 1000);

/** Its header says that it is over; signature and ciphertext are damaged, so nothing of it could be opened. */
const expiredAndBroken = (token) => changed(token, { header: { exp: now() - 1 }, sealed: flip });
const broken = (token) => changed(token, { header: { exp: now() + 60 }, sealed: flip });

export default [
  {
    claim: 'the client signs url, method and time of each request',
    async test() {
      const key = await generateDpopKey();
      const { payload } = openProof(await proofBy(key, '/api/profile?tab=1', 'POST'));
      assert.equal(payload.url, '/api/profile?tab=1');
      assert.equal(payload.method, 'POST');
      assert.ok(Number.isInteger(payload.timestamp) && Math.abs(payload.timestamp - now()) <= 2);
    },
  },
  {
    claim: 'the proof brings its public key along and needs nothing else to be checked',
    async test() {
      const key = await generateDpopKey();
      assert.equal(openProof(await proofBy(key)).thumbprint, thumbprint(key.publicKeyJwk));
    },
  },
  {
    claim: 'a request is token, proof and cookie, in Authorization, x-dpop-proof and Cookie; each is needed',
    async test() {
      const alice = await login();
      await serving({ middleware: swtMiddleware({ secret: SECRET, store: alice.store }) }, async (ask) => {
        assert.equal((await ask(await headersOf(alice))).status, 200);
        for (const name of ['authorization', 'x-dpop-proof', 'cookie']) {
          assert.equal((await ask(await headersOf(alice, { [name]: null }))).status, 401, `without ${name}`);
        }
      });
    },
  },
  {
    claim: 'the expiry is looked at first, before signature and ciphertext',
    async test() {
      const alice = await login();
      const request = await requestOf(alice);
      await refused(verify(expiredAndBroken(alice.token), SECRET, request), { code: 'token_expired' });
      await refused(verify(broken(alice.token), SECRET, request), { code: 'token_authentication' });
      await verify(alice.token, SECRET, request);
    },
  },
  {
    claim: 'an expired token costs Redis nothing',
    async test() {
      const alice = await login();
      const request = await requestOf(alice);
      const expired = expiredAndBroken(alice.token);
      const refuse = () => refused(verify(expired, SECRET, request), { code: 'token_expired' });
      assert.equal(await commandsDuring(refuse), 0);
      assert.ok((await commandsDuring(() => verify(alice.token, SECRET, request))) >= 1);
    },
  },
  {
    claim: 'the middleware too calls an expired token expired',
    async test() {
      const alice = await login();
      await serving({ middleware: swtMiddleware({ secret: SECRET, store: alice.store }) }, async (ask) => {
        const authorization = `Bearer ${expiredAndBroken(alice.token)}`;
        const { status, body } = await ask(await headersOf(alice, { authorization }));
        assert.deepEqual({ status, body }, { status: 401, body: { error: 'Token expired' } });
        assert.equal((await ask(await headersOf(alice))).status, 200);
      });
    },
  },
  {
    claim: 'an expiry that was moved in the header alone is worth nothing',
    async test() {
      const { token, ...alice } = await login();
      const moved = changed(token, { header: { exp: now() + 3600 } });
      await refused(verify(moved, SECRET, await requestOf(alice)), { code: 'token_authentication' });
      await verify(token, SECRET, await requestOf(alice));
    },
  },
  {
    claim: "the session of the cookie has to be alive in Redis, by 3.0.1's key and by ours",
    async test() {
      const alice = await login();
      await verify(alice.token, SECRET, await requestOf(alice));
      await clients().redis.del(`swt:session:${alice.sessionId}`);
      await refused(verify(alice.token, SECRET, await requestOf(alice)), { code: 'session_revoked' });
    },
  },
  {
    claim: "the thumbprint in the token has to be the session's",
    async test() {
      const [key, another] = [await generateDpopKey(), await generateDpopKey()];
      const [sessionId, anothers] = [randomUUID(), randomUUID()];
      for (const [id, { publicKeyJwk }] of [[sessionId, key], [anothers, another]]) {
        const record = sessionRecord({ sessionId: id, userId: 'alice', jkt: thumbprint(publicKeyJwk) });
        await clients().redis.set(record.key, record.value, { EX: 60 });
      }
      // Of 3.0.1: it names no session, so nothing but user and key hold it to one.
      const cnf = { jkt: thumbprint(key.publicKeyJwk) };
      const token = seal({ data: { userId: 'alice' }, iat: now(), exp: now() + 60, cnf }, { secret: SECRET });
      const request = { store: newStore(), method: 'GET', url: '/api' };
      const by = async (id) => ({ ...request, sessionId: id, dpopProof: await proofBy(key) });
      await refused(verify(token, SECRET, await by(anothers)), { code: 'session_binding' });
      await verify(token, SECRET, await by(sessionId));
    },
  },
  {
    claim: "the key in the proof has to be the session's",
    async test() {
      const alice = await login();
      const dpopProof = await proofBy(await generateDpopKey());
      await refused(verify(alice.token, SECRET, await requestOf(alice, { dpopProof })), { code: 'proof_binding' });
      await verify(alice.token, SECRET, await requestOf(alice));
    },
  },
  {
    claim: 'and the proof has to be signed by that key: naming it is not enough',
    async test() {
      const alice = await login();
      const { privateKey } = await generateDpopKey();
      const payload = { url: '/api', method: 'GET', timestamp: now(), jti: randomUUID() };
      const { kty, crv, x, y } = alice.key.publicKeyJwk;
      const named = { publicKeyJwk: { kty, crv, x, y }, payload };
      const dpopProof = proofOf({ privateKey, ...named });
      await refused(verify(alice.token, SECRET, await requestOf(alice, { dpopProof })), { code: 'proof_signature' });
      const own = proofOf({ privateKey: alice.key.privateKey, ...named });
      await verify(alice.token, SECRET, await requestOf(alice, { dpopProof: own }));
    },
  },
  {
    claim: 'a page that still has the client of 3.0.1 gets in with its proofs',
    async test() {
      const alice = await login();
      const dpopProof = legacyProof({ privateKey: alice.key.privateKey, url: '/api', method: 'GET' });
      await verify(alice.token, SECRET, await requestOf(alice, { dpopProof }));
    },
  },
];
