'use strict';

/**
 * For the tests of an application that uses this package: a browser that holds a key, and a clock that can be moved.
 * Nothing of the package itself loads this.
 *
 * @module secure-web-token/testing
 */

const { fakeBrowser } = require('./browser.js');
const { fakeClock } = require('./clock.js');

module.exports = { fakeBrowser, fakeClock };
