'use strict';

const native = require('../addon/native.js');

/** What a caller branches on, by the class of the status (swt.h). */
const KINDS = { 1: 'usage', 2: 'rejected', 3: 'rejected', 4: 'unavailable' };

/** The HTTP status that stands for each kind. */
const HTTP_STATUS = { usage: 500, rejected: 401, unavailable: 503, internal: 500 };

function kindOf(status) {
  return KINDS[native.statusClass(status)] ?? 'internal';
}

/**
 * Every error of this package. Messages never hold a secret, a token or a proof.
 *
 * @property {string} code the stable name of what went wrong, such as 'token_expired'
 * @property {'usage' | 'rejected' | 'unavailable' | 'internal'} kind
 * @property {number} status the HTTP status that fits: 401, 503 or 500
 */
class SwtError extends Error {
  /**
   * @param {number} status a number of swt.h
   * @param {string} [message] for what the status alone does not say
   */
  constructor(status, message) {
    super(message || native.statusMessage(status));
    this.code = native.statusName(status);
    this.kind = kindOf(status);
    this.status = HTTP_STATUS[this.kind];
  }
}

const NAME = { __proto__: null, value: 'SwtError', configurable: true, writable: true };
Object.defineProperty(SwtError.prototype, 'name', NAME);

/** A mistake of the program that calls us. */
function usageError(message, status = native.ERR_ARGUMENT) {
  return new SwtError(status, message);
}

/**
 * The sentence about a status that the core returned just now: its next call may change the detail.
 *
 * @param {number} status
 * @param {string} [detail] what a store says about its outage, or another thread about the caller's mistake
 */
function reasonOf(status, detail) {
  switch (kindOf(status)) {
    case 'usage':
      return detail ?? (native.lastErrorMessage() || native.statusMessage(status));
    case 'unavailable':
      return detail ? `${native.statusMessage(status)}: ${detail}` : native.statusMessage(status);
    default:
      return native.statusMessage(status);
  }
}

/**
 * A status of just now for somebody who has to wait before they look at it: the sentence about a mistake of the caller
 * goes with it.
 *
 * @param {number} status
 * @param {string} [detail] as for reasonOf
 * @returns {{ status: number, detail: string | undefined }}
 */
function withSentence(status, detail) {
  return { status, detail: kindOf(status) === 'usage' ? reasonOf(status, detail) : detail };
}

/**
 * How an operation of the addon failed; undefined when it did not. Where it ran on another thread, the sentence came
 * with it.
 *
 * @param {unknown} outcome what sign, verify, refresh or complete gave
 * @returns {{ status: number, detail: string | undefined } | undefined}
 */
function failed(outcome) {
  if (typeof outcome === 'number') return asFailure(outcome, undefined);
  // Its own alone: a polluted Object.prototype must not turn a result into a failure, nor one failure into another.
  const isFailure = typeof outcome === 'object' && outcome !== null && Object.hasOwn(outcome, 'status');
  return isFailure ? asFailure(outcome.status, outcome.detail) : undefined;
}

/** Success gives a result. A status that says so without one is a bug, and nothing is accepted because of it. */
function asFailure(status, detail) {
  return { status: status || native.INTERNAL_BUG, detail };
}

/** Collecting a stack costs more than the check that refused, and under attack there are many refusals. */
function withoutStack(make) {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
  if (limit === undefined || !limit.writable) return make();
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit.value;
  }
}

/** The error for a status that the core returned just now. */
function failure(status, detail) {
  return failureBecause(status, reasonOf(status, detail));
}

/** The error for a status whose sentence is known already. */
function failureBecause(status, reason) {
  const make = () => new SwtError(status, reason);
  return kindOf(status) === 'rejected' ? withoutStack(make) : make();
}

module.exports = { SwtError, usageError, failure, failed, failureBecause, reasonOf, withSentence, kindOf };
