/** A protected server of any framework, what its handler saw, and what its audit log was told. */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

import { MemoryStore, sign } from 'secure-web-token';

const require = createRequire(import.meta.url);
const { RawServer } = require('../../support/raw_http.js');
const { newKey, newProof, newSecret } = require('../../support/sessions.js');

export const PATH = '/api/profile?open=1';
export const DATA = { userId: 'alice', role: 'admin' };

export const UNAUTHORIZED = 'Unauthorized';
export const NO_HEADER = 'Missing or invalid Authorization header';
export const EXPIRED = 'Token expired';

export const BARE = 'DPoP algs="ES256"';
export const INVALID_TOKEN = 'DPoP error="invalid_token", algs="ES256"';
export const INVALID_PROOF = 'DPoP error="invalid_dpop_proof", algs="ES256"';

/** What each framework, node and the connection add to every answer. */
const NOT_OURS = ['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding', 'x-powered-by'];

/** All that a client is told: every framework must say the same, byte for byte. */
function tellingOf({ status, headers, body }) {
  const ours = Object.entries(headers).filter(([name]) => !NOT_OURS.includes(name));
  return { status, headers: Object.fromEntries(ours), body };
}

const JSON_HEADERS = { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' };

export class Protected {
  events = [];
  calls = [];
  secret = newSecret();

  static async start(framework, { store = new MemoryStore(), handler = () => 'in', ...options } = {}) {
    const server = new Protected();
    server.store = store;
    const guard = { secret: server.secret, store, auditLogger: (event) => server.events.push(event), ...options };
    const listener = await framework(guard, (seen) => {
      server.calls.push(seen);
      return handler(seen);
    });
    server.http = await new RawServer(listener).start();
    return server;
  }

  stop() {
    this.http.stop();
  }

  get origin() {
    return `http://127.0.0.1:${this.http.port}`;
  }

  send(headers, options) {
    return this.http.send(headers, { path: PATH, ...options });
  }

  /** Logs in with a key of its own. */
  async login(data = DATA, options) {
    const key = await newKey();
    const settings = { store: this.store, fingerprint: true, clientPublicKey: key.publicKeyJwk, ...options };
    return { key, ...(await sign(data, this.secret, settings)) };
  }

  /** What a browser sends with a request. */
  async credentials({ key, token, sessionId }, path = PATH, method = 'GET') {
    return {
      Authorization: `Bearer ${token}`,
      'X-DPoP-Proof': await newProof(key, path, method, token),
      Cookie: `theme=dark; swt_session=${sessionId}; a=b`,
    };
  }

  async assertPasses(headers, { sees, ...options } = {}) {
    const { length } = this.calls;
    const response = await this.send(headers, options);
    assert.equal(response.status, 200, response.body);
    assert.equal(this.calls.length, length + 1);
    if (sees !== undefined) assert.deepEqual(this.calls.at(-1), sees);
  }

  async assertTold(expected, headers, options) {
    const { length } = this.calls;
    this.events.length = 0;
    const response = await this.send(headers, options);
    assert.deepEqual(tellingOf(response), expected);
    assert.equal(this.calls.length, length, 'the handler was called');
    assert.deepEqual(this.events.map(({ event }) => event), ['verify_failure']);
  }

  /** @param {{ error?: string, challenge?: string, reason?: string }} [expected] and what send takes */
  async assertRefused(headers, { error = UNAUTHORIZED, challenge = INVALID_TOKEN, reason, ...options } = {}) {
    const body = options.method === 'HEAD' ? '' : JSON.stringify({ error });
    const expected = { status: 401, headers: { 'www-authenticate': challenge, ...JSON_HEADERS }, body };
    await this.assertTold(expected, headers, options);
    if (reason !== undefined) assert.equal(this.events[0].reason, reason);
  }

  async assertUnavailable(headers, options) {
    const body = JSON.stringify({ error: 'Service unavailable' });
    await this.assertTold({ status: 503, headers: { 'retry-after': '1', ...JSON_HEADERS }, body }, headers, options);
  }

  async assertFails(headers, options) {
    const body = JSON.stringify({ error: 'Internal server error' });
    await this.assertTold({ status: 500, headers: JSON_HEADERS, body }, headers, options);
  }
}
