'use strict';

const { authenticatorOf, guardOptions } = require('./authenticate.js');
const { choice } = require('../input/options.js');

const readOptions = guardOptions('swtMiddleware', { onRefusal: choice('answer', 'next') });

function send(response, { status, headers, body }) {
  // Somebody else has answered meanwhile, a time limit for instance.
  if (response.headersSent) return;
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(JSON.stringify(body));
}

function answer(response, refusal) {
  try {
    send(response, refusal);
  } catch {
    response.destroy?.();
  }
}

/**
 * The error for an application's error handler, with the members that Express and http-errors know. `expose` is false:
 * the message says which check failed, and `body` is what a client may be told in its place. The type of the body is
 * the handler's to choose.
 */
function httpErrorOf({ error, status, headers: { 'Content-Type': type, ...headers }, body }) {
  return Object.assign(error, { statusCode: status, expose: false, headers, body });
}

/**
 * Middleware for Express 4 and 5, and for whatever else has (request, response, next). It lets a request through that
 * brings a good token, the proof for it, and its session; every other one it answers itself, or hands to the
 * application's error handler with `onRefusal: 'next'`.
 *
 * `request.swt` is then the data that was signed, and `request.sessionId` the session of the cookie.
 *
 * @param {import('../index.js').MiddlewareOptions} options
 * @returns {import('../index.js').SwtMiddleware}
 * @throws {import('../report/errors.js').SwtError} kind 'usage', at once, for options that cannot work
 *
 * @example
 * app.get('/api/profile', swtMiddleware({ secret, store }), (req, res) => res.json({ user: req.swt }));
 */
function swtMiddleware(options) {
  const { onRefusal, ...settings } = readOptions(options);
  const authenticate = authenticatorOf(settings);

  return async function swt(request, response, next) {
    const result = await authenticate(request, { target: request });
    // In a turn of its own: what the next handler throws is neither ours nor the promise's.
    if (result.ok) queueMicrotask(() => next());
    else if (onRefusal === 'next') queueMicrotask(() => next(httpErrorOf(result)));
    else answer(response, result);
  };
}

module.exports = { swtMiddleware };
