// Ends the process with 7 while tokens are made and checked in every thread: exit.mjs <redis url>.
import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

import { createClient } from 'redis';

import { MemoryStore, RedisStore, sign, verify } from 'secure-web-token';

/** The threads leave little of the machine to each other. */
const PATIENCE_MS = 20_000;

async function work(store, onFirst) {
  const secret = randomBytes(32);
  for (;;) {
    const { token, sessionId } = await sign({ userId: 1 }, secret, { store });
    await verify(token, secret, { store, sessionId });
    await store.revokeSession(sessionId);
    onFirst();
    await setImmediate();
  }
}

const [redisUrl] = isMainThread ? process.argv.slice(2) : [workerData.redisUrl];
const redis = createClient({ url: redisUrl });
await redis.connect();

const begun = new Set();
const count = isMainThread ? 30 : 10;
const newStore = (i) => (i % 2 === 0 ? new MemoryStore() : new RedisStore(redis, { timeout: PATIENCE_MS }));
const each = Array.from({ length: count }, (_, i) => newStore(i));

if (isMainThread) {
  const started = Array.from({ length: 2 }, () => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { redisUrl } });
    return new Promise((resolve) => worker.once('message', resolve));
  });
  const own = each.map((store) => new Promise((resolve) => work(store, resolve)));
  await Promise.all([...started, ...own]);
  process.exit(7);
} else {
  each.forEach((store, i) => work(store, () => {
    begun.add(i);
    if (begun.size === count) parentPort.postMessage('all at work');
  }));
}
