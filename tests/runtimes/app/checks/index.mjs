// What the application tries, by name. A further part of the package gets a check here; each is called with the address
// of Redis, in the main thread and in several workers at once, and fails by throwing.
import { expressMiddleware, plainMiddleware } from './http.mjs';
import { memoryStore, redisStoreOverIoredis, redisStoreOverRedis } from './stores.mjs';
import { stateless } from './stateless.mjs';

export const checks = {
  stateless,
  'memory store': memoryStore,
  'redis store, redis': redisStoreOverRedis,
  'redis store, ioredis': redisStoreOverIoredis,
  'middleware, express': expressMiddleware,
  'middleware, node:http': plainMiddleware,
};
