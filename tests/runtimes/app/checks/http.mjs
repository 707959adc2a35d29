import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

import express from 'express';
import { createClient } from 'redis';

import { RedisStore, sign, swtMiddleware } from 'secure-web-token';
import { createDpopProof, generateDpopKey } from 'secure-web-token/client';

/** Four workers that start at once leave little of the machine to each other. */
const PATIENCE_MS = 20_000;

const login = (publicKeyJwk, { secret, store }) =>
  sign({ userId: 'alice' }, secret, { fingerprint: true, clientPublicKey: publicKeyJwk, store });
const cookieOf = (sessionId) => `swt_session=${sessionId}; HttpOnly; Secure; SameSite=Strict; Path=/`;

function expressApp(settings) {
  const app = express();
  const auth = swtMiddleware(settings);
  app.post('/login', express.json(), async (request, response) => {
    const { token, sessionId } = await login(request.body, settings);
    response.setHeader('Set-Cookie', cookieOf(sessionId));
    response.json({ token });
  });
  app.get('/profile', auth, (request, response) => response.json(request.swt));
  app.post('/logout', auth, async (request, response) => {
    await settings.store.revokeSession(request.sessionId);
    response.json({});
  });
  return app;
}

function plainApp(settings) {
  const auth = swtMiddleware(settings);
  const routes = {
    'POST /login': async (request, response) => {
      const { token, sessionId } = await login(await json(request), settings);
      response.setHeader('Set-Cookie', cookieOf(sessionId));
      response.end(JSON.stringify({ token }));
    },
    'GET /profile': (request, response) => auth(request, response, () => response.end(JSON.stringify(request.swt))),
    'POST /logout': (request, response) =>
      auth(request, response, async () => {
        await settings.store.revokeSession(request.sessionId);
        response.end('{}');
      }),
  };
  return (request, response) => routes[`${request.method} ${request.url}`](request, response);
}

/** A page: it logs in, and sends a fresh proof with each request unless it is told another. */
async function logIn(origin) {
  const key = await generateDpopKey();
  const response = await fetch(`${origin}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(key.publicKeyJwk),
  });
  assert.equal(response.status, 200);
  const { token } = await response.json();
  const cookie = response.headers.get('set-cookie').split(';')[0];

  const { privateKey, publicKeyJwk } = key;
  const newProof = (path, method) =>
    createDpopProof(privateKey, publicKeyJwk, path, method, { accessToken: token });
  async function call(method, path, proof) {
    const headers = { authorization: `Bearer ${token}`, cookie };
    const sent = proof === undefined ? await newProof(path, method) : proof;
    if (sent !== null) headers['x-dpop-proof'] = sent;
    const answer = await fetch(origin + path, { method, headers });
    return { status: answer.status, body: await answer.json(), challenge: answer.headers.get('www-authenticate') };
  }
  return { newProof, call };
}

async function overHttp(listener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const page = await logIn(`http://127.0.0.1:${server.address().port}`);
    assert.deepEqual(await page.call('GET', '/profile'), { status: 200, body: { userId: 'alice' }, challenge: null });

    const without = await page.call('GET', '/profile', null);
    assert.equal(without.status, 401);
    assert.match(without.challenge, /^DPoP /);

    const proof = await page.newProof('/profile', 'GET');
    assert.equal((await page.call('GET', '/profile', proof)).status, 200);
    assert.equal((await page.call('GET', '/profile', proof)).status, 401);

    assert.equal((await page.call('POST', '/logout')).status, 200);
    assert.equal((await page.call('GET', '/profile')).status, 401);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function withRedis(url, makeApp) {
  const redis = createClient({ url });
  await redis.connect();
  try {
    const store = new RedisStore(redis, { timeout: PATIENCE_MS });
    await overHttp(makeApp({ secret: randomBytes(32).toString('base64'), store }));
  } finally {
    await redis.close();
  }
}

export const expressMiddleware = (url) => withRedis(url, expressApp);
export const plainMiddleware = (url) => withRedis(url, plainApp);
