'use strict';

const native = require('../addon/native.js');
const { failure, usageError } = require('../report/errors.js');
const { isPlainObject, toJson } = require('./json.js');
const { isText } = require('./text.js');

/** A client's key as JSON text; what is inside is the core's to judge. */
function jwkJsonOf(jwk, name) {
  if (isText(jwk)) return jwk;
  if (isPlainObject(jwk)) return toJson(jwk, name, native.ERR_CLIENT_KEY);
  throw usageError(`${name} must be a public P-256 key as a JWK, an object or its JSON text`, native.ERR_CLIENT_KEY);
}

/**
 * The SHA-256 thumbprint (RFC 7638) of a client's public P-256 key: what tokens and sessions are bound to.
 *
 * @param {object | string} jwk the key as a JWK (RFC 7517), or its JSON text
 * @returns {string} 43 characters of base64url
 * @throws {import('../report/errors.js').SwtError} code 'client_key' for anything else, a private key included
 */
function computeJwkThumbprint(jwk) {
  const thumbprint = native.jwkThumbprint(jwkJsonOf(jwk, 'jwk'));
  if (typeof thumbprint === 'number') throw failure(thumbprint);
  return thumbprint;
}

module.exports = { computeJwkThumbprint, jwkJsonOf };
