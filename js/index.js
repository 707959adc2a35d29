'use strict';

const { createAuthenticator } = require('./authenticate.js');
const { createSwt } = require('./create-swt.js');
const { SwtError } = require('./errors.js');
const { swtFastify } = require('./frameworks/fastify.js');
const { swtHono } = require('./frameworks/hono.js');
const { swtKoa } = require('./frameworks/koa.js');
const { computeJwkThumbprint } = require('./jwk.js');
const { KeyRing } = require('./key-ring.js');
const { createKey } = require('./keys.js');
const { metrics } = require('./metrics.js');
const { swtMiddleware } = require('./middleware.js');
const { refresh } = require('./refresh.js');
const { sign } = require('./sign.js');
const { MemoryStore } = require('./stores/memory.js');
const { RedisStore } = require('./stores/redis.js');
const { verify } = require('./verify.js');

module.exports = {
  sign,
  verify,
  refresh,
  createSwt,
  swtMiddleware,
  swtFastify,
  swtKoa,
  swtHono,
  createAuthenticator,
  RedisStore,
  MemoryStore,
  createKey,
  KeyRing,
  computeJwkThumbprint,
  metrics,
  SwtError,
};
