'use strict';

const { usageError } = require('../report/errors.js');
const { anything } = require('../input/options.js');
const { isText } = require('../input/text.js');

/** The request that a proof is compared with. */
const targetOptions = { method: anything(), url: anything(), host: anything() };

function isFilledText(value) {
  return isText(value) && value !== '';
}

/** The method and url together, or neither: with the half of a request nothing would be compared. */
function checkTarget({ method, url, host }) {
  if (method === undefined && url === undefined && host === undefined) return;
  if (!isFilledText(method) || !isFilledText(url)) {
    throw usageError('method and url are given together, as texts, and host only with them');
  }
  if (host !== undefined && !isText(host)) throw usageError('host must be a text');
}

module.exports = { targetOptions, checkTarget };
