import './addon/unbundled.mjs';
import swt from './index.js';

export default swt;
export const {
  sign,
  verify,
  refresh,
  createSwt,
  swtMiddleware,
  swtFastify,
  swtKoa,
  swtHono,
  createAuthenticator,
  RedisStore,
  MemoryStore,
  createKey,
  KeyRing,
  computeJwkThumbprint,
  metrics,
  SwtError,
} = swt;
