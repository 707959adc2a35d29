import './unbundled.mjs';
import swt from './index.js';

export const { sign, verify, swtMiddleware, RedisStore, MemoryStore, computeJwkThumbprint, SwtError } = swt;
