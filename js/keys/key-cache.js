'use strict';

// Bytes of any realm: a test runner may give each file globals of its own.
const { isUint8Array } = require('node:util').types;

const { Key, RELEASE, checkSecret } = require('./keys.js');

/** More than the secrets of one application, few enough for a linear search. */
const CAPACITY = 16;

/** Keys made since the last hit before it is worth a warning. */
const THRASHING = 4 * CAPACITY;

/** Most recently used first. Each holds a copy of what it was made from, so a buffer may be wiped after the call. */
const cache = [];
let missesInARow = 0;
let warned = false;

/** Not Buffer.from: its small ones share their memory with every other small Buffer of the process. */
function copyOf(secret) {
  return isUint8Array(secret) ? new Uint8Array(secret) : secret;
}

function same(kept, given) {
  if (typeof kept === 'string' || kept === undefined) return kept === given;
  return isUint8Array(given) && Buffer.compare(kept, given) === 0;
}

function matches(entry, secret, encryptionSecret, insecureShortSecret) {
  return (
    same(entry.secret, secret) &&
    same(entry.encryptionSecret, encryptionSecret) &&
    entry.insecureShortSecret === insecureShortSecret
  );
}

function warnOfThrashing() {
  if (++missesInARow < THRASHING || warned) return;
  warned = true;
  process.emitWarning(
    `more than ${CAPACITY} different secrets are in use in turn, and a key is prepared for nearly every call: ` +
      'make the keys once, with createKey',
    { code: 'SWT_MANY_SECRETS' },
  );
}

/**
 * What does not fit any more is released at once, unless somebody holds it for longer than one call: a key has several
 * mappings of memory, of which a process has only so many, and the garbage collector may come too late.
 */
function keep(entry) {
  cache.unshift(entry);
  if (cache.length <= CAPACITY) return;
  const { key, lasting } = cache.pop();
  if (!lasting) key[RELEASE]();
}

/**
 * The key for what the caller passed. `sign(data, secret)` passes the secret at every call, and preparing a key costs
 * more than using it; so the last few are kept. What the core refuses is not.
 *
 * @param {string | Uint8Array} secret
 * @param {string | Uint8Array | undefined} encryptionSecret
 * @param {boolean} insecureShortSecret
 * @param {boolean} lasting whether it is used beyond the turn of the event loop in which it was asked for
 * @returns {Key}
 */
function cachedKey(secret, encryptionSecret, insecureShortSecret, lasting) {
  for (let i = 0; i < cache.length; i++) {
    const entry = cache[i];
    if (!matches(entry, secret, encryptionSecret, insecureShortSecret)) continue;
    missesInARow = 0;
    entry.lasting ||= lasting;
    if (i > 0) {
      cache.splice(i, 1);
      cache.unshift(entry);
    }
    return entry.key;
  }

  checkSecret(secret, 'secret');
  if (encryptionSecret !== undefined) checkSecret(encryptionSecret, 'encryptionSecret');
  // Copied first: what was made into a key is what it is found by, even when somebody changes the buffer meanwhile.
  const kept = { secret: copyOf(secret), encryptionSecret: copyOf(encryptionSecret), insecureShortSecret };
  const key = new Key(kept.secret, kept.encryptionSecret, insecureShortSecret);
  warnOfThrashing();
  keep({ ...kept, key, lasting });
  return key;
}

module.exports = { cachedKey };
