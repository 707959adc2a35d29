'use strict';

const assert = require('node:assert/strict');
const { before, describe, test } = require('node:test');

const { MemoryStore, sign, swtMiddleware } = require('secure-web-token');
const { RawServer } = require('../support/raw_http.js');
const { newKey, newProof, newSecret } = require('../support/sessions.js');

const SECRET = newSecret();
const DATA = { userId: 'alice', role: 'admin' };

/** Requests and answers made by hand, for what HTTP would not let through. */
describe('by hand', () => {
  const newResponse = () => ({
    headers: {},
    headersSent: false,
    statusCode: 200,
    setHeader(name, value) {
      this.headers[name] = value;
    },
    end(body) {
      this.body = body;
    },
  });

  async function run(middleware, request, response = newResponse()) {
    let calls = 0;
    await middleware(request, response, () => calls++);
    return { ...response, request, calls };
  }

  let store;
  let grant;
  let middleware;
  before(async () => {
    store = new MemoryStore();
    grant = await sign(DATA, SECRET, { store });
    middleware = swtMiddleware({ secret: SECRET, store });
  });

  const good = () => ({
    method: 'GET',
    url: '/',
    headers: { authorization: `Bearer ${grant.token}`, cookie: `swt_session=${grant.sessionId}` },
  });

  test('next has been called when the promise resolves, once and without arguments', async () => {
    let received;
    const request = good();
    await middleware(request, newResponse(), (...args) => {
      received = args;
    });
    assert.deepEqual(received, []);
    assert.deepEqual(request.swt, DATA);
  });

  test('what an earlier middleware left on the request is gone when it is refused', async () => {
    const request = { ...good(), swt: { userId: 'root' }, sessionId: 'forged', headers: {} };
    const { statusCode, calls } = await run(middleware, request);
    assert.deepEqual([statusCode, calls], [401, 0]);
    assert.ok(!('swt' in request) && !('sessionId' in request));
  });

  test('nothing inherited is taken for the data of an anonymous request', async (t) => {
    t.after(() => delete Object.prototype.swt);
    Object.prototype.swt = { userId: 'root' };
    const optional = swtMiddleware({ secret: SECRET, store, optional: true });
    const { request, calls } = await run(optional, { ...good(), headers: {} });
    assert.deepEqual([calls, request.swt], [1, undefined]);
    assert.deepEqual((await run(optional, good())).request.swt, DATA);
  });

  test('cookies that a parser found count, and only its own properties', async () => {
    const { headers, ...rest } = good();
    const authorization = { authorization: headers.authorization };
    const cookies = Object.assign(Object.create(null), { swt_session: grant.sessionId });
    assert.equal((await run(middleware, { ...rest, headers: authorization, cookies })).calls, 1);
    for (const wrong of [
      {},
      Object.create(cookies),
      { swt_session: [grant.sessionId] },
      { swt_session: { a: 1 } },
      [],
    ]) {
      assert.equal((await run(middleware, { ...rest, headers, cookies: wrong })).statusCode, 401);
    }
  });

  test('headers of other types are refused', async () => {
    for (const value of [[`Bearer ${grant.token}`], {}, 7, true, null, '', Buffer.from('x'), Symbol('x')]) {
      const request = good();
      request.headers.authorization = value;
      const { statusCode, calls } = await run(middleware, request);
      assert.deepEqual([statusCode, calls], [401, 0]);
    }
  });

  test('a method or url that is none does not switch the comparison off', async () => {
    const key = await newKey();
    const bound = await sign(DATA, SECRET, { store, fingerprint: true, clientPublicKey: key.publicKeyJwk });
    const request = async (changes) => ({
      method: 'GET',
      url: '/',
      headers: {
        authorization: `Bearer ${bound.token}`,
        cookie: `swt_session=${bound.sessionId}`,
        'x-dpop-proof': await newProof(key, '/', 'GET', bound.token),
      },
      ...changes,
    });
    const changes = [
      { method: undefined },
      { url: undefined },
      { method: undefined, url: undefined },
      { method: '' },
      { url: '' },
      { method: null },
      { url: ['/'] },
      { method: '', url: '' },
    ];
    for (const change of changes) {
      const { statusCode, calls } = await run(middleware, await request(change));
      assert.deepEqual([statusCode, calls], [401, 0], JSON.stringify(change));
    }
    assert.equal((await run(middleware, await request({}))).calls, 1);
  });

  test('without a store the cookie is not taken for a session', async () => {
    const { token } = await sign(DATA, SECRET);
    const stateless = swtMiddleware({ secret: SECRET });
    const { request, calls } = await run(stateless, {
      ...good(),
      headers: { authorization: `Bearer ${token}`, cookie: 'swt_session=forged' },
    });
    assert.equal(calls, 1);
    assert.ok(!('sessionId' in request));
  });

  test('an error inside is an answer, never a pass', async () => {
    for (const request of [
      {},
      { headers: null },
      { headers: undefined },
      null,
      undefined,
      Object.freeze({ ...good(), swt: 1 }),
    ]) {
      const { statusCode, body, headers, calls } = await run(middleware, request);
      assert.deepEqual([statusCode, body, calls], [500, '{"error":"Internal server error"}', 0]);
      assert.equal(headers['Cache-Control'], 'no-store');
    }
    const trap = {
      ...good(),
      get cookies() {
        throw new Error('trap');
      },
    };
    assert.deepEqual((await run(middleware, trap)).statusCode, 500);
  });

  test('a response that was answered meanwhile is left alone', async () => {
    const response = Object.assign(newResponse(), { headersSent: true, statusCode: 504 });
    const { statusCode, body, calls } = await run(middleware, { ...good(), headers: {} }, response);
    assert.deepEqual([statusCode, body, calls], [504, undefined, 0]);
  });

  test('a response that cannot be written to is destroyed, and nothing is thrown', async () => {
    let destroyed = 0;
    const response = {
      setHeader() {
        throw new Error('gone');
      },
      destroy: () => destroyed++,
    };
    const { calls } = await run(middleware, { ...good(), headers: {} }, response);
    assert.deepEqual([destroyed, calls], [1, 0]);
    await run(middleware, { ...good(), headers: {} }, {});
  });

  test('an audit logger that throws changes nothing', async () => {
    const noisy = swtMiddleware({
      secret: SECRET,
      store,
      auditLogger: () => {
        throw new Error('full');
      },
    });
    assert.equal((await run(noisy, good())).calls, 1);
    assert.equal((await run(noisy, { ...good(), headers: {} })).statusCode, 401);
  });

  test('another cookie name', async () => {
    const named = swtMiddleware({ secret: SECRET, store, cookieName: '__Host-sid' });
    const request = good();
    assert.equal((await run(named, request)).statusCode, 401);
    request.headers.cookie = `__Host-sid=${grant.sessionId}`;
    assert.equal((await run(named, request)).calls, 1);
  });

  test('100 KB of cookies take no time', async () => {
    const request = good();
    request.headers.cookie = `${'swt_session;=; '.repeat(7000)}`;
    const started = performance.now();
    assert.equal((await run(middleware, request)).statusCode, 401);
    assert.ok(performance.now() - started < 100);
  });
});

