'use strict';

/**
 * Lets callers wait until a client is ready, with one listener for all of them: during a long outage there are many
 * callers, and each leaves without a trace when its time is over.
 */
class ReadyGate {
  #client;
  #waiting = new Set();
  #stopListening;

  constructor(client) {
    this.#client = client;
  }

  /**
   * @param {() => void} callback called once, when the client is ready
   * @returns {() => void} stops waiting
   */
  wait(callback) {
    this.#waiting.add(callback);
    this.#stopListening ??= this.#client.onceReady(() => this.#open());
    return () => this.#leave(callback);
  }

  #open() {
    this.#stopListening = undefined;
    const callbacks = [...this.#waiting];
    this.#waiting.clear();
    for (const callback of callbacks) callback();
  }

  #leave(callback) {
    this.#waiting.delete(callback);
    if (this.#waiting.size > 0) return;
    this.#stopListening?.();
    this.#stopListening = undefined;
  }
}

/** One gate for each client, however many stores it serves. */
const gates = new WeakMap();

/**
 * @param {object} owner the application's client
 * @param {{ onceReady: (listener: () => void) => () => void }} client the same, adapted
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
