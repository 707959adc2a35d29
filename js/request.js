'use strict';

const { cookieValues } = require('./cookies.js');
const { IMPOSSIBLE, asFilledText, asOptionalText } = require('./text.js');

/**
 * How often a header came. Node keeps the first of two Authorization or Host headers and joins others to "A, B"; only
 * rawHeaders tells. Names and values take turns in it.
 */
function countOf(request, name) {
  const { rawHeaders } = request;
  if (!Array.isArray(rawHeaders)) return 1;
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const candidate = rawHeaders[i];
    if (candidate.length === name.length && candidate.toLowerCase() === name) count++;
  }
  return count;
}

/** A header that may come once: undefined when it did not, and no possible text when it came twice. */
function singleHeader(request, name) {
  const value = asOptionalText(request.headers[name]);
  return value !== undefined && countOf(request, name) > 1 ? IMPOSSIBLE : value;
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

/** The session id of the cookie: what a cookie parser found, else what the header says. Two of that name are none. */
function sessionIdOf(request, cookieName) {
  const inHeader = cookieValues(asOptionalText(request.headers.cookie) ?? '', cookieName);
  if (inHeader.length > 1) return IMPOSSIBLE;

  const { cookies } = request;
  if (typeof cookies !== 'object' || cookies === null) return inHeader[0];
  return Object.hasOwn(cookies, cookieName) ? asOptionalText(cookies[cookieName]) : undefined;
}

/**
 * What the middleware reads of a request. Where something came in a form that it cannot have, an impossible text stands
 * for it, so that it is refused and not overlooked.
 */
function readRequest(request, cookieName) {
  const authorization = singleHeader(request, 'authorization');
  return {
    authorization,
    token: authorization === undefined ? undefined : bearerToken(authorization),
    sessionId: sessionIdOf(request, cookieName),
    proof: singleHeader(request, 'x-dpop-proof'),
    method: asFilledText(request.method),
    // A router shortens url while it descends; originalUrl is what the client asked for.
    url: asFilledText(request.originalUrl ?? request.url),
    // A request without a host matches no proof that names one.
    host: asFilledText(singleHeader(request, 'host') ?? request.headers[':authority']),
  };
}

module.exports = { readRequest };
