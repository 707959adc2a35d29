'use strict';

const native = require('../addon/native.js');
const { failure } = require('../report/errors.js');

const attempts = new WeakMap();

/**
 * The name of one incoming request, for as long as its object lives. A router and a route may each have a guard: the
 * first spends the proof, and by this name the store knows it again for the second. It is drawn by the core and never
 * leaves the process but for the store, so another request cannot have it.
 *
 * @param {object} request
 * @returns {string}
 */
function attemptOf(request) {
  let attempt = attempts.get(request);
  if (attempt === undefined) {
    attempt = native.newAttempt();
    if (typeof attempt === 'number') throw failure(attempt);
    attempts.set(request, attempt);
  }
  return attempt;
}

module.exports = { attemptOf };
