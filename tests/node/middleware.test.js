'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const http = require('node:http');
const net = require('node:net');
const { after, before, describe, test } = require('node:test');

const cookieParser = require('cookie-parser');

const { MemoryStore, sign, swtMiddleware } = require('secure-web-token');
const { newKey, newProof, newSecret } = require('../support/sessions.js');

const SECRET = newSecret();
const DATA = { userId: 'alice', role: 'admin' };
const PATH = '/api/profile?open=1';

const UNAUTHORIZED = '{"error":"Unauthorized"}';
const NO_HEADER = '{"error":"Missing or invalid Authorization header"}';
const EXPIRED = '{"error":"Token expired"}';

/** One server: what it protects, what its handler saw, and what its audit log was told. */
class Server {
  constructor(listener, state) {
    this.http = http.createServer(listener);
    Object.assign(this, state);
  }

  async start() {
    this.http.listen(0, '127.0.0.1');
    await once(this.http, 'listening');
    this.port = this.http.address().port;
    return this;
  }

  stop() {
    this.http.closeAllConnections();
    this.http.close();
  }

  /** Sends headers exactly as they are given, pairs and all, which fetch would not. */
  async send(headers, { method = 'GET', path = PATH } = {}) {
    const lines = [`${method} ${path} HTTP/1.1`];
    const pairs = Array.isArray(headers) ? headers : Object.entries(headers);
    if (!pairs.some(([name]) => name.toLowerCase() === 'host')) lines.push(`Host: 127.0.0.1:${this.port}`);
    for (const [name, value] of pairs) lines.push(`${name}: ${value}`);
    const socket = net.connect(this.port, '127.0.0.1');
    // Not end: Node's server drops a request whose client has closed its half.
    socket.write(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`, 'latin1');
    const chunks = [];
    for await (const chunk of socket) chunks.push(chunk);
    return parse(Buffer.concat(chunks).toString('latin1'));
  }
}

function parse(text) {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine, ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, body: text.slice(end + 4) };
}

function newState() {
  const events = [];
  const calls = [];
  const store = new MemoryStore();
  const middleware = swtMiddleware({ secret: SECRET, store, auditLogger: (event) => events.push(event) });
  const handler = (request, response) => {
    calls.push({ swt: request.swt, sessionId: request.sessionId });
    response.setHeader('Content-Type', 'text/plain');
    response.end('in');
  };
  return { events, calls, store, middleware, handler };
}

function expressServer(express, { parser }) {
  const state = newState();
  const app = express();
  if (parser) app.use(cookieParser('cookie secret'));
  // Mounted below a router, so that url and originalUrl differ.
  const router = express.Router();
  router.use(state.middleware);
  router.get('/profile', state.handler);
  router.post('/profile', state.handler);
  router.options('/profile', state.handler);
  app.use('/api', router);
  return new Server(app, state);
}

function plainServer() {
  const state = newState();
  return new Server((request, response) => {
    state.middleware(request, response, () => state.handler(request, response));
  }, state);
}

const kinds = {
  'Express 5 with cookie-parser': () => expressServer(require('express'), { parser: true }),
  'Express 5 without': () => expressServer(require('express'), { parser: false }),
  'Express 4 with cookie-parser': () => expressServer(require('express4'), { parser: true }),
  'Express 4 without': () => expressServer(require('express4'), { parser: false }),
  'node:http': plainServer,
};

for (const [kind, make] of Object.entries(kinds)) {
  describe(kind, () => {
    let server;
    let key;
    let grant;

    before(async () => {
      server = await make().start();
      key = await newKey();
      grant = await sign(DATA, SECRET, { store: server.store, fingerprint: true, clientPublicKey: key.publicKeyJwk });
    });
    after(() => server.stop());

    const proof = (path = PATH, method = 'GET') => newProof(key, path, method, grant.token);
    const credentials = async (path, method) => ({
      Authorization: `Bearer ${grant.token}`,
      'X-DPoP-Proof': await proof(path, method),
      Cookie: `theme=dark; swt_session=${grant.sessionId}; a=b`,
    });

    async function assertPasses(headers, options) {
      const { length } = server.calls;
      const response = await server.send(headers, options);
      assert.equal(response.status, 200, response.body);
      assert.equal(server.calls.length, length + 1);
      return server.calls.at(-1);
    }

    async function assertRefused(headers, { body = UNAUTHORIZED, challenge, reason, ...options } = {}) {
      const { length } = server.calls;
      server.events.length = 0;
      const response = await server.send(headers, options);
      assert.equal(response.status, 401, response.body);
      assert.equal(response.body, body);
      assert.match(response.headers['content-type'], /^application\/json/);
      assert.equal(response.headers['cache-control'], 'no-store');
      assert.match(
        response.headers['www-authenticate'],
        challenge ?? /^DPoP error="invalid_(token|dpop_proof)", algs="ES256"$/,
      );
      assert.equal(server.calls.length, length, 'the handler was called');
      assert.equal(server.events.length, 1);
      assert.equal(server.events[0].event, 'verify_failure');
      if (reason !== undefined) assert.equal(server.events[0].reason, reason);
    }

    test('lets a good request through, with its data and its session', async () => {
      const seen = await assertPasses(await credentials());
      assert.deepEqual(seen, { swt: DATA, sessionId: grant.sessionId });
      assert.equal(server.events.at(-1).event, 'verify_success');
    });

    test('says what is missing when there is no Authorization header', async () => {
      const { Authorization, ...rest } = await credentials();
      await assertRefused(rest, {
        body: NO_HEADER,
        challenge: /^DPoP algs="ES256"$/,
        reason: 'Missing or invalid Authorization header',
      });
    });

    const token = (value) => () => value(grant.token);
    const authorizations = {
      'another scheme': token((t) => `Basic ${t}`),
      'no scheme': token((t) => t),
      'the scheme alone': token(() => 'Bearer'),
      'two spaces': token((t) => `Bearer  ${t}`),
      'a tab': token((t) => `Bearer\t${t}`),
      'two tokens': token((t) => `Bearer ${t} ${t}`),
      'a list': token((t) => `Bearer ${t}, Bearer ${t}`),
      'a prefix of the scheme': token((t) => `Bear ${t}`),
    };
    for (const [name, value] of Object.entries(authorizations)) {
      test(`refuses an Authorization header with ${name}`, async () => {
        await assertRefused({ ...(await credentials()), Authorization: value() }, { body: NO_HEADER });
      });
    }

    test('takes the scheme in any case', async () => {
      for (const scheme of ['bearer', 'BEARER', 'bEaReR']) {
        await assertPasses({ ...(await credentials()), Authorization: `${scheme} ${grant.token}` });
      }
    });

    test('refuses two Authorization headers, in either order and case', async () => {
      const { Authorization, ...rest } = await credentials();
      const other = `Bearer ${(await sign({ userId: 'mallory' }, SECRET)).token}`;
      for (const pair of [
        [Authorization, other],
        [other, Authorization],
        [Authorization, Authorization],
      ]) {
        await assertRefused([['Authorization', pair[0]], ['authorization', pair[1]], ...Object.entries(rest)], {
          body: NO_HEADER,
        });
      }
      await assertPasses({ Authorization, ...rest });
    });

    test('refuses two proofs, in two headers and in one', async () => {
      const { 'X-DPoP-Proof': good, ...rest } = await credentials();
      const second = await proof();
      const challenge = /^DPoP error="invalid_dpop_proof", algs="ES256"$/;
      await assertRefused([['x-dpop-proof', good], ['X-DPOP-PROOF', second], ...Object.entries(rest)], { challenge });
      await assertRefused([['x-dpop-proof', good], ['x-dpop-proof', good], ...Object.entries(rest)], { challenge });
      await assertRefused({ ...rest, 'X-DPoP-Proof': `${good}, ${second}` }, { challenge });
      await assertRefused({ ...rest, 'X-DPoP-Proof': '' }, { challenge });
      await assertRefused(rest, { challenge, reason: 'DPoP proof required for this token' });
      await assertPasses({ ...rest, 'X-DPoP-Proof': good });
    });

    test('accepts a proof once', async () => {
      const headers = await credentials();
      await assertPasses(headers);
      await assertRefused(headers, { challenge: /invalid_dpop_proof/, reason: 'the DPoP proof was used before' });
    });

    test('compares the proof with what the client asked for', async () => {
      await assertRefused(await credentials('/profile?open=1'));
      await assertRefused(await credentials('/api/profile?open=2'));
      await assertRefused(await credentials('/api/other'));
      await assertRefused(await credentials(PATH, 'POST'));
      await assertRefused(await credentials('https://evil.example/api/profile'));
      await assertRefused({ ...(await credentials(PATH, 'POST')), 'X-HTTP-Method-Override': 'POST' });
      await assertPasses(await credentials('/api/profile'));
      await assertPasses(await credentials(`http://127.0.0.1:${server.port}${PATH}`));
      await assertPasses(await credentials(PATH, 'POST'), { method: 'POST' });
    });

