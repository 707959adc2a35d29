'use strict';

const native = require('../addon/native.js');
const { audit } = require('../report/audit.js');
const { countLegacy } = require('../report/metrics.js');

const USES = [
  [native.LEGACY_TOKEN_WITHOUT_SESSION, 'token_without_session', 'the token does not name its session'],
  [native.LEGACY_PROOF_WITHOUT_JTI, 'proof_without_jti', 'the proof has no jti'],
  [native.LEGACY_PROOF_NOT_COMPARED, 'proof_not_compared', 'the proof was not compared with a method and a url'],
  [native.LEGACY_REFRESH_TOKEN, 'refresh_token', 'the refresh token has no id'],
];

let warnedOfProof = false;

function warnOfProofNotCompared() {
  if (warnedOfProof) return;
  warnedOfProof = true;
  process.emitWarning(
    'a DPoP proof was accepted without being compared with the request: pass method and url to verify and refresh, ' +
      'else a proof that was made for one request is good for another',
    { code: 'SWT_PROOF_NOT_COMPARED' },
  );
}

/**
 * Says what of version 3 was accepted, because `acceptLegacy` is on.
 *
 * @param {number} uses the bits of the core
 * @param {Function | undefined} auditLogger
 * @param {{ userId?: unknown, sessionId?: unknown }} who
 */
function reportLegacyUses(uses, auditLogger, who) {
  for (const [bit, what, reason] of USES) {
    if ((uses & bit) === 0) continue;
    countLegacy(what);
    audit(auditLogger, 'legacy_accepted', { ...who, reason });
  }
  if ((uses & native.LEGACY_PROOF_NOT_COMPARED) !== 0) warnOfProofNotCompared();
}

module.exports = { reportLegacyUses };
