'use strict';

const { SwtError } = require('./errors.js');
const { computeJwkThumbprint } = require('./jwk.js');
const { swtMiddleware } = require('./middleware.js');
const { sign } = require('./sign.js');
const { MemoryStore } = require('./stores/memory.js');
const { RedisStore } = require('./stores/redis.js');
const { verify } = require('./verify.js');

module.exports = { sign, verify, swtMiddleware, RedisStore, MemoryStore, computeJwkThumbprint, SwtError };
