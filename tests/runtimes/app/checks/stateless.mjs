import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';

import { SwtError, sign, verify } from 'secure-web-token';

const { privateKey, publicKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** Without a store. */
export async function stateless() {
  const secret = randomBytes(32);
  const { token } = await sign({ userId: 'alice', name: 'Älice 🦉' }, secret, { expiresIn: '5m' });
  assert.deepEqual((await verify(token, secret)).data, { userId: 'alice', name: 'Älice 🦉' });

  const refused = await verify(token, randomBytes(32)).catch((error) => error);
  assert.ok(refused instanceof SwtError);
  assert.equal(refused.code, 'token_authentication');
  assert.equal((await verify(`${token}x`, secret).catch((error) => error)).status, 401);

  const encryptionSecret = randomBytes(32);
  const signed = await sign({ userId: 7 }, privateKey, { encryptionSecret });
  assert.deepEqual((await verify(signed.token, publicKey, { encryptionSecret })).data, { userId: 7 });
  const wrong = { encryptionSecret: secret };
  assert.equal((await verify(signed.token, publicKey, wrong).catch((error) => error)).code, 'token_authentication');
}
