'use strict';

const { hrtime } = process;
const monotonic = hrtime.bigint;

/**
 * The time of day in milliseconds. Looked up at each call, so that an application's fake timers reach the core; 0 would
 * ask the core for the system's clock.
 */
function now() {
  return Date.now() || 1;
}

/** Milliseconds that only go forward, whatever happens to the time of day. */
function monotonicMs() {
  return Number(monotonic()) / 1e6;
}

module.exports = { now, monotonicMs };
