'use strict';

const { usageError } = require('../report/errors.js');
const { MAX_TEXT } = require('./text.js');

/**
 * Writes a value as JSON, once: what is checked is what is used.
 *
 * @param {unknown} value
 * @param {string} name for the error
 * @param {number} status of the error when it cannot be written
 * @param {number} statusTooLarge of the error when it is too large to be looked at
 */
function toJson(value, name, status, statusTooLarge = status) {
  let json;
  try {
    json = JSON.stringify(value);
  } catch {
    // The original error may quote the value.
    throw usageError(`${name} cannot be written as JSON: a BigInt, a circular reference, or nested too deep`, status);
  }
  if (typeof json !== 'string') throw usageError(`${name} cannot be written as JSON`, status);
  if (json.length > MAX_TEXT) throw usageError(`${name} is too large`, statusTooLarge);
  return json;
}

/** Whether this is an object as a literal or JSON.parse makes it, in any realm. */
function isPlainObject(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

module.exports = { toJson, isPlainObject };
