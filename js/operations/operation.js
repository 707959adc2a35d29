'use strict';

const { isPromise } = require('node:util').types;

const native = require('../addon/native.js');
const { conclude } = require('../stores/conclude.js');

/**
 * Brings an operation that has begun to its end: waits for the thread that it runs on, asks the store if there is
 * something to ask, and lets the core conclude.
 *
 * @param {unknown} begun what sign, verify or refresh of the addon gave
 * @param {object} store
 * @returns {Promise<unknown>} what came of it: a result, or what `failed` of errors.js reads
 */
async function settle(begun, store) {
  const outcome = isPromise(begun) ? await begun : begun;
  const isPending = typeof outcome === 'object' && native.isPending(outcome);
  return isPending ? conclude(outcome, store) : outcome;
}

module.exports = { settle };
