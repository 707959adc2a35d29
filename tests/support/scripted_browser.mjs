/**
 * What a page in a browser does in the tests: it keeps a key, a token and cookies, and makes a proof for each request.
 * Cookies are handled here, so that Secure ones work over the plain HTTP of a loopback port as they do on localhost.
 */

import { createDpopProof, generateDpopKey } from 'secure-web-token/client';

import { legacyProof } from '../reference/codec.mjs';

/** Proofs of this package's client, and proofs as a page with 3.0.1 makes them: without jti. */
export const proofStyles = {
  'proofs of this client': (key, path, method) => createDpopProof(key.privateKey, key.publicKeyJwk, path, method),
  'proofs as 3.0.1 makes them': async (key, url, method) => legacyProof({ privateKey: key.privateKey, url, method }),
};

export class ScriptedBrowser {
  /**
   * @param {string} origin of the server
   * @param {(key: object, path: string, method: string) => Promise<string>} makeProof one of proofStyles
   */
  constructor(origin, makeProof) {
    this.origin = origin;
    this.makeProof = makeProof;
    this.cookies = new Map();
    this.setCookies = [];
    this.token = '';
  }

  /** With the key of another browser two logins share one key, as two tabs do. */
  async login(username, { path = '/api/auth/login', key } = {}) {
    this.key = key ?? (await generateDpopKey());
    const body = JSON.stringify({ username, password: 'a password', publicKeyJwk: this.key.publicKeyJwk });
    const response = await this.send(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    if (response.status !== 200) throw new Error(`login: ${response.status} ${response.text}`);
    this.token = response.json.token;
    return this;
  }

  logout() {
    return this.send('/api/auth/logout', { method: 'POST' });
  }

  proof(path, method = 'GET') {
    return this.makeProof(this.key, path, method);
  }

  /**
   * One request to a protected route. What is not given is as an honest page would send it; null leaves it out.
   *
   * @param {string} path
   * @param {{ method?: string, token?: string | null, proof?: string | null, session?: string | null }} [changes]
   */
  async get(path, { method = 'GET', token = this.token, proof, session } = {}) {
    const headers = {};
    if (token !== null) headers.Authorization = `Bearer ${token}`;
    if (proof !== null) headers['x-dpop-proof'] = proof ?? (await this.proof(path, method));
    return this.send(path, { method, headers, session });
  }

  async send(path, { session = this.session, headers = {}, ...init }) {
    const cookie = session === null ? {} : { cookie: `swt_session=${session ?? ''}` };
    const signal = AbortSignal.timeout(10_000);
    const response = await fetch(this.origin + path, { ...init, headers: { ...headers, ...cookie }, signal });
    this.keepCookies(response.headers.getSetCookie());

    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
  }

  keepCookies(lines) {
    this.setCookies = lines;
    for (const line of lines) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.cookies.set(name, decodeURIComponent(value));
    }
  }

  get session() {
    return this.cookies.get('swt_session') ?? null;
  }
}
