'use strict';

/**
 * Every value that a Cookie header has for a name. One pass; no pattern that could be made to backtrack.
 *
 * @param {string} header
 * @param {string} name
 * @returns {string[]}
 */
function cookieValues(header, name) {
  const values = [];
  let start = 0;
  while (start < header.length) {
    let end = header.indexOf(';', start);
    if (end === -1) end = header.length;
    const equals = header.indexOf('=', start);
    if (equals !== -1 && equals < end && header.slice(start, equals).trim() === name) {
      values.push(header.slice(equals + 1, end).trim());
    }
    start = end + 1;
  }
  return values;
}

module.exports = { cookieValues };
