'use strict';

/**
 * What version 4 itself says of a value that stands in a source: why it refuses it, or undefined. Where its addon
 * cannot be loaded it says nothing, and the report has a finding of its own for that.
 */

function load(name) {
  try {
    return require(`../../js/${name}.js`);
  } catch {
    return undefined;
  }
}

/** @returns {Promise<string | undefined>} */
async function whySecretIsRefused(secret) {
  return load('index')?.sign({ userId: 1 }, secret).then(
    () => undefined,
    (error) => error.message,
  );
}

/** @returns {string | undefined} */
function whyLifetimeIsRefused(value, name) {
  try {
    load('lifetime')?.readLifetime(value, name);
    return undefined;
  } catch (error) {
    return error.message;
  }
}

module.exports = { whySecretIsRefused, whyLifetimeIsRefused };
