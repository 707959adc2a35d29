'use strict';

const native = require('../addon/native.js');
const { failure } = require('../report/errors.js');
const { ASK } = require('./protocol.js');

let shared;

/**
 * Where proofs are spent when the caller has no store: one memory for this process, or for this worker thread, with
 * room for 200,000 proofs. When it is full it says so, and nothing is accepted until proofs have expired: an attacker
 * must not push a proof out by using others.
 */
function spentProofs() {
  if (shared !== undefined) return shared;
  const store = native.createMemoryStore(0, 1, 0);
  if (typeof store === 'number') throw failure(store);
  shared = { [ASK]: async (pending) => native.ask(pending, store) };
  return shared;
}

module.exports = { spentProofs };
