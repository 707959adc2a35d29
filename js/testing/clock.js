'use strict';

const { usageError } = require('../report/errors.js');
const { readLifetime } = require('../input/lifetime.js');

/** The last moment that a Date can name. */
const LAST_MS = 8.64e15;

let installed = false;

/** Whether somebody replaced Date.now before us: node:test, Jest, Vitest and sinon all put JavaScript in its place. */
function isReplaced(now) {
  return !/\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(now));
}

function checkMoment(ms, name) {
  if (Number.isSafeInteger(ms) && ms > 0 && ms <= LAST_MS) return ms;
  throw usageError(`${name} must be a time in milliseconds since 1970, as Date.now() gives it`);
}

/**
 * Makes the time of day stand still in this process, for tests, until `advance` moves it. It replaces `Date.now` and
 * nothing else: this package asks for the time there, and so do the proofs of a fake browser.
 *
 * What it moves: the expiry of tokens, the time of proofs, `acceptLegacy: { until }`, the cookies of a fake browser.
 * What it does not: how long a store keeps a session, a revocation or a spent proof (each store counts that by its own
 * clock), timers, `new Date()` without arguments, and other processes.
 *
 * @param {number} [startMs] milliseconds since 1970. Default: now
 * @returns {{ now: () => number, advance: (by: number | string) => number, restore: () => void }}
 * @throws {import('../report/errors.js').SwtError} kind 'usage' while Date.now is replaced already, by this or anything
 *   else
 *
 * @example
 * const clock = fakeClock();
 * t.after(() => clock.restore());
 * clock.advance('15m');
 */
function fakeClock(startMs = Date.now()) {
  let time = checkMoment(startMs, 'startMs');
  const owner = globalThis.Date;
  const original = Object.getOwnPropertyDescriptor(owner, 'now');
  if (installed) throw usageError('a fake clock is in place already: restore it first');
  if (isReplaced(original.value)) {
    throw usageError('Date.now is replaced already: move the clock that did it, this package follows it');
  }

  let restored = false;
  const stopped = () => (restored ? original.value.call(owner) : time);
  Object.defineProperty(owner, 'now', { ...original, value: stopped });
  installed = true;

  return {
    now: () => owner.now(),

    advance(by) {
      if (restored) throw usageError('this clock has been restored: make another one');
      time = checkMoment(time + readLifetime(by, 'advance') * 1000, 'the time that advance leads to');
      return time;
    },

    restore() {
      if (restored) return;
      restored = true; // whoever still holds our function gets the real time from now on
      installed = false;
      if (owner.now === stopped) Object.defineProperty(owner, 'now', original);
    },
  };
}

module.exports = { fakeClock };
