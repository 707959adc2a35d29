// npm run build: installs what is missing, builds core and addon, and puts the addon where the package loads it.
// Until node_modules is there, nothing here may need more than node itself.
'use strict';

require('./lib/node-version');
const { run } = require('./lib/step');
const { prepare } = require('./lib/prepare');
const { buildCore } = require('./lib/core');
const { buildAddon } = require('./lib/addon');

run(() => {
  prepare(['build']);
  buildCore({ tests: false });
  buildAddon();
});
