'use strict';

const { usageError } = require('../report/errors.js');
const { optionsReader, text } = require('../input/options.js');
const { CookieJar } = require('./cookie-jar.js');

/** What `without` can leave out of a request, and the header that it stands in. */
const HEADERS = { token: 'authorization', proof: 'x-dpop-proof', cookies: 'cookie' };

function notEmpty(value, name) {
  if (value === '') throw usageError(`${name} must not be empty`);
}

const readLoginOptions = optionsReader('login', {
  keyMember: text('publicKeyJwk', notEmpty),
  tokenMember: text('token', notEmpty),
});

/** The browser's half is an ES module, which CommonJS can only import. */
const client = () => import('../client.mjs');

function baseOf(baseUrl) {
  if (baseUrl === undefined) return undefined;
  if (URL.canParse(baseUrl) && /^https?:$/.test(new URL(baseUrl).protocol)) return new URL(baseUrl);
  throw usageError('baseUrl must be an http or https url, such as http://127.0.0.1:3000');
}

function readWithout(without = []) {
  const known = Object.keys(HEADERS);
  const good = Array.isArray(without) && without.every((name) => known.includes(name));
  if (!good) throw usageError(`without must be an array of ${known.map((name) => `"${name}"`).join(', ')}`);
  return new Set(without);
}

/** A refused login is an error: else each refusal that a test expects later would come for the wrong reason. */
async function tokenOf(response, member) {
  const body = await response.text();
  const fail = (what) => Object.assign(new Error(`login: ${what}`), { status: response.status });
  if (!response.ok) throw fail(`the server answered ${response.status}: ${body.slice(0, 200)}`);

  let token;
  try {
    token = JSON.parse(body)?.[member];
  } catch {
    throw fail('the answer is not JSON');
  }
  if (typeof token !== 'string' || token === '') throw fail(`the answer has no text named ${JSON.stringify(member)}`);
  return token;
}

/**
 * What a page in a browser does, for the tests of an application: it has a key that cannot be taken out, keeps a token
 * and cookies, and sends a fresh proof with each request. Over real HTTP, by the fetch of Node.js.
 */
class FakeBrowser {
  #base;
  #key;
  #cookies;

  /** The access token: undefined until there was a login. */
  token;

  /** The last request that was sent, for replay. */
  lastRequest;

  constructor(base, key, cookies) {
    this.#base = base;
    this.#key = key;
    this.#cookies = cookies;
  }

  /** The public half of this browser's key. */
  get publicKeyJwk() {
    return this.#key.publicKeyJwk;
  }

  /**
   * Sends a request as a page does: with Authorization, x-dpop-proof and Cookie, and the cookies of the answer are
   * kept. A header that `init` has stays as it is. Redirects are not followed unless `init.redirect` says so: the
   * proof is for the url that is given.
   *
   * @param {string | URL} url absolute, or relative to the base url
   * @param {RequestInit & { without?: ('token' | 'proof' | 'cookies')[] }} [init] what fetch takes; without: what to
   *   leave out of the request
   * @returns {Promise<Response>}
   */
  async fetch(url, init = {}) {
    const { without, ...fetchInit } = init;
    const left = readWithout(without);
    const { target, signed } = this.#resolve(url);
    const headers = new Headers(init.headers);
    const add = (part, value) => {
      if (value !== '' && !left.has(part) && !headers.has(HEADERS[part])) headers.set(HEADERS[part], value);
    };

    const accessToken = left.has('token') ? undefined : this.token;
    if (accessToken !== undefined) add('token', `Bearer ${accessToken}`);
    if (!left.has('proof')) add('proof', await this.#prove(signed, init.method ?? 'GET', accessToken));
    add('cookies', this.#cookies.headerFor(target));

    return this.#send({ url: target.href, init: { redirect: 'manual', ...fetchInit, headers } });
  }

  /**
   * Logs in: posts `body` with this browser's public key as JSON, and keeps the token of the answer.
   *
   * @param {string | URL} url
   * @param {object} [body]
   * @param {{ keyMember?: string, tokenMember?: string }} [options] how the key is called in the request
   *   ("publicKeyJwk") and the token in the answer ("token")
   * @returns {Promise<string>} the token
   * @throws {Error} with `status` when the server refused, or answered no token
   */
  async login(url, body = {}, options) {
    const { keyMember, tokenMember } = readLoginOptions(options);
    this.token = undefined;
    const response = await this.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, [keyMember]: this.publicKeyJwk }),
    });
    this.token = await tokenOf(response, tokenMember);
    return this.token;
  }

  /** The value of a cookie as it goes to a url, by default to the base url; undefined when it does not. */
  cookie(name, url = '/') {
    return this.#cookies.valueFor(name, this.#resolve(url).target);
  }

  /**
   * Sends a request once more as it was, with the same proof: what somebody does who recorded it.
   *
   * @param {{ url: string, init: RequestInit }} [request] the lastRequest of a browser. Default: of this one
   * @returns {Promise<Response>}
   */
  async replay(request = this.lastRequest) {
    if (request === undefined) throw usageError('there is no request to replay yet');
    return this.#send(request);
  }

  /**
   * A thief: a browser with this one's token and cookies, and a key of its own, since this one's cannot be copied.
   *
   * @returns {Promise<FakeBrowser>}
   */
  async copyWithoutKey() {
    const { generateDpopKey } = await client();
    const thief = new FakeBrowser(this.#base, await generateDpopKey(), this.#cookies.copy());
    thief.token = this.token;
    return thief;
  }

  async #send(request) {
    this.lastRequest = request;
    const response = await fetch(request.url, request.init);
    this.#cookies.keep(response.headers.getSetCookie(), new URL(request.url));
    return response;
  }

  /** Where it goes, and what the proof names: as in a page, a path where no host was given. */
  #resolve(url) {
    if (URL.canParse(url)) return { target: new URL(url), signed: url };
    if (this.#base === undefined) throw usageError('a path needs a base url: fakeBrowser("http://127.0.0.1:3000")');
    if (!URL.canParse(url, this.#base)) throw usageError('url cannot be resolved against the base url');
    const target = new URL(url, this.#base);
    // "//host/path" has no scheme, and names a host all the same.
    const signed = target.origin === this.#base.origin ? target.pathname + target.search : target.href;
    return { target, signed };
  }

  async #prove(url, method, accessToken) {
    const { createDpopProof } = await client();
    const { privateKey, publicKeyJwk } = this.#key;
    return createDpopProof(privateKey, publicKeyJwk, url, method, { accessToken });
  }
}

/**
 * Makes a browser for tests, with a new key made as `secure-web-token/client` makes it.
 *
 * @param {string | URL} [baseUrl] where paths lead; without it every url is absolute
 * @returns {Promise<FakeBrowser>}
 *
 * @example
 * const browser = await fakeBrowser('http://127.0.0.1:3000');
 * await browser.login('/login', { username: 'alice', password: '…' });
 * assert.equal((await browser.fetch('/profile')).status, 200);
 */
async function fakeBrowser(baseUrl) {
  const base = baseOf(baseUrl);
  const { generateDpopKey } = await client();
  return new FakeBrowser(base, await generateDpopKey(), new CookieJar());
}

module.exports = { fakeBrowser };
