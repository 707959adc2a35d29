import assert from 'node:assert/strict';

import * as swt from 'secure-web-token';
import { createDpopProof, generateDpopKey } from 'secure-web-token/client';

import { ALICE, SECRET, clients } from '../world.mjs';

const SIGNER = { kid: 'a', secret: SECRET };
const ACCEPTED = { kid: 'b', secret: `${SECRET}.` };
const GUARD = { secret: SECRET, store: null };
const TRADE = { store: new swt.MemoryStore() };

/** Everything that takes options: how it is called with them, what is misspelt, and what was meant. */
const takers = {
  sign: [(options) => swt.sign(ALICE, SECRET, options), 'expiresin', 'expiresIn'],
  verify: [(options) => swt.verify('x', SECRET, options), 'sesionId', 'sessionId'],
  refresh: [(options) => swt.refresh('x', SECRET, { ...TRADE, ...options }), 'dpopproof', 'dpopProof'],
  swtMiddleware: [(options) => swt.swtMiddleware({ ...GUARD, ...options }), 'cookiename', 'cookieName'],
  swtFastify: [(options) => swt.swtFastify({ ...GUARD, ...options }), 'cookieNames', 'cookieName'],
  swtKoa: [(options) => swt.swtKoa({ ...GUARD, ...options }), 'auditlogger', 'auditLogger'],
  swtHono: [(options) => swt.swtHono({ ...GUARD, ...options }), 'acceptLegazy', 'acceptLegacy'],
  createAuthenticator: [(options) => swt.createAuthenticator({ ...GUARD, ...options }), 'audiense', 'audience'],
  createSwt: [(options) => swt.createSwt({ ...GUARD, ...options }), 'fingerPrint', 'fingerprint'],
  RedisStore: [(options) => new swt.RedisStore(clients().redis, options), 'prefx', 'prefix'],
  MemoryStore: [(options) => new swt.MemoryStore(options), 'tll', 'ttl'],
  createKey: [(options) => swt.createKey(SECRET, options), 'encryptionSecrets', 'encryptionSecret'],
  KeyRing: [(options) => new swt.KeyRing({ signer: SIGNER, ...options }), 'acepted', 'accepted'],
  'the signer of a KeyRing': [(options) => new swt.KeyRing({ signer: { ...SIGNER, ...options } }), 'kiid', 'kid'],
  'an accepted key of a KeyRing': [
    (options) => new swt.KeyRing({ signer: SIGNER, accepted: [{ ...ACCEPTED, ...options }] }), 'untill', 'until',
  ],
};

/** What is exported and takes no options. */
const OTHERS = ['computeJwkThumbprint', 'metrics', 'SwtError'];

/** The message of the usage error that this ends with. */
async function complaintOf(action) {
  try {
    await action();
  } catch (error) {
    assert.ok(error instanceof swt.SwtError && error.kind === 'usage', error.stack);
    return error.message;
  }
  return assert.fail('it was taken');
}

/** Options that are all known are no mistake, even where "x" is no good token. */
async function assertTaken(action) {
  try {
    await action();
  } catch (error) {
    assert.equal(error.kind, 'rejected', error.stack);
  }
}

const misspelt = Object.entries(takers).map(([owner, [take, name, meant]]) => ({
  claim: `${owner} says that it does not know ${name}, and that ${meant} was meant`,
  async test() {
    await assertTaken(() => take({}));
    const complaint = await complaintOf(() => take({ [name]: 'x' }));
    assert.equal(complaint, `${owner} has no option "${name}": did you mean ${meant}?`);
  },
}));

const unknown = Object.entries(takers).map(([owner, [take]]) => ({
  claim: `${owner} says what it has where nothing is near`,
  async test() {
    const complaint = await complaintOf(() => take({ somethingElse: undefined }));
    assert.ok(complaint.startsWith(`${owner} has no option "somethingElse": it has `), complaint);
  },
}));

export default [
  {
    claim: 'this holds for everything that the package exports',
    test() {
      const exported = Object.keys(swt).filter((name) => name !== 'default' && !OTHERS.includes(name));
      assert.deepEqual(exported.filter((name) => !(name in takers)), []);
    },
  },
  ...misspelt,
  ...unknown,
  {
    claim: 'createDpopProof of the client names an option that it does not know',
    async test() {
      const { privateKey, publicKeyJwk } = await generateDpopKey();
      const proofWith = (options) => createDpopProof(privateKey, publicKeyJwk, '/api', 'GET', options);
      await assert.rejects(proofWith({ acessToken: 'x' }), { name: 'TypeError', message: /"acessToken"/ });
      await proofWith({ accessToken: 'x' });
    },
  },
];
