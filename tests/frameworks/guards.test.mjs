// What every framework does beyond the table of refusals: optional, getToken, outages, errors, two guards.
import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';

import Redis from 'ioredis';
import Koa from 'koa';
import { MemoryStore, RedisStore } from 'secure-web-token';

import { frameworks } from './support/frameworks.mjs';
import { BARE, DATA, INVALID_PROOF, INVALID_TOKEN, NO_HEADER, Protected } from './support/protected.mjs';

const { startRedis } = createRequire(import.meta.url)('../support/redis.js');

/** How to know the object of a framework that has one of its own. */
const REQUESTS = {
  Fastify: (request) => request.raw instanceof IncomingMessage,
  Koa: (ctx) => ctx.req instanceof IncomingMessage && ctx.app instanceof Koa,
  Hono: (c) => c.req.raw instanceof Request,
};

const ANONYMOUS = { swt: undefined, sessionId: undefined };

async function serverOf(t, framework, options) {
  const server = await Protected.start(framework, options);
  t.after(() => server.stop());
  return server;
}

for (const [name, framework] of Object.entries(frameworks)) {
  describe(name, () => {
    test('optional: what brings no token is anonymous, what brings one that is not good is refused', async (t) => {
      const server = await serverOf(t, framework, { optional: true });
      const grant = await server.login();
      const forged = await (await serverOf(t, framework)).login();
      const headers = await server.credentials(grant);
      const { Authorization, Cookie } = headers;

      await server.assertPasses({}, { sees: ANONYMOUS });
      await server.assertPasses({ Cookie }, { sees: ANONYMOUS });
      assert.deepEqual(server.events, [], 'nothing was verified');

      await server.assertRefused({ Authorization: `Bearer ${forged.token}`, Cookie });
      await server.assertRefused({ Authorization, Cookie }, { challenge: INVALID_PROOF });
      await server.assertRefused({ ...headers, Cookie: 'a=b' });
      for (const value of ['', 'Basic YTpi', 'Bearer', 'Bearer ', `Bearer  ${grant.token}`, 'undefined', 'null']) {
        await server.assertRefused({ Cookie, Authorization: value }, { error: NO_HEADER });
      }
      const twice = [['Authorization', Authorization], ['authorization', Authorization]];
      await server.assertRefused(twice, { error: NO_HEADER });
      await server.assertRefused([['Authorization', ''], ['Authorization', '']], { error: NO_HEADER });

      await server.assertPasses(headers, { sees: { swt: DATA, sessionId: grant.sessionId } });
      await server.store.revokeSession(grant.sessionId);
      await server.assertRefused(await server.credentials(grant));
    });

    test('getToken: the token comes from there and from nowhere else', async (t) => {
      const getToken = async (request) => tokenHeaderOf(request);
      const server = await serverOf(t, framework, { getToken });
      const grant = await server.login();
      const { Authorization, ...rest } = await server.credentials(grant);

      await server.assertRefused({ ...rest, Authorization }, { challenge: BARE, reason: 'getToken found no token' });
      await server.assertRefused({ ...rest, Authorization, 'X-Token': `${grant.token}x` });
      await server.assertRefused({ ...rest, 'X-Token': Authorization });
      await server.assertPasses({ ...rest, Authorization: 'Basic YTpi', 'X-Token': grant.token });
      await server.assertPasses({ ...(await server.credentials(grant)), 'X-Token': grant.token });
    });

    test('getToken is given what the framework calls a request', async (t) => {
      const given = [];
      const getToken = (request) => {
        given.push(request);
        return tokenHeaderOf(request);
      };
      const server = await serverOf(t, framework, { getToken });
      const grant = await server.login();
      await server.assertPasses({ ...(await server.credentials(grant)), 'X-Token': grant.token });
      const isRequest = REQUESTS[name] ?? ((request) => request instanceof IncomingMessage);
      assert.deepEqual(given.map(isRequest), [true]);
    });

    test('getToken: optional is anonymous only for undefined', async (t) => {
      let found;
      const server = await serverOf(t, framework, { getToken: () => found, optional: true });
      await server.assertPasses({ Authorization: 'Bearer x' }, { sees: ANONYMOUS });
      for (found of [null, '', 0, false, 7, [], {}, ['x'], new String('x'), Symbol('x'), () => 'x', NaN, 'x']) {
        await server.assertRefused({});
      }
      const grant = await server.login();
      found = grant.token;
      const { Authorization, ...rest } = await server.credentials(grant);
      await server.assertPasses(rest, { sees: { swt: DATA, sessionId: grant.sessionId } });
    });

    test('getToken: one that fails is an answer of 500, also where a token is optional', async (t) => {
      const failures = [
        () => {
          throw new Error('broken');
        },
        () => Promise.reject(new Error('broken')),
        () => {
          throw undefined;
        },
        () => ({ then: (resolve, reject) => reject(new Error('broken')) }),
      ];
      let fails = failures[0];
      const getToken = (request) => fails?.() ?? tokenHeaderOf(request);
      const server = await serverOf(t, framework, { getToken, optional: true });
      const grant = await server.login();
      const headers = async () => ({ ...(await server.credentials(grant)), 'X-Token': grant.token });
      for (fails of failures) {
        await server.assertFails(await headers());
        assert.equal(server.events[0].reason, 'getToken failed');
        await server.assertFails({});
      }
      fails = undefined;
      await server.assertPasses(await headers());
    });

    test('what a handler throws is not answered by the guard, nor called a failure of it', async (t) => {
      let broken = true;
      const handler = () => {
        if (broken) throw Object.assign(new Error('handler'), { code: 'token_expired' });
        return 'in';
      };
      const server = await serverOf(t, framework, { handler });
      const grant = await server.login();
      const response = await server.send(await server.credentials(grant));
      assert.equal(response.status, 500);
      assert.equal(response.headers['www-authenticate'], undefined);
      assert.equal(server.calls.length, 1);
      assert.deepEqual(server.events.map(({ event }) => event), ['verify_success']);
      broken = false;
      await server.assertPasses(await server.credentials(grant));
    });

    test('another cookie name', async (t) => {
      const server = await serverOf(t, framework, { cookieName: '__Host-sid' });
      const grant = await server.login();
      await server.assertRefused(await server.credentials(grant));
      const Cookie = `__Host-sid=${grant.sessionId}`;
      await server.assertPasses({ ...(await server.credentials(grant)), Cookie });
    });

    test('without a store the cookie is not taken for a session', async (t) => {
      const server = await serverOf(t, framework, { store: null });
      const { token } = await server.login(DATA, { fingerprint: false });
      const headers = { Authorization: `Bearer ${token}`, Cookie: 'swt_session=forged' };
      await server.assertPasses(headers, { sees: { swt: DATA, sessionId: undefined } });
    });
  });
}

