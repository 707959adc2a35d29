// swtMiddleware with onRefusal: 'next': the application's error handler answers, and nothing else is called.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';

import { MemoryStore, SwtError, sign, swtMiddleware } from 'secure-web-token';

import { BARE, INVALID_TOKEN, NO_HEADER } from './support/protected.mjs';

const require = createRequire(import.meta.url);
const { RawServer } = require('../support/raw_http.js');
const { assertFails, newSecret } = require('../support/sessions.js');

const secret = newSecret();
const store = new MemoryStore();
const { token, sessionId } = await sign({ userId: 'alice' }, secret, { store });
const GOOD = { Authorization: `Bearer ${token}`, Cookie: `swt_session=${sessionId}` };
const FORGED = { ...GOOD, Authorization: `Bearer ${token}x` };

for (const version of ['express', 'express4']) {
  describe(version, () => {
    async function start(t, { onError, ...options } = {}) {
      const calls = [];
      const app = require(version)();
      // Where Express writes each error that it answers itself.
      t.mock.method(console, 'error', () => {});
      // Else its own error handler shows the developer what a client must not see.
      app.set('env', 'production');
      app.use(swtMiddleware({ secret, store, onRefusal: 'next', ...options }));
      app.use((request, response) => {
        calls.push(request.swt);
        response.send('in');
      });
      if (onError !== undefined) app.use(onError);
      const server = await new RawServer(app).start();
      t.after(() => server.stop());
      return { server, calls };
    }

    test("Express's own error handler answers with status, challenge and no reason", async (t) => {
      const { server, calls } = await start(t);
      for (const [headers, challenge] of [
        [{}, BARE],
        [FORGED, INVALID_TOKEN],
      ]) {
        const response = await server.send(headers);
        assert.equal(response.status, 401);
        assert.equal(response.headers['www-authenticate'], challenge);
        assert.equal(response.headers['cache-control'], 'no-store');
        assert.match(response.headers['content-type'], /^text\/html/);
        assert.match(response.body, /<pre>Unauthorized<\/pre>/);
      }
      assert.deepEqual(calls, []);
      assert.equal((await server.send(GOOD)).body, 'in');
      assert.deepEqual(calls, [{ userId: 'alice' }]);
    });

    test('a handler of the application is given all that it needs', async (t) => {
      const errors = [];
      const onError = (error, request, response, next) => {
        errors.push(error);
        assert.equal(request.swt, undefined);
        response.status(error.statusCode).set(error.headers).json({ ...error.body, page: '/login' });
      };
      const { server, calls } = await start(t, { onError });
      const response = await server.send(FORGED);
      assert.equal(response.status, 401);
      assert.equal(response.headers['www-authenticate'], INVALID_TOKEN);
      assert.equal(response.headers['cache-control'], 'no-store');
      assert.match(response.headers['content-type'], /^application\/json/);
      assert.deepEqual(JSON.parse(response.body), { error: 'Unauthorized', page: '/login' });

      await server.send({});
      assert.deepEqual(errors.map(({ body }) => body.error), ['Unauthorized', NO_HEADER]);
      assert.deepEqual(errors.map(({ code }) => code), ['token_authentication', 'token_malformed']);
      for (const error of errors) {
        assert.ok(error instanceof SwtError);
        assert.deepEqual([error.status, error.expose], [401, false]);
      }
      assert.deepEqual(calls, []);
      assert.equal((await server.send(GOOD)).status, 200);
      assert.equal(errors.length, 2);
    });

    test('a failure inside is an error too', async (t) => {
      let found = Promise.reject(new Error('broken'));
      found.catch(() => {});
      const { server, calls } = await start(t, { getToken: () => found, optional: true });
      const response = await server.send(GOOD);
      assert.equal(response.status, 500);
      assert.match(response.body, /<pre>Internal Server Error<\/pre>/);
      assert.deepEqual(calls, []);
      found = token;
      assert.equal((await server.send(GOOD)).status, 200);
    });
  });
}

test('next is called once: with the error of a refusal, without anything for a pass', async () => {
  const middleware = swtMiddleware({ secret, store, onRefusal: 'next', optional: true });
  const run = (request) =>
    new Promise((resolve) => {
      const calls = [];
      const response = new Proxy({}, { get: (target, name) => assert.fail(`response.${String(name)} was touched`) });
      middleware(request, response, (...args) => calls.push(args)).then(() => setImmediate(resolve, calls));
    });
  const headers = { authorization: GOOD.Authorization, cookie: GOOD.Cookie };
  const good = { method: 'GET', url: '/', headers };
  assert.deepEqual(await run(good), [[]]);
  assert.deepEqual(await run({ ...good, headers: {} }), [[]]);
  for (const [request, status] of [
    [{ ...good, headers: { ...headers, cookie: undefined } }, 401],
    [{ ...good, headers: { ...headers, authorization: '' } }, 401],
    [{ ...good, headers: null }, 500],
    [null, 500],
    [Object.freeze({ ...good }), 500],
  ]) {
    const calls = await run(request);
    assert.equal(calls.length, 1);
    const [[error]] = calls;
    assert.ok(error instanceof SwtError);
    assert.deepEqual([error.status, error.statusCode], [status, status]);
  }
});

test('an unknown way to refuse is refused', async () => {
  for (const onRefusal of ['throw', '', true, null, () => {}, ['next']]) {
    await assertFails(() => swtMiddleware({ secret, onRefusal }), { message: 'onRefusal must be "answer" or "next"' });
  }
  for (const onRefusal of ['answer', 'next', undefined]) swtMiddleware({ secret, onRefusal });
});
