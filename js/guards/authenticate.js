'use strict';

const native = require('../addon/native.js');
const { attemptOf } = require('./attempts.js');
const { audit } = require('../report/audit.js');
const { checkRequest } = require('../operations/check.js');
const { usageError } = require('../report/errors.js');
const { expectationOptions, expectationsOf } = require('../operations/expectations.js');
const { ENGINE, lastingKeysOf } = require('../keys/key-source.js');
const { countOperation } = require('../report/metrics.js');
const { acceptLegacy, anything, auditLogger, callback, flag, optionsReader, text } = require('../input/options.js');
const { refusalInside, refusalOf, refusalOfHeader, refusalWithoutToken } = require('./refusal.js');
const { bearerToken, readRequest } = require('./request.js');
const { storeOption } = require('../stores/option.js');
const { storeKindOf } = require('../stores/protocol.js');

/** RFC 6265 section 4.1.1: a name is a token of HTTP. */
const COOKIE_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;

/** The options of everything that guards requests, but for the secret. */
const guardSettings = {
  store: storeOption(),
  cookieName: text('swt_session', (value, name) => {
    if (!COOKIE_NAME.test(value)) throw usageError(`${name} must be a cookie's name`);
  }),
  optional: flag(),
  getToken: callback(),
  ...expectationOptions,
  auditLogger: auditLogger(),
  acceptLegacy: acceptLegacy(),
};

/**
 * @param {string} owner whose options these are, for the errors
 * @param {object} [more] what only this owner has
 */
function guardOptions(owner, more) {
  return optionsReader(owner, {
    secret: anything(),
    encryptionSecret: anything(),
    insecureShortSecret: flag(),
    ...guardSettings,
    ...more,
  });
}

function passed(payload, sessionId) {
  return { ok: true, anonymous: false, payload, data: payload.data, sessionId };
}

function passedAnonymous() {
  return { ok: true, anonymous: true, payload: undefined, data: undefined, sessionId: undefined };
}

async function askForToken(getToken, incoming) {
  try {
    return await getToken(incoming);
  } catch (cause) {
    throw Object.assign(usageError('getToken failed'), { cause });
  }
}

/** What an earlier middleware left there must not pass for what this one found. */
function clearIdentity(target) {
  delete target.swt;
  delete target.sessionId;
}

/** swt is written for an anonymous request too, so that nothing inherited is taken for it. */
function writeIdentity(target, { data, sessionId }) {
  target.swt = data;
  if (sessionId !== undefined) target.sessionId = sessionId;
}

/**
 * The function under every framework. It answers, whatever happens; only an answer with `ok` lets a request through.
 *
 * @param {object} settings as guardOptions reads them
 * @returns {(request: object, place?: { incoming?: object, target?: object, originalUrl?: string }) => Promise<object>}
 *   incoming: the framework's own object of this request, which getToken is given and by which two guards know it
 *   again; target: where swt and sessionId belong; originalUrl: what the client asked for, where the request lost it
 */
function authenticatorOf({ secret, store, cookieName, optional, getToken, auditLogger, acceptLegacy, ...settings }) {
  const keys = lastingKeysOf(secret, settings);
  const expected = expectationsOf(settings);
  // Asked for at each request: a ring may have other keys by then.
  const engine = () => keys[ENGINE](storeKindOf(store), acceptLegacy);
  // What cannot work is said here and not at the first request.
  engine();

  function refuse(refusal, status, sessionId) {
    audit(auditLogger, 'verify_failure', { sessionId, reason: refusal.error.message });
    countOperation('verify', status);
    return refusal;
  }

  async function authenticate(request, { incoming = request, originalUrl } = {}) {
    const { authorization, ...read } = readRequest(request, cookieName, originalUrl);
    const given = getToken === undefined ? authorization : await askForToken(getToken, incoming);
    // Nothing at all was given. Everything else must be good.
    if (optional && given === undefined) return passedAnonymous();

    const token = getToken === undefined ? bearerToken(given ?? '') : given;
    if (token === undefined) {
      const refusal = getToken === undefined ? refusalOfHeader(given) : refusalWithoutToken();
      return refuse(refusal, native.REJECTED_TOKEN_MALFORMED, read.sessionId);
    }

    const attempt = read.proof === undefined ? undefined : attemptOf(incoming);
    const verdict = await checkRequest(engine(), store, { ...read, token, attempt, expected }, auditLogger);
    if (verdict.status !== 0) return refusalOf(verdict.status, verdict.reason);
    // Without a store nobody has checked the cookie.
    return passed(verdict.payload, store === null ? undefined : read.sessionId);
  }

  return async (request, place) => {
    const target = place?.target;
    try {
      if (target !== undefined) clearIdentity(target);
      const result = await authenticate(request, place);
      if (target !== undefined && result.ok) writeIdentity(target, result);
      return result;
    } catch (error) {
      return refuse(refusalInside(error), native.INTERNAL_BUG);
    }
  };
}

const readOptions = guardOptions('createAuthenticator');

/**
 * Makes the function that every framework here stands on, for one that is not: it says of a request whether it may
 * pass, and what to answer when not. It is given a request of node:http or of the Fetch API, never rejects, and answers
 * nothing itself. Each request needs an object of its own: one that comes again is taken for the same request at
 * another guard, and may bring its proof once more.
 *
 * @param {import('../index.js').AuthenticatorOptions} options
 * @returns {(request: object) => Promise<import('../index.js').AuthenticationResult>}
 * @throws {import('../report/errors.js').SwtError} kind 'usage', at once, for options that cannot work
 *
 * @example
 * const authenticate = createAuthenticator({ secret, store });
 * const result = await authenticate(request);
 * if (!result.ok) return Response.json(result.body, { status: result.status, headers: result.headers });
 * return Response.json({ user: result.data });
 */
function createAuthenticator(options) {
  const authenticate = authenticatorOf(readOptions(options));
  return (request) => authenticate(request);
}

module.exports = { createAuthenticator, authenticatorOf, guardOptions, guardSettings };
