'use strict';

const native = require('../addon/native.js');
const { SwtError, failureBecause } = require('../report/errors.js');

const ALGORITHMS = 'algs="ES256"';
const NO_HEADER = 'Missing or invalid Authorization header';
const INTERNAL = 'Internal server error';
const NO_TOKEN = 'getToken found no token';

/**
 * @typedef {{ ok: false, status: number, headers: Record<string, string>, body: { error: string }, error:
 *   import('../report/errors.js').SwtError }} Refusal status, headers and body are for the client, error is for logs
 */

/** Every refusal has headers of its own, since an application may add to them. */
function refusal(error, message, headers) {
  return {
    ok: false,
    status: error.status,
    headers: { ...headers, 'Cache-Control': 'no-store', 'Content-Type': 'application/json; charset=utf-8' },
    body: { error: message },
    error,
  };
}

function unauthorized(error, message, challenge) {
  const parameters = challenge === '' ? ALGORITHMS : `error="${challenge}", ${ALGORITHMS}`;
  return refusal(error, message, { 'WWW-Authenticate': `DPoP ${parameters}` });
}

/**
 * What a client is told. Which check failed is for the audit log alone: it helps an attacker.
 *
 * @param {number} status a number of swt.h
 * @param {string} [reason] the sentence about it, for logs
 * @returns {Refusal}
 */
function refusalOf(status, reason) {
  const error = failureBecause(status, reason);
  switch (error.kind) {
    case 'rejected': {
      const message = status === native.REJECTED_TOKEN_EXPIRED ? 'Token expired' : 'Unauthorized';
      return unauthorized(error, message, native.statusChallenge(status));
    }
    case 'unavailable':
      return refusal(error, 'Service unavailable', { 'Retry-After': '1' });
    default:
      return refusal(error, INTERNAL, {});
  }
}

/** For what was thrown where nothing should be: the request is refused like any other. */
function refusalInside(thrown) {
  const isOurs = thrown instanceof SwtError && thrown.status === 500;
  return refusal(isOurs ? thrown : new SwtError(native.INTERNAL_BUG), INTERNAL, {});
}

/** Without an Authorization header, or with one that holds no token: only the second is told that it is an error. */
function refusalOfHeader(header) {
  const challenge = header === undefined ? '' : native.statusChallenge(native.REJECTED_TOKEN_MALFORMED);
  return unauthorized(failureBecause(native.REJECTED_TOKEN_MALFORMED, NO_HEADER), NO_HEADER, challenge);
}

/** Where the application looks for the token itself, a word about the Authorization header would mislead. */
function refusalWithoutToken() {
  return unauthorized(failureBecause(native.REJECTED_TOKEN_MALFORMED, NO_TOKEN), 'Unauthorized', '');
}

module.exports = { refusalInside, refusalOf, refusalOfHeader, refusalWithoutToken };
