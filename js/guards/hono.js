'use strict';

const { authenticatorOf, guardOptions } = require('./authenticate.js');

const readOptions = guardOptions('swtHono');

/**
 * Middleware for Hono, on Node.js. `c.get('swt')` is then the data that was
 * signed, and `c.get('sessionId')` the session of the cookie.
 *
 * @param {import('../index.js').GuardOptions} options
 * @returns {import('../index.js').SwtHonoMiddleware}
 * @throws {import('../report/errors.js').SwtError} kind 'usage', at once, for options that cannot work
 *
 * @example
 * app.use('/api/*', swtHono({ secret, store }));
 * app.get('/api/profile', (c) => c.json({ user: c.get('swt') }));
 */
function swtHono(options) {
  const authenticate = authenticatorOf(readOptions(options));

  return async function swt(c, next) {
    const result = await authenticate(c.req.raw, { incoming: c });
    c.set('swt', result.data);
    c.set('sessionId', result.sessionId);
    if (result.ok) return next();
    // Set on the context, so that what an earlier middleware had set does not come back over it.
    for (const [name, value] of Object.entries(result.headers)) c.header(name, value);
    return c.body(JSON.stringify(result.body), result.status);
  };
}

module.exports = { swtHono };
