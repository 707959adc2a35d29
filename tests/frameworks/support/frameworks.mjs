/**
 * One protected path in every framework, /api/profile, for GET, POST and OPTIONS, each time below something that was
 * mounted. Every entry makes a listener for node:http: `guard` are the options, `handler` is given what it would see,
 * and what it returns is the body of the answer.
 */

import { createRequire } from 'node:module';

import { getRequestListener } from '@hono/node-server';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';

import { createAuthenticator, swtFastify, swtHono, swtKoa, swtMiddleware } from 'secure-web-token';

const require = createRequire(import.meta.url);
const METHODS = ['GET', 'POST', 'OPTIONS'];

function expressOf(version, { parser }) {
  return (guard, handler) => {
    const express = require(version);
    const app = express();
    if (parser) app.use(require('cookie-parser')('cookie secret'));
    const router = express.Router();
    router.use(swtMiddleware(guard));
    router.all('/profile', ({ swt, sessionId }, response) => response.type('text').send(handler({ swt, sessionId })));
    app.use('/api', router);
    // Express would write the error to the console.
    app.use((error, request, response, next) => response.status(500).end());
    return app;
  };
}

function plain(guard, handler) {
  const middleware = swtMiddleware(guard);
  return (request, response) => {
    middleware(request, response, () => {
      try {
        response.end(handler({ swt: request.swt, sessionId: request.sessionId }));
      } catch {
        response.writeHead(500).end();
      }
    });
  };
}

function plainAuthenticate(guard, handler) {
  const authenticate = createAuthenticator(guard);
  return async (request, response) => {
    const result = await authenticate(request);
    if (!result.ok) {
      response.writeHead(result.status, result.headers).end(JSON.stringify(result.body));
      return;
    }
    try {
      response.end(handler({ swt: result.data, sessionId: result.sessionId }));
    } catch {
      response.writeHead(500).end();
    }
  };
}

async function fastifyOf(guard, handler) {
  const app = fastify();
  await app.register(
    async (scope) => {
      scope.addHook('onRequest', swtFastify(guard));
      const answer = async ({ swt, sessionId }) => handler({ swt, sessionId });
      scope.route({ method: METHODS, url: '/profile', handler: answer });
    },
    { prefix: '/api' },
  );
  await app.ready();
  return app.routing;
}

function koaOf(guard, handler) {
  const app = new Koa();
  app.silent = true;
  // What koa-mount does.
  app.use((ctx, next) => {
    ctx.path = ctx.path.slice('/api'.length);
    return next();
  });
  app.use(swtKoa(guard));
  app.use(({ state: { swt, sessionId }, response }) => {
    response.body = handler({ swt, sessionId });
  });
  return app.callback();
}

function honoOf(guard, handler) {
  const inner = new Hono();
  inner.use(swtHono(guard));
  inner.on(METHODS, '/profile', (c) => c.text(handler({ swt: c.get('swt'), sessionId: c.get('sessionId') })));
  const app = new Hono();
  app.route('/api', inner);
  app.onError((error, c) => c.body(null, 500));
  return getRequestListener(app.fetch);
}

export const frameworks = {
  'Express 5 with cookie-parser': expressOf('express', { parser: true }),
  'Express 5': expressOf('express', { parser: false }),
  'Express 4 with cookie-parser': expressOf('express4', { parser: true }),
  'Express 4': expressOf('express4', { parser: false }),
  'node:http': plain,
  'node:http with authenticate': plainAuthenticate,
  Fastify: fastifyOf,
  Koa: koaOf,
  Hono: honoOf,
};
