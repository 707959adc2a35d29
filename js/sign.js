'use strict';

const native = require('./native.js');
const { audit } = require('./audit.js');
const { now } = require('./clock.js');
const { engineFor } = require('./engines.js');
const { SwtError, failure, usageError } = require('./errors.js');
const { isPlainObject, toJson } = require('./json.js');
const { jwkJsonOf } = require('./jwk.js');
const { acceptLegacy, anything, auditLogger, flag, lifetime, optionsReader, store } = require('./options.js');
const { ASK } = require('./stores/protocol.js');

const readOptions = optionsReader('sign', {
  fingerprint: flag(),
  clientPublicKey: anything(),
  store: store(),
  expiresIn: lifetime(900),
  generateRefreshToken: flag(),
  refreshExpiresIn: lifetime(604800),
  encryptionSecret: anything(),
  auditLogger: auditLogger(),
  insecureShortSecret: flag(),
  acceptLegacy: acceptLegacy(),
});

function dataJsonOf(data) {
  if (!isPlainObject(data)) throw usageError('data must be a plain object with a userId', native.ERR_DATA);
  return toJson(data, 'data', native.ERR_DATA, native.ERR_DATA_TOO_LARGE);
}

/** The key that the token is bound to. Without fingerprint there is none, whatever was passed. */
function clientKeyOf({ fingerprint, clientPublicKey, store }) {
  if (!fingerprint) return undefined;
  if (store === null) {
    throw usageError('fingerprint needs a store: pass a RedisStore or a MemoryStore', native.ERR_STORE_REQUIRED);
  }
  if (clientPublicKey === undefined || clientPublicKey === null) {
    throw usageError("fingerprint needs clientPublicKey: the browser's public key as a JWK", native.ERR_CLIENT_KEY);
  }
  return jwkJsonOf(clientPublicKey, 'clientPublicKey');
}

async function registered(pending, store) {
  // Only an engine with a store asks; were it otherwise, there must be no token.
  if (store === null) throw new SwtError(native.INTERNAL_BUG);
  const storeDetail = await store[ASK](pending);
  const outcome = native.complete(pending, now());
  if (typeof outcome === 'number') throw failure(outcome, storeDetail);
  return outcome;
}

/** Always these three members, undefined where there is none. */
function grantOf(outcome) {
  if (typeof outcome === 'string') return { token: outcome, sessionId: undefined, refreshToken: undefined };
  if (typeof outcome?.token !== 'string') throw new SwtError(native.INTERNAL_BUG);
  return { token: outcome.token, sessionId: outcome.sessionId, refreshToken: outcome.refreshToken };
}

/**
 * Makes an encrypted, signed token; with a store also a session that can be revoked, and with fingerprint a token that
 * is of use only to the browser that holds the private key.
 *
 * @param {object} data the claims: a plain object with a userId, at most 8192 bytes as JSON
 * @param {string | Uint8Array} secret at least 32 bytes, best 32 random ones in hex or base64
 * @param {import('./index.js').SignOptions} [options]
 * @returns {Promise<import('./index.js').SignResult>}
 * @throws {import('./errors.js').SwtError} kind 'usage' for a mistake in the call, 'unavailable' when the store could
 *   not register the session: then there is no token either
 *
 * @example
 * const { token, sessionId } = await sign({ userId: user.id }, secret, {
 *   fingerprint: true, clientPublicKey: req.body.publicKeyJwk, store, expiresIn: '15m',
 * });
 */
async function sign(data, secret, options) {
  const settings = readOptions(options);
  const { store, auditLogger } = settings;
  const clientKeyJson = clientKeyOf(settings);
  const dataJson = dataJsonOf(data);
  const engine = engineFor(secret, settings, store !== null);

  let outcome = native.sign(
    engine,
    dataJson,
    clientKeyJson,
    settings.expiresIn,
    settings.refreshExpiresIn,
    settings.generateRefreshToken,
    now(),
  );
  if (typeof outcome === 'number') throw failure(outcome);
  if (typeof outcome === 'object' && native.isPending(outcome)) outcome = await registered(outcome, store);

  const grant = grantOf(outcome);
  if (auditLogger !== undefined) {
    audit(auditLogger, 'sign', { userId: JSON.parse(dataJson).userId, sessionId: grant.sessionId });
  }
  return grant;
}

module.exports = { sign };
