/**
 * For the tests of an application that uses secure-web-token: a browser that holds a key, and a clock that can be
 * moved.
 */

/** The public half of a fake browser's key. */
export interface BrowserPublicJwk {
  kty: string;
  crv: string;
  x: string;
  y: string;
}

export interface BrowserRequestInit extends RequestInit {
  /** What to leave out of the request. */
  without?: readonly ('token' | 'proof' | 'cookies')[];
}

export interface LoginOptions {
  /** How the request's body calls the public key. Default: "publicKeyJwk". */
  keyMember?: string;
  /** How the answer calls the token. Default: "token". */
  tokenMember?: string;
}

/** A request as it was sent, for replay. */
export interface SentRequest {
  readonly url: string;
  readonly init: RequestInit;
}

/**
 * What a page in a browser does: it has a key that cannot be taken out, keeps a token and cookies, and sends a fresh
 * proof with each request. Over real HTTP, by the fetch of Node.js.
 */
export interface FakeBrowser {
  readonly publicKeyJwk: BrowserPublicJwk;
  /** The access token, which login sets. */
  token: string | undefined;
  /** The last request that was sent. */
  readonly lastRequest: SentRequest | undefined;

  /**
   * Sends a request with Authorization, x-dpop-proof and Cookie, and keeps the cookies of the answer. A header that
   * `init` has stays as it is. Redirects are not followed unless `init.redirect` says so.
   *
   * Cookies go back to the host that set them, by their Path, until they end; Secure ones over https, and over http to
   * localhost and the loopback addresses, as browsers do it. Domain and SameSite are not looked at.
   *
   * @param url Absolute, or relative to the base url. Where no host is given the proof names the path alone, as in a
   *   page.
   */
  fetch(url: string | URL, init?: BrowserRequestInit): Promise<Response>;

  /**
   * Posts `body` with the public key as JSON, and keeps the token of the answer.
   *
   * @returns the token
   * @throws {Error} with the `status` of the answer, when the server refused or answered no token
   */
  login(url: string | URL, body?: object, options?: LoginOptions): Promise<string>;

  /** The value of a cookie as it goes to a url, by default to "/"; undefined when it does not. */
  cookie(name: string, url?: string | URL): string | undefined;

  /** Sends a request once more as it was, with the same proof. Default: this browser's last one. */
  replay(request?: SentRequest): Promise<Response>;

  /** A thief: a browser with this one's token and cookies, and a key of its own. */
  copyWithoutKey(): Promise<FakeBrowser>;
}

/**
 * Makes a browser for tests, with a new key.
 *
 * @param baseUrl Where paths lead. Without it every url must be absolute.
 *
 * @example
 * const browser = await fakeBrowser('http://127.0.0.1:3000');
 * await browser.login('/login', { username: 'alice', password: '…' });
 * const response = await browser.fetch('/profile');
 */
export function fakeBrowser(baseUrl?: string | URL): Promise<FakeBrowser>;

export interface FakeClock {
  /** The time in milliseconds since 1970. */
  now(): number;
  /**
   * Moves the time forward.
   *
   * @param by A whole number of seconds, or a text with its unit: "15m", "24h".
   * @returns the new time
   */
  advance(by: number | string): number;
  /** Gives Date.now back. May be called again. */
  restore(): void;
}

/**
 * Makes the time of day stand still in this process until `advance` moves it: it replaces `Date.now` and nothing else.
 *
 * It moves the expiry of tokens, the time of proofs, `acceptLegacy: { until }` and a fake browser's cookies. It does
 * not move how long a store keeps a session, a revocation or a spent proof, nor timers, `new Date()` and other
 * processes.
 *
 * @param startMs Milliseconds since 1970. Default: now.
 * @throws {Error} while Date.now is replaced already, by this or by anything else
 *
 * @example
 * const clock = fakeClock();
 * t.after(() => clock.restore());
 * clock.advance('15m');
 */
export function fakeClock(startMs?: number): FakeClock;
