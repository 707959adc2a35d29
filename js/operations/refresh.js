'use strict';

const native = require('../addon/native.js');
const { audit } = require('../report/audit.js');
const { now } = require('../clock.js');
const { SwtError, failed, failureBecause, reasonOf, usageError } = require('../report/errors.js');
const { isPlainObject, toJson } = require('../input/json.js');
const { jwkJsonOf } = require('../input/jwk.js');
const { ENGINE, keysOf } = require('../keys/key-source.js');
const { reportLegacyUses } = require('./legacy.js');
const { countOperation } = require('../report/metrics.js');
const { settle } = require('./operation.js');
const {
  acceptLegacy,
  anything,
  auditLogger,
  checkNoCallback,
  flag,
  lifetime,
  optionsReader,
} = require('../input/options.js');
const { checkTarget, targetOptions } = require('./request-target.js');
const { storeOption } = require('../stores/option.js');
const { storeKindOf } = require('../stores/protocol.js');
const { spentProofs } = require('../stores/spent-proofs.js');
const { asOptionalText, asText } = require('../input/text.js');

const readOptions = optionsReader('refresh', {
  store: storeOption(),
  sessionId: anything(),
  dpopProof: anything(),
  clientPublicKey: anything(),
  ...targetOptions,
  data: anything(),
  expiresIn: lifetime(900),
  refreshExpiresIn: lifetime(604800),
  encryptionSecret: anything(),
  auditLogger: auditLogger(),
  acceptLegacy: acceptLegacy(),
  insecureShortSecret: flag(),
  insecureRefreshReuse: flag(),
});

function dataJsonOf(data) {
  if (data === undefined) return undefined;
  if (!isPlainObject(data)) throw usageError('data must be a plain object with the same userId', native.ERR_DATA);
  return toJson(data, 'data', native.ERR_DATA, native.ERR_DATA_TOO_LARGE);
}

function requestOf(refreshToken, settings) {
  const { clientPublicKey } = settings;
  return {
    refreshToken: asText(refreshToken),
    sessionId: asOptionalText(settings.sessionId),
    proof: asOptionalText(settings.dpopProof),
    method: settings.method,
    url: settings.url,
    host: settings.host,
    attempt: undefined,
    // The key that a failed look-up gave is no other key: the one of the token has to prove itself anyway.
    clientKeyJwk:
      clientPublicKey === undefined || clientPublicKey === null
        ? undefined
        : jwkJsonOf(clientPublicKey, 'clientPublicKey'),
    dataJson: dataJsonOf(settings.data),
    lifetimeSeconds: settings.expiresIn,
    refreshLifetimeSeconds: settings.refreshExpiresIn,
    nowMs: now(),
    insecureReuse: settings.insecureRefreshReuse,
  };
}

const WHERE_IT_IS_REMEMBERED =
  ': a RedisStore, a MemoryStore or a store with ask() does; insecureRefreshReuse: true refreshes without';

function refuse({ status, detail }, sessionId, auditLogger) {
  const hint = status === native.ERR_STORE_REQUIRED ? WHERE_IT_IS_REMEMBERED : '';
  const reason = reasonOf(status, detail) + hint;
  countOperation('refresh', status);
  audit(auditLogger, 'verify_failure', { sessionId, reason });
  throw failureBecause(status, reason);
}

function report({ userId, sessionId, legacyUses = 0 }, auditLogger) {
  countOperation('refresh', 0);
  if (auditLogger === undefined && legacyUses === 0) return;
  const who = { userId: JSON.parse(userId), sessionId };
  reportLegacyUses(legacyUses, auditLogger, who);
  for (const event of ['verify_success', 'sign', 'refresh']) audit(auditLogger, event, who);
}

/**
 * Trades a refresh token for the next access token and the next refresh token. The session, its id, its key and its
 * claims go on.
 *
 * A refresh token is good once. Within ten seconds another try is refused and no more, as when two tabs refresh at
 * once; later it ends the session, since somebody else holds a copy.
 *
 * @param {string} refreshToken
 * @param {import('../index.js').Secret} secret what the token was signed with
 * @param {import('../index.js').RefreshOptions} [options]
 * @returns {Promise<import('../index.js').RefreshResult>}
 * @throws {import('../report/errors.js').SwtError} kind 'rejected' when the token, the proof or the session is not
 *   good, or the token was used before; 'unavailable' when the store could not tell; 'usage' for a mistake in the call
 */
async function refresh(refreshToken, secret, options, callback) {
  checkNoCallback('refresh', callback);
  const settings = readOptions(options);
  const { store, auditLogger, acceptLegacy } = settings;
  checkTarget(settings);
  const request = requestOf(refreshToken, settings);
  const engine = keysOf(secret, settings)[ENGINE](storeKindOf(store), acceptLegacy);

  let outcome = native.refresh(engine, request);
  // A status is looked at at once: the next call may change the sentence about it.
  if (typeof outcome === 'object') outcome = await settle(outcome, store ?? spentProofs());
  const problem = failed(outcome);
  if (problem !== undefined) refuse(problem, store === null ? undefined : request.sessionId, auditLogger);
  if (typeof outcome?.refreshToken !== 'string') throw new SwtError(native.INTERNAL_BUG);
  report(outcome, auditLogger);
  return { token: outcome.token, sessionId: outcome.sessionId, refreshToken: outcome.refreshToken };
}

module.exports = { refresh };
