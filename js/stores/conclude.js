'use strict';

const native = require('../addon/native.js');
const { now } = require('../clock.js');
const { withSentence } = require('../report/errors.js');
const { ASK } = require('./protocol.js');

/**
 * Asks the store what a pending operation has to ask, if there is something, and lets the core say what the answer means.
 *
 * @param {object} pending
 * @param {object} store
 * @returns {Promise<unknown>} a result, or what `failed` of errors.js reads
 */
async function conclude(pending, store) {
  const detail = native.needsStore(pending) ? await store[ASK](pending) : undefined;
  const outcome = native.complete(pending, now());
  return typeof outcome === 'number' ? withSentence(outcome, detail) : outcome;
}

module.exports = { conclude };
