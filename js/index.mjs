import swt from './index.js';

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
