import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { SwtError, sign, verify } from 'secure-web-token';

/** Without a store. */
export async function stateless() {
  const secret = randomBytes(32);
  const { token } = await sign({ userId: 'alice', name: 'Älice 🦉' }, secret, { expiresIn: '5m' });
  assert.deepEqual((await verify(token, secret)).data, { userId: 'alice', name: 'Älice 🦉' });

  const refused = await verify(token, randomBytes(32)).catch((error) => error);
  assert.ok(refused instanceof SwtError);
  assert.equal(refused.code, 'token_authentication');
  assert.equal((await verify(`${token}x`, secret).catch((error) => error)).status, 401);
}
