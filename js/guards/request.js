'use strict';

const { cookieValues } = require('./cookies.js');
const { IMPOSSIBLE, asFilledText, asOptionalText, asText } = require('../input/text.js');

/**
 * @typedef {{ authorization: string | undefined, sessionId: string | undefined, proof: string | undefined,
 *   method: string, url: string, host: string }} ReadRequest what a guard reads of a request, all at once. Where
 *   something came in a form that it cannot have, an impossible text stands for it, so that it is refused and not
 *   overlooked.
 */

/**
 * How often a header came, in whatever spelling. Node keeps the first of two Authorization or Host headers and joins
 * others to "A, B"; only rawHeaders tells, where names and values take turns. Fastify's and Koa's own objects have it
 * one level below.
 */
function countOf(request, name) {
  const rawHeaders = request.rawHeaders ?? request.raw?.rawHeaders ?? request.req?.rawHeaders;
  const names = Array.isArray(rawHeaders) ? rawHeaders : Object.keys(request.headers);
  const step = names === rawHeaders ? 2 : 1;
  let count = 0;
  for (let i = 0; i < names.length; i += step) {
    const candidate = names[i];
    if (candidate.length === name.length && candidate.toLowerCase() === name) count++;
  }
  return count;
}

/** A header that is the request's own: what a polluted Object.prototype offers was sent by nobody. */
function ownHeader({ headers }, name) {
  return Object.hasOwn(headers, name) ? headers[name] : undefined;
}

/** A header that may come once: undefined when it did not, and no possible text when it came otherwise. */
function singleHeader(request, name) {
  const value = ownHeader(request, name);
  const count = countOf(request, name);
  if (value === undefined && count === 0) return undefined;
  return count > 1 ? IMPOSSIBLE : asText(value);
}

/** The session id in a Cookie header. Two of the name are none. */
function sessionIdIn(header, cookieName) {
  const values = cookieValues(header ?? '', cookieName);
  return values.length > 1 ? IMPOSSIBLE : values[0];
}

/** The session id of the cookie: what a cookie parser found, else what the header says. */
function sessionIdOf(request, cookieName) {
  const inHeader = sessionIdIn(asOptionalText(ownHeader(request, 'cookie')), cookieName);
  const { cookies } = request;
  if (inHeader === IMPOSSIBLE || typeof cookies !== 'object' || cookies === null) return inHeader;
  return Object.hasOwn(cookies, cookieName) ? asOptionalText(cookies[cookieName]) : undefined;
}

/**
 * The host that a request is for. HTTP/2 names it in :authority, and a Host header beside that must say the same (RFC
 * 9113 section 8.3.1): what is in front may have routed by the one, and a proof must not be compared with the other.
 */
function hostOf(request) {
  const host = singleHeader(request, 'host');
  const authority = ownHeader(request, ':authority');
  if (authority === undefined || host === undefined) return host ?? authority;
  return host === authority ? host : IMPOSSIBLE;
}

function readNodeRequest(request, cookieName, originalUrl) {
  return {
    authorization: singleHeader(request, 'authorization'),
    sessionId: sessionIdOf(request, cookieName),
    proof: singleHeader(request, 'x-dpop-proof'),
    method: asFilledText(request.method),
    // A router shortens url while it descends; originalUrl is what the client asked for.
    url: asFilledText(request.originalUrl ?? originalUrl ?? request.url),
    // A request without a host matches no proof that names one.
    host: asFilledText(hostOf(request)),
  };
}

const HTTP_URL = /^https?:\/\/([^/?#]*)(.*)$/s;

/**
 * A Request of the Fetch API. Its Headers join two of a name to "A, B", which is neither a token nor a proof.
 *
 * Its url is absolute, and the server has made that up: the host of the Host header, the scheme of its own socket,
 * behind which TLS may have ended. So what is compared is path and query, as the router sees them, and the host, as in
 * every other framework; a scheme that nobody knows is left open.
 */
function readFetchRequest(request, cookieName) {
  const header = (name) => asOptionalText(request.headers.get(name));
  const [, authority, target] = HTTP_URL.exec(asText(request.url)) ?? [];
  return {
    authorization: header('authorization'),
    sessionId: sessionIdIn(header('cookie'), cookieName),
    proof: header('x-dpop-proof'),
    method: asFilledText(request.method),
    url: asFilledText(target),
    host: asFilledText(header('host') ?? authority),
  };
}

/**
 * @param {object} request one of node:http, or what is like it, or one of the Fetch API
 * @param {string} cookieName
 * @param {string} [originalUrl] what the client asked for, where a framework keeps that elsewhere
 * @returns {ReadRequest}
 */
function readRequest(request, cookieName, originalUrl) {
  if (typeof request.headers.get === 'function') return readFetchRequest(request, cookieName);
  return readNodeRequest(request, cookieName, originalUrl);
}

const SCHEME = 'bearer ';

/**
 * The token of an Authorization header: the scheme in any case, exactly one space, one token (RFC 6750 section 2.1).
 *
 * @returns {string | undefined} undefined for any other header
 */
function bearerToken(header) {
  if (header.slice(0, SCHEME.length).toLowerCase() !== SCHEME) return undefined;
  const token = header.slice(SCHEME.length);
  return token === '' || token.includes(' ') ? undefined : token;
}

module.exports = { readRequest, bearerToken };
