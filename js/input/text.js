'use strict';

/**
 * In UTF-16 units. Far above every limit of the core, and far enough below the one of the addon that no string within
 * it is too long there in UTF-8.
 */
const MAX_TEXT = 256 * 1024;

/**
 * Stands for what a request sent and what cannot be a text of its kind: an array of two headers, an object from a
 * parsed cookie, megabytes. It is neither a token nor a proof, session id, method or url, so the core refuses it at the
 * point where it would have judged the text, and nothing is decided here.
 */
const IMPOSSIBLE = '\u0001';

function isText(value) {
  return typeof value === 'string' && value.length <= MAX_TEXT;
}

/** What a request sent, as a text. */
function asText(value) {
  return isText(value) ? value : IMPOSSIBLE;
}

/** The same where an empty text would be no text of its kind either: for the core that is the caller's mistake. */
function asFilledText(value) {
  return asText(value) || IMPOSSIBLE;
}

/** What a request sent or did not: undefined and null are "not given". */
function asOptionalText(value) {
  return value === undefined || value === null ? undefined : asText(value);
}

module.exports = { MAX_TEXT, IMPOSSIBLE, isText, asText, asFilledText, asOptionalText };
