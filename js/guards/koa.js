'use strict';

const { authenticatorOf, guardOptions } = require('./authenticate.js');

const readOptions = guardOptions('swtKoa');

/**
 * Middleware for Koa. `ctx.state.swt` is then the data that was signed, and `ctx.state.sessionId` the session of the
 * cookie. What is thrown further down is the application's.
 *
 * @param {import('../index.js').GuardOptions} options
 * @returns {import('../index.js').SwtKoaMiddleware}
 * @throws {import('../report/errors.js').SwtError} kind 'usage', at once, for options that cannot work
 *
 * @example
 * app.use(swtKoa({ secret, store }));
 * app.use((ctx) => { ctx.body = { user: ctx.state.swt }; });
 */
function swtKoa(options) {
  const authenticate = authenticatorOf(readOptions(options));

  return async function swt(ctx, next) {
    // A mounted application sees a shorter url; ctx.originalUrl is what the client asked for.
    const place = { incoming: ctx, target: ctx.state, originalUrl: ctx.originalUrl };
    const result = await authenticate(ctx.req, place);
    if (result.ok) return next();
    ctx.status = result.status;
    ctx.set(result.headers);
    ctx.body = JSON.stringify(result.body);
  };
}

module.exports = { swtKoa };
