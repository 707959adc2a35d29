import assert from 'node:assert/strict';

import { RedisStore, sign, verify } from 'secure-web-token';
import { generateDpopKey } from 'secure-web-token/client';

import { open } from '../../reference/codec.mjs';
import { SECRET, changed, clients, flip, login, newStore, proofBy, refused, requestOf } from '../world.mjs';

export default [
  {
    claim: 'who holds a token reads nothing of its claims',
    async test() {
      const data = { userId: 'user-7f3a', email: 'alice@example.org', role: 'superuser' };
      const { token } = await sign(data, SECRET);
      const readable = [token, ...token.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'))];
      for (const text of readable) assert.doesNotMatch(text, /user-7f3a|alice|superuser|userId/);
      assert.deepEqual((await verify(token, SECRET)).data, data);
    },
  },
  {
    claim: 'the encryption is AES-256 in GCM mode, as an implementation of its own opens it',
    async test() {
      const { token } = await sign({ userId: 'alice' }, SECRET);
      assert.deepEqual(open(token, { secret: SECRET }).data, { userId: 'alice' });
    },
  },
  {
    claim: 'what was changed on the way is noticed by the signature',
    async test() {
      const { token } = await sign({ userId: 'alice' }, SECRET);
      await refused(verify(changed(token, { sealed: flip }), SECRET), { code: 'token_authentication' });
      await verify(token, SECRET);
    },
  },
  {
    claim: 'and by the cipher, even where the signature was made anew',
    async test() {
      const { token } = await sign({ userId: 'alice' }, SECRET);
      const resigned = changed(token, { sealed: flip, secret: SECRET });
      await refused(verify(resigned, SECRET), { code: 'token_authentication' });
      await verify(changed(token, { secret: SECRET }), SECRET);
    },
  },
  {
    claim: "the browser's private key cannot be exported",
    async test() {
      const { privateKey } = await generateDpopKey();
      assert.equal(privateKey.extractable, false);
      for (const format of ['jwk', 'pkcs8']) {
        await assert.rejects(crypto.subtle.exportKey(format, privateKey), DOMException);
      }
    },
  },
  {
    claim: 'a stolen token is of no use without that key, even with its cookie',
    async test() {
      const alice = await login();
      const thief = await generateDpopKey();
      const stolen = await requestOf(alice, { dpopProof: await proofBy(thief) });
      await refused(verify(alice.token, SECRET, stolen), { code: 'proof_binding' });
      await verify(alice.token, SECRET, await requestOf(alice));
    },
  },
  {
    claim: 'ending a session ends its tokens at once, also for another process with a connection of its own',
    async test() {
      const alice = await login();
      const elsewhere = new RedisStore(clients().ioredis);
      await verify(alice.token, SECRET, await requestOf(alice, { store: elsewhere }));
      await newStore().revokeSession(alice.sessionId);
      const late = await requestOf(alice, { store: elsewhere });
      await refused(verify(alice.token, SECRET, late), { code: 'session_revoked' });
    },
  },
];
