'use strict';

const { createHash } = require('node:crypto');

/** SHA-256 of secrets that stand in documentation: of the example in the README of version 3. */
const PUBLISHED = new Set(['b0e547e0b74717a15c3ea1f76a8ec4e66effd7d288cf4e068d6650488d32ffc7']);

let warned = false;

/** Whether everybody knows this secret. */
function isPublished(secret) {
  return typeof secret === 'string' && PUBLISHED.has(createHash('sha256').update(secret).digest('hex'));
}

/** It is accepted, since applications in production sign with it; but not in silence. */
function warnOfPublished(secret) {
  if (warned || !isPublished(secret)) return;
  warned = true;
  process.emitWarning(
    'the secret is the example in the README of version 3, so everybody can make tokens: ' +
      'change it, as docs/keys.md says, for the output of "npx secure-web-token secret"',
    { code: 'SWT_PUBLISHED_SECRET' },
  );
}

module.exports = { isPublished, warnOfPublished };
