'use strict';

const native = require('../addon/native.js');
const { usageError } = require('../report/errors.js');
const { ENGINE, Engines, HANDLE, Key, checkStatus, createKey, made } = require('./keys.js');
const { anything, option, optionsReader } = require('../input/options.js');
const { isText } = require('../input/text.js');

const ENTRY = { kid: anything(), secret: anything(), encryptionSecret: anything(), insecureShortSecret: anything() };

function until() {
  return option(native.NO_END, (value, name) => {
    const milliseconds = Object.prototype.toString.call(value) === '[object Date]' ? Number(value) : NaN;
    if (Number.isSafeInteger(milliseconds) && milliseconds > 0) return milliseconds;
    throw usageError(`${name} must be a Date`);
  });
}

const readDefinition = optionsReader('KeyRing', { signer: anything(), accepted: anything() });
const readSigner = optionsReader('the signer of a KeyRing', ENTRY);
const readAccepted = optionsReader('an accepted key of a KeyRing', { ...ENTRY, until: until() });

function checkKid(kid) {
  if (!isText(kid) || !kid.isWellFormed()) throw usageError('a kid must be a text', native.ERR_KEY_ID);
  return kid;
}

function keyOf({ secret, encryptionSecret, insecureShortSecret }) {
  if (!(secret instanceof Key)) return createKey(secret, { encryptionSecret, insecureShortSecret });
  if (encryptionSecret === undefined && insecureShortSecret === undefined) return secret;
  throw usageError('encryptionSecret and insecureShortSecret belong to createKey, where this key was made');
}

function addTo(ring, entry, signs, until) {
  checkStatus(native.addToKeyRing(ring, keyOf(entry)[HANDLE](), checkKid(entry.kid), signs, until));
}

function nativeRingOf(definition) {
  const { signer, accepted = [] } = readDefinition(definition);
  if (!Array.isArray(accepted)) throw usageError('accepted must be an array of keys');
  const ring = made(native.createKeyRing());
  if (signer !== undefined) addTo(ring, readSigner(signer), true, native.NO_END);
  for (const each of accepted) {
    const entry = readAccepted(each);
    addTo(ring, entry, false, entry.until);
  }
  return ring;
}

/**
 * Several keys under their names (kid): one signs, the others are accepted, each until its date. So a key is changed
 * without logging anybody out. It stands wherever a secret is asked for, and a change reaches whoever uses it.
 *
 * To change a key: a new one as signer, the old one accepted until the last token that it signed has expired. Where
 * several processes take that up one after the other, first accept the new key everywhere, then let it sign.
 *
 * @example
 * const keys = new KeyRing({
 *   signer: { kid: '2026-11', secret: process.env.SWT_SECRET },
 *   accepted: [{ kid: '2026-05', secret: process.env.SWT_OLD_SECRET, until: new Date('2026-12-01') }],
 * });
 */
class KeyRing {
  #handle;
  #engines;
  #killed = new Set();

  /** @param {import('../index.js').KeyRingDefinition} definition */
  constructor(definition) {
    this.#handle = nativeRingOf(definition);
    this.#engines = new Engines((storeKind, acceptLegacy) => this.#makeEngine(storeKind, acceptLegacy));
    // An empty ring is refused here and not at its first use.
    this.#engines.get(native.NO_STORE, 0);
  }

  #makeEngine(storeKind, acceptLegacy) {
    const engine = made(native.createEngine(this.#handle, storeKind, acceptLegacy));
    for (const kid of this.#killed) checkStatus(native.killKey(engine, kid));
    return engine;
  }

  /**
   * Other keys from now on, for everybody who uses this ring. What has begun is completed with the keys of its begin.
   *
   * @param {import('../index.js').KeyRingDefinition} definition
   * @throws {import('../report/errors.js').SwtError} kind 'usage' for what is no good ring, and for one with a killed
   *   key; nothing has changed then
   */
  replace(definition) {
    const handle = nativeRingOf(definition);
    // All engines have killed the same keys, so the first one speaks for all.
    for (const engine of this.#engines) checkStatus(native.setKeyRing(engine, handle));
    this.#handle = handle;
  }

  /**
   * Stops accepting a key now and for good, for one that got out. Tokens that it signed are refused; when it is the
   * signer's, nothing is signed until the ring is replaced. Tell every process.
   *
   * @param {string} kid may be one that the ring does not have
   */
  kill(kid) {
    checkKid(kid);
    for (const engine of this.#engines) checkStatus(native.killKey(engine, kid));
    this.#killed.add(kid);
  }

  [ENGINE](storeKind, acceptLegacy) {
    return this.#engines.get(storeKind, acceptLegacy);
  }
}

module.exports = { KeyRing };
