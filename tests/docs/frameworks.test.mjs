// Every program in docs/frameworks.md runs as it stands there, guards what it says, and lets its users in.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

import Redis from 'ioredis';
import { RedisStore, sign } from 'secure-web-token';

import { startChildServer } from '../support/child_server.mjs';

const require = createRequire(import.meta.url);
const { freePort, startRedis } = require('../support/redis.js');
const { newKey, newProof, newSecret } = require('../support/sessions.js');

const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = readFileSync(join(root, 'docs', 'frameworks.md'), 'utf8');

/** The program under each heading that has one. */
const programs = new Map(
  guide
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), /^```js\n([\s\S]*?)^```$/m.exec(section)?.[1]])
    .filter(([, code]) => code !== undefined),
);

const secret = newSecret();
// Inside the package, so that the programs find it by its name.
const folder = mkdtempSync(join(root, 'tests', 'docs', 'programs-'));
let redis;
let client;
let store;

before(async () => {
  redis = await startRedis();
  client = new Redis(redis.url);
  store = new RedisStore(client);
  Object.assign(process.env, { SWT_SECRET: secret, REDIS_URL: redis.url });
}, { timeout: 30_000 });

after(async () => {
  client?.disconnect();
  await redis?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a program, logs alice in, and gives what asks it. */
async function run(t, heading) {
  const file = join(folder, `${heading.replace(/\W+/g, '-')}.mjs`);
  writeFileSync(file, programs.get(heading));
  process.env.PORT = String(await freePort());
  const origin = `http://127.0.0.1:${process.env.PORT}`;
  const server = await startChildServer(pathToFileURL(file), [], /^ready$/m);
  t.after(() => server.stop());

  const key = await newKey();
  const options = { store, fingerprint: true, clientPublicKey: key.publicKeyJwk };
  const { token, sessionId } = await sign({ userId: 'alice' }, secret, options);
  const Cookie = `swt_session=${sessionId}`;
  const credentials = async (path) => ({
    Authorization: `Bearer ${token}`,
    'X-DPoP-Proof': await newProof(key, path, 'GET', token),
    Cookie,
  });
  const ask = async (path, headers) => {
    const response = await fetch(origin + path, { headers });
    const challenge = response.headers.get('www-authenticate');
    return { status: response.status, challenge, body: await response.json() };
  };
  return { origin, key, token, sessionId, Cookie, credentials, ask };
}

const CHALLENGE = 'DPoP algs="ES256"';
const INVALID_TOKEN = 'DPoP error="invalid_token", algs="ES256"';
const NO_HEADER = { error: 'Missing or invalid Authorization header' };
const PASSED = { status: 200, challenge: null, body: { user: { userId: 'alice' } } };

for (const heading of ['Express', 'Fastify', 'Koa', 'Hono', 'node:http', 'A function of Request and Response']) {
  test(heading, async (t) => {
    const { ask, credentials, sessionId } = await run(t, heading);
    assert.deepEqual(await ask('/profile'), { status: 401, challenge: CHALLENGE, body: NO_HEADER });
    const headers = await credentials('/profile');
    assert.deepEqual(await ask('/profile', headers), PASSED);
    assert.equal((await ask('/profile', headers)).status, 401, 'the proof was used');
    await store.revokeSession(sessionId);
    const { status, body } = await ask('/profile', await credentials('/profile'));
    assert.deepEqual([status, body], [401, { error: 'Unauthorized' }]);
  });
}

test('Guests: `optional`', async (t) => {
  const { ask, credentials, Cookie } = await run(t, t.name);
  assert.deepEqual((await ask('/news', {})).body, { reader: 'guest' });
  assert.deepEqual((await ask('/news', { Cookie })).body, { reader: 'guest' });
  assert.deepEqual((await ask('/news', await credentials('/news'))).body, { reader: 'alice' });
  assert.equal((await ask('/news', { Authorization: 'Bearer x' })).status, 401);
});

test("The application's error handler: `onRefusal`", async (t) => {
  const { ask, credentials } = await run(t, t.name);
  assert.deepEqual(await ask('/profile', await credentials('/profile')), PASSED);
  assert.deepEqual(await ask('/profile', { Authorization: 'Bearer x' }), {
    status: 401,
    challenge: INVALID_TOKEN,
    body: { error: 'Unauthorized', login: '/login' },
  });
});

describe('WebSocket: `getToken`', () => {
  async function upgrade(origin, protocols, Cookie) {
    const headers = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      Cookie,
      // The example of RFC 6455, section 1.3.
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Protocol': protocols.join(', '),
    };
    const request = http.get(`${origin}/socket`, { headers });
    const { promise, resolve, reject } = withResolvers();
    request.on('error', reject);
    request.on('response', (response) => {
      response.resume();
      resolve({ status: response.statusCode, challenge: response.headers['www-authenticate'] });
    });
    request.on('upgrade', async (response, socket, head) => {
      const frame = head.length > 0 ? head : (await once(socket, 'data'))[0];
      socket.destroy();
      const { 'sec-websocket-accept': accept, 'sec-websocket-protocol': protocol } = response.headers;
      resolve({ status: response.statusCode, accept, protocol, text: frame.subarray(2).toString() });
    });
    return promise;
  }

  function withResolvers() {
    const resolvers = {};
    resolvers.promise = new Promise((resolve, reject) => Object.assign(resolvers, { resolve, reject }));
    return resolvers;
  }

  test('lets who has a token and its proof in, and refuses others', async (t) => {
    const { origin, key, token, Cookie } = await run(t, 'WebSocket: `getToken`');
    const proof = async (path) => `proof.${await newProof(key, path, 'GET', token)}`;
    const good = ['news', `token.${token}`, await proof('/socket')];
    assert.deepEqual(await upgrade(origin, good, Cookie), {
      status: 101,
      accept: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      protocol: 'news',
      text: 'hello alice',
    });

    const invalidProof = { status: 401, challenge: 'DPoP error="invalid_dpop_proof", algs="ES256"' };
    assert.deepEqual(await upgrade(origin, good, Cookie), invalidProof, 'the proof was used');
    assert.deepEqual(await upgrade(origin, ['news', `token.${token}`], Cookie), invalidProof);
    assert.deepEqual(await upgrade(origin, ['news', `token.${token}`, await proof('/')], Cookie), invalidProof);
    const fresh = await proof('/socket');
    assert.deepEqual(await upgrade(origin, ['news', fresh], Cookie), { status: 401, challenge: CHALLENGE });
    const invalidToken = { status: 401, challenge: INVALID_TOKEN };
    assert.deepEqual(await upgrade(origin, ['news', 'token.x', fresh], Cookie), invalidToken);
    assert.deepEqual(await upgrade(origin, ['news', `token.${token}`, fresh], 'a=b'), invalidToken);
    assert.equal((await upgrade(origin, ['news', `token.${token}`, fresh], Cookie)).status, 101);
  });
});

test('there is a test for every program', () => {
  assert.equal(programs.size, 9);
  assert.equal(guide.match(/^```js$/gm).length, 9);
});
