// createAuthenticator, for whatever is none of the frameworks: what it says of requests, and that it always says it.
import assert from 'node:assert/strict';
import http from 'node:http';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';

import { MemoryStore, SwtError, createAuthenticator, sign } from 'secure-web-token';

import { BARE, DATA, INVALID_PROOF, INVALID_TOKEN, NO_HEADER } from './support/protected.mjs';

const require = createRequire(import.meta.url);
const { RawServer } = require('../support/raw_http.js');
const { assertSwtError, newKey, newProof, newSecret } = require('../support/sessions.js');

const secret = newSecret();
const store = new MemoryStore();
const key = await newKey();
const grant = await sign(DATA, secret, { store, fingerprint: true, clientPublicKey: key.publicKeyJwk });
const authenticate = createAuthenticator({ secret, store });

const cookie = `swt_session=${grant.sessionId}`;
const authorization = `Bearer ${grant.token}`;

async function headersFor(url, method = 'GET') {
  return { host: 'shop.example', authorization, cookie, 'x-dpop-proof': await newProof(key, url, method, grant.token) };
}

async function nodeRequest(changes, url = '/a?b=1') {
  return { method: 'GET', url, headers: await headersFor(url), ...changes };
}

const MEMBERS = ['anonymous', 'data', 'ok', 'payload', 'sessionId'];
const REFUSED_MEMBERS = ['body', 'error', 'headers', 'ok', 'status'];

function assertRefused(result, { status = 401, challenge = INVALID_PROOF, error = 'Unauthorized', code } = {}) {
  assert.deepEqual(Object.keys(result).sort(), REFUSED_MEMBERS);
  assert.deepEqual([result.ok, result.status, result.body], [false, status, { error }]);
  assert.equal(result.headers['WWW-Authenticate'], status === 401 ? challenge : undefined);
  assert.equal(result.headers['Cache-Control'], 'no-store');
  assert.ok(result.error instanceof SwtError);
  assert.equal(result.error.status, status);
  if (code !== undefined) assert.equal(result.error.code, code);
}

describe('what it says', () => {
  test('of a good request: payload, data and session', async () => {
    const result = await authenticate(await nodeRequest());
    assert.deepEqual(Object.keys(result).sort(), MEMBERS);
    const { ok, anonymous, payload, data, sessionId } = result;
    const alice = { ok: true, anonymous: false, data: DATA, sessionId: grant.sessionId };
    assert.deepEqual({ ok, anonymous, data, sessionId }, alice);
    assert.equal(payload.data, data);
    assert.equal(payload.sid, sessionId);
  });

  test('without a store: no session', async () => {
    const { token } = await sign(DATA, secret);
    const result = await createAuthenticator({ secret })({ headers: { authorization: `Bearer ${token}`, cookie } });
    assert.deepEqual(Object.keys(result).sort(), MEMBERS);
    assert.deepEqual([result.ok, result.data, result.sessionId], [true, DATA, undefined]);
  });

  test('of an anonymous one: nothing', async () => {
    const result = await createAuthenticator({ secret, store, optional: true })({ headers: { cookie } });
    const nobody = { ok: true, anonymous: true, payload: undefined, data: undefined, sessionId: undefined };
    assert.deepEqual(result, nobody);
  });

  test('of a refused one: what to answer, and for logs which check failed', async () => {
    const used = await nodeRequest();
    await authenticate(used);
    assertRefused(await authenticate({ ...used }), { code: 'proof_replayed' });
    const none = await authenticate({ headers: {} });
    assertRefused(none, { challenge: BARE, error: NO_HEADER, code: 'token_malformed' });
    assertSwtError(none.error, { message: NO_HEADER, kind: 'rejected' });
  });

  test('each time in an object of its own', async () => {
    for (const request of [{ headers: {} }, null, { headers: { authorization: 'Bearer x' } }]) {
      const [first, second] = [await authenticate(request), await authenticate(request)];
      first.headers['X-Mine'] = 'x';
      first.body.error = 'mine';
      assert.notEqual(second.headers['X-Mine'], 'x');
      assert.notEqual(second.body.error, 'mine');
    }
  });

  test('the same request object may be asked about twice, and the same proof in another one may not', async () => {
    const request = await nodeRequest();
    assert.equal((await authenticate(request)).ok, true);
    assert.equal((await authenticate(request)).ok, true);
    assertRefused(await authenticate({ ...request }), { code: 'proof_replayed' });
  });

  test('of what is no request: 500, and nothing is thrown', async () => {
    const trap = {
      headers: {},
      get method() {
        throw new Error('trap');
      },
    };
    for (const optional of [false, true]) {
      const ask = createAuthenticator({ secret, store, optional });
      for (const request of [undefined, null, 'GET /', 7, {}, { headers: null }, { headers: undefined }, trap]) {
        assertRefused(await ask(request), { status: 500, error: 'Internal server error', code: 'internal_bug' });
      }
    }
  });

  test('where getToken failed: the cause too, which the client is not told', async () => {
    const cause = new Error('the cookie secret is xyz');
    const ask = createAuthenticator({ secret, store, getToken: () => Promise.reject(cause) });
    const result = await ask(await nodeRequest());
    assertRefused(result, { status: 500, error: 'Internal server error', code: 'argument' });
    assert.equal(result.error.message, 'getToken failed');
    assert.equal(result.error.cause, cause);
  });
});

