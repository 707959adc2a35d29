'use strict';

const { option } = require('../input/options.js');
const { usageError } = require('../report/errors.js');
const { ownStore } = require('./own.js');
const { isStore } = require('./protocol.js');

/**
 * A failed import must not switch revocation off, so undefined is a mistake here and null is how to say "none". A store
 * of the application's own is read as one of this package.
 */
function storeOption() {
  return option(
    null,
    (value, name) => {
      if (value === undefined) throw usageError(`${name} is undefined: pass null for none`);
      if (value === null || isStore(value)) return value;
      if (typeof value === 'object') return ownStore(value, name);
      throw usageError(`${name} must be a RedisStore, a MemoryStore, or a store of your own`);
    },
    { strict: true },
  );
}

module.exports = { storeOption };
