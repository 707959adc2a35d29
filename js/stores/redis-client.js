'use strict';

// Taken once: an application's fake timers must not stop the looking.
const { clearInterval, setInterval } = require('node:timers');

const { usageError } = require('../report/errors.js');
const { isText } = require('../input/text.js');
const { surviveClientErrors } = require('./client-errors.js');

/**
 * The application's own Redis client, of whichever library, behind one face:
 *
 *   owner                       the client itself
 *   state()                     'ready', 'connecting' or 'closed': whether a command would be sent now
 *   onceReady(listener)         calls the listener when a connecting client is ready; returns a function that stops it
 *   evalSha(sha, keys, args)    promises of the reply
 *   eval(source, keys, args)
 *   keyPrefix                   what the client itself puts before each key, or undefined
 *   oneServer                   whether all replies come from one server's clock
 *
 * Libraries are told apart by what an object can do: their constructors' names say nothing, and trying a command to see
 * whether it fails would run it.
 */

const ACCEPTED =
  'a client of "redis" (createClient, createClientPool, createCluster) or of "ioredis" (Redis, Cluster): ' +
  'the client itself, not its multi(), pipeline() or legacy()';

/** How often a cluster that is connecting is looked at. */
const LOOK_MS = 10;

function has(client, ...methods) {
  return methods.every((method) => typeof client[method] === 'function');
}

/**
 * A client, a pool or a cluster of the package "redis", version 4 or later. A pipeline (multi) has none of the marks.
 */
function isNodeRedis(client) {
  if (!has(client, 'sendCommand', 'evalSha', 'eval', 'on', 'once', 'off', 'listenerCount')) return false;
  return isNodeRedisClient(client) || isNodeRedisPool(client) || isNodeRedisCluster(client);
}

/** Version 4 has executeIsolated and no socketEpoch, later ones the opposite. */
function isNodeRedisClient(client) {
  return 'socketEpoch' in client || has(client, 'executeIsolated');
}

function isNodeRedisPool(client) {
  return 'totalClients' in client && has(client, 'execute');
}

function isNodeRedisCluster(client) {
  return has(client, 'nodeClient', 'getRandomNode');
}

/**
 * In version 4 the evalSha and eval of a cluster look for the key in the wrong argument, find none, and ask any server.
 * There the command is sent whole, with the key that it is routed by. Later versions would leave out the key prefix.
 */
function nodeRedisScripts(client) {
  if (!isNodeRedisCluster(client) || has(client, 'withTypeMapping')) {
    return {
      evalSha: (sha, keys, args) => client.evalSha(sha, { keys, arguments: args }),
      eval: (source, keys, args) => client.eval(source, { keys, arguments: args }),
    };
  }
  const send = (name, script, keys, args) =>
    client.sendCommand(keys[0], false, [name, script, String(keys.length), ...keys, ...args]);
  return {
    evalSha: (sha, keys, args) => send('EVALSHA', sha, keys, args),
    eval: (source, keys, args) => send('EVAL', source, keys, args),
  };
}

/** Version 4 can be told to take callbacks: its commands then return nothing, and what they did is never known. */
function refuseLegacyMode(client) {
  if (client.options?.legacyMode !== true) return;
  throw usageError(
    'the redis client is in legacy mode, where its commands return no promise: ' +
      'make the one for RedisStore with client.duplicate({ legacyMode: false }) and connect it',
  );
}

/** A pipeline of ioredis can do all of this too, but what it is given it only collects. */
function isIoredis(client) {
  const able = has(client, 'defineCommand', 'call', 'evalsha', 'eval', 'on', 'once', 'off');
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

/** Only version 6 has isReady here. The others can send a command once they know a master. */
function nodeRedisClusterState(cluster) {
  if (!cluster.isOpen) return 'closed';
  const ready = cluster.isReady ?? cluster.masters.length > 0;
  return ready ? 'ready' : 'connecting';
}

function onEvent(client, name, listener) {
  client.once(name, listener);
  return () => client.off(name, listener);
}

/** No version has an event for it. */
function onceClusterReady(cluster, listener) {
  const timer = setInterval(() => {
    if (nodeRedisClusterState(cluster) !== 'ready') return;
    clearInterval(timer);
    listener();
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function fromNodeRedis(client) {
  refuseLegacyMode(client);
  surviveClientErrors(client);
  const cluster = isNodeRedisCluster(client);
  return {
    // Versions 4 and 5 have no key prefix, whatever their options say.
    keyPrefix: checkKeyPrefix(client._keyPrefix),
    oneServer: !cluster,
    state: () => (cluster ? nodeRedisClusterState(client) : nodeRedisState(client)),
    onceReady: (listener) => (cluster ? onceClusterReady(client, listener) : onEvent(client, 'ready', listener)),
    ...nodeRedisScripts(client),
  };
}

/** 'wait' is a client that connects with its first command. */
const IOREDIS_STATES = { ready: 'ready', wait: 'ready', end: 'closed' };

function fromIoredis(client) {
  // Its single client never emits 'error' to nobody; a cluster with sharded subscribers does.
  if (client.isCluster) surviveClientErrors(client);
  return {
    keyPrefix: checkKeyPrefix(client.options?.keyPrefix),
    oneServer: !client.isCluster,
    state: () => IOREDIS_STATES[client.status] ?? 'connecting',
    onceReady: (listener) => onEvent(client, 'ready', listener),
    evalSha: (sha, keys, args) => client.evalsha(sha, keys.length, ...keys, ...args),
    eval: (source, keys, args) => client.eval(source, keys.length, ...keys, ...args),
  };
}

/**
 * @param {unknown} client
 * @throws {import('../report/errors.js').SwtError} kind 'usage' for what is no such client
 */
function adaptRedisClient(client) {
  if (typeof client === 'object' && client !== null) {
    if (isIoredis(client)) return { owner: client, ...fromIoredis(client) };
    if (isNodeRedis(client)) return { owner: client, ...fromNodeRedis(client) };
  }
  throw usageError(`RedisStore needs ${ACCEPTED}`);
}

module.exports = { adaptRedisClient };
