'use strict';

const native = require('../addon/native.js');
const { audit } = require('../report/audit.js');
const { now } = require('../clock.js');
const { failed, reasonOf } = require('../report/errors.js');
const { reportLegacyUses } = require('./legacy.js');
const { countOperation } = require('../report/metrics.js');
const { settle } = require('./operation.js');
const { asOptionalText, asText } = require('../input/text.js');
const { spentProofs } = require('../stores/spent-proofs.js');

/**
 * @typedef {{ payload: object | undefined, status: number, reason: string | undefined }} Verdict status 0 with the
 *   payload, or another status with the reason
 */

function accepted(payloadJson, legacyUses, sessionId, auditLogger) {
  const payload = JSON.parse(payloadJson);
  if (legacyUses !== 0 || auditLogger !== undefined) {
    const who = { userId: payload.data.userId, sessionId };
    if (legacyUses !== 0) reportLegacyUses(legacyUses, auditLogger, who);
    audit(auditLogger, 'verify_success', who);
  }
  countOperation('verify', 0);
  return { payload, status: 0, reason: undefined };
}

function refused(status, detail, sessionId, auditLogger) {
  const reason = reasonOf(status, detail);
  audit(auditLogger, 'verify_failure', { sessionId, reason });
  countOperation('verify', status);
  return { payload: undefined, status, reason };
}

function concluded(outcome, sessionId, auditLogger) {
  if (typeof outcome === 'string') return accepted(outcome, 0, sessionId, auditLogger);
  const failure = failed(outcome);
  if (failure !== undefined) return refused(failure.status, failure.detail, sessionId, auditLogger);
  if (typeof outcome?.payload === 'string') {
    return accepted(outcome.payload, outcome.legacyUses, sessionId, auditLogger);
  }
  return refused(native.INTERNAL_BUG, undefined, sessionId, auditLogger);
}

/**
 * Checks what a request brought. A refusal is an answer here and no exception: the middleware gives many of them.
 *
 * What the request brought may be of any type. The rest is the caller's and has been checked.
 *
 * @param {object} engine
 * @param {object | null} store
 * @param {{ token: unknown, sessionId: unknown, proof: unknown, method: string | undefined, url: string | undefined,
 *   host: string | undefined, attempt: string | undefined, expected: object | undefined }} request has all of these as
 *   its own: what a polluted Object.prototype offers is no part of it. attempt: from attemptOf, where several guards
 *   may check one incoming request; expected: of expectationsOf
 * @param {Function} [auditLogger]
 * @returns {Verdict | Promise<Verdict>}
 */
function checkRequest(engine, store, request, auditLogger) {
  const { token, proof, method, url, host, attempt, expected } = request;
  // Without a store nothing confirms a session id, and what is not confirmed is not reported.
  const sessionId = store === null ? undefined : asOptionalText(request.sessionId);
  const begun = native.verify(
    engine,
    asText(token),
    sessionId,
    asOptionalText(proof),
    method,
    url,
    host,
    now(),
    attempt,
    expected,
  );
  if (typeof begun !== 'object') return concluded(begun, sessionId, auditLogger);
  return settle(begun, store ?? spentProofs()).then((outcome) => concluded(outcome, sessionId, auditLogger));
}

module.exports = { checkRequest };