    test('is not told another host by headers that anybody can send', async () => {
      const headers = {
        ...(await credentials('https://evil.example/api/profile')),
        'X-Forwarded-Host': 'evil.example',
      };
      await assertRefused({ ...headers, 'X-Forwarded-Proto': 'https', Forwarded: 'host=evil.example' });
      const { Authorization, ...rest } = await credentials('http://evil.example/api/profile');
      const twoHosts = [
        ['Host', 'evil.example'],
        ['Host', `127.0.0.1:${server.port}`],
        ['Authorization', Authorization],
      ];
      const response = await server.send([...twoHosts, ...Object.entries(rest)]);
      assert.ok([400, 401].includes(response.status), String(response.status));
    });

    test('needs the session of the token, from the cookie alone', async () => {
      const other = await sign(DATA, SECRET, { store: server.store });
      const { Cookie, ...rest } = await credentials();
      await assertRefused(rest, { reason: 'Session revoked or invalid' });
      for (const cookie of [
        `swt_session=${other.sessionId}`,
        'swt_session=',
        'swt_session',
        `Swt_session=${grant.sessionId}`,
        `xswt_session=${grant.sessionId}`,
        `swt_session=${grant.sessionId}x`,
        `swt_session=j%3A%5B%22${grant.sessionId}%22%5D`,
        `swt_session=j:["${grant.sessionId}"]`,
        `swt_session=s:${grant.sessionId}.x`,
        'swt_session=%00',
        'swt_session=%',
        `__proto__=x; constructor=${grant.sessionId}`,
      ]) {
        await assertRefused({ ...rest, Cookie: cookie });
      }
      await assertRefused(
        { ...rest, 'X-Session-Id': grant.sessionId },
        { path: `${PATH}&swt_session=${grant.sessionId}` },
      );
      await assertPasses({ ...rest, Cookie });
    });

