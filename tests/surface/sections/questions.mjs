import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { sign, swtMiddleware, verify } from 'secure-web-token';

import { open } from '../../reference/codec.mjs';
import {
  ALICE, ENCRYPTION_SECRET, PEM_KEYS, SECRET, clients, headersOf, login, refused, requestOf, serving,
} from '../world.mjs';

const OPTIONS = { encryptionSecret: ENCRYPTION_SECRET };

export default [
  {
    claim: 'it takes the place of a JWT library: sign with payload, secret and options, verify with token and secret',
    async test() {
      const { token } = await sign(ALICE, SECRET, { expiresIn: '15m' });
      const { data, iat, exp } = await verify(token, SECRET);
      assert.deepEqual(data, ALICE);
      assert.equal(exp - iat, 900);
    },
  },
  {
    claim: 'verify or swtMiddleware: both come to the same answer',
    async test() {
      const alice = await login();
      const { data } = await verify(alice.token, SECRET, await requestOf(alice));
      await serving({ middleware: swtMiddleware({ secret: SECRET, store: alice.store }) }, async (ask) => {
        assert.deepEqual((await ask(await headersOf(alice))).body.swt, data);
      });
    },
  },
  {
    claim: 'RSA and EC keys: a service that has the public key and the encryption secret verifies',
    async test() {
      for (const { privateKey, publicKey } of Object.values(PEM_KEYS)) {
        const { token } = await sign(ALICE, privateKey, OPTIONS);
        assert.deepEqual((await verify(token, publicKey, OPTIONS)).data, ALICE);
      }
    },
  },
  {
    claim: 'and it cannot sign',
    async test() {
      for (const { publicKey } of Object.values(PEM_KEYS)) {
        await refused(() => sign(ALICE, publicKey, OPTIONS), { kind: 'usage' });
      }
    },
  },
  {
    claim: 'who has the public key alone reads nothing',
    async test() {
      for (const [alg, { privateKey, publicKey }] of Object.entries(PEM_KEYS)) {
        const { token } = await sign(ALICE, privateKey, OPTIONS);
        await refused(() => verify(token, publicKey), { kind: 'usage' });
        const other = { encryptionSecret: `${ENCRYPTION_SECRET}.` };
        await refused(verify(token, publicKey, other), { code: 'token_authentication' });
        assert.throws(() => open(token, { pem: { alg, publicKey }, ...other }), { code: 'token_authentication' });
      }
    },
  },
  {
    claim: 'the token carries its claims itself, and Redis only says whether the session is alive',
    async test() {
      const alice = await login();
      const { data } = await verify(alice.token, SECRET, await requestOf(alice, { store: null }));
      assert.deepEqual(data, ALICE);
      const record = JSON.parse(await clients().redis.get(`swt:session:${alice.sessionId}`));
      assert.equal(record.role, undefined);
    },
  },
  {
    claim: 'the licence is MIT',
    test() {
      const { license } = createRequire(import.meta.url)('secure-web-token/package.json');
      assert.equal(license, 'MIT');
      assert.match(readFileSync(new URL('../../../LICENSE', import.meta.url), 'utf8'), /^MIT License/);
    },
  },
];
