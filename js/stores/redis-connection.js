'use strict';

// Taken once: an application's fake timers must not stop a time limit.
const { clearTimeout, setImmediate, setTimeout } = require('node:timers');

const native = require('../addon/native.js');
const { monotonicMs } = require('../clock.js');
const { partsOf, isUnknownScript, failureOf } = require('./redis-reply.js');
const { gateFor } = require('./ready-gate.js');
const { scripts } = require('./redis-scripts.js');

/** What became of a call. All members are its own: what a polluted Object.prototype offers is no reply. */
const NOTHING = { parts: undefined, status: undefined, detail: undefined, sent: false, sentAt: undefined };

const CLOSED = {
  ...NOTHING,
  status: native.UNAVAILABLE_CONNECTION,
  detail: 'the redis client is not connected: call its connect() first',
};

const NOT_READY = { status: native.UNAVAILABLE_CONNECTION, detail: 'the redis client was not connected in time' };
const TOO_MANY = { ...NOTHING, status: native.UNAVAILABLE_TIMEOUT, detail: 'too many commands wait for redis' };
const NO_REPLY = { status: native.UNAVAILABLE_TIMEOUT, detail: 'redis did not reply in time' };

/**
 * Commands that were sent and have no reply. A client keeps each of them, also after we have given it up, so a frozen
 * server would fill the memory; and when it thaws, it would work through all of them before it answers anybody.
 */
const MAX_UNANSWERED = 10_000;

/**
 * Runs script calls on the application's client, each within a time limit of our own: a client keeps a command for
 * seconds while it reconnects, and for ever when the server is frozen.
 *
 * `run` never rejects. It resolves to `{ parts }` with the reply, or to `{ status, detail }`; `sent` says whether the
 * command left our hands, and may therefore still be executed.
 */
class RedisConnection {
  #client;
  #gate;
  #unanswered = 0;

  constructor(client) {
    this.#client = client;
    this.#gate = gateFor(client.owner, client);
  }

  /**
   * @param {{ script: number, keys: string[], args: string[], logsOut: boolean }} call
   * @param {number} timeoutMs for everything: connecting, the script, and the script once more with its source
   * @param {{ background?: boolean }} [options] background: the process may end before
   */
  run(call, timeoutMs, { background = false } = {}) {
    const state = this.#client.state();
    if (state === 'closed') return Promise.resolve(CLOSED);
    if (this.#unanswered >= MAX_UNANSWERED) return Promise.resolve(TOO_MANY);

    return new Promise((resolve) => {
      const attempt = { sent: undefined, over: false };
      let stopWaiting;

      const finish = (outcome) => {
        if (attempt.over) return;
        attempt.over = true;
        clearTimeout(timer);
        stopWaiting?.();
        resolve({ ...NOTHING, ...outcome, sent: attempt.sent !== undefined, sentAt: attempt.sent });
      };
      // A reply that arrived while the process was busy is read before the time limit is held against it.
      const expire = () => setImmediate(() => finish(attempt.sent === undefined ? NOT_READY : NO_REPLY));
      const timer = setTimeout(expire, timeoutMs);
      if (background) timer.unref();

      const send = () => {
        attempt.sent = monotonicMs();
        this.#unanswered++;
        this.#evaluate(call, attempt)
          .finally(() => this.#unanswered--)
          .then(
            (reply) => finish({ parts: partsOf(reply) }),
            (error) => finish(failureOf(error)),
          );
      };
      if (state === 'ready') send();
      else stopWaiting = this.#gate.wait(send);
    });
  }

  async #evaluate({ script, keys, args, logsOut }, attempt) {
    const { sha, source } = scripts[script];
    try {
      return await this.#client.evalSha(sha, keys, args);
    } catch (error) {
      // After the time limit nobody waits for it any more; but a logout is still wanted.
      const wanted = !attempt.over || logsOut;
      if (!isUnknownScript(error) || !wanted) throw error;
      return this.#client.eval(source, keys, args);
    }
  }
}

module.exports = { RedisConnection };