    test('refuses two cookies of the name, in either order', async () => {
      const { Cookie, ...rest } = await credentials();
      const mine = `swt_session=${grant.sessionId}`;
      for (const cookie of [
        `${mine}; swt_session=x`,
        `swt_session=x; ${mine}`,
        `${mine}; ${mine}`,
        `${mine};swt_session=`,
      ]) {
        await assertRefused({ ...rest, Cookie: cookie });
      }
      await assertRefused([['Cookie', mine], ['Cookie', mine], ...Object.entries(rest)]);
      await assertPasses({ ...rest, Cookie });
    });

    test('says of an expired token that it is', async () => {
      const { token: expiring, sessionId } = await sign(DATA, SECRET, { store: server.store, expiresIn: 2 });
      const headers = { Authorization: `Bearer ${expiring}`, Cookie: `swt_session=${sessionId}` };
      await assertPasses(headers);
      await new Promise((resolve) => setTimeout(resolve, 2100));
      await assertRefused(headers, { body: EXPIRED, challenge: /error="invalid_token"/ });
    });

    test('refuses garbage, and goes on', async () => {
      const headers = await credentials();
      for (const value of ['x', '..', 'null', `${grant.token}x`, '\u00ff'.repeat(50), '{}', 'a.b.c', '%00']) {
        await assertRefused({ ...headers, Authorization: `Bearer ${value}` });
      }
      await assertPasses(headers);
    });

    test('treats OPTIONS and HEAD like every other method', async () => {
      const { Authorization, ...rest } = await credentials();
      await assertRefused(rest, { body: NO_HEADER, challenge: /^DPoP algs/, method: 'OPTIONS' });
      const response = await server.send(rest, { method: 'HEAD' });
      assert.equal(response.status, 401);
      assert.equal(response.body, '');
      await assertPasses(await credentials(PATH, 'OPTIONS'), { method: 'OPTIONS' });
    });

    test('refuses after logout', async () => {
      const headers = await credentials();
      const { sessionId } = grant;
      await server.store.revokeSession(sessionId);
      await assertRefused(headers, { reason: 'Session revoked or invalid', challenge: /invalid_token/ });
    });
  });
}

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
    const server = await new Server(app, {}).start();
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
      const server = await new Server(app, {}).start();
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
