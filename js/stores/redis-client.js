'use strict';

const { usageError } = require('../errors.js');
const { isText } = require('../text.js');
const { surviveClientErrors } = require('./client-errors.js');

/**
 * The application's own Redis client, of whichever library, behind one face:
 *
 *   owner                       the client itself
 *   state()                     'ready', 'connecting' or 'closed': whether a command would be sent now
 *   onceReady(listener)         calls the listener when a connecting client is ready
 *   evalSha(sha, keys, args)    promises of the reply
 *   eval(source, keys, args)
 *   keyPrefix                   what the client itself puts before each key, or undefined
 *   oneServer                   whether all replies come from one server's clock
 *
 * Libraries are told apart by what an object can do: their constructors' names say nothing, and trying a command to see
 * whether it fails would run it.
 */

const ACCEPTED = 'a client of "redis" (createClient, createClientPool, createCluster) or of "ioredis" (Redis, Cluster)';

function has(client, ...methods) {
  return methods.every((method) => typeof client[method] === 'function');
}

/** A client, a pool or a cluster of the package "redis". A pipeline (multi) has none of the marks. */
function isNodeRedis(client) {
  if (!has(client, 'sendCommand', 'evalSha', 'eval', 'on', 'once', 'listenerCount')) return false;
  return 'socketEpoch' in client || isNodeRedisPool(client) || isNodeRedisCluster(client);
}

function isNodeRedisPool(client) {
  return 'totalClients' in client && has(client, 'execute');
}

function isNodeRedisCluster(client) {
  return has(client, 'nodeClient', 'getRandomNode');
}

/** A pipeline of ioredis can do all of this too, but what it is given it only collects. */
function isIoredis(client) {
  const able = has(client, 'defineCommand', 'call', 'evalsha', 'eval', 'once');
  return able && typeof client.isCluster === 'boolean' && client.isPipeline !== true;
}

function checkKeyPrefix(prefix) {
  if (prefix === undefined || prefix === '') return undefined;
  if (isText(prefix) && prefix.isWellFormed()) return prefix;
  throw usageError('the keyPrefix of the redis client must be a string without lone surrogates');
}

function nodeRedisState(client) {
  if (!client.isOpen) return 'closed';
  // A pool has no isReady: it keeps commands until it has a connection.
  return client.isReady === false ? 'connecting' : 'ready';
}

function fromNodeRedis(client) {
  surviveClientErrors(client);
  const cluster = isNodeRedisCluster(client);
  return {
    keyPrefix: checkKeyPrefix(client._keyPrefix ?? client.options?.keyPrefix),
    oneServer: !cluster,
    state: () => nodeRedisState(client),
    // A cluster has no event of the name; it says 'connect' when it knows its nodes and is ready.
    onceReady: (listener) => client.once(cluster ? 'connect' : 'ready', listener),
    evalSha: (sha, keys, args) => client.evalSha(sha, { keys, arguments: args }),
    eval: (source, keys, args) => client.eval(source, { keys, arguments: args }),
  };
}

/** 'wait' is a client that connects with its first command. */
const IOREDIS_STATES = { ready: 'ready', wait: 'ready', end: 'closed' };

function fromIoredis(client) {
  return {
    keyPrefix: checkKeyPrefix(client.options?.keyPrefix),
    oneServer: !client.isCluster,
    state: () => IOREDIS_STATES[client.status] ?? 'connecting',
    onceReady: (listener) => client.once('ready', listener),
    evalSha: (sha, keys, args) => client.evalsha(sha, keys.length, ...keys, ...args),
    eval: (source, keys, args) => client.eval(source, keys.length, ...keys, ...args),
  };
}

/**
 * @param {unknown} client
 * @throws {import('../errors.js').SwtError} kind 'usage' for what is no such client
 */
function adaptRedisClient(client) {
  if (typeof client === 'object' && client !== null) {
    if (isIoredis(client)) return { owner: client, ...fromIoredis(client) };
    if (isNodeRedis(client)) return { owner: client, ...fromNodeRedis(client) };
  }
  throw usageError(`RedisStore needs ${ACCEPTED}`);
}

module.exports = { adaptRedisClient };
