'use strict';

/**
 * Each version of each client library in each of its forms, made as an application makes it.
 *
 *     const { client, connected, close } = one['ioredis 6'](['redis://127.0.0.1:6379']);
 *
 * `connected` resolves when the client has connected or has given up.
 */

const ioredis5 = require('ioredis5');
const ioredis6 = require('ioredis');
const redis4 = require('redis4');
const redis5 = require('redis5');
const redis6 = require('redis');

const ignore = () => {};

function connect(client, close) {
  client.on('error', ignore);
  return { client, connected: client.connect().catch(ignore), close };
}

/** Version 4 has no destroy. */
const endOf = (client) => () => (client.destroy === undefined ? client.disconnect().catch(ignore) : client.destroy());

const nodeRedis = {
  client: (library, options) => ([url]) => {
    const client = library.createClient({ url, ...options });
    return connect(client, endOf(client));
  },
  pool: (library, options, poolOptions) => ([url]) => {
    const client = library.createClientPool({ url, ...options }, poolOptions);
    return connect(client, endOf(client));
  },
  cluster: (library, options) => (urls) => {
    const client = library.createCluster({ rootNodes: urls.map((url) => ({ url })), ...options });
    return connect(client, endOf(client));
  },
};

function open(client) {
  client.on('error', ignore);
  const connected = new Promise((resolve) => client.once('ready', resolve).once('end', resolve));
  return { client, connected, close: () => client.disconnect() };
}

const ioredis = {
  client: (library, options) => ([url]) => open(new library.Redis(url, options)),
  cluster: (library, options) => (urls) => open(new library.Cluster(urls, options)),
  /** It connects with its first command. */
  lazy: (library) => ([url]) => {
    const opened = open(new library.Redis(url, { lazyConnect: true }));
    return { ...opened, connected: Promise.resolve() };
  },
};

function withBuffers(make) {
  return (urls) => {
    const opened = make(urls);
    const client = opened.client.withTypeMapping({ [redis6.RESP_TYPES.BLOB_STRING]: Buffer });
    return { ...opened, client };
  };
}

/** For one server. */
const one = {
  'node-redis 4': nodeRedis.client(redis4),
  'node-redis 5': nodeRedis.client(redis5),
  'node-redis 5, RESP3': nodeRedis.client(redis5, { RESP: 3 }),
  // Of this version destroy leaves connections behind, and a pool that has grown throws from a timer afterwards.
  'node-redis 5, pool': nodeRedis.pool(redis5, {}, { minimum: 1, maximum: 1 }),
  'node-redis 6': nodeRedis.client(redis6),
  'node-redis 6, RESP2 and Buffers': withBuffers(nodeRedis.client(redis6, { RESP: 2 })),
  'node-redis 6, pool': nodeRedis.pool(redis6),
  'ioredis 5': ioredis.client(ioredis5),
  'ioredis 5, numbers as texts and pipelines': ioredis.client(ioredis5, {
    stringNumbers: true,
    enableAutoPipelining: true,
  }),
  'ioredis 6': ioredis.client(ioredis6),
  'ioredis 6, RESP2': ioredis.client(ioredis6, { protocol: 2 }),
  'ioredis 6, numbers as texts and pipelines': ioredis.client(ioredis6, {
    stringNumbers: true,
    enableAutoPipelining: true,
  }),
  'ioredis 6, not yet connected': ioredis.lazy(ioredis6),
};

/** For a Redis Cluster. */
const cluster = {
  'node-redis 4, cluster': nodeRedis.cluster(redis4),
  'node-redis 5, cluster': nodeRedis.cluster(redis5),
  'node-redis 5, cluster, RESP3': nodeRedis.cluster(redis5, { RESP: 3 }),
  'node-redis 6, cluster': nodeRedis.cluster(redis6),
  'node-redis 6, cluster, RESP2': nodeRedis.cluster(redis6, { RESP: 2 }),
  'ioredis 5, cluster': ioredis.cluster(ioredis5),
  'ioredis 6, cluster': ioredis.cluster(ioredis6),
  'ioredis 6, cluster, RESP2': ioredis.cluster(ioredis6, { redisOptions: { protocol: 2 } }),
};

/** Of these, the ones that meet an outage each in their own way. */
const versions = [
  ...['node-redis 4', 'node-redis 5', 'node-redis 5, pool', 'node-redis 6', 'node-redis 6, pool'],
  ...['ioredis 5', 'ioredis 6', 'ioredis 6, not yet connected'],
];

/** The prefix that the ones below put before each key. */
const KEY_PREFIX = 'app:';
const keyPrefix = KEY_PREFIX;

const prefixed = {
  'node-redis 6, key prefix': nodeRedis.client(redis6, { keyPrefix }),
  'node-redis 6, pool, key prefix': nodeRedis.pool(redis6, { keyPrefix }),
  'ioredis 5, key prefix': ioredis.client(ioredis5, { keyPrefix }),
  'ioredis 6, key prefix': ioredis.client(ioredis6, { keyPrefix }),
};

const prefixedCluster = {
  'node-redis 6, cluster, key prefix': nodeRedis.cluster(redis6, { keyPrefix }),
  'ioredis 5, cluster, key prefix': ioredis.cluster(ioredis5, { keyPrefix }),
  'ioredis 6, cluster, key prefix': ioredis.cluster(ioredis6, { redisOptions: { keyPrefix } }),
};

module.exports = { one, versions, cluster, prefixed, prefixedCluster, KEY_PREFIX };
