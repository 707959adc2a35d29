'use strict';

const { usageError } = require('./errors.js');
const { cachedKey } = require('./key-cache.js');
const { KeyRing } = require('./key-ring.js');
const { ENGINE, Key } = require('./keys.js');

/**
 * The keys behind what was passed as a secret. `keys[ENGINE](…)` is asked for again at each use: a ring may have
 * changed.
 *
 * @param {unknown} secret a text, bytes, a Key or a KeyRing
 * @param {{ encryptionSecret?: unknown, insecureShortSecret: boolean }} settings
 * @returns {Key | KeyRing}
 */
function keysOf(secret, { encryptionSecret, insecureShortSecret }) {
  if (!(secret instanceof Key || secret instanceof KeyRing)) {
    return cachedKey(secret, encryptionSecret, insecureShortSecret);
  }
  if (encryptionSecret === undefined && !insecureShortSecret) return secret;
  throw usageError('encryptionSecret and insecureShortSecret belong to the key: pass them to createKey or KeyRing');
}

module.exports = { keysOf, ENGINE };
