// npm run docs: the reference pages of swt.h, in build/docs/html. Needs doxygen, and installs it like the rest.
'use strict';

require('./lib/node-version');
const { run } = require('./lib/step');
const { installSystemPackages } = require('./lib/system');
const { buildDocs } = require('./lib/docs');

run(() => {
  installSystemPackages(['docs']);
  buildDocs({ header: 'include/swt/swt.h', folder: 'build/docs' });
  console.log('docs: build/docs/html/index.html');
});
