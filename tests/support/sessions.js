'use strict';

/** What the tests of the package share: secrets, keys, proofs, and how a failure is looked at. */

const assert = require('node:assert/strict');
const { randomBytes } = require('node:crypto');

const { SwtError } = require('secure-web-token');

const newSecret = () => randomBytes(32).toString('hex');

async function newKey() {
  const { generateDpopKey } = await import('secure-web-token/client');
  return generateDpopKey();
}

async function newProof(key, url, method, accessToken) {
  const { createDpopProof } = await import('secure-web-token/client');
  return createDpopProof(key.privateKey, key.publicKeyJwk, url, method, { accessToken });
}

const KIND_STATUS = { usage: 500, rejected: 401, unavailable: 503, internal: 500 };

/** Checks an error of this package against the members that are named. */
function assertSwtError(error, expected) {
  assert.ok(error instanceof SwtError, `expected an SwtError: ${error?.stack ?? error}`);
  assert.equal(error.name, 'SwtError');
  for (const [member, value] of Object.entries(expected)) {
    if (value instanceof RegExp) assert.match(error[member], value);
    else assert.equal(error[member], value, `${member}: ${error.stack}`);
  }
  assert.equal(error.status, KIND_STATUS[error.kind]);
  assert.equal(error.cause, undefined);
}

/** @param {Promise | (() => unknown)} action */
async function assertFails(action, expected) {
  let result;
  try {
    result = await (typeof action === 'function' ? action() : action);
  } catch (error) {
    assertSwtError(error, expected);
    return error;
  }
  return assert.fail(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(result)}`);
}

module.exports = { newSecret, newKey, newProof, assertSwtError, assertFails };
