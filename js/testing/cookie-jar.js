'use strict';

/** Browsers take these for secure without https, so that Secure cookies work while an app is developed. */
const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function isSecure(url) {
  return url.protocol === 'https:' || LOOPBACK.test(url.hostname);
}

/** RFC 6265, section 5.1.4. */
function defaultPath({ pathname }) {
  const end = pathname.lastIndexOf('/');
  return end <= 0 ? '/' : pathname.slice(0, end);
}

function pathMatches(pathname, path) {
  if (!pathname.startsWith(path)) return false;
  return pathname.length === path.length || path.endsWith('/') || pathname[path.length] === '/';
}

/** When it ends, in milliseconds: Max-Age counts before Expires, and a cookie that has neither does not end here. */
function endOf(attributes) {
  const maxAge = attributes.get('max-age') ?? '';
  if (/^-?\d+$/.test(maxAge)) return Date.now() + Number(maxAge) * 1000;
  const expires = Date.parse(attributes.get('expires') ?? '');
  return Number.isNaN(expires) ? Infinity : expires;
}

function splitAtEquals(text) {
  const equals = text.indexOf('=');
  return equals === -1 ? [text.trim(), ''] : [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
}

/** A Set-Cookie line as a browser reads it (RFC 6265, section 5.2); undefined for one without a name. */
function parse(line, url) {
  const [pair, ...rest] = line.split(';');
  const [name, value] = splitAtEquals(pair);
  if (name === '' || !pair.includes('=')) return undefined;

  const attributes = new Map(rest.map(splitAtEquals).map(([key, text]) => [key.toLowerCase(), text]));
  const path = attributes.get('path');
  return {
    host: url.host,
    name,
    value,
    path: path?.startsWith('/') ? path : defaultPath(url),
    secure: attributes.has('secure'),
    end: endOf(attributes),
  };
}

/**
 * The cookies of one fake browser. Each goes back to the host that set it: Domain and SameSite are not looked at, and
 * HttpOnly says nothing to a browser without scripts.
 */
class CookieJar {
  #cookies = [];

  /** @param {string[]} lines the Set-Cookie headers of a response @param {URL} url that it came from */
  keep(lines, url) {
    for (const line of lines) {
      const cookie = parse(line, url);
      if (cookie === undefined || (cookie.secure && !isSecure(url))) continue;
      const same = (other) => other.host === cookie.host && other.name === cookie.name && other.path === cookie.path;
      this.#cookies = this.#cookies.filter((other) => !same(other));
      this.#cookies.push(cookie);
    }
  }

  /** The Cookie header for a url, the longest path first; empty when there is nothing to send. */
  headerFor(url) {
    return this.#for(url).map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  /** The value of a cookie as it stands in the header, for a url; undefined when it is not sent there. */
  valueFor(name, url) {
    return this.#for(url).find((cookie) => cookie.name === name)?.value;
  }

  copy() {
    const jar = new CookieJar();
    jar.#cookies = [...this.#cookies];
    return jar;
  }

  #for(url) {
    const now = Date.now();
    return this.#cookies
      .filter((cookie) => cookie.host === url.host && cookie.end > now)
      .filter((cookie) => pathMatches(url.pathname, cookie.path) && (!cookie.secure || isSecure(url)))
      .sort((a, b) => b.path.length - a.path.length);
  }
}

module.exports = { CookieJar };
