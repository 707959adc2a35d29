/**
 * What secure-web-token 3.0.1 wrote, through this package: tokens, refresh tokens, sessions in a real Redis, proofs.
 */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, afterEach, before, describe, mock, test } from 'node:test';

import { createClient } from 'redis';
import { MemoryStore, RedisStore, computeJwkThumbprint, refresh, verify } from 'secure-web-token';

import { legacyProof, open, openProof, sessionRecord, thumbprint } from '../reference/codec.mjs';

const { startRedis } = createRequire(import.meta.url)('../support/redis.js');

const file = new URL('../../../shared/vectors/v3/golden.json', import.meta.url);

if (existsSync(file)) {
  run(JSON.parse(readFileSync(file, 'utf8')));
} else {
  test('what 3.0.1 wrote', { skip: '1 file is absent: ../shared/vectors/v3/golden.json' }, () => {});
}

function run({ tokens, sessions, proofs, thumbprints }) {
  const withSecret = tokens.filter((token) => token.key === 'secret');
  const withPem = tokens.filter((token) => token.privateKey !== undefined);
  assert.equal(withSecret.length + withPem.length, tokens.length);

  describe('tokens with a secret', () => {
    withSecret.forEach(({ token, secret, payload }, index) => {
      test(`number ${index}, ${label(payload)}: verify gives exactly the payload`, async () => {
        assert.deepEqual(await verify(token, secret, {}), payload);
        assert.deepEqual(open(token, { secret }), payload);
      });
    });

    test('every one of them is refused under another secret', async () => {
      for (const { token, secret } of withSecret) {
        await assert.rejects(verify(token, `${secret}.`, {}), { code: 'token_authentication' });
      }
    });
  });

  describe('refresh tokens with a secret', () => {
    const withRefresh = withSecret.filter((token) => token.refreshToken);
    assert.notEqual(withRefresh.length, 0);
    withRefresh.forEach(({ refreshToken, secret, refreshPayload }, index) => {
      test(`number ${index}, ${label(refreshPayload)}: no access token, and opened to the exact payload`, async () => {
        await assert.rejects(verify(refreshToken, secret, {}), { code: 'token_type' });
        assert.deepEqual(open(refreshToken, { secret, typ: 'SWT-Refresh' }), refreshPayload);
      });
    });
  });

  describe('tokens with PEM keys', () => {
    assert.notEqual(withPem.length, 0);
    withPem.forEach(({ token, key, privateKey, publicKey, encryptionSecret, payload }, index) => {
      test(`number ${index}, ${key}, ${label(payload)}: verify gives exactly the payload, by either half`, async () => {
        assert.deepEqual(await verify(token, publicKey, { encryptionSecret }), payload);
        assert.deepEqual(await verify(token, privateKey, { encryptionSecret }), payload);
      });
    });

    test('every one of them is refused under another key, or another encryption secret', async () => {
      for (const { token, key, publicKey, encryptionSecret } of withPem) {
        const other = withPem.find((candidate) => candidate.key !== key).publicKey;
        await assert.rejects(verify(token, other, { encryptionSecret }), { kind: 'rejected' });
        const wrong = { encryptionSecret: `${encryptionSecret}.` };
        await assert.rejects(verify(token, publicKey, wrong), { code: 'token_authentication' });
      }
    });
  });

  describe('sessions in Redis', { timeout: 30_000 }, () => {
    const redis = useRedis();

    for (const { sessionId, redisKey, redisValue, token, secret, privateJwk } of sessions) {
      const request = { method: 'GET', url: '/api/profile' };
      const proof = () => legacyProof({ privateKey: privateJwk, ...request });
      const { userId } = JSON.parse(redisValue);

      test(`${redisKey}: good while it is there, and only then`, async () => {
        assert.deepEqual(sessionRecord(JSON.parse(redisValue)), { key: redisKey, value: redisValue });
        const store = new RedisStore(redis.client);
        const tryOnce = () => verify(token, secret, { ...request, store, sessionId, dpopProof: proof() });

        await assert.rejects(tryOnce(), { code: 'session_revoked' });
        await redis.client.set(redisKey, redisValue, { EX: 60 });
        const payload = await tryOnce();
        assert.deepEqual(payload, open(token, { secret }));
        assert.equal(payload.data.userId, userId);
        assert.deepEqual(await store.getSession(sessionId), JSON.parse(redisValue));

        await redis.client.del(redisKey); // as 3.0.1 logs out
        await assert.rejects(tryOnce(), { code: 'session_revoked' });
      });
    }
  });

  describe('refresh tokens and the sessions that 3.0.1 registered', { timeout: 30_000 }, () => {
    const redis = useRedis();

    const withRefresh = withSecret.filter((token) => token.refreshToken);
    withRefresh.forEach(({ refreshToken, secret, refreshPayload }, index) => {
      test(`number ${index}, ${label(refreshPayload)}: traded in once, for its own session`, async () => {
        const store = new RedisStore(redis.client);
        const register = async (userId) => {
          const sessionId = randomUUID();
          const { key, value } = sessionRecord({ sessionId, userId });
          await redis.client.set(key, value, { EX: 60 });
          return sessionId;
        };
        const { userId } = refreshPayload.data;
        const another = await register(`not ${userId}`);
        await assert.rejects(refresh(refreshToken, secret, { store, sessionId: another }), { code: 'session_user' });
        await assert.rejects(refresh(refreshToken, secret, { store }), { code: 'session_missing' });

        const sessionId = await register(userId);
        const next = await refresh(refreshToken, secret, { store, sessionId });
        assert.equal(next.sessionId, sessionId);
        assert.deepEqual(open(next.token, { secret }).data, { userId });
        assert.deepEqual((await verify(next.token, secret, { store, sessionId })).data, { userId });
        await assert.rejects(refresh(refreshToken, secret, { store, sessionId }), { code: 'refresh_superseded' });
      });
    });
  });

  describe('proofs', () => {
    afterEach(() => mock.timers.reset());

    const sent = async ({ token, secret, jkt, now, proof }, change = {}) => {
      mock.timers.enable({ apis: ['Date'], now: now * 1000 });
      const store = new MemoryStore();
      const sessionId = randomUUID();
      await store.registerSession({ sessionId, userId: open(token, { secret, now }).data.userId, jkt });
      return verify(token, secret, { store, sessionId, dpopProof: proof, ...change });
    };

    for (const vector of proofs) {
      const { token, secret, method, url, jkt, now, proof } = vector;
      const name = `${method} ${url} by ${jkt.slice(0, 6)}`;

      test(`${name} passes for its own request`, async () => {
        assert.deepEqual(await sent(vector, { method, url }), open(token, { secret, now }));
        assert.equal(openProof(proof).thumbprint, jkt);
      });

      test(`${name} is refused for another one`, async () => {
        const otherMethod = method === 'PUT' ? 'PATCH' : 'PUT';
        await assert.rejects(sent(vector, { method: otherMethod, url }), { code: 'proof_method' });
        mock.timers.reset();
        await assert.rejects(sent(vector, { method, url: `${url.split('?')[0]}/other` }), { code: 'proof_url' });
      });
    }
  });

  test('thumbprints', async () => {
    for (const { jwk, jkt } of thumbprints) {
      assert.equal(await computeJwkThumbprint(jwk), jkt);
      assert.equal(thumbprint(jwk), jkt);
    }
  });
}

/** A server for the tests around it; its client is there when they run. */
function useRedis() {
  const used = {};
  let server;
  before(async () => {
    server = await startRedis();
    used.client = createClient({ url: server.url });
    used.client.on('error', () => {});
    await used.client.connect();
  });
  after(async () => {
    used.client?.destroy();
    await server?.stop();
  });
  return used;
}

function label({ data }) {
  return `userId ${JSON.stringify(data.userId)}`;
}
