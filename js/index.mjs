import swt from './index.js';

export const {
  sign,
  verify,
  swtMiddleware,
  createAuthenticator,
  swtFastify,
  swtKoa,
  swtHono,
  RedisStore,
  MemoryStore,
  computeJwkThumbprint,
  SwtError,
} = swt;
