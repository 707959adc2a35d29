'use strict';

/** A client may serve several stores; it is listened to once. */
const listened = new WeakSet();

let warned = false;

function warn(error) {
  if (warned) return;
  warned = true;
  const code = typeof error?.code === 'string' ? ` (${error.code})` : '';
  process.emitWarning(
    `the redis client reports an error${code} and the application does not listen: add client.on('error', …)`,
    { code: 'SWT_REDIS_CLIENT_ERROR' },
  );
}

/**
 * Keeps the process alive when Redis goes away. A client of "redis" emits 'error' then, and without any listener that
 * ends the process; what needs Redis answers 'unavailable' meanwhile, and the client connects again by itself.
 */
function surviveClientErrors(client) {
  if (listened.has(client)) return;
  listened.add(client);
  client.on('error', (error) => {
    if (client.listenerCount('error') === 1) warn(error);
  });
}

module.exports = { surviveClientErrors };
