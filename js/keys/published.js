'use strict';

/** Secrets that stand in documentation: the one of the example in the README of version 3. */
const PUBLISHED = new Set(['a_very_secure_and_extremely_long_256_bit_signing_secret_key']);

let warned = false;

/** Whether everybody knows this secret. */
function isPublished(secret) {
  return PUBLISHED.has(secret);
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
