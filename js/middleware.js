'use strict';

const native = require('./native.js');
const { attemptOf } = require('./attempts.js');
const { audit } = require('./audit.js');
const { checkRequest } = require('./check.js');
const { kindOf, usageError } = require('./errors.js');
const { expectationOptions, expectationsOf } = require('./expectations.js');
const { ENGINE, keysOf } = require('./key-source.js');
const { acceptLegacy, anything, auditLogger, flag, optionsReader, store, text } = require('./options.js');
const { readRequest } = require('./request.js');
const { storeKindOf } = require('./stores/protocol.js');

/** RFC 6265 section 4.1.1: a name is a token of HTTP. */
const COOKIE_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;

const readOptions = optionsReader('swtMiddleware', {
  secret: anything(),
  store: store(),
  cookieName: text('swt_session', (value, name) => {
    if (!COOKIE_NAME.test(value)) throw usageError(`${name} must be a cookie's name`);
  }),
  ...expectationOptions,
  encryptionSecret: anything(),
  auditLogger: auditLogger(),
  acceptLegacy: acceptLegacy(),
  insecureShortSecret: flag(),
});

const ALGORITHMS = 'algs="ES256"';
const NO_TOKEN = 'Missing or invalid Authorization header';

function unauthorized(error, challenge) {
  const parameters = challenge === '' ? ALGORITHMS : `error="${challenge}", ${ALGORITHMS}`;
  return { status: 401, error, headers: { 'WWW-Authenticate': `DPoP ${parameters}` } };
}

const UNAVAILABLE = { status: 503, error: 'Service unavailable', headers: { 'Retry-After': '1' } };
const INTERNAL = { status: 500, error: 'Internal server error', headers: {} };

/** What a client is told. Which check failed is for the audit log alone: it helps an attacker. */
function answerTo(status) {
  switch (kindOf(status)) {
    case 'rejected': {
      const error = status === native.REJECTED_TOKEN_EXPIRED ? 'Token expired' : 'Unauthorized';
      return unauthorized(error, native.statusChallenge(status));
    }
    case 'unavailable':
      return UNAVAILABLE;
    default:
      return INTERNAL;
  }
}

function send(response, { status, error, headers }) {
  // Somebody else has answered meanwhile, a time limit for instance.
  if (response.headersSent) return;
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(JSON.stringify({ error }));
}

/**
 * Middleware for Express 4 and 5, and for whatever else has (request, response, next). It lets a request through that
 * brings a good token, the proof for it, and its session; every other one it answers itself.
 *
 * `request.swt` is then the data that was signed, and `request.sessionId` the session of the cookie.
 *
 * @param {import('./index.js').MiddlewareOptions} options
 * @returns {import('./index.js').SwtMiddleware}
 * @throws {import('./errors.js').SwtError} kind 'usage', at once, for options that cannot work
 *
 * @example
 * app.get('/api/profile', swtMiddleware({ secret, store }), (req, res) => res.json({ user: req.swt }));
 */
function swtMiddleware(options) {
  const settings = readOptions(options);
  const { secret, store, cookieName, auditLogger, acceptLegacy } = settings;
  const keys = keysOf(secret, settings);
  const expected = expectationsOf(settings);
  const engine = () => keys[ENGINE](storeKindOf(store), acceptLegacy);
  engine();

  /** What to answer, or undefined when the request may pass: only this one outcome leads to next. */
  async function refusalOf(request) {
    delete request.swt;
    delete request.sessionId;

    const { authorization, ...read } = readRequest(request, cookieName);
    if (read.token === undefined) {
      audit(auditLogger, 'verify_failure', { sessionId: read.sessionId, reason: NO_TOKEN });
      return unauthorized(NO_TOKEN, authorization === undefined ? '' : 'invalid_token');
    }

    const attempt = read.proof === undefined ? undefined : attemptOf(request);
    const verdict = await checkRequest(engine(), store, { ...read, attempt, expected }, auditLogger);
    if (verdict.status !== 0) return answerTo(verdict.status);

    request.swt = verdict.payload.data;
    // Without a store nobody has checked the cookie.
    if (store !== null) request.sessionId = read.sessionId;
    return undefined;
  }

  return async function swt(request, response, next) {
    let refusal = INTERNAL;
    try {
      refusal = await refusalOf(request);
    } catch {
      // A bug of ours. The request is refused like any other.
      audit(auditLogger, 'verify_failure', { reason: native.statusMessage(native.INTERNAL_BUG) });
    }

    if (refusal === undefined) {
      // In a turn of its own: what the next handler throws is neither ours nor the promise's.
      queueMicrotask(() => next());
      return;
    }
    try {
      send(response, refusal);
    } catch {
      response.destroy?.();
    }
  };
}

module.exports = { swtMiddleware };
