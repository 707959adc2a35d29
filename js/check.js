'use strict';

const native = require('./native.js');
const { audit } = require('./audit.js');
const { now } = require('./clock.js');
const { reasonOf } = require('./errors.js');
const { asOptionalText, asText } = require('./text.js');
const { ASK } = require('./stores/protocol.js');
const { spentProofs } = require('./stores/spent-proofs.js');

const LEGACY_USES = [
  [native.LEGACY_TOKEN_WITHOUT_SESSION, 'the token does not name its session'],
  [native.LEGACY_PROOF_WITHOUT_JTI, 'the proof has no jti'],
  [native.LEGACY_PROOF_NOT_COMPARED, 'the proof was not compared with a method and a url'],
];

let warnedOfProof = false;

function warnOfProofNotCompared() {
  if (warnedOfProof) return;
  warnedOfProof = true;
  process.emitWarning(
    'a DPoP proof was accepted without being compared with the request: pass method and url to verify, ' +
      'else a proof that was made for one request is good for another',
    { code: 'SWT_PROOF_NOT_COMPARED' },
  );
}

function reportLegacyUses(uses, auditLogger, who) {
  for (const [bit, reason] of LEGACY_USES) {
    if ((uses & bit) !== 0) audit(auditLogger, 'legacy_accepted', { ...who, reason });
  }
  if ((uses & native.LEGACY_PROOF_NOT_COMPARED) !== 0) warnOfProofNotCompared();
}

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
  return { payload, status: 0, reason: undefined };
}

function refused(status, storeDetail, sessionId, auditLogger) {
  const reason = reasonOf(status, storeDetail);
  audit(auditLogger, 'verify_failure', { sessionId, reason });
  return { payload: undefined, status, reason };
}

function concluded(outcome, storeDetail, sessionId, auditLogger) {
  if (typeof outcome === 'string') return accepted(outcome, 0, sessionId, auditLogger);
  if (typeof outcome === 'number') return refused(outcome, storeDetail, sessionId, auditLogger);
  if (typeof outcome?.payload === 'string') {
    return accepted(outcome.payload, outcome.legacyUses, sessionId, auditLogger);
  }
  return refused(native.INTERNAL_BUG, undefined, sessionId, auditLogger);
}

async function askAndConclude(pending, store, sessionId, auditLogger) {
  const storeDetail = await store[ASK](pending);
  return concluded(native.complete(pending, now()), storeDetail, sessionId, auditLogger);
}

/**
 * Checks what a request brought. A refusal is an answer here and no exception: the middleware gives many of them.
 *
 * What the request brought may be of any type. The rest is the caller's and has been checked.
 *
 * @param {object} engine
 * @param {object | null} store
 * @param {{ token: unknown, sessionId: unknown, proof: unknown, method?: string, url?: string, host?: string,
 *   attempt?: string }} request attempt: from attemptOf, where several guards may check one incoming request
 * @param {Function} [auditLogger]
 * @returns {Verdict | Promise<Verdict>}
 */
function checkRequest(engine, store, request, auditLogger) {
  const { token, proof, method, url, host, attempt } = request;
  // Without a store nothing confirms a session id, and what is not confirmed is not reported.
  const sessionId = store === null ? undefined : asOptionalText(request.sessionId);
  const outcome = native.verify(
    engine,
    asText(token),
    sessionId,
    asOptionalText(proof),
    method,
    url,
    host,
    now(),
    attempt,
  );
  if (typeof outcome === 'object' && native.isPending(outcome)) {
    return askAndConclude(outcome, store ?? spentProofs(), sessionId, auditLogger);
  }
  return concluded(outcome, undefined, sessionId, auditLogger);
}

module.exports = { checkRequest };
