'use strict';

const { usageError } = require('../report/errors.js');
const { cachedKey } = require('./key-cache.js');
const { KeyRing } = require('./key-ring.js');
const { ENGINE, Key } = require('./keys.js');

function find(secret, { encryptionSecret, insecureShortSecret }, lasting) {
  if (!(secret instanceof Key || secret instanceof KeyRing)) {
    return cachedKey(secret, encryptionSecret, insecureShortSecret, lasting);
  }
  if (encryptionSecret === undefined && !insecureShortSecret) return secret;
  throw usageError('encryptionSecret and insecureShortSecret belong to the key: pass them to createKey or KeyRing');
}

/**
 * The keys behind what was passed as a secret, for one call: they are to be used before anything is waited for.
 *
 * @param {unknown} secret a text, bytes, a Key or a KeyRing
 * @param {{ encryptionSecret?: unknown, insecureShortSecret: boolean }} settings
 * @returns {Key | KeyRing}
 */
function keysOf(secret, settings) {
  return find(secret, settings, false);
}

/** The same for as long as one likes. `keys[ENGINE](…)` is asked for again at each use: a ring may have changed. */
function lastingKeysOf(secret, settings) {
  return find(secret, settings, true);
}

module.exports = { keysOf, lastingKeysOf, ENGINE };