test('what a handler throws is its own affair', async () => {
  const { execFileSync } = require('node:child_process');
  const script = `
    const { sign, swtMiddleware } = require('secure-web-token');
    const secret = 'a secret of more than thirty-two bytes';
    const seen = [];
    process.on('unhandledRejection', () => seen.push('unhandledRejection'));
    process.on('uncaughtException', (error) => seen.push(error.message));
    (async () => {
      const { token } = await sign({ userId: 1 }, secret);
      const response = { setHeader() { seen.push('answered'); }, end() { seen.push('answered'); } };
      const request = { method: 'GET', url: '/', headers: { authorization: 'Bearer ' + token } };
      let calls = 0;
      await swtMiddleware({ secret })(request, response, () => { calls++; throw new Error('handler'); });
      setTimeout(() => console.log(JSON.stringify([calls, ...seen])), 20);
    })();
  `;
  const output = execFileSync(process.execPath, ['-e', script], { cwd: __dirname, encoding: 'utf8' });
  assert.deepEqual(JSON.parse(output), [1, 'handler']);
});

for (const [name, load] of [
  ['Express 5', () => require('express')],
  ['Express 4', () => require('express4')],
]) {
  test(`${name}: an error of a handler reaches the error handler once`, async (t) => {
    const express = load();
    const app = express();
    const { token } = await sign(DATA, SECRET);
    const errors = [];
    app.get('/', swtMiddleware({ secret: SECRET }), () => {
      throw new Error('handler');
    });
    app.use((error, request, response, next) => {
      errors.push(error.message);
      response.status(418).end();
    });
    const server = await new RawServer(app).start();
    t.after(() => server.stop());
    assert.equal((await server.send({ Authorization: `Bearer ${token}` }, { path: '/' })).status, 418);
    assert.deepEqual(errors, ['handler']);
  });
}

describe('two guards on one request', () => {
  for (const version of ['express', 'express4']) {
    test(`spend its proof once, and each of them checks (${version})`, async () => {
      const store = new MemoryStore();
      const guard = () => swtMiddleware({ secret: SECRET, store });
      const app = require(version)();
      app.use('/api', guard());
      app.get('/api/profile', guard(), (request, response) => response.json(request.swt));
      app.get(
        '/api/logout',
        async (request, response, next) => {
          await store.revokeSession(request.sessionId);
          next();
        },
        guard(),
        (request, response) => response.json(request.swt),
      );
      const server = await new RawServer(app).start();
      try {
        const key = await newKey();
        const grant = await sign(DATA, SECRET, { store, fingerprint: true, clientPublicKey: key.publicKeyJwk });
        const credentials = async (path) => ({
          Authorization: `Bearer ${grant.token}`,
          'X-DPoP-Proof': await newProof(key, path, 'GET', grant.token),
          Cookie: `swt_session=${grant.sessionId}`,
        });

        const once = await credentials('/api/profile');
        assert.equal((await server.send(once, { path: '/api/profile' })).status, 200);
        assert.equal((await server.send(once, { path: '/api/profile' })).status, 401, 'the same proof in another request');
        assert.equal((await server.send(await credentials('/api/profile'), { path: '/api/profile' })).status, 200);
        const between = await server.send(await credentials('/api/logout'), { path: '/api/logout' });
        assert.equal(between.status, 401, 'the session was revoked between the two guards');
      } finally {
        server.stop();
      }
    });
  }
});
