/**
 * The same login, access and logout with what else apps use: ioredis as the store's client, express 4, MemoryStore.
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';

import cookieParser from 'cookie-parser';
import express from 'express';
import express4 from 'express4';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { MemoryStore, RedisStore, sign, swtMiddleware } from 'secure-web-token';

import { ScriptedBrowser, proofStyles } from '../support/scripted_browser.mjs';

const { startRedis } = createRequire(import.meta.url)('../support/redis.js');

const SECRET = 'Hq7~integration_tests.4v+Zs9-Lw2!Cb6';
const PROFILE = '/api/profile';

const stores = {
  'node-redis': async (url) => {
    const client = await createClient({ url }).on('error', () => {}).connect();
    return { store: new RedisStore(client), close: () => client.destroy() };
  },
  ioredis: async (url) => {
    const client = new Redis(url);
    client.on('error', () => {});
    return { store: new RedisStore(client), close: () => client.disconnect() };
  },
  'ioredis with a key prefix': async (url) => {
    const client = new Redis(url, { keyPrefix: 'app:' });
    client.on('error', () => {});
    return { store: new RedisStore(client, { prefix: 'auth:session:', ttl: 60 }), close: () => client.disconnect() };
  },
  'the memory store': async () => ({ store: new MemoryStore(), close: () => {} }),
};

function application(framework, store) {
  const app = framework();
  app.use(framework.json());
  app.use(cookieParser());

  app.post('/api/auth/login', async (req, res) => {
    const { token, sessionId } = await sign({ userId: 'user_alice', username: 'alice' }, SECRET, {
      fingerprint: true, clientPublicKey: req.body.publicKeyJwk, store,
    });
    res.cookie('swt_session', sessionId, { httpOnly: true, secure: true, sameSite: 'strict' });
    res.json({ token });
  });

  const guard = swtMiddleware({ secret: SECRET, store });
  app.get(PROFILE, guard, (req, res) => res.json({ user: req.swt }));

  // A router under a path of its own: what the client signed is the whole path.
  const router = framework.Router();
  router.use(guard);
  router.get('/orders', (req, res) => res.json({ user: req.swt }));
  app.use('/v1', router);

  app.post('/api/auth/logout', async (req, res) => {
    await store.revokeSession(req.cookies.swt_session);
    res.clearCookie('swt_session').json({});
  });
  return app;
}

let redis;
before(async () => {
  redis = await startRedis();
}, { timeout: 30_000 });
after(() => redis?.stop());

for (const [version, framework] of Object.entries({ 'express 5': express, 'express 4': express4 })) {
  for (const [name, open] of Object.entries(stores)) {
    describe(`${version} with ${name}`, { timeout: 30_000 }, () => {
      let server;
      let origin;
      let connection;

      before(async () => {
        connection = await open(redis.url);
        server = application(framework, connection.store).listen(0, '127.0.0.1');
        await once(server, 'listening');
        origin = `http://127.0.0.1:${server.address().port}`;
      });

      after(() => {
        server?.closeAllConnections();
        server?.close();
        connection?.close();
      });

      for (const [style, makeProof] of Object.entries(proofStyles)) {
        test(`login, access, replay refused, logout; ${style}`, async () => {
          const alice = await new ScriptedBrowser(origin, makeProof).login('alice');
          const { session } = alice;
          const proof = await alice.proof(PROFILE);

          const first = await alice.get(PROFILE, { proof });
          assert.equal(first.status, 200, first.text);
          assert.deepEqual(first.json.user, { userId: 'user_alice', username: 'alice' });
          assert.equal((await alice.get(PROFILE, { proof })).status, 401);
          assert.equal((await alice.get('/v1/orders')).status, 200);
          assert.equal((await alice.get('/v1/orders', { proof: await alice.proof('/orders') })).status, 401);

          assert.equal((await alice.logout()).status, 200);
          const afterwards = await alice.get(PROFILE, { session });
          assert.equal(afterwards.status, 401);
          assert.deepEqual(afterwards.json, { error: 'Unauthorized' });
        });
      }
    });
  }
}
