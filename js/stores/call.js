'use strict';

// Taken once: an application's fake timers must not stop a time limit.
const { clearTimeout, setTimeout } = require('node:timers');

const native = require('../addon/native.js');

/** As long as the core waits: later it takes no answer any more. */
const TIME_LIMIT_MS = 5000;

// Of the error itself nothing is kept: a driver may quote its connection string, password included.
const FAILED = { status: native.UNAVAILABLE_CONNECTION, detail: 'the session store threw or rejected' };
const LATE = { status: native.UNAVAILABLE_TIMEOUT, detail: 'the session store did not answer within 5 seconds' };

/**
 * Calls a method of the application's own store and waits for what it gives, promise or not, within a time limit.
 *
 * Never rejects, whatever the method does: it resolves to `{ value }`, or to `{ failure }` with a status and a sentence
 * for logs. `over` resolves when the method has really ended: one that was late may still do its work.
 *
 * @param {() => unknown} method
 * @returns {Promise<{ value?: unknown, failure?: { status: number, detail: string }, over: Promise<void> }>}
 */
async function callStore(method) {
  // Inside a promise, so that what it throws at once is a rejection like any other. The value is wrapped: it is awaited
  // here, and by nobody once more.
  const call = new Promise((settle) => settle(method())).then(
    (value) => ({ value }),
    () => ({ failure: FAILED }),
  );
  let timer;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, TIME_LIMIT_MS, { failure: LATE });
  });
  const outcome = await Promise.race([call, limit]);
  clearTimeout(timer);
  return { ...outcome, over: call.then(() => undefined) };
}

module.exports = { callStore };
