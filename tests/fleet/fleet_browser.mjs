/**
 * A page whose requests go to the processes of a fleet by turns. It knows which version gave it its token, session and
 * refresh token, and holds every answer to what an honest page may expect.
 */

import assert from 'node:assert/strict';

import { ScriptedBrowser } from '../support/scripted_browser.mjs';

const REFRESH = '/api/auth/refresh';
const REVOKED = { old: 'Session revoked or invalid', new: 'Unauthorized' };

export class FleetBrowser extends ScriptedBrowser {
  #requests = 0;

  /**
   * @param {import('./fleet.mjs').Fleet} fleet
   * @param {string} username only digits for a user whose id is a number
   * @param {Function} makeProof one of proofStyles
   * @param {(what: string, from: string, to: string) => void} note is told what of which version went to which
   */
  constructor(fleet, username, makeProof, note) {
    super('', makeProof);
    Object.assign(this, { fleet, username, note, answer: undefined, by: {} });
    this.userId = /^[0-9]+$/.test(username) ? Number(username) : username;
  }

  /**
   * @param {{ place?: object, only?: string }} init place: this process alone; only: processes of this version
   * @returns {Promise<object | undefined>} undefined when there was none to ask
   */
  async send(path, { place, only = this.only, ...init }) {
    for (;;) {
      const asked = place ?? this.fleet.next(only);
      if (asked === undefined) return undefined;
      const wasRestarting = asked.restarting;
      this.origin = asked.origin;
      try {
        this.answer = await super.send(path, init);
        this.answer.by = this.answer.headers.get('x-answered-by');
        return this.answer;
      } catch (error) {
        if (!this.fleet.maySendAgain(error, asked, wasRestarting)) throw error;
        if (place !== undefined) return undefined;
      }
    }
  }

  /** With a key it logs in as another tab with that key; with a version, at a process of that version. */
  async login({ key, only } = {}) {
    this.only = only;
    await super.login(this.username, { key });
    this.only = undefined;
    const { json, by } = this.answer;
    this.refreshToken = json.refreshToken;
    this.by = { token: by, session: by, refreshToken: by };
    // 3.0.1 puts the user alone into a refresh token.
    this.refreshKeepsName = by === 'new';
    this.tokenHasName = true;
    return this;
  }

  async call() {
    const number = (this.#requests += 1);
    const method = number % 3 === 0 ? 'POST' : 'GET';
    const { status, text, json, by } = await this.get(`/api/me?n=${number}`, { method });
    assert.equal(status, 200, this.#told('a call', by, text));
    const name = this.tokenHasName ? { name: this.username } : {};
    assert.deepEqual(json.user, { userId: this.userId, ...name }, this.#told('a call', by, text));
    assert.equal(json.sessionId, this.session);
    this.note('token', this.by.token, by);
    this.note('session', this.by.session, by);
  }

  /** Trades the refresh token in; with a version where one is named, and not at all when no process is of it. */
  async refresh({ only } = {}) {
    const before = this.session;
    const answer = await this.#trade(this, { only });
    if (answer === undefined) return;
    const { status, text, json, by } = answer;
    assert.equal(status, 200, this.#told('a refresh', by, text));
    if (by === 'new') assert.equal(this.session, before, 'this package keeps the session');
    else assert.notEqual(this.session, before, '3.0.1 makes another session');

    this.note('refresh token', this.by.refreshToken, by);
    this.refreshKeepsName = this.refreshKeepsName && by === 'new';
    this.tokenHasName = this.refreshKeepsName;
    this.by = { token: by, session: by === 'new' ? this.by.session : by, refreshToken: by };
    Object.assign(this, { token: json.token, refreshToken: json.refreshToken });
  }

  async #trade({ refreshToken, session, key }, where) {
    const headers = { 'content-type': 'application/json', 'x-dpop-proof': await this.makeProof(key, REFRESH, 'POST') };
    const body = JSON.stringify({ refreshToken, publicKeyJwk: key.publicKeyJwk });
    return this.send(REFRESH, { method: 'POST', headers, body, session, ...where });
  }

  /** @returns {object} what a thief could keep of it, for assertOut */
  async logout() {
    const { token, refreshToken, session, key, by: origins } = this;
    const { status, text, by } = await super.logout();
    assert.equal(status, 200, this.#told('a logout', by, text));
    return { token, refreshToken, session, key, by: origins, endedBy: by, owner: this };
  }

  /** At one process everything of a session that has ended is refused, by its own cookie. False when it is away. */
  async assertOut(past, place, { refreshes }) {
    const call = await this.#callWith(past, place);
    if (call === undefined) return false;
    const told = `logged out at ${past.endedBy}, token by ${past.by.token}, session by ${past.by.session}`;
    assert.equal(call.status, 401, `${told}, asked ${call.by}: ${call.text}`);
    assert.deepEqual(call.json, { error: REVOKED[call.by] }, told);
    this.note('logout', past.endedBy, call.by);
    if (!refreshes && call.by === 'old') return true;

    const trade = await this.#trade(past, { place });
    if (trade === undefined) return false;
    assert.equal(trade.status, 401, `${told}, refresh token, asked ${trade.by}: ${trade.text}`);
    return true;
  }

  async #callWith({ token, session, key }, place) {
    const proof = await this.makeProof(key, '/api/me', 'GET');
    const headers = { authorization: `Bearer ${token}`, 'x-dpop-proof': proof };
    return this.send('/api/me', { method: 'GET', headers, session, place });
  }

  #told(what, asked, text) {
    const { token, session, refreshToken } = this.by;
    return `${what} of ${this.username}: token by ${token}, session by ${session}, refresh token by ${refreshToken}, ` +
      `asked ${asked} of ${this.fleet.versions()}: ${text}`;
  }
}
