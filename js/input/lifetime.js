'use strict';

const native = require('../addon/native.js');
const { usageError } = require('../report/errors.js');

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const WITH_UNIT = /^([0-9]{1,15})(ms|s|m|h|d)$/;

/** Milliseconds are a unit, fractions of a second are no lifetime. */
function secondsOf(value) {
  if (typeof value === 'number') return value;
  const match = typeof value === 'string' && value.length <= 20 ? WITH_UNIT.exec(value) : null;
  return match === null ? NaN : (Number(match[1]) * UNITS[match[2]]) / 1000;
}

/**
 * Reads a lifetime: a number of seconds, or a text with its unit such as "15m".
 *
 * A text without a unit is refused: one library takes it for seconds, another for milliseconds, and the second makes
 * tokens that are dead at birth.
 *
 * @param {unknown} value
 * @param {string} name the option, for the error
 * @returns {number} whole seconds, at least 1
 */
function readLifetime(value, name) {
  const seconds = secondsOf(value);
  if (Number.isSafeInteger(seconds) && seconds >= 1) return seconds;
  throw usageError(
    `${name} must be a whole number of seconds from 1, or a text with a unit such as "900s", "15m", "24h" or "7d"`,
    native.ERR_LIFETIME,
  );
}

/** As in the core, which names no option: the mistake is to be seen where the option is read, once. */
const MAX_TOLERANCE = 300;

/**
 * Reads how far two clocks may be apart.
 *
 * @param {unknown} value as for readLifetime, or 0
 * @returns {number} whole seconds, at most 300
 */
function readTolerance(value, name) {
  const seconds = secondsOf(value);
  if (Number.isSafeInteger(seconds) && seconds >= 0 && seconds <= MAX_TOLERANCE) return seconds;
  throw usageError(
    `${name} must be a whole number of seconds up to ${MAX_TOLERANCE}, or a text with a unit such as "5s"`,
  );
}

module.exports = { readLifetime, readTolerance };
