'use strict';

const { createAuthenticator } = require('./guards/authenticate.js');
const { createSwt } = require('./create-swt.js');
const { SwtError } = require('./report/errors.js');
const { swtFastify } = require('./guards/fastify.js');
const { swtHono } = require('./guards/hono.js');
const { swtKoa } = require('./guards/koa.js');
const { computeJwkThumbprint } = require('./input/jwk.js');
const { KeyRing } = require('./keys/key-ring.js');
const { createKey } = require('./keys/keys.js');
const { metrics } = require('./report/metrics.js');
const { swtMiddleware } = require('./guards/middleware.js');
const { refresh } = require('./operations/refresh.js');
const { sign } = require('./operations/sign.js');
const { MemoryStore } = require('./stores/memory.js');
const { RedisStore } = require('./stores/redis.js');
const { verify } = require('./operations/verify.js');

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
