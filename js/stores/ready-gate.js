'use strict';

/**
 * Lets callers wait until a client is ready, with one listener for all of them: during a long outage there are many
 * callers, and each leaves without a trace when its time is over.
 */
class ReadyGate {
  #client;
  #waiting = new Set();
  #listening = false;

  constructor(client) {
    this.#client = client;
  }

  /**
   * @param {() => void} callback called once, when the client is ready
   * @returns {() => void} stops waiting
   */
  wait(callback) {
    this.#waiting.add(callback);
    this.#listen();
    return () => this.#waiting.delete(callback);
  }

  #listen() {
    if (this.#listening) return;
    this.#listening = true;
    this.#client.onceReady(() => {
      this.#listening = false;
      const callbacks = [...this.#waiting];
      this.#waiting.clear();
      for (const callback of callbacks) callback();
    });
  }
}

/** One gate for each client, however many stores it serves. */
const gates = new WeakMap();

/**
 * @param {object} owner the application's client
 * @param {{ onceReady: (listener: () => void) => void }} client the same, adapted
 */
function gateFor(owner, client) {
  let gate = gates.get(owner);
  if (gate === undefined) {
    gate = new ReadyGate(client);
    gates.set(owner, gate);
  }
  return gate;
}

module.exports = { gateFor };
