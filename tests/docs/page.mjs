/**
 * What surrounds the documents' browser code in the tests: a location, a fetch with cookies, and locks, as a page has them.
 */

import { pathToFileURL } from 'node:url';

const realFetch = globalThis.fetch;
const TIME_LIMIT_MS = 10_000;

/** Web Locks, in the one form that the documents use, for a Node.js that has none. */
class Locks {
  #last = new Map();

  request(name, action) {
    const result = (this.#last.get(name) ?? Promise.resolve()).then(action);
    this.#last.set(name, result.catch(() => {}));
    return result;
  }
}

const realNavigator = Object.getOwnPropertyDescriptor(globalThis, 'navigator');

function offerLocks() {
  if (globalThis.navigator?.locks !== undefined) return;
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { locks: new Locks() } });
}

/** One page at a time: its globals are those of this process until it is closed. */
export class Page {
  cookies = new Map();
  sent = []; // every request, as somebody who listens in would have it, and the status that answered it

  constructor(origin) {
    this.origin = origin;
    globalThis.location = { href: `${origin}/`, origin };
    globalThis.fetch = (url, init) => this.#fetch(url, init);
    offerLocks();
  }

  /**
   * @param {string} file
   * @param {string} [tab] another name makes another tab: it shares cookies and storage, and no variables
   * @returns {Promise<object>} what the module of this file exports
   */
  load(file, tab = '1') {
    return import(`${pathToFileURL(file).href}?tab=${tab}`);
  }

  /** Sends a request of this page once more, from elsewhere: with all that it had, the session's cookie too. */
  replay({ url, init }) {
    return realFetch(url, init);
  }

  close() {
    delete globalThis.location;
    globalThis.fetch = realFetch;
    delete globalThis.navigator;
    if (realNavigator !== undefined) Object.defineProperty(globalThis, 'navigator', realNavigator);
  }

  async #fetch(given, init = {}) {
    const url = new URL(given, this.origin);
    const cookie = this.#cookiesFor(url.pathname);
    const headers = { ...init.headers, ...(cookie === '' ? {} : { cookie }) };
    const request = { url, init: { ...init, headers, signal: AbortSignal.timeout(TIME_LIMIT_MS) } };
    this.sent.push(request);
    const response = await realFetch(request.url, request.init);
    request.status = response.status;
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  /** RFC 6265 section 5.1.4, for the paths that the documents use: all of a site, or one place. */
  #cookiesFor(path) {
    const fitting = [...this.cookies.values()].filter((cookie) => cookie.path === '/' || cookie.path === path);
    return fitting.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  #keep(line) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
    const path = /; Path=([^;]+)/i.exec(line)?.[1] ?? '/';
    const expires = /; Expires=([^;]+)/i.exec(line)?.[1];
    const isOver = expires !== undefined && Date.parse(expires) < Date.now();
    // RFC 6265 section 5.3: a cookie of another path is another cookie, and stays.
    if (isOver && this.cookies.get(name)?.path === path) this.cookies.delete(name);
    else if (!isOver) this.cookies.set(name, { name, value, path, line });
  }
}
