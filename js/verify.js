'use strict';

const { checkRequest } = require('./check.js');
const { engineFor } = require('./engines.js');
const { failureBecause, usageError } = require('./errors.js');
const { acceptLegacy, anything, auditLogger, flag, optionsReader, store } = require('./options.js');
const { isText } = require('./text.js');

const readOptions = optionsReader('verify', {
  sessionId: anything(),
  store: store(),
  dpopProof: anything(),
  method: anything(),
  url: anything(),
  host: anything(),
  encryptionSecret: anything(),
  auditLogger: auditLogger(),
  acceptLegacy: acceptLegacy(),
  insecureShortSecret: flag(),
});

function isFilledText(value) {
  return isText(value) && value !== '';
}

/** The request that the proof is compared with: its method and url together, or neither. */
function checkTarget({ method, url, host }) {
  if (method === undefined && url === undefined && host === undefined) return;
  if (!isFilledText(method) || !isFilledText(url)) {
    throw usageError('method and url are given together, as texts, and host only with them');
  }
  if (host !== undefined && !isText(host)) throw usageError('host must be a text');
}

/**
 * Checks an access token, the proof that came with it, and its session.
 *
 * Pass `method` and `url` of the request: without them a proof that was made for one request is good for any other.
 *
 * @param {string} token as it came, without its "Bearer "
 * @param {string | Uint8Array} secret what the token was signed with
 * @param {import('./index.js').VerifyOptions} [options]
 * @returns {Promise<import('./index.js').TokenPayload>} the whole payload
 * @throws {import('./errors.js').SwtError} kind 'rejected' when the token, the proof or the session is not good,
 *   'unavailable' when the store could not tell, 'usage' for a mistake in the call
 */
async function verify(token, secret, options) {
  const settings = readOptions(options);
  checkTarget(settings);
  const engine = engineFor(secret, settings, settings.store !== null);

  const { sessionId, dpopProof: proof, method, url, host } = settings;
  const request = { token, sessionId, proof, method, url, host };
  const verdict = await checkRequest(engine, settings.store, request, settings.auditLogger);
  if (verdict.status !== 0) throw failureBecause(verdict.status, verdict.reason);
  return verdict.payload;
}

module.exports = { verify };