describe('headers as no server gives them', () => {
  const optional = createAuthenticator({ secret, store, optional: true });

  test('in other spellings, or of other types, are never overlooked', async () => {
    const bad = { challenge: INVALID_TOKEN, error: NO_HEADER };
    for (const headers of [
      { Authorization: authorization, cookie },
      { AUTHORIZATION: authorization, authorization, cookie },
      ...[null, [authorization], {}, 7, '', true].map((value) => ({ authorization: value, cookie })),
    ]) {
      assertRefused(await optional({ method: 'GET', url: '/', headers }), bad);
    }
    const removed = { method: 'GET', url: '/', headers: { cookie }, rawHeaders: ['Authorization', authorization] };
    assertRefused(await optional(removed), bad);
    assert.equal((await optional({ ...removed, rawHeaders: ['Cookie', cookie] })).anonymous, true);
    assert.equal((await optional(await nodeRequest())).data.userId, 'alice');
  });

  test("Fastify's and Koa's own objects tell of two headers by the one inside", async () => {
    for (const inside of ['raw', 'req']) {
      const request = await nodeRequest();
      const rawHeaders = ['authorization', authorization];
      const twice = { ...request, [inside]: { rawHeaders: [...rawHeaders, ...rawHeaders] } };
      assertRefused(await authenticate(twice), { challenge: INVALID_TOKEN, error: NO_HEADER });
      assert.equal((await authenticate({ ...request, [inside]: { rawHeaders } })).ok, true);
    }
  });

  test('inherited ones count as little as polluted options', async (t) => {
    t.after(() => {
      for (const name of ['authorization', 'optional', 'getToken']) delete Object.prototype[name];
    });
    Object.prototype.optional = true;
    Object.prototype.getToken = () => grant.token;
    const ask = createAuthenticator({ secret, store });
    assertRefused(await ask({ headers: {} }), { challenge: BARE, error: NO_HEADER });
    assert.equal((await ask(await nodeRequest())).ok, true);
  });
});

