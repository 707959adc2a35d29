'use strict';

const native = require('./native.js');
const { failure, usageError } = require('./errors.js');
const { MAX_TEXT } = require('./text.js');

/** More than the secrets of one application, few enough for a linear search. */
const CAPACITY = 16;

/** Engines made since the last hit before it is worth a warning. */
const THRASHING = 4 * CAPACITY;

/** Most recently used first. Each holds a copy of what it was made from, so a buffer may be wiped after the call. */
const cache = [];

let missesInARow = 0;
let warned = false;

/** What a secret is compared by, and a copy of it. */
function snapshot(value, name) {
  if (typeof value === 'string') return textOf(value, name);
  if (value instanceof Uint8Array) {
    if (value.length > MAX_TEXT) throw usageError(`${name} is too long`);
    return Buffer.from(value);
  }
  throw usageError(`${name} must be a string or a Uint8Array`);
}

function textOf(value, name) {
  if (value.length > MAX_TEXT) throw usageError(`${name} is too long`);
  // In UTF-8 each lone surrogate becomes the same character: two secrets would be one.
  if (!value.isWellFormed()) throw usageError(`${name} has a lone surrogate`);
  return value;
}

function sameSecret(kept, given) {
  if (typeof kept === 'string' || kept === undefined) return kept === given;
  return given instanceof Uint8Array && Buffer.compare(kept, given) === 0;
}

function matches(entry, secret, settings, external) {
  return (
    sameSecret(entry.secret, secret) &&
    sameSecret(entry.encryptionSecret, settings.encryptionSecret) &&
    entry.insecureShortSecret === settings.insecureShortSecret &&
    entry.acceptLegacy === settings.acceptLegacy &&
    entry.external === external
  );
}

function makeEntry(secret, settings, external) {
  const { insecureShortSecret, acceptLegacy } = settings;
  const entry = {
    secret: snapshot(secret, 'secret'),
    encryptionSecret:
      settings.encryptionSecret === undefined ? undefined : snapshot(settings.encryptionSecret, 'encryptionSecret'),
    insecureShortSecret,
    acceptLegacy,
    external,
    engine: undefined,
  };
  const engine = native.createEngine(entry.secret, entry.encryptionSecret, insecureShortSecret, external, acceptLegacy);
  if (typeof engine === 'number') throw failure(engine);
  entry.engine = engine;
  return entry;
}

function warnOfThrashing() {
  if (++missesInARow < THRASHING || warned) return;
  warned = true;
  process.emitWarning(
    `more than ${CAPACITY} different secrets or settings are in use in turn: a key is prepared for nearly every call`,
    { code: 'SWT_MANY_SECRETS' },
  );
}

function keep(entry) {
  cache.unshift(entry);
  if (cache.length > CAPACITY) cache.pop();
}

/**
 * The engine for what the caller passed. `sign(data, secret)` passes the secret at every call, and preparing a key
 * costs more than using it; so the last few are kept. What the core refuses is not.
 *
 * @param {string | Uint8Array} secret
 * @param {{ encryptionSecret?: string | Uint8Array, insecureShortSecret: boolean, acceptLegacy: number }} settings
 * @param {boolean} external whether sessions are kept by a store
 */
function engineFor(secret, settings, external) {
  for (let i = 0; i < cache.length; i++) {
    const entry = cache[i];
    if (!matches(entry, secret, settings, external)) continue;
    missesInARow = 0;
    if (i > 0) {
      cache.splice(i, 1);
      cache.unshift(entry);
    }
    return entry.engine;
  }

  const entry = makeEntry(secret, settings, external);
  warnOfThrashing();
  keep(entry);
  return entry.engine;
}

module.exports = { engineFor };
