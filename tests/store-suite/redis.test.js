'use strict';

/** Every form of every client on one server. */

const assert = require('node:assert/strict');
const { after, before } = require('node:test');

const { Redis } = require('ioredis');

const { startRedis } = require('../support/redis.js');
const { KEY_PREFIX, one, prefixed } = require('../support/redis_clients.js');
const { runSuites } = require('./run.js');

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

const redis = { urls: [], servers: () => [redis.admin] };
let server;

before(async () => {
  server = await startRedis();
  redis.urls.push(server.url);
  redis.admin = new Redis(server.url);
});
after(async () => {
  redis.admin.disconnect();
  await server.stop();
  assert.deepEqual(unhandled, []);
});

runSuites(one, redis);
runSuites(prefixed, redis, KEY_PREFIX);
