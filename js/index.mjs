import swt from './index.js';

export const {
  sign,
  verify,
  refresh,
  swtMiddleware,
  RedisStore,
  MemoryStore,
  createKey,
  KeyRing,
  computeJwkThumbprint,
  metrics,
  SwtError,
} = swt;
