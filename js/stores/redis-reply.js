'use strict';

const native = require('../addon/native.js');
const { isText } = require('../input/text.js');

const NO_ANSWER = [];
const PARTS = 3;

/** Clients give a number or a text for the same reply, and a Buffer where they were told to. */
function textOf(part) {
  if (typeof part === 'string') return part;
  if (Number.isSafeInteger(part)) return String(part);
  if (Buffer.isBuffer(part)) return part.toString('utf8');
  return undefined;
}

/** The reply of a script as three texts; nothing at all for any other reply, which the core then calls no answer. */
function partsOf(reply) {
  if (!Array.isArray(reply) || reply.length !== PARTS) return NO_ANSWER;
  const parts = Array.from(reply, textOf);
  return parts.every(isText) ? parts : NO_ANSWER;
}

/** An error reply begins with its code in capitals; the libraries' own errors do not. */
const ERROR_CODE = /^([A-Z][A-Z0-9_]{1,31})(?: |$)/;

function errorCodeOf(error) {
  const message = typeof error?.message === 'string' ? error.message : '';
  return ERROR_CODE.exec(message)?.[1];
}

/** Redis forgets its scripts when it is restarted or told to. */
function isUnknownScript(error) {
  return errorCodeOf(error) === 'NOSCRIPT';
}

/**
 * What a failed command means. Of the error itself only its code is kept: ioredis attaches the command with all its
 * arguments.
 */
function failureOf(error) {
  const code = errorCodeOf(error);
  if (code === undefined) {
    return { status: native.UNAVAILABLE_CONNECTION, detail: 'the connection to redis broke' };
  }
  return { status: native.UNAVAILABLE_PROTOCOL, detail: `redis answered ${code}` };
}

module.exports = { partsOf, isUnknownScript, failureOf };
