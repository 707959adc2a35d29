'use strict';

const native = require('../addon/native.js');
const { usageError } = require('../report/errors.js');
const { isPlainObject } = require('./json.js');
const { readLifetime, readTolerance } = require('./lifetime.js');
const { nearest } = require('./nearest.js');
const { isText } = require('./text.js');

/**
 * How one option is read: what stands for it when it is absent, and the function that checks what is given. An option
 * that is present and undefined counts as absent, unless `strict` says otherwise.
 */
function option(absent, read, { strict = false } = {}) {
  return { absent, read, strict };
}

function flag() {
  return option(false, (value, name) => {
    if (typeof value !== 'boolean') throw usageError(`${name} must be true or false`);
    return value;
  });
}

function lifetime(absent) {
  return option(absent, readLifetime);
}

/** A length of time in seconds that may be 0, which it is when it is absent. */
function tolerance() {
  return option(0, readTolerance);
}

/** Taken as it is; whoever uses it checks it. */
function anything() {
  return option(undefined, (value) => value);
}

/** check has the last word; it is given every string, the empty one too. */
function text(absent, check) {
  return option(absent, (value, name) => {
    if (typeof value !== 'string') throw usageError(`${name} must be a text`);
    check(value, name);
    return value;
  });
}

function wholeNumber(absent, min, max) {
  return option(absent, (value, name) => {
    if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
    throw usageError(`${name} must be a whole number from ${min} to ${max}`);
  });
}

function auditLogger() {
  return option(undefined, (value, name) => {
    if (value === null) return undefined;
    if (typeof value !== 'function') throw usageError(`${name} must be a function`);
    return value;
  });
}

/** As in the core: a guard that could let nobody in is refused where it is made. */
const MAX_NAMES = 16;
const MAX_NAME_BYTES = 256;

function readName(value, name) {
  // In UTF-8 every lone surrogate is the same character: two names would be one.
  const isName = isText(value) && value !== '' && value.isWellFormed() && Buffer.byteLength(value) <= MAX_NAME_BYTES;
  if (isName) return value;
  throw usageError(`${name} must be a text of 1 to ${MAX_NAME_BYTES} bytes`);
}

/** One name: an issuer, a subject. */
function oneName() {
  return option(undefined, readName);
}

/** One name or several of them, as an array. */
function names() {
  return option(undefined, (value, name) => {
    if (!Array.isArray(value)) return [readName(value, name)];
    if (value.length < 1 || value.length > MAX_NAMES) throw usageError(`${name} must have 1 to ${MAX_NAMES} texts`);
    return Array.from(value, (each) => readName(each, name));
  });
}

/** Read as the moment, in milliseconds, until which the things of 3.0.1 are accepted. */
function acceptLegacy() {
  return option(native.NO_END, (value, name) => {
    if (value === true) return native.NO_END;
    if (value === false) return 0;
    const until = untilOf(value);
    if (until !== undefined) return until;
    throw usageError(`${name} must be true, false, or { until: <a Date> }`);
  });
}

function untilOf(value) {
  if (typeof value !== 'object' || value === null) return undefined;
  const names = Object.keys(value);
  if (names.length !== 1 || names[0] !== 'until') return undefined;
  const { until } = value;
  const milliseconds = Object.prototype.toString.call(until) === '[object Date]' ? Number(until) : NaN;
  return Number.isSafeInteger(milliseconds) && milliseconds > 0 ? milliseconds : undefined;
}

function unknownOption(owner, name, known) {
  const guess = nearest(name, known);
  const hint = guess === undefined ? `it has ${known.join(', ')}` : `did you mean ${guess}?`;
  return usageError(`${owner} has no option "${name.slice(0, 40)}": ${hint}`);
}

function noCallback(owner) {
  return usageError(`${owner} gives a promise and takes no callback`);
}

/** A callback that nobody would ever call is the mistake of who comes from a library that has them. */
function checkNoCallback(owner, callback) {
  if (typeof callback === 'function') throw noCallback(owner);
}

/**
 * Makes a function that reads options into an object that has every one of them.
 *
 * Only own properties of a plain object count. What a polluted Object.prototype offers must not become a setting, and
 * what an object of a class keeps in a getter must not be lost in silence. Unknown ones are refused, since a misspelt
 * option is a protection that is not there.
 *
 * @param {string} owner whose options these are, for the errors
 * @param {Record<string, ReturnType<typeof option>>} members
 */
function optionsReader(owner, members) {
  const known = new Map(Object.entries(members));
  const absent = Object.fromEntries(Object.entries(members).map(([name, member]) => [name, member.absent]));

  return (options) => {
    const values = { ...absent };
    if (options === undefined || options === null) return values;
    if (typeof options === 'function') throw noCallback(owner);
    if (!isPlainObject(options)) throw usageError(`the options of ${owner} must be a plain object`);
    for (const name of Object.getOwnPropertyNames(options)) {
      const member = known.get(name);
      if (member === undefined) throw unknownOption(owner, name, [...known.keys()]);
      const value = options[name];
      if (value !== undefined || member.strict) values[name] = member.read(value, name);
    }
    return values;
  };
}

/** A function that decides something: null for "none" would be too easily a mistake. */
function callback() {
  return option(undefined, (value, name) => {
    if (typeof value !== 'function') throw usageError(`${name} must be a function`);
    return value;
  });
}

/** One of a few words; the first is the default. */
function choice(...words) {
  return option(words[0], (value, name) => {
    if (words.includes(value)) return value;
    throw usageError(`${name} must be ${words.map((word) => `"${word}"`).join(' or ')}`);
  });
}

module.exports = {
  optionsReader,
  checkNoCallback,
  option,
  flag,
  lifetime,
  tolerance,
  anything,
  text,
  oneName,
  names,
  wholeNumber,
  auditLogger,
  acceptLegacy,
  callback,
  choice,
};
