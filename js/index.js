'use strict';

const { SwtError } = require('./errors.js');
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
  swtMiddleware,
  RedisStore,
  MemoryStore,
  createKey,
  KeyRing,
  computeJwkThumbprint,
  metrics,
  SwtError,
};
