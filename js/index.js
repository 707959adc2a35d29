'use strict';

const { createAuthenticator } = require('./authenticate.js');
const { SwtError } = require('./errors.js');
const { swtFastify } = require('./frameworks/fastify.js');
const { swtHono } = require('./frameworks/hono.js');
const { swtKoa } = require('./frameworks/koa.js');
const { computeJwkThumbprint } = require('./jwk.js');
const { swtMiddleware } = require('./middleware.js');
const { sign } = require('./sign.js');
const { MemoryStore } = require('./stores/memory.js');
const { RedisStore } = require('./stores/redis.js');
const { verify } = require('./verify.js');

module.exports = {
  sign,
  verify,
  swtMiddleware,
  createAuthenticator,
  swtFastify,
  swtKoa,
  swtHono,
  RedisStore,
  MemoryStore,
  computeJwkThumbprint,
  SwtError,
};