describe('a Request of the Fetch API', () => {
  const fetched = async (url, { proofFor = url, host, method = 'GET', ...more } = {}) => {
    const headers = new Headers({ ...(await headersFor(proofFor, method)), ...more });
    headers.delete('host');
    if (host !== undefined) headers.set('host', host);
    return new Request(url, { method, headers });
  };

  test('passes, with a proof for its path or its url', async () => {
    const url = 'http://shop.example/a/b?c=%20d&e=é';
    for (const proofFor of ['/a/b', '/a/b?c=%20d&e=%C3%A9', 'http://shop.example/a/b', 'https://shop.example/a/b']) {
      const { ok, data } = await authenticate(await fetched(url, { proofFor }));
      assert.deepEqual([ok, data], [true, DATA], proofFor);
    }
    assert.equal((await authenticate(await fetched('http://shop.example', { proofFor: '/' }))).ok, true);
  });

  test('is refused with a proof for another path, query, method or host', async () => {
    const url = 'http://shop.example/a/b?c=d';
    for (const proofFor of ['/a', '/a/b?c=e', 'http://evil.example/a/b?c=d', 'http://shop.example:81/a/b', '/a/b/']) {
      assertRefused(await authenticate(await fetched(url, { proofFor })));
    }
    const request = await fetched(url);
    assertRefused(await authenticate(new Request(request, { method: 'POST' })));
    assert.equal((await authenticate(request)).ok, true);
    assert.equal((await authenticate(await fetched(url, { method: 'POST' }))).ok, true);
  });

  test('is of the host that its Host header names, if it has one', async () => {
    // A server behind a proxy may know itself by another name.
    const url = 'http://10.0.0.7:8080/a';
    const proofFor = 'https://shop.example/a';
    assert.equal((await authenticate(await fetched(url, { proofFor, host: 'shop.example' }))).ok, true);
    assertRefused(await authenticate(await fetched(url, { proofFor, host: 'evil.example' })));
    assertRefused(await authenticate(await fetched(url, { proofFor })));
  });

  test('is refused with two of a header, and with a fragment or another scheme in its url', async () => {
    const url = 'http://shop.example/a';
    for (const [name, error, challenge] of [
      ['authorization', NO_HEADER, INVALID_TOKEN],
      ['x-dpop-proof', 'Unauthorized', INVALID_PROOF],
    ]) {
      const request = await fetched(url);
      request.headers.append(name, request.headers.get(name));
      assertRefused(await authenticate(request), { error, challenge });
    }
    const twoCookies = await fetched(url, { cookie: `${cookie}; ${cookie}` });
    assertRefused(await authenticate(twoCookies), { challenge: INVALID_TOKEN });
    assertRefused(await authenticate(await fetched(`${url}#x`, { proofFor: '/a' })));
    assertRefused(await authenticate(await fetched('data:,/a', { proofFor: '/a' })));
    assert.equal((await authenticate(await fetched(url))).ok, true);
  });

  test('is anonymous without a token where that is allowed, and refused with an empty one', async () => {
    const optional = createAuthenticator({ secret, store, optional: true });
    assert.equal((await optional(new Request('http://shop.example/', { headers: { cookie } }))).anonymous, true);
    for (const value of ['', 'Basic YTpi', 'Bearer x']) {
      const result = await optional(new Request('http://shop.example/', { headers: { authorization: value } }));
      assert.equal(result.status, 401);
    }
  });

  test('its cookies come from the header, whatever object a framework puts beside it', async () => {
    const request = Object.assign(await fetched('http://shop.example/a'), { cookies: { swt_session: 'x' } });
    assert.equal((await authenticate(request)).ok, true);
  });
});

describe('an upgrade to WebSocket', () => {
  let server;
  before(async () => {
    server = await new RawServer((request, response) => response.end()).start();
    server.http.on('upgrade', async (request, socket) => {
      const result = await authenticate(request);
      const answer = result.ok
        ? ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', '', result.data?.userId]
        : [`HTTP/1.1 ${result.status} ${http.STATUS_CODES[result.status]}`, 'Connection: close', '', result.body.error];
      socket.end(answer.join('\r\n'));
    });
  });
  after(() => server.stop());

  const upgrade = (headers, path = '/socket') =>
    server.send([...Object.entries(headers), ['Connection', 'Upgrade'], ['Upgrade', 'websocket']], { path });

  test('is a request like every other: a GET with its own proof', async () => {
    const { host, ...headers } = await headersFor('/socket');
    const { status, body } = await upgrade(headers);
    assert.deepEqual([status, body], [101, 'alice']);
    assert.equal((await upgrade(headers)).status, 401, 'the proof was used');
    const { host: also, ...elsewhere } = await headersFor('/other');
    assert.equal((await upgrade(elsewhere)).status, 401);
    assert.equal((await upgrade({ cookie })).status, 401);
  });
});
