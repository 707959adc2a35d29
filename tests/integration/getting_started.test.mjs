/**
 * The documented example from end to end: a real server process, a real Redis, a scripted client; and what a thief
 * tries against it. Beside each refusal stands the same request as its owner makes it, which passes.
 */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { generateDpopKey } from 'secure-web-token/client';

import { proofOf } from '../reference/codec.mjs';
import { startChildServer } from '../support/child_server.mjs';
import { ScriptedBrowser, proofStyles } from '../support/scripted_browser.mjs';

const { freePort, startRedis } = createRequire(import.meta.url)('../support/redis.js');

const UNAVAILABLE_WITHIN_MS = 1500;
const PROFILE = '/api/profile';
const UNAUTHORIZED = 'Unauthorized';

let redis;
let server;
let origin;

before(async () => {
  redis = await startRedis();
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  server = await startChildServer(new URL('getting_started_server.js', import.meta.url), [String(port), redis.url], /on port/);
}, { timeout: 30_000 });

after(async () => {
  await server?.stop();
  await redis?.stop();
}, { timeout: 30_000 });

async function handlerCalls() {
  const response = await fetch(`${origin}/test/handler-calls`);
  return (await response.json()).handlerCalls;
}

async function assertRefused(attempt, { error = UNAUTHORIZED, challenge = /error="/ } = {}) {
  const callsBefore = await handlerCalls();
  const response = await attempt();
  assert.equal(response.status, 401, response.text);
  assert.deepEqual(response.json, { error });
  assert.match(response.headers.get('www-authenticate') ?? '', /^(DPoP|Bearer)\b/);
  assert.match(response.headers.get('www-authenticate'), challenge);
  assert.equal(await handlerCalls(), callsBefore, 'the handler was called');
}

async function assertAccepted(attempt, username) {
  const callsBefore = await handlerCalls();
  const response = await attempt();
  assert.equal(response.status, 200, response.text);
  assert.deepEqual(response.json.user, { userId: `user_${username}`, username });
  assert.equal(await handlerCalls(), callsBefore + 1);
  return response;
}

const INVALID_TOKEN = { challenge: /error="invalid_token"/ };
const INVALID_PROOF = { challenge: /error="invalid_dpop_proof"/ };

for (const [style, makeProof] of Object.entries(proofStyles)) {
  describe(`the example with ${style}`, { timeout: 60_000 }, () => {
    const browser = () => new ScriptedBrowser(origin, makeProof);

    test('login, profile, logout', async () => {
      const alice = await browser().login('alice');
      assert.match(alice.setCookies[0], /; HttpOnly/);
      assert.match(alice.setCookies[0], /; Secure/);
      assert.match(alice.setCookies[0], /; SameSite=Strict/);
      assert.match(alice.session, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);

      const profile = await assertAccepted(() => alice.get(PROFILE), 'alice');
      assert.equal(profile.json.message, 'Access granted to secure profile!');
      await assertAccepted(() => alice.get(PROFILE), 'alice');

      const orders = await assertAccepted(() => alice.get('/api/orders?open=1'), 'alice');
      assert.equal(orders.json.sessionId, alice.session);

      const logout = await alice.logout();
      assert.equal(logout.status, 200);
      assert.deepEqual(logout.json, { message: 'Successfully logged out.' });
      assert.equal(alice.session, '');
    });

    test('the token shows nothing of its claims', async () => {
      const { token } = await browser().login('alice');
      assert.doesNotMatch(Buffer.from(token.split('.')[1], 'base64url').toString('latin1'), /alice|user_|userId/);
    });

    test('no Authorization header', async () => {
      const alice = await browser().login('alice');
      await assertRefused(() => alice.get(PROFILE, { token: null }), {
        error: 'Missing or invalid Authorization header', challenge: /./,
      });
      await assertAccepted(() => alice.get(PROFILE), 'alice');
    });

    test('no cookie', async () => {
      const alice = await browser().login('alice');
      await assertRefused(() => alice.get(PROFILE, { session: null }), INVALID_TOKEN);
      await assertAccepted(() => alice.get(PROFILE), 'alice');
    });

    test('the cookie of another user', async () => {
      const alice = await browser().login('alice');
      const bob = await browser().login('bob');
      await assertRefused(() => alice.get(PROFILE, { session: bob.session }), INVALID_TOKEN);
      await assertAccepted(() => alice.get(PROFILE), 'alice');
      await assertAccepted(() => bob.get(PROFILE), 'bob');
    });

    test('another live session of the same user and the same key', async () => {
      const first = await browser().login('alice');
      const second = await browser().login('alice', { key: first.key });
      await assertRefused(() => first.get(PROFILE, { session: second.session }), INVALID_TOKEN);
      await assertAccepted(() => first.get(PROFILE), 'alice');
      await assertAccepted(() => second.get(PROFILE), 'alice');
    });

    test('a proof for another url', async () => {
      const alice = await browser().login('alice');
      const proof = await alice.proof('/api/orders');
      await assertRefused(() => alice.get(PROFILE, { proof }), INVALID_PROOF);
      await assertAccepted(() => alice.get('/api/orders', { proof }), 'alice');
    });

    test('a proof for another query', async () => {
      const alice = await browser().login('alice');
      const proof = await alice.proof('/api/orders?to=bob');
      await assertRefused(() => alice.get('/api/orders?to=eve', { proof }), INVALID_PROOF);
      await assertAccepted(() => alice.get('/api/orders?to=bob', { proof }), 'alice');
    });

    test('a proof for the absolute url', async () => {
      const alice = await browser().login('alice');
      const elsewhere = await alice.proof(`https://elsewhere.example${PROFILE}`);
      await assertRefused(() => alice.get(PROFILE, { proof: elsewhere }), INVALID_PROOF);
      const absolute = await alice.proof(`${origin}${PROFILE}`);
      await assertAccepted(() => alice.get(PROFILE, { proof: absolute }), 'alice');
    });

    test('a proof for another method', async () => {
      const alice = await browser().login('alice');
      const proof = await alice.proof(PROFILE, 'POST');
      await assertRefused(() => alice.get(PROFILE, { proof }), INVALID_PROOF);
      await assertAccepted(() => alice.get(PROFILE, { proof, method: 'POST' }), 'alice');
    });

    test('the same proof twice', async () => {
      const alice = await browser().login('alice');
      const proof = await alice.proof(PROFILE);
      await assertAccepted(() => alice.get(PROFILE, { proof }), 'alice');
      await assertRefused(() => alice.get(PROFILE, { proof }), INVALID_PROOF);
      await assertAccepted(() => alice.get(PROFILE), 'alice');
    });

    test('one proof twenty times at once: exactly one passes', async () => {
      const alice = await browser().login('alice');
      const proof = await alice.proof(PROFILE);
      const callsBefore = await handlerCalls();
      const responses = await Promise.all(Array.from({ length: 20 }, () => alice.get(PROFILE, { proof })));
      const statuses = responses.map((response) => response.status).sort();
      assert.deepEqual(statuses, [200, ...Array(19).fill(401)]);
      assert.equal(await handlerCalls(), callsBefore + 1);

      const fresh = await Promise.all(Array.from({ length: 20 }, () => alice.get(PROFILE)));
      assert.ok(fresh.every((response) => response.status === 200));
    });

    test('no proof', async () => {
      const alice = await browser().login('alice');
      await assertRefused(() => alice.get(PROFILE, { proof: null }));
      await assertAccepted(() => alice.get(PROFILE), 'alice');
    });

    test('a proof that is none', async () => {
      const alice = await browser().login('alice');
      const padded = `${await alice.proof(PROFILE)}=`;
      for (const proof of ['', 'x', 'null', Buffer.from('{}').toString('base64url'), padded]) {
        await assertRefused(() => alice.get(PROFILE, { proof }));
      }
      await assertAccepted(() => alice.get(PROFILE), 'alice');
    });

    test('a proof by the key of a thief', async () => {
      const alice = await browser().login('alice');
      const thief = await generateDpopKey();
      const proof = await makeProof(thief, PROFILE, 'GET');
      await assertRefused(() => alice.get(PROFILE, { proof }), INVALID_PROOF);

      const payload = { url: PROFILE, method: 'GET', timestamp: Math.floor(Date.now() / 1000) };
      const named = proofOf({ privateKey: thief.privateKey, publicKeyJwk: alice.key.publicKeyJwk, payload });
      await assertRefused(() => alice.get(PROFILE, { proof: named }), INVALID_PROOF);
      await assertAccepted(() => alice.get(PROFILE), 'alice');
    });

    test('a proof of an hour ago', async () => {
      const alice = await browser().login('alice');
      const payload = { url: PROFILE, method: 'GET', timestamp: Math.floor(Date.now() / 1000) };
      const signed = (more) => proofOf({ privateKey: alice.key.privateKey, payload: { ...payload, ...more } });
      const old = signed({ timestamp: payload.timestamp - 3600 });
      await assertRefused(() => alice.get(PROFILE, { proof: old }), INVALID_PROOF);
      await assertAccepted(() => alice.get(PROFILE, { proof: signed({}) }), 'alice');
    });

    test('a tampered token', async () => {
      const alice = await browser().login('alice');
      const parts = alice.token.split('.');
      for (const index of parts.keys()) {
        const middle = Math.floor(parts[index].length / 2);
        const other = parts[index][middle] === 'A' ? 'B' : 'A';
        const tampered = parts.with(index, parts[index].slice(0, middle) + other + parts[index].slice(middle + 1));
        await assertRefused(() => alice.get(PROFILE, { token: tampered.join('.') }), INVALID_TOKEN);
      }
      await assertAccepted(() => alice.get(PROFILE), 'alice');
    });

    test('an expired token', async () => {
      const alice = await browser().login('alice', { path: '/test/short-login' });
      const bob = await browser().login('bob');
      await assertAccepted(() => alice.get(PROFILE), 'alice');

      const { exp } = JSON.parse(Buffer.from(alice.token.split('.')[0], 'base64url'));
      await pause(exp * 1000 - Date.now() + 20);
      await assertRefused(() => alice.get(PROFILE), { error: 'Token expired', ...INVALID_TOKEN });
      await assertAccepted(() => bob.get(PROFILE), 'bob');
    });

    test('after logout, with everything that was good before', async () => {
      const alice = await browser().login('alice');
      const elsewhere = await browser().login('alice');
      const { session } = alice;
      await assertAccepted(() => alice.get(PROFILE, { session }), 'alice');

      await alice.logout();
      await assertRefused(() => alice.get(PROFILE, { session }), INVALID_TOKEN);
      await assertRefused(() => alice.get(PROFILE, { session: elsewhere.session }));
      await assertAccepted(() => elsewhere.get(PROFILE), 'alice');

      await alice.login('alice', { key: alice.key });
      await assertAccepted(() => alice.get(PROFILE), 'alice');
    });
  });
}

describe('urls as fetch rewrites them', { timeout: 60_000 }, () => {
  const urls = [
    '/api/orders?', '/api/orders?a=1#part', '/api/./x/../orders', '/api/%2e%2e/api/orders', '\\api\\orders',
    ' /api/orders', '/api/orders?q=é&r=a b', "/api/orders?q='\"<>`{}|^", '/api/orders?q=%2f%2F',
    '/api/orders?a=1&a=2&&=', '/api/orders?q=名前',
  ];
  for (const url of urls) {
    test(`${JSON.stringify(url)}: what the client signs is what the server is asked for`, async () => {
      const alice = await new ScriptedBrowser(origin, Object.values(proofStyles)[0]).login('alice');
      globalThis.location = { href: `${origin}/page` };
      const proof = await alice.proof(url).finally(() => delete globalThis.location);
      const asked = new URL(url, `${origin}/page`).href.slice(origin.length);
      await assertAccepted(() => alice.get(asked, { proof }), 'alice');
    });
  }
});

describe('when Redis is down', { timeout: 60_000 }, () => {
  const browser = () => new ScriptedBrowser(origin, Object.values(proofStyles)[0]);

  test('a request is answered 503 in time, never let through, and the server lives on', async () => {
    const alice = await browser().login('alice');
    await assertAccepted(() => alice.get(PROFILE), 'alice');
    const callsBefore = await handlerCalls();
    await redis.stop();

    for (let attempt = 0; attempt < 3; attempt += 1) {
      const started = performance.now();
      const response = await alice.get(PROFILE);
      const took = performance.now() - started;
      assert.equal(response.status, 503, response.text);
      assert.match(response.headers.get('retry-after') ?? '', /^[1-9][0-9]*$/);
      assert.deepEqual(Object.keys(response.json), ['error']);
      assert.equal(response.headers.get('www-authenticate'), null, 'the client would take it for a logout');
      assert.ok(took < UNAVAILABLE_WITHIN_MS, `took ${Math.round(took)} ms`);
    }
    assert.equal(await handlerCalls(), callsBefore);

    // What needs no store to be refused is still refused.
    await assertRefused(() => alice.get(PROFILE, { proof: null }));
    assert.ok(server.alive(), server.output());
  });

  test('and when it is back, the same server process serves again', async () => {
    redis = await startRedis({ port: redis.port });
    const deadline = Date.now() + 15_000;
    for (;;) {
      const attempt = await browser().login('alice').catch((error) => error);
      if (!(attempt instanceof Error)) {
        await assertAccepted(() => attempt.get(PROFILE), 'alice');
        break;
      }
      assert.ok(Date.now() < deadline, `${attempt.message}\n${server.output()}`);
      await pause(100);
    }
    assert.ok(server.alive());
  });
});
