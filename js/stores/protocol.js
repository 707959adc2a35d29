'use strict';

const native = require('../addon/native.js');

/**
 * What makes an object a store of this package: under this symbol it has a function that brings a pending operation its
 * answer.
 *
 * `store[ASK](pending)` resolves when the store has answered or has failed to, and has told the pending operation so.
 * It gives undefined or, after a failure, a sentence for logs. It never rejects because of an outage: complete says
 * what that means.
 */
const ASK = Symbol('secure-web-token: ask the store');

/** `store[FORGETS]` is true for one that does not remember which refresh tokens were spent. */
const FORGETS = Symbol('secure-web-token: the store forgets refresh tokens');

function isStore(value) {
  return typeof value === 'object' && value !== null && typeof value[ASK] === 'function';
}

/** What an engine must know of the store that will be asked. */
function storeKindOf(store) {
  if (store === null) return native.NO_STORE;
  return store[FORGETS] === true ? native.FORGETTING_STORE : native.REMEMBERING_STORE;
}

module.exports = { ASK, FORGETS, isStore, storeKindOf };
