'use strict';

/** Every form of every client that can do it, on a Cluster of three masters. */

const assert = require('node:assert/strict');
const { after, before } = require('node:test');

const { startRedisCluster } = require('../support/redis_cluster.js');
const { KEY_PREFIX, cluster, prefixedCluster } = require('../support/redis_clients.js');
const { runSuites } = require('./run.js');

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

const redis = { urls: [], servers: () => started.nodes.map(({ admin }) => admin) };
let started;

before(async () => {
  started = await startRedisCluster();
  redis.urls.push(...started.urls);
  redis.admin = started.admin;
});
after(async () => {
  await started.stop();
  assert.deepEqual(unhandled, []);
});

runSuites(cluster, redis);
runSuites(prefixedCluster, redis, KEY_PREFIX);
