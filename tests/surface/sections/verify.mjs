import assert from 'node:assert/strict';

import { sign, verify } from 'secure-web-token';

import { open } from '../../reference/codec.mjs';
import { ALICE, ENCRYPTION_SECRET, PEM_KEYS, SECRET, login, recorder, refused, requestOf } from '../world.mjs';

const pemKeys = Object.entries(PEM_KEYS).map(([alg, { privateKey, publicKey }]) => ({
  claim: `a public key in PEM verifies ${alg}, and only what its own private key signed`,
  async test() {
    const options = { encryptionSecret: ENCRYPTION_SECRET };
    const { token } = await sign(ALICE, privateKey, options);
    assert.deepEqual((await verify(token, publicKey, options)).data, ALICE);
    for (const other of Object.values(PEM_KEYS)) {
      if (other.publicKey !== publicKey) await refused(verify(token, other.publicKey, options), { kind: 'rejected' });
    }
  },
}));

export default [
  {
    claim: 'it is asynchronous, also when it refuses',
    async test() {
      const promise = verify('no token', SECRET);
      assert.ok(promise instanceof Promise);
      await refused(promise, { code: 'token_malformed' });
    },
  },
  {
    claim: 'it resolves to the payload as it was sealed, with nothing added and nothing left out',
    async test() {
      const alice = await login();
      const payload = await verify(alice.token, SECRET, await requestOf(alice));
      assert.deepEqual(payload, open(alice.token, { secret: SECRET }));
      assert.deepEqual(payload.data, ALICE);
      for (const member of ['iat', 'exp']) assert.ok(Number.isInteger(payload[member]), member);
    },
  },
  {
    claim: 'the secret is the one that it was signed with',
    async test() {
      const { token } = await sign(ALICE, SECRET);
      assert.deepEqual((await verify(token, SECRET)).data, ALICE);
      await refused(verify(token, `${SECRET}.`), { code: 'token_authentication' });
    },
  },
  ...pemKeys,
  {
    claim: "sessionId is the cookie's: with a store it is needed, and no other will do",
    async test() {
      const [alice, again] = [await login(), await login()];
      const without = await requestOf(alice, { sessionId: undefined });
      await refused(verify(alice.token, SECRET, without), { code: 'session_missing' });
      const { sessionId } = again;
      await refused(verify(alice.token, SECRET, await requestOf(alice, { sessionId })), { code: 'session_mismatch' });
      await verify(alice.token, SECRET, await requestOf(alice));
    },
  },
  {
    claim: 'store is where the session is looked up',
    async test() {
      const alice = await login();
      await alice.store.revokeSession(alice.sessionId);
      await refused(verify(alice.token, SECRET, await requestOf(alice)), { code: 'session_revoked' });
      // Said so, nobody asks.
      await verify(alice.token, SECRET, await requestOf(alice, { store: null }));
    },
  },
  {
    claim: 'dpopProof is needed for a token that is bound to a key',
    async test() {
      const alice = await login();
      const without = await requestOf(alice, { dpopProof: undefined });
      await refused(verify(alice.token, SECRET, without), { code: 'proof_missing' });
      await verify(alice.token, SECRET, await requestOf(alice));
    },
  },
  {
    claim: 'the documented call is enough: sessionId, store and dpopProof, without method and url',
    async test() {
      const alice = await login();
      const request = await requestOf(alice, { method: undefined, url: undefined });
      assert.deepEqual((await verify(alice.token, SECRET, request)).data, ALICE);
    },
  },
  {
    claim: 'encryptionSecret is the one that it was sealed with',
    async test() {
      const { token } = await sign(ALICE, SECRET, { encryptionSecret: ENCRYPTION_SECRET });
      await verify(token, SECRET, { encryptionSecret: ENCRYPTION_SECRET });
      for (const encryptionSecret of [undefined, `${ENCRYPTION_SECRET}.`]) {
        await refused(verify(token, SECRET, { encryptionSecret }), { code: 'token_authentication' });
      }
    },
  },
  {
    claim: 'auditLogger is told of success and of failure',
    async test() {
      const { events, auditLogger } = recorder();
      const { token } = await sign(ALICE, SECRET);
      await verify(token, SECRET, { auditLogger });
      await refused(verify(token, `${SECRET}.`, { auditLogger }), { kind: 'rejected' });
      assert.deepEqual(events.map(({ event }) => event), ['verify_success', 'verify_failure']);
    },
  },
];
