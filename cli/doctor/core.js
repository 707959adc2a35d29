'use strict';

/**
 * What version 4 itself says of a value that stands in a source: why it refuses it, or undefined. Where its addon
 * cannot be loaded it says nothing, and the report has a finding of its own for that.
 */

function load(part) {
  try {
    return part();
  } catch (error) {
    // A file that is not where it should be is our own mistake, and nothing that this machine lacks.
    if (error.code === 'MODULE_NOT_FOUND') throw error;
    return undefined;
  }
}

/** @returns {Promise<string | undefined>} */
async function whySecretIsRefused(secret) {
  return load(() => require('../../js/index.js'))?.sign({ userId: 1 }, secret).then(
    () => undefined,
    (error) => error.message,
  );
}

/** @returns {string | undefined} */
function whyLifetimeIsRefused(value, name) {
  const lifetime = load(() => require('../../js/input/lifetime.js'));
  try {
    lifetime?.readLifetime(value, name);
    return undefined;
  } catch (error) {
    return error.message;
  }
}

module.exports = { whySecretIsRefused, whyLifetimeIsRefused };
