'use strict';

// Bytes of any realm: a test runner may give each file globals of its own.
const { isUint8Array } = require('node:util').types;

const native = require('../addon/native.js');
const { failure, usageError } = require('../report/errors.js');
const { anything, flag, optionsReader } = require('../input/options.js');
const { MAX_TEXT } = require('../input/text.js');
const { warnOfPublished } = require('./published.js');

/** For the modules of this package: `keys[ENGINE](storeKind, acceptLegacy)`, of a Key and of a KeyRing. */
const ENGINE = Symbol('secure-web-token: the engine of these keys');
const HANDLE = Symbol('secure-web-token: the native key');
/** `key[RELEASE]()` gives its memory back now. Only for who knows that nobody else uses it. */
const RELEASE = Symbol('secure-web-token: let go of the native key');

/** Settings of one application. More engines than this are not kept: the oldest is made again when it is needed. */
const MAX_ENGINES = 8;

/** Engines of the same keys, one for each combination of settings that they were asked with. */
class Engines {
  #make;
  #entries = [];

  /** @param {(storeKind: number, acceptLegacy: number) => object} make */
  constructor(make) {
    this.#make = make;
  }

  get(storeKind, acceptLegacy) {
    for (const entry of this.#entries) {
      if (entry.storeKind === storeKind && entry.acceptLegacy === acceptLegacy) return entry.engine;
    }
    const entry = { storeKind, acceptLegacy, engine: this.#make(storeKind, acceptLegacy) };
    this.#entries.push(entry);
    if (this.#entries.length > MAX_ENGINES) this.#entries.shift();
    return entry.engine;
  }

  [Symbol.iterator]() {
    return this.#entries.map((entry) => entry.engine).values();
  }
}

/** @returns {number | object} what the addon gave, unless that is a status: then it is thrown */
function made(outcome) {
  if (typeof outcome === 'number') throw failure(outcome);
  return outcome;
}

/** Most keys that are refused are secrets that are too short: what to do about it belongs to the sentence. */
function keyError(status) {
  if (status !== native.ERR_SECRET_TOO_SHORT) return failure(status);
  return usageError(
    `${native.statusMessage(status)}: make one with "npx secure-web-token secret"; ` +
      'insecureShortSecret accepts an old one for the time of a change',
    status,
  );
}

function checkStatus(status) {
  if (status !== 0) throw failure(status);
}

/** What the core may be given as a secret or a PEM; what is in it is the core's to judge. */
function checkSecret(value, name) {
  if (value === undefined) {
    throw usageError(`${name} is undefined: is the environment variable set that it should come from?`);
  }
  if (typeof value !== 'string' && !isUint8Array(value)) {
    throw usageError(`${name} must be a string, a Uint8Array, a key of createKey or a KeyRing`);
  }
  if (value.length > MAX_TEXT) throw usageError(`${name} is too long`);
  // In UTF-8 each lone surrogate becomes the same character: two secrets would be one.
  if (typeof value === 'string' && !value.isWellFormed()) throw usageError(`${name} has a lone surrogate`);
}

/**
 * What tokens are signed and sealed with, prepared once. It keeps nothing that JavaScript could read back.
 *
 * Made by createKey, and from every secret that is passed as a text.
 */
class Key {
  #handle;
  #engines;

  constructor(secret, encryptionSecret, insecureShortSecret) {
    checkSecret(secret, 'secret');
    if (encryptionSecret !== undefined) checkSecret(encryptionSecret, 'encryptionSecret');
    const handle = native.createKey(secret, encryptionSecret, insecureShortSecret);
    if (typeof handle === 'number') throw keyError(handle);
    warnOfPublished(secret);
    this.#handle = handle;
    this.#engines = new Engines((...settings) => made(native.createEngine(handle, ...settings)));
  }

  [ENGINE](storeKind, acceptLegacy) {
    return this.#engines.get(storeKind, acceptLegacy);
  }

  [HANDLE]() {
    return this.#handle;
  }

  [RELEASE]() {
    for (const engine of this.#engines) native.release(engine);
    native.release(this.#handle);
  }
}

const readKeyOptions = optionsReader('createKey', { encryptionSecret: anything(), insecureShortSecret: flag() });

/**
 * Prepares a secret or a PEM key, so that nothing of it has to be kept as a text. What it gives can stand wherever a
 * secret is asked for.
 *
 * @param {string | Uint8Array} secret a secret of at least 32 bytes; or a private or public key in PEM: RSA of 2048 to
 *   8192 bits or EC on P-256
 * @param {import('../index.js').KeyOptions} [options] encryptionSecret: mandatory with a PEM
 * @returns {Key}
 * @throws {import('../report/errors.js').SwtError} kind 'usage' for what is no good key
 */
function createKey(secret, options) {
  const { encryptionSecret, insecureShortSecret } = readKeyOptions(options);
  return new Key(secret, encryptionSecret, insecureShortSecret);
}

module.exports = { Key, Engines, createKey, checkSecret, checkStatus, made, ENGINE, HANDLE, RELEASE };
