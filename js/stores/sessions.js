'use strict';

const native = require('../addon/native.js');
const { audit } = require('../report/audit.js');
const { failed, failure, usageError, withSentence } = require('../report/errors.js');
const { isPlainObject, toJson } = require('../input/json.js');
const { countOperation } = require('../report/metrics.js');
const { isText } = require('../input/text.js');
const { conclude } = require('./conclude.js');

const LOGGER = Symbol("secure-web-token: the store's audit logger");

/** Brings to its end what an operation on the store began with. */
function outcomeOf(store, begun) {
  return typeof begun === 'number' ? withSentence(begun) : conclude(begun, store);
}

/** The same; what the core refuses is thrown. */
async function run(store, pending) {
  const outcome = await outcomeOf(store, pending);
  const problem = failed(outcome);
  if (problem !== undefined) throw failure(problem.status, problem.detail);
  return outcome;
}

/** What the stores have in common: sessions by their ids, over whatever ASK leads to. */
class SessionStore {
  #auditLogger;

  constructor(auditLogger) {
    this.#auditLogger = auditLogger;
  }

  /**
   * Registers a session. sign does this for its own ones.
   *
   * @param {{ sessionId: string, userId: string | number, jkt?: string }} session sessionId: a lower-case UUID
   * @returns {Promise<void>}
   * @throws {import('../report/errors.js').SwtError} kind 'usage' for anything else and for an id that is taken,
   *   'unavailable' when the store did not confirm
   */
  async registerSession(session) {
    if (!isPlainObject(session)) throw usageError('a session must be a plain object with sessionId and userId');
    await run(this, native.enrollBegin(toJson(session, 'the session', native.ERR_ARGUMENT)));
  }

  /**
   * Looks a session up.
   *
   * @param {string} sessionId
   * @returns {Promise<{ sessionId: string, userId: string | number, jkt?: string } | null>} null when there is none
   * @throws {import('../report/errors.js').SwtError} kind 'unavailable' when the store could not tell
   */
  async getSession(sessionId) {
    if (!isText(sessionId)) return null;
    const json = await run(this, native.lookupBegin(sessionId));
    return typeof json === 'string' ? JSON.parse(json) : null;
  }

  /**
   * Ends a session. Once this has resolved, every verification that starts is refused. A session that is unknown or has
   * ended, and an id that cannot be one, is no error.
   *
   * @param {string} sessionId
   * @returns {Promise<void>}
   * @throws {import('../report/errors.js').SwtError} kind 'unavailable' when the store did not confirm: the session may
   *   still be alive
   */
  async revokeSession(sessionId) {
    await revoke(this, sessionId);
  }

  get [LOGGER]() {
    return this.#auditLogger;
  }
}

/**
 * Ends a session in any store of this package, and tells the store's own logger and this one.
 *
 * @param {object} store
 * @param {unknown} sessionId
 * @param {Function} [auditLogger]
 */
async function revoke(store, sessionId, auditLogger) {
  if (!isText(sessionId)) return;
  const problem = failed(await outcomeOf(store, native.revokeBegin(sessionId)));
  countOperation('revoke', problem?.status ?? 0);
  if (problem !== undefined) throw failure(problem.status, problem.detail);
  for (const logger of new Set([store[LOGGER], auditLogger])) audit(logger, 'revoke', { sessionId });
}

module.exports = { SessionStore, revoke };
