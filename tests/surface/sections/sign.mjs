import assert from 'node:assert/strict';

import { sign, verify } from 'secure-web-token';
import { generateDpopKey } from 'secure-web-token/client';

import { open, thumbprint } from '../../reference/codec.mjs';
import { ALICE, ENCRYPTION_SECRET, PEM_KEYS, SECRET, UUID, headerOf, newStore, recorder, refused } from '../world.mjs';

const payloadOf = (token, typ) => open(token, { secret: SECRET, typ });
const lifetimeOf = ({ iat, exp }) => exp - iat;

const pemKeys = Object.entries(PEM_KEYS).map(([alg, { privateKey, publicKey }]) => ({
  claim: `a private key in PEM signs as ${alg}`,
  async test() {
    const { token } = await sign(ALICE, privateKey, { encryptionSecret: ENCRYPTION_SECRET });
    assert.equal(headerOf(token).alg, alg);
    const pem = { alg, publicKey };
    assert.deepEqual(open(token, { pem, encryptionSecret: ENCRYPTION_SECRET }).data, ALICE);
  },
}));

export default [
  {
    claim: 'it is asynchronous',
    async test() {
      const promise = sign(ALICE, SECRET);
      assert.ok(promise instanceof Promise);
      await promise;
    },
  },
  {
    claim: 'the data is any object with a userId, and comes back as it was',
    async test() {
      const data = { userId: 7, name: 'Ålice', scopes: ['a', 'b'], nested: { deep: [1, null, true, 1.5] } };
      assert.deepEqual((await verify((await sign(data, SECRET)).token, SECRET)).data, data);
    },
  },
  {
    claim: 'without a userId there is no token',
    async test() {
      for (const userId of ['', null, 0, undefined]) {
        await refused(() => sign({ userId }, SECRET), { code: 'user_id', kind: 'usage' });
      }
      await refused(() => sign({ role: 'admin' }, SECRET), { code: 'user_id', kind: 'usage' });
      for (const userId of ['alice', 7]) await sign({ userId }, SECRET);
    },
  },
  {
    claim: 'the secret is a text',
    async test() {
      const { token } = await sign(ALICE, SECRET);
      assert.equal(headerOf(token).alg, 'AES-256-GCM+HMAC');
      assert.deepEqual(payloadOf(token).data, ALICE);
    },
  },
  ...pemKeys,
  {
    claim: 'the options may be left out',
    async test() {
      for (const options of [[], [undefined], [{}]]) await sign(ALICE, SECRET, ...options);
    },
  },
  {
    claim: 'fingerprint is false unless said otherwise: a key that is passed along binds nothing',
    async test() {
      const { publicKeyJwk } = await generateDpopKey();
      const { token } = await sign(ALICE, SECRET, { clientPublicKey: publicKeyJwk });
      assert.equal(payloadOf(token).cnf, undefined);
    },
  },
  {
    claim: 'fingerprint binds the token to the key and registers a session',
    async test() {
      const store = newStore();
      const { publicKeyJwk } = await generateDpopKey();
      const options = { fingerprint: true, clientPublicKey: publicKeyJwk, store };
      const { token, sessionId } = await sign(ALICE, SECRET, options);
      const jkt = thumbprint(publicKeyJwk);
      assert.deepEqual(payloadOf(token).cnf, { jkt });
      assert.deepEqual(await store.getSession(sessionId), { sessionId, userId: 'alice', jkt });
    },
  },
  {
    claim: 'fingerprint needs a store',
    async test() {
      const { publicKeyJwk } = await generateDpopKey();
      const options = { fingerprint: true, clientPublicKey: publicKeyJwk };
      await refused(() => sign(ALICE, SECRET, options), { code: 'store_required', kind: 'usage' });
      await sign(ALICE, SECRET, { ...options, store: newStore() });
    },
  },
  {
    claim: 'fingerprint needs a public key',
    async test() {
      const options = { fingerprint: true, store: newStore() };
      for (const clientPublicKey of [undefined, null, '', {}, 'no key']) {
        const signing = () => sign(ALICE, SECRET, { ...options, clientPublicKey });
        await refused(signing, { code: 'client_key', kind: 'usage' });
      }
    },
  },
  {
    claim: 'clientPublicKey is an object or its JSON text, which are the same key',
    async test() {
      const { publicKeyJwk } = await generateDpopKey();
      for (const clientPublicKey of [publicKeyJwk, JSON.stringify(publicKeyJwk)]) {
        const { token } = await sign(ALICE, SECRET, { fingerprint: true, clientPublicKey, store: newStore() });
        assert.deepEqual(payloadOf(token).cnf, { jkt: thumbprint(publicKeyJwk) });
      }
    },
  },
  {
    claim: 'a store alone registers a session too, bound to no key',
    async test() {
      const store = newStore();
      const { token, sessionId } = await sign(ALICE, SECRET, { store });
      assert.match(sessionId, UUID);
      assert.deepEqual(await store.getSession(sessionId), { sessionId, userId: 'alice' });
      await verify(token, SECRET, { store, sessionId });
    },
  },
  {
    claim: 'an access token lives for 900 seconds unless said otherwise',
    async test() {
      const { token } = await sign(ALICE, SECRET);
      assert.equal(lifetimeOf(payloadOf(token)), 900);
      assert.ok(Math.abs(payloadOf(token).iat - Date.now() / 1000) < 5);
    },
  },
  {
    claim: 'expiresIn changes that, in seconds; header and payload agree',
    async test() {
      const { token } = await sign(ALICE, SECRET, { expiresIn: 60 });
      assert.equal(lifetimeOf(payloadOf(token)), 60);
      assert.equal(headerOf(token).exp, payloadOf(token).exp);
    },
  },
  {
    claim: 'there is no refresh token unless generateRefreshToken asks for it',
    async test() {
      for (const generateRefreshToken of [undefined, false]) {
        assert.equal((await sign(ALICE, SECRET, { generateRefreshToken })).refreshToken, undefined);
      }
      const { refreshToken } = await sign(ALICE, SECRET, { generateRefreshToken: true });
      assert.equal(headerOf(refreshToken).typ, 'SWT-Refresh');
      assert.equal(payloadOf(refreshToken, 'SWT-Refresh').isRefresh, true);
    },
  },
  {
    claim: 'a refresh token lives for 604800 seconds unless said otherwise',
    async test() {
      const { refreshToken } = await sign(ALICE, SECRET, { generateRefreshToken: true });
      assert.equal(lifetimeOf(payloadOf(refreshToken, 'SWT-Refresh')), 604_800);
    },
  },
  {
    claim: 'refreshExpiresIn changes that, and the access token keeps its own',
    async test() {
      const options = { generateRefreshToken: true, refreshExpiresIn: 3600 };
      const { token, refreshToken } = await sign(ALICE, SECRET, options);
      assert.equal(lifetimeOf(payloadOf(refreshToken, 'SWT-Refresh')), 3600);
      assert.equal(lifetimeOf(payloadOf(token)), 900);
    },
  },
  {
    claim: 'encryptionSecret is a key of its own for the encryption',
    async test() {
      const { token } = await sign(ALICE, SECRET, { encryptionSecret: ENCRYPTION_SECRET });
      assert.throws(() => payloadOf(token), { code: 'token_authentication' });
      assert.deepEqual(open(token, { secret: SECRET, encryptionSecret: ENCRYPTION_SECRET }).data, ALICE);
    },
  },
  {
    claim: 'encryptionSecret is mandatory with a private key in PEM',
    async test() {
      for (const { privateKey } of Object.values(PEM_KEYS)) {
        await refused(() => sign(ALICE, privateKey), { code: 'key', kind: 'usage' });
        await sign(ALICE, privateKey, { encryptionSecret: ENCRYPTION_SECRET });
      }
    },
  },
  {
    claim: 'auditLogger is told',
    async test() {
      const { events, auditLogger } = recorder();
      await sign(ALICE, SECRET, { auditLogger });
      assert.deepEqual(events.map(({ event }) => event), ['sign']);
    },
  },
];
