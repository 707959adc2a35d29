import './unbundled.mjs';
import swt from './index.js';

export default swt;
export const { sign, verify, swtMiddleware, RedisStore, MemoryStore, computeJwkThumbprint, SwtError } = swt;
