'use strict';

const native = require('../addon/native.js');
const { failure } = require('../report/errors.js');
const { auditLogger, lifetime, optionsReader, wholeNumber } = require('../input/options.js');
const { ASK } = require('./protocol.js');
const { SessionStore } = require('./sessions.js');

const MAX_SESSIONS = 2 ** 32 - 1;

const readOptions = optionsReader('MemoryStore', {
  ttl: lifetime(0), // 0 is the core's default
  maxSessions: wholeNumber(100_000, 1, MAX_SESSIONS),
  auditLogger: auditLogger(),
});

/**
 * Sessions in the memory of this process, for a first run, for tests, and for a service of one process. It is bounded,
 * and when it is full it answers 'unavailable': it never forgets a session, a revocation or a spent proof early.
 *
 * @example
 * const store = new MemoryStore({ ttl: '24h' });
 */
class MemoryStore extends SessionStore {
  #handle;

  /** @param {import('../index.js').MemoryStoreOptions} [options] */
  constructor(options) {
    const settings = readOptions(options);
    super(settings.auditLogger);
    this.#handle = native.createMemoryStore(settings.ttl, settings.maxSessions, 0);
    if (typeof this.#handle === 'number') throw failure(this.#handle);
  }

  async [ASK](pending) {
    native.ask(pending, this.#handle);
  }
}

module.exports = { MemoryStore };
