'use strict';

const native = require('../addon/native.js');
const { SwtError, failure } = require('../report/errors.js');
const { isText } = require('../input/text.js');
const { OwnStore, NO_ANSWER } = require('./own-store.js');
const { FORGETS } = require('./protocol.js');

/** Whether this can be a session's, by its types alone. What the texts say is for the core. */
function isSession({ sessionId, userId, jkt }) {
  const isUser = isText(userId) || typeof userId === 'number';
  // A column without a value.
  const isKey = jkt === undefined || jkt === null || isText(jkt);
  return isText(sessionId) && isUser && isKey;
}

/** The three members of what the application found, read once; what a row has besides is its own affair. */
function membersOf(found) {
  const { sessionId, userId, jkt } = found;
  // Without a prototype, so that nobody's toJSON is asked.
  return { __proto__: null, sessionId, userId, jkt: jkt ?? undefined };
}

/**
 * A store of the application's own with the three methods of 3.0.1. It keeps sessions and no more, so their proofs are
 * spent in the memory of this process, and nobody knows which refresh tokens were.
 */
class SessionKeeper extends OwnStore {
  #store;
  #handle;

  constructor(store) {
    super();
    this.#store = store;
    this.#handle = native.createHostStore();
    if (typeof this.#handle === 'number') throw failure(this.#handle);
  }

  get [FORGETS]() {
    return true;
  }

  call({ type, sessionId, record }) {
    switch (type) {
      case 'register':
        return this.#store.registerSession(JSON.parse(record));
      case 'revoke':
        return this.#store.revokeSession(sessionId);
      case 'verify':
      case 'lookup':
        return this.#store.getSession(sessionId);
      default:
        // An engine that was told what this store forgets does not ask.
        throw new SwtError(native.INTERNAL_BUG);
    }
  }

  tell(pending, { type }, value) {
    if (type === 'register' || type === 'revoke' || value === undefined || value === null) {
      native.askWith(pending, this.#handle, undefined);
      return undefined;
    }

    if (typeof value !== 'object') return NO_ANSWER;
    const session = membersOf(value);
    if (!isSession(session)) return NO_ANSWER;
    native.askWith(pending, this.#handle, JSON.stringify(session));
    return undefined;
  }
}

module.exports = { SessionKeeper };
