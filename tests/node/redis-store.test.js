'use strict';

/** What a RedisStore can be made from. What it then does: tests/store-suite. */

const { describe, test } = require('node:test');

const ioredis = require('ioredis');
const ioredis5 = require('ioredis5');
const nodeRedis = require('redis');
const redis4 = require('redis4');
const redis5 = require('redis5');

const { RedisStore } = require('secure-web-token');
const { assertFails } = require('../support/sessions.js');

const CLUSTER = { rootNodes: [{ url: 'redis://127.0.0.1:6379' }] };

describe('what is taken for a client', () => {
  const versions = { 4: redis4, 5: redis5, 6: nodeRedis };
  for (const [version, library] of Object.entries(versions)) {
    test(`node-redis ${version}: its clients, also before they connect, and nothing that they make`, async () => {
      const client = library.createClient();
      const cluster = library.createCluster(CLUSTER);
      const pools = version === '4' ? [] : [library.createClientPool()];
      for (const good of [client, client.duplicate(), cluster, ...pools]) new RedisStore(good);
      for (const bad of [client.multi(), cluster.multi(), ...pools.map((pool) => pool.multi())]) await assertRefused(bad);
      if (version !== '4') await assertRefused(client.legacy());
    });
  }

  test('node-redis 4 in legacy mode is refused, and its duplicate without is not', async () => {
    const client = redis4.createClient({ legacyMode: true });
    await assertFails(() => new RedisStore(client), { kind: 'usage', message: /legacy mode.*duplicate/ });
    await assertRefused(client.v4);
    new RedisStore(client.duplicate({ legacyMode: false }));
  });

  test('a Sentinel of node-redis is refused', async () => {
    const options = { name: 'main', sentinelRootNodes: [{ host: '127.0.0.1', port: 26379 }] };
    for (const library of [redis5, nodeRedis]) await assertRefused(library.createSentinel(options));
  });

  for (const [version, library] of Object.entries({ 5: ioredis5, 6: ioredis })) {
    test(`ioredis ${version}: its clients, also before they connect, and nothing that they make`, async () => {
      const client = new library.Redis({ lazyConnect: true });
      const cluster = new library.Cluster(['redis://127.0.0.1:6379'], { lazyConnect: true });
      for (const good of [client, client.duplicate(), cluster]) new RedisStore(good);
      for (const bad of [client.pipeline(), client.multi(), cluster.pipeline(), library.Redis]) await assertRefused(bad);
    });
  }

  test('another thing is refused', async () => {
    const lookalikes = [
      undefined,
      null,
      'redis://localhost',
      7,
      {},
      [],
      new Map(),
      () => {},
      { get() {}, set() {}, del() {} },
      { sendCommand() {}, evalSha() {} },
      Promise.resolve({}),
    ];
    for (const client of lookalikes) await assertRefused(client);
  });

  test('a prefix that would scatter the keys of a session over a cluster is refused', async () => {
    const client = nodeRedis.createClient();
    for (const prefix of ['a}b:', 'a{b:', '{}:s:', 'a\nb', 'a\0b', 'x'.repeat(129), 'x'.repeat(2 ** 20), '\ud800']) {
      await assertFails(() => new RedisStore(client, { prefix }), { kind: 'usage' });
    }
    for (const prefix of ['swt:session:', '{swt}:session:', '{a}{b}:', 'é:', 'x'.repeat(128)])
      new RedisStore(client, { prefix });
  });
});

/** The refusal says what is accepted. */
async function assertRefused(client) {
  await assertFails(() => new RedisStore(client), {
    code: 'argument',
    kind: 'usage',
    message: /"redis".*"ioredis".*not its multi\(\)/,
  });
}
