// Who a request is from is what the last guard found: nothing that stood there before, and each guard checks again.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { getRequestListener } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { MemoryStore, sign, swtFastify, swtHono, swtKoa, swtMiddleware } from 'secure-web-token';

const require = createRequire(import.meta.url);
const { RawServer } = require('../support/raw_http.js');
const { newKey, newProof, newSecret } = require('../support/sessions.js');

const secret = newSecret();
const FORGED = { userId: 'root' };

/**
 * In each framework: an earlier step that forges an identity, then the guards with `between` after each, then a handler
 * that answers with the user. `seen` is told whose request the framework took it for when it was answered.
 */
const frameworks = {
  Express(guards, between, seen) {
    const app = express();
    app.use((request, response, next) => {
      Object.assign(request, { swt: FORGED, sessionId: 'forged' });
      response.on('finish', () => seen([request.swt, request.sessionId]));
      next();
    });
    const step = (request, response, next) => between().then(() => next());
    for (const guard of guards) app.use(swtMiddleware(guard), step);
    app.use((request, response) => response.send(String(request.swt?.userId)));
    return app;
  },

  async Fastify(guards, between, seen) {
    const app = fastify();
    app.addHook('onRequest', async (request) => {
      Object.assign(request, { swt: FORGED, sessionId: 'forged' });
    });
    app.addHook('onResponse', async (request) => seen([request.swt, request.sessionId]));
    for (const guard of guards) {
      app.addHook('onRequest', swtFastify(guard));
      app.addHook('onRequest', between);
    }
    app.get('/', async (request) => String(request.swt?.userId));
    await app.ready();
    return app.routing;
  },

  Koa(guards, between, seen) {
    const app = new Koa();
    app.use(async (ctx, next) => {
      ctx.state = { swt: FORGED, sessionId: 'forged' };
      await next();
      seen([ctx.state.swt, ctx.state.sessionId]);
    });
    for (const guard of guards) app.use(swtKoa(guard)).use((ctx, next) => between().then(next));
    app.use((ctx) => {
      ctx.body = String(ctx.state.swt?.userId);
    });
    return app.callback();
  },

  Hono(guards, between, seen) {
    const app = new Hono();
    app.use(async (c, next) => {
      c.set('swt', FORGED);
      c.set('sessionId', 'forged');
      // What an earlier step says of caching must not hold for a refusal.
      c.res.headers.set('Cache-Control', 'public');
      await next();
      seen([c.get('swt'), c.get('sessionId')]);
    });
    for (const guard of guards) app.use(swtHono(guard)).use((c, next) => between().then(next));
    app.get('/', (c) => c.text(String(c.get('swt')?.userId)));
    return getRequestListener(app.fetch);
  },
};

for (const [name, framework] of Object.entries(frameworks)) {
  async function start(t, { count = 1, between = async () => {}, ...options }) {
    const store = new MemoryStore();
    const guards = Array.from({ length: count }, () => ({ secret, store, ...options }));
    let tell;
    const listener = await framework(guards, () => between(store), (identity) => tell(identity));
    const server = await new RawServer(listener).start();
    t.after(() => server.stop());

    const key = await newKey();
    const login = { store, fingerprint: true, clientPublicKey: key.publicKeyJwk };
    const grant = await sign({ userId: 'alice' }, secret, login);
    const credentials = async () => ({
      Authorization: `Bearer ${grant.token}`,
      'X-DPoP-Proof': await newProof(key, '/', 'GET', grant.token),
      Cookie: `swt_session=${grant.sessionId}`,
    });
    /** The answer, and who the request was taken for in the end. */
    const ask = async (headers) => {
      const told = new Promise((resolve) => {
        tell = resolve;
      });
      const { status, body, headers: received } = await server.send(headers);
      return { status, body, cacheControl: received['cache-control'], identity: await told };
    };
    return { ask, credentials, grant, store };
  }

  test(`${name}: what an earlier middleware left is gone when a request is refused`, async (t) => {
    const { ask, credentials, grant } = await start(t, {});
    for (const headers of [{}, { Authorization: 'Bearer x' }]) {
      const { status, cacheControl, identity } = await ask(headers);
      assert.deepEqual([status, cacheControl, identity], [401, 'no-store', [undefined, undefined]]);
    }
    const { body, identity } = await ask(await credentials());
    assert.deepEqual([body, identity], ['alice', [{ userId: 'alice' }, grant.sessionId]]);
  });

  test(`${name}: and when it is anonymous`, async (t) => {
    const { ask, credentials } = await start(t, { optional: true });
    const { status, body, identity } = await ask({});
    assert.deepEqual([status, body, identity], [200, 'undefined', [undefined, undefined]]);
    assert.equal((await ask(await credentials())).body, 'alice');
  });

  test(`${name}: and when the guard fails`, async (t) => {
    let failing = true;
    const getToken = () => {
      if (failing) throw new Error('broken');
      return grant.token;
    };
    const { ask, credentials, grant } = await start(t, { getToken });
    const { status, identity } = await ask(await credentials());
    assert.deepEqual([status, identity], [500, [undefined, undefined]]);
    failing = false;
    assert.equal((await ask(await credentials())).body, 'alice');
  });

  test(`${name}: two guards spend a proof once, and it is good for no other request`, async (t) => {
    const { ask, credentials } = await start(t, { count: 2 });
    const headers = await credentials();
    assert.equal((await ask(headers)).body, 'alice');
    assert.equal((await ask(headers)).status, 401);
    assert.equal((await ask(await credentials())).body, 'alice');
  });

  test(`${name}: the second guard sees that the session was ended after the first`, async (t) => {
    const ending = { now: false };
    const between = async (store) => {
      if (ending.now) await store.revokeSession(ending.sessionId);
    };
    const { ask, credentials, grant } = await start(t, { count: 2, between });
    assert.equal((await ask(await credentials())).body, 'alice');
    Object.assign(ending, { now: true, sessionId: grant.sessionId });
    const { status, identity } = await ask(await credentials());
    assert.deepEqual([status, identity], [401, [undefined, undefined]]);
  });
}
