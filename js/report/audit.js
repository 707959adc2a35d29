'use strict';

const MAX_SESSION_ID = 128;
const WELL_FORMED_ID = /^[0-9A-Za-z_-]+$/;

/** A session id as it may stand in a log: what an attacker sent in its place is left out. */
function loggableSessionId(value) {
  const fits = typeof value === 'string' && value.length <= MAX_SESSION_ID && WELL_FORMED_ID.test(value);
  return fits ? value : undefined;
}

/** The user in a log: a text or a number, as the core lets them be. */
function loggableUserId(value) {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

function ignore() {}

/**
 * Tells the application's logger what happened. Whether it throws, rejects or never answers changes nothing for the
 * request: nobody waits for it.
 *
 * @param {Function | undefined} logger
 * @param {'sign' | 'verify_success' | 'verify_failure' | 'revoke' | 'legacy_accepted'} event
 * @param {{ userId?: unknown, sessionId?: unknown, reason?: string }} details
 */
function audit(logger, event, details) {
  if (logger === undefined) return;

  // Its own members: a log must not say what a polluted Object.prototype does.
  const { userId, sessionId, reason } = { __proto__: null, ...details };
  const entry = { event };
  const loggableUser = loggableUserId(userId);
  const loggableSession = loggableSessionId(sessionId);
  if (loggableUser !== undefined) entry.userId = loggableUser;
  if (loggableSession !== undefined) entry.sessionId = loggableSession;
  if (reason !== undefined) entry.reason = reason;
  entry.timestamp = Date.now();

  try {
    const result = logger(entry);
    // What a thenable's own then gives back may be rejected as well.
    if (typeof result?.then === 'function') Promise.resolve(result.then(undefined, ignore)).catch(ignore);
  } catch {
    // The logger's own trouble.
  }
}

module.exports = { audit };
