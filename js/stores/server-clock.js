'use strict';

/** A slow reply does not tell when the server looked at its clock. */
const MAX_ROUND_TRIP_MS = 50;

/** A step of the server's clock, or a machine that slept: the old offset is worthless. */
const STEP_MS = 1000;

const WEIGHT = 1 / 8;

/** What time it is on the server, learned from its replies. */
class ServerClock {
  #offset;

  /** All times in milliseconds; sent and received by our own monotonic clock. */
  learn(serverMs, sent, received) {
    if (!Number.isSafeInteger(serverMs) || serverMs <= 0 || received - sent > MAX_ROUND_TRIP_MS) return;
    const sample = serverMs - (sent + received) / 2;
    const step = this.#offset === undefined || Math.abs(sample - this.#offset) > STEP_MS;
    this.#offset = step ? sample : this.#offset + WEIGHT * (sample - this.#offset);
  }

  /** The server's time at one of ours; 0 while it is unknown. */
  at(monotonicMs) {
    return this.#offset === undefined ? 0 : Math.round(this.#offset + monotonicMs);
  }
}

module.exports = { ServerClock };
