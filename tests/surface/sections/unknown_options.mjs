import assert from 'node:assert/strict';

import { KeyRing, MemoryStore, RedisStore, SwtError, createKey, refresh, sign, swtMiddleware, verify } from 'secure-web-token';
import { createDpopProof, generateDpopKey } from 'secure-web-token/client';

import { ALICE, SECRET, clients } from '../world.mjs';

const SIGNER = { kid: 'a', secret: SECRET };

/** Everything that takes options: how it is called with them, what is misspelt, and what was meant. */
const takers = {
  sign: [(options) => sign(ALICE, SECRET, options), 'expiresin', 'expiresIn'],
  verify: [(options) => verify('x', SECRET, options), 'sesionId', 'sessionId'],
  refresh: [(options) => refresh('x', SECRET, options), 'dpopproof', 'dpopProof'],
  swtMiddleware: [(options) => swtMiddleware({ secret: SECRET, ...options }), 'cookiename', 'cookieName'],
  RedisStore: [(options) => new RedisStore(clients().redis, options), 'prefx', 'prefix'],
  MemoryStore: [(options) => new MemoryStore(options), 'tll', 'ttl'],
  createKey: [(options) => createKey(SECRET, options), 'encryptionSecrets', 'encryptionSecret'],
  KeyRing: [(options) => new KeyRing({ signer: SIGNER, ...options }), 'acepted', 'accepted'],
  'the signer of a KeyRing': [(options) => new KeyRing({ signer: { ...SIGNER, ...options } }), 'encryptionSecert', 'encryptionSecret'],
};

const misspelt = Object.entries(takers).map(([owner, [take, name, meant]]) => ({
  claim: `${owner} says that it does not know ${name}, and that ${meant} was meant`,
  async test() {
    await assert.rejects(async () => take({ [name]: 'x' }), (error) => {
      assert.ok(error instanceof SwtError && error.kind === 'usage', error.stack);
      assert.equal(error.message, `${owner} has no option "${name}": did you mean ${meant}?`);
      return true;
    });
  },
}));

const unknown = Object.entries(takers).map(([owner, [take]]) => ({
  claim: `${owner} says what it has where nothing is near`,
  async test() {
    await assert.rejects(async () => take({ somethingElse: undefined }), (error) => {
      assert.ok(error instanceof SwtError && error.kind === 'usage', error.stack);
      assert.ok(error.message.startsWith(`${owner} has no option "somethingElse": it has `), error.message);
      return true;
    });
  },
}));

export default [
  ...misspelt,
  ...unknown,
  {
    claim: 'createDpopProof of the client names an option that it does not know',
    async test() {
      const { privateKey, publicKeyJwk } = await generateDpopKey();
      const misspeltOption = createDpopProof(privateKey, publicKeyJwk, '/api', 'GET', { acessToken: 'x' });
      await assert.rejects(misspeltOption, { name: 'TypeError', message: /"acessToken"/ });
      await createDpopProof(privateKey, publicKeyJwk, '/api', 'GET', { accessToken: 'x' });
    },
  },
];
