/**
 * Server processes on fixed ports, asked by turns, and replaced one after the other as a deployment does it.
 */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

import { startChildServer } from '../support/child_server.mjs';

const { freePort } = createRequire(import.meta.url)('../support/redis.js');

const SCRIPT = new URL('server.mjs', import.meta.url);

/** Nobody took the request: no connection, or one that was still waiting to be accepted when the socket was closed. */
const NOT_TAKEN = new Set(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET']);

class Place {
  constructor(port) {
    this.port = port;
    this.origin = `http://127.0.0.1:${port}`;
    this.restarting = false;
    this.version = undefined;
    this.server = undefined;
  }
}

export class Fleet {
  #turn = 0;
  #argumentsOf;

  /** @param {string} redisUrl @param {object} keys as server.mjs takes them */
  constructor(redisUrl, keys) {
    this.places = [];
    this.retries = 0;
    this.restarts = 0;
    this.#argumentsOf = (place, version) => {
      const config = { ...keys, refreshTokensNameTheirKey: this.places.indexOf(place) % 2 === 0 };
      return [version, String(place.port), redisUrl, JSON.stringify(config)];
    };
  }

  async start(versions) {
    for (const _ of versions) this.places.push(new Place(await freePort()));
    await Promise.all(versions.map((version, index) => this.#launch(this.places[index], version)));
  }

  async #launch(place, version) {
    place.server = await startChildServer(SCRIPT, this.#argumentsOf(place, version), /^listening$/m);
    place.version = version;
  }

  /** Drains one process and starts another one in its place. Those who ask meanwhile are sent on to the next. */
  async replace(place, version) {
    place.restarting = true;
    place.version = undefined;
    await place.server.stop();
    assert.match(place.server.output(), /^drained, 0 unanswered$/m, 'a request that was taken has to be answered');
    await this.#launch(place, version);
    place.restarting = false;
    this.restarts += 1;
  }

  /** The next by turns; of one version, where it is given: undefined when there is none. */
  next(version) {
    const fit = this.places.filter((place) => version === undefined || place.version === version);
    return fit.length === 0 ? undefined : fit[this.#turn++ % fit.length];
  }

  /** Whether a request may be sent again: only when it met a process that is being replaced. */
  maySendAgain(error, place, wasRestarting) {
    const mayBe = (wasRestarting || place.restarting) && NOT_TAKEN.has(error.cause?.code);
    if (mayBe) this.retries += 1;
    return mayBe;
  }

  versions() {
    return this.places.map((place) => place.version ?? 'restarting').join(', ');
  }

  async stop() {
    await Promise.all(this.places.map((place) => place.server?.stop()));
  }
}
