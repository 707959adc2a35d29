'use strict';

const native = require('../addon/native.js');
const { audit } = require('../report/audit.js');
const { now } = require('../clock.js');
const { SwtError, failed, failure, usageError } = require('../report/errors.js');
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
  names,
  oneName,
  optionsReader,
} = require('../input/options.js');
const { checkTarget, targetOptions } = require('./request-target.js');
const { storeOption } = require('../stores/option.js');
const { storeKindOf } = require('../stores/protocol.js');
const { asFilledText } = require('../input/text.js');

const readOptions = optionsReader('sign', {
  fingerprint: flag(),
  clientPublicKey: anything(),
  dpopProof: anything(),
  ...targetOptions,
  store: storeOption(),
  expiresIn: lifetime(900),
  generateRefreshToken: flag(),
  refreshExpiresIn: lifetime(604800),
  audience: names(),
  issuer: oneName(),
  subject: oneName(),
  encryptionSecret: anything(),
  auditLogger: auditLogger(),
  insecureShortSecret: flag(),
  acceptLegacy: acceptLegacy(),
});

function dataJsonOf(data) {
  if (!isPlainObject(data)) throw usageError('data must be a plain object with a userId', native.ERR_DATA);
  return toJson(data, 'data', native.ERR_DATA, native.ERR_DATA_TOO_LARGE);
}

/** A key that a failed look-up gave is none: the token would be bound to nobody. */
function isGiven(value) {
  return value !== undefined && value !== null;
}

let warnedOfUnbound = false;

/** As in 3.0.1 fingerprint decides; who names a key and does not say so means something else than they get. */
function warnOfUnbound() {
  if (warnedOfUnbound) return;
  warnedOfUnbound = true;
  process.emitWarning(
    'sign was given clientPublicKey or dpopProof without fingerprint: true, and the token is bound to no key',
    { code: 'SWT_UNBOUND_TOKEN' },
  );
}

/**
 * The key that the token is bound to, as the caller names it and as the login's own proof shows it. Without fingerprint
 * there is none, whatever was passed.
 */
function bindingOf({ fingerprint, clientPublicKey, dpopProof, store }) {
  if (!fingerprint) {
    if (isGiven(clientPublicKey) || isGiven(dpopProof)) warnOfUnbound();
    return { clientKeyJson: undefined, proof: undefined };
  }
  if (store === null) {
    throw usageError('fingerprint needs a store: pass a RedisStore or a MemoryStore', native.ERR_STORE_REQUIRED);
  }
  if (!isGiven(clientPublicKey) && !isGiven(dpopProof)) {
    throw usageError(
      "fingerprint needs clientPublicKey, the browser's public key as a JWK, or the dpopProof of the login",
      native.ERR_CLIENT_KEY,
    );
  }
  return {
    clientKeyJson: isGiven(clientPublicKey) ? jwkJsonOf(clientPublicKey, 'clientPublicKey') : undefined,
    // From the client: an empty one is a bad proof, and no mistake of the program.
    proof: isGiven(dpopProof) ? asFilledText(dpopProof) : undefined,
  };
}

/** What few callers give, in one argument; undefined when it is nothing. */
function furtherOf({ method, url, host, audience, issuer, subject }, proof) {
  if (proof === undefined && audience === undefined && issuer === undefined && subject === undefined) return undefined;
  return { proof, method, url, host, audiences: audience, issuer, subject };
}

/** Always these three members, undefined where there is none. */
function grantOf(outcome) {
  if (typeof outcome === 'string') return { token: outcome, sessionId: undefined, refreshToken: undefined };
  if (typeof outcome?.token !== 'string') throw new SwtError(native.INTERNAL_BUG);
  return { token: outcome.token, sessionId: outcome.sessionId, refreshToken: outcome.refreshToken };
}

function report(grant, legacyUses, dataJson, auditLogger) {
  if (auditLogger === undefined && legacyUses === 0) return;
  const who = { userId: JSON.parse(dataJson).userId, sessionId: grant.sessionId };
  reportLegacyUses(legacyUses, auditLogger, who);
  audit(auditLogger, 'sign', who);
}

/**
 * Makes an encrypted, signed token; with a store also a session that can be revoked, and with fingerprint a token that
 * is of use only to the browser that holds the private key.
 *
 * @param {object} data the claims: a plain object with a userId, at most 8192 bytes as JSON
 * @param {import('../index.js').Secret} secret at least 32 bytes, best 32 random ones in hex or base64; or a private
 *   PEM
 * @param {import('../index.js').SignOptions} [options]
 * @returns {Promise<import('../index.js').SignResult>}
 * @throws {import('../report/errors.js').SwtError} kind 'usage' for a mistake in the call, 'rejected' for a proof that
 *   is not good, 'unavailable' when the store could not register the session: then there is no token either
 *
 * @example
 * const { token, sessionId } = await sign({ userId: user.id }, secret, {
 *   fingerprint: true, clientPublicKey: req.body.publicKeyJwk, store, expiresIn: '15m',
 * });
 */
async function sign(data, secret, options, callback) {
  checkNoCallback('sign', callback);
  const settings = readOptions(options);
  const { store, auditLogger, acceptLegacy } = settings;
  checkTarget(settings);
  const { clientKeyJson, proof } = bindingOf(settings);
  const dataJson = dataJsonOf(data);
  const engine = keysOf(secret, settings)[ENGINE](storeKindOf(store), acceptLegacy);

  let outcome = native.sign(
    engine,
    dataJson,
    clientKeyJson,
    settings.expiresIn,
    settings.refreshExpiresIn,
    settings.generateRefreshToken,
    now(),
    furtherOf(settings, proof),
  );
  if (typeof outcome === 'object') outcome = await settle(outcome, store);

  const problem = failed(outcome);
  countOperation('sign', problem?.status ?? 0);
  if (problem !== undefined) throw failure(problem.status, problem.detail);
  const grant = grantOf(outcome);
  report(grant, typeof outcome === 'object' ? (outcome.legacyUses ?? 0) : 0, dataJson, auditLogger);
  return grant;
}

module.exports = { sign };
