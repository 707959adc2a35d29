'use strict';

const { authenticatorOf, guardOptions } = require('./authenticate.js');

const readOptions = guardOptions('swtFastify');

/**
 * A hook for Fastify, for `onRequest`: so a refused request is answered before its body is read. It is a hook and no
 * plugin, since a plugin would guard the routes of its own scope alone.
 *
 * `request.swt` is then the data that was signed, and `request.sessionId` the session of the cookie.
 *
 * @param {import('../index.js').GuardOptions} options
 * @returns {import('../index.js').SwtFastifyHook}
 * @throws {import('../report/errors.js').SwtError} kind 'usage', at once, for options that cannot work
 *
 * @example
 * const onRequest = swtFastify({ secret, store });
 * fastify.get('/api/profile', { onRequest }, async (request) => ({ user: request.swt }));
 */
function swtFastify(options) {
  const authenticate = authenticatorOf(readOptions(options));

  return async function swt(request, reply) {
    const result = await authenticate(request.raw, { incoming: request, target: request });
    if (result.ok) return undefined;
    // Unless somebody else has answered meanwhile.
    if (!reply.sent) reply.code(result.status).headers(result.headers).send(JSON.stringify(result.body));
    return reply;
  };
}

module.exports = { swtFastify };
