'use strict';

const { lifetime, names, oneName, tolerance } = require('../input/options.js');

/** What a caller may expect of a token beyond its being good. The core compares; here it is only read. */
const expectationOptions = {
  audience: names(),
  issuer: names(),
  subject: oneName(),
  clockTolerance: tolerance(),
  maxTokenAge: lifetime(0),
};

/**
 * @param {object} settings read with expectationOptions among its members
 * @returns {object | undefined} as the addon takes it; undefined when nothing is expected
 */
function expectationsOf({ audience, issuer, subject, clockTolerance, maxTokenAge }) {
  const noNames = audience === undefined && issuer === undefined && subject === undefined;
  if (noNames && clockTolerance === 0 && maxTokenAge === 0) return undefined;
  return { audiences: audience, issuers: issuer, subject, leewaySeconds: clockTolerance, maxAgeSeconds: maxTokenAge };
}

module.exports = { expectationOptions, expectationsOf };
