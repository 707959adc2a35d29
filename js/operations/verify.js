'use strict';

const { checkRequest } = require('./check.js');
const { failureBecause } = require('../report/errors.js');
const { expectationOptions, expectationsOf } = require('./expectations.js');
const { ENGINE, keysOf } = require('../keys/key-source.js');
const { acceptLegacy, anything, auditLogger, checkNoCallback, flag, optionsReader } = require('../input/options.js');
const { checkTarget, targetOptions } = require('./request-target.js');
const { storeOption } = require('../stores/option.js');
const { storeKindOf } = require('../stores/protocol.js');

const readOptions = optionsReader('verify', {
  sessionId: anything(),
  store: storeOption(),
  dpopProof: anything(),
  ...targetOptions,
  ...expectationOptions,
  encryptionSecret: anything(),
  auditLogger: auditLogger(),
  acceptLegacy: acceptLegacy(),
  insecureShortSecret: flag(),
});

/**
 * Checks an access token, the proof that came with it, and its session.
 *
 * Pass `method` and `url` of the request: without them a proof that was made for one request is good for any other.
 *
 * @param {string} token as it came, without its "Bearer "
 * @param {import('../index.js').Secret} secret what the token was signed with, or a public PEM
 * @param {import('../index.js').VerifyOptions} [options]
 * @returns {Promise<import('../index.js').TokenPayload>} the whole payload
 * @throws {import('../report/errors.js').SwtError} kind 'rejected' when the token, the proof or the session is not
 *   good, 'unavailable' when the store could not tell, 'usage' for a mistake in the call
 */
async function verify(token, secret, options, callback) {
  checkNoCallback('verify', callback);
  const settings = readOptions(options);
  checkTarget(settings);
  const { store, acceptLegacy, sessionId, dpopProof: proof, method, url, host } = settings;
  const engine = keysOf(secret, settings)[ENGINE](storeKindOf(store), acceptLegacy);
  // Each call is an attempt of its own. The member is there so that nobody else's is found in its place.
  const request = {
    token,
    sessionId,
    proof,
    method,
    url,
    host,
    attempt: undefined,
    expected: expectationsOf(settings),
  };
  const verdict = await checkRequest(engine, store, request, settings.auditLogger);
  if (verdict.status !== 0) throw failureBecause(verdict.status, verdict.reason);
  return verdict.payload;
}

module.exports = { verify };
