'use strict';

const native = require('../addon/native.js');
const { SwtError } = require('../report/errors.js');

/**
 * What a pending operation has to ask its store, as swt.h describes it at swt_pending_question: a new object each time,
 * so that whoever gets it may do with it what they like.
 */
function questionOf(pending) {
  const json = native.question(pending);
  if (json === '') throw new SwtError(native.INTERNAL_BUG);
  return JSON.parse(json);
}

module.exports = { questionOf };
