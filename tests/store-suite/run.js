'use strict';

/** Runs both suites with every given form of a client, on one server for all of them. */

const { RedisStore } = require('secure-web-token');
const { redisSuite } = require('./redis-suite.js');
const { storeSuite } = require('./suite.js');

/**
 * @param {Record<string, Function>} forms from redis_clients.js
 * @param {{ urls: string[], admin: object, servers: () => object[] }} redis filled before the first test runs
 * @param {string} [keyPrefix] that these forms have
 */
function runSuites(forms, redis, keyPrefix) {
  for (const [name, make] of Object.entries(forms)) {
    const openStore = async (options) => {
      const { client, connected, close } = make(redis.urls);
      await connected;
      return { store: new RedisStore(client, options), close };
    };
    storeSuite({ name, openStore });
    redisSuite({ name, openStore, redis, keyPrefix });
  }
}

module.exports = { runSuites };
