'use strict';

/**
 * What is looked for in the sources. Each rule is a function of one file, { source, imports, calls }, and the project,
 * that gives findings, or a promise of them: { rule, line, look, differs, write }. Where it cannot tell, it gives none.
 */
module.exports = [
  ...require('./secrets.js'),
  ...require('./requests.js'),
  ...require('./stores.js'),
  ...require('./lifetimes.js'),
  ...require('./revocation.js'),
  ...require('./express4.js'),
  ...require('./browser.js'),
  ...require('./cookies.js'),
];
