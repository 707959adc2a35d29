import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';

import Redis from 'ioredis';
import { createClient } from 'redis';

import { MemoryStore, RedisStore, refresh, sign, verify } from 'secure-web-token';
import { createDpopProof, generateDpopKey } from 'secure-web-token/client';

/** Four workers that start at once leave little of the machine to each other. */
const PATIENCE_MS = 20_000;

const HERE = { method: 'GET', url: '/profile' };

/** The life of a session, from its login to its end. */
async function session(store) {
  const secret = randomBytes(32).toString('hex');
  const key = await generateDpopKey();
  const { token, sessionId, refreshToken } = await sign({ userId: 'alice' }, secret, {
    fingerprint: true,
    generateRefreshToken: true,
    clientPublicKey: key.publicKeyJwk,
    store,
  });
  const proof = () => createDpopProof(key.privateKey, key.publicKeyJwk, '/profile', 'GET');
  const check = (changes) => verify(token, secret, { ...HERE, store, sessionId, ...changes });
  const refusal = async (changes) => (await check(changes).catch((error) => error)).code;

  const dpopProof = await proof();
  assert.deepEqual((await check({ dpopProof })).data, { userId: 'alice' });
  assert.equal(await refusal({ dpopProof }), 'proof_replayed');
  assert.equal(await refusal({}), 'proof_missing');
  assert.equal(await refusal({ dpopProof: await proof(), sessionId: randomUUID() }), 'session_mismatch');
  assert.equal((await check({ dpopProof: await proof() })).sid, sessionId);

  const many = await Promise.allSettled(Array.from({ length: 50 }, async () => check({ dpopProof: await proof() })));
  assert.ok(many.every(({ status }) => status === 'fulfilled'));

  const request = { store, method: 'POST', url: '/refresh' };
  const trade = async (made) => refresh(refreshToken, secret, { ...request, dpopProof: await made });
  const ofThis = () => createDpopProof(key.privateKey, key.publicKeyJwk, '/refresh', 'POST');
  assert.equal((await trade(undefined).catch((error) => error)).code, 'proof_missing');
  const next = await trade(ofThis());
  assert.equal(next.sessionId, sessionId);
  assert.equal((await trade(ofThis()).catch((error) => error)).code, 'refresh_superseded');
  const renewed = await verify(next.token, secret, { ...HERE, store, sessionId, dpopProof: await proof() });
  assert.deepEqual(renewed.data, { userId: 'alice' });

  await store.revokeSession(sessionId);
  assert.equal(await refusal({ dpopProof: await proof() }), 'session_revoked');
}

export function memoryStore() {
  return session(new MemoryStore());
}

export async function redisStoreOverRedis(url) {
  const redis = createClient({ url });
  await redis.connect();
  try {
    await session(new RedisStore(redis, { timeout: PATIENCE_MS }));
  } finally {
    await redis.close();
  }
}

export async function redisStoreOverIoredis(url) {
  const redis = new Redis(url);
  try {
    await session(new RedisStore(redis, { timeout: PATIENCE_MS }));
  } finally {
    redis.disconnect();
  }
}
