'use strict';

const { usageError } = require('../report/errors.js');
const { AskedStore } = require('./asked-store.js');
const { SessionKeeper } = require('./session-keeper.js');

const METHODS = ['registerSession', 'getSession', 'revokeSession'];

/** One for each store of the application's, so that a proof is spent once, whichever call the store is passed to. */
const adapted = new WeakMap();

let warned = false;

function warnOfLimits() {
  if (warned) return;
  warned = true;
  process.emitWarning(
    'the session store has no ask(): a DPoP proof is spent in this process only, so another process may accept it ' +
      'once more, and refresh is refused unless insecureRefreshReuse allows it',
    { code: 'SWT_LIMITED_STORE' },
  );
}

function adapt(store, name) {
  if (typeof store.ask === 'function') return new AskedStore(store);
  const missing = METHODS.find((method) => typeof store[method] !== 'function');
  if (missing !== undefined) {
    throw usageError(
      `${name} must be a RedisStore, a MemoryStore, or an object with registerSession, getSession and revokeSession, ` +
        `or with ask: this one has no ${missing}`,
    );
  }
  warnOfLimits();
  return new SessionKeeper(store);
}

/**
 * A store of the application's own, as one of this package. Its methods may be its own or inherited: applications write
 * classes. Which of them there are is looked at once.
 *
 * @param {object} store with `ask`, or with registerSession, getSession and revokeSession
 * @param {string} name of the option, for the error
 * @returns {AskedStore | SessionKeeper}
 * @throws {import('../report/errors.js').SwtError} kind 'usage', naming the method that it lacks
 */
function ownStore(store, name) {
  let found = adapted.get(store);
  if (found === undefined) {
    found = adapt(store, name);
    adapted.set(store, found);
  }
  return found;
}

module.exports = { ownStore };