/** The X-Token header of what each framework calls a request. */
function tokenHeaderOf(request) {
  const headers = request.req?.raw?.headers ?? request.headers;
  return (headers.get?.('x-token') ?? headers['x-token']) || undefined;
}

describe('while Redis is down', () => {
  let redis;
  before(async () => {
    redis = await startRedis();
  });
  after(() => redis.stop());

  test('every framework answers 503, and lets requests through again when it is back', async (t) => {
    const client = new Redis(redis.port, '127.0.0.1', { retryStrategy: () => 20 });
    client.on('error', () => {});
    t.after(() => client.disconnect());
    const store = new RedisStore(client);
    const parties = [];
    for (const framework of Object.values(frameworks)) {
      const server = await serverOf(t, framework, { store, optional: true });
      const grant = await server.login();
      await server.assertPasses(await server.credentials(grant));
      parties.push({ server, grant });
    }

    const { port } = redis;
    await redis.stop();
    for (const { server, grant } of parties) await server.assertUnavailable(await server.credentials(grant));

    redis = await startRedis({ port });
    await client.ping();
    for (const { server } of parties) await server.assertPasses(await server.credentials(await server.login()));
  });
});

test('each guard asks its own store: a session of another one is none', async (t) => {
  for (const framework of Object.values(frameworks)) {
    const server = await serverOf(t, framework);
    const grant = await server.login(DATA, { store: new MemoryStore() });
    await server.assertRefused(await server.credentials(grant), { challenge: INVALID_TOKEN });
    await server.assertPasses(await server.credentials(await server.login()));
  }
});
