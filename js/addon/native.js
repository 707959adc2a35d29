'use strict';

const { checkNodeVersion, loadError } = require('./load-errors.js');
const { addonFile } = require('./prebuilds.js');

function load() {
  checkNodeVersion();
  try {
    return require(addonFile());
  } catch (cause) {
    throw loadError(cause);
  }
}

/**
 * The functions of the addon; bindings/node/functions.h describes them. They return a status number where the core
 * refuses, and never a number otherwise.
 */
module.exports = load();
