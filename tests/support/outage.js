'use strict';

/** What the tests of an outage share: how soon its answers must come, and how to wait for its end. */

const assert = require('node:assert/strict');

const { assertFails } = require('./sessions.js');

/** The default of RedisStore. */
const TIMEOUT_MS = 250;
/** Far less than what the clients themselves wait, and enough for a machine that is busy with other tests. */
const SCHEDULING_MS = 750;
const OUTAGE = { kind: 'unavailable', status: 503 };

async function assertUnavailableInTime(action, expected = {}) {
  const started = performance.now();
  const error = await assertFails(action, { ...OUTAGE, ...expected });
  const took = performance.now() - started;
  assert.ok(took < TIMEOUT_MS + SCHEDULING_MS, `took ${Math.round(took)} ms`);
  return error;
}

/** Tries until it works: a client needs a moment to notice that its server is back. */
async function eventually(action, limitMs = 10_000) {
  const deadline = Date.now() + limitMs;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

module.exports = { assertUnavailableInTime, eventually, OUTAGE, TIMEOUT_MS };
