// npm test: installs what is missing, builds everything, and runs every test: first CTest (C++ and C), then node's.
// npm test -- <text> …: only the node test files with one of these texts in their path.
'use strict';

require('./lib/node-version');
const { run } = require('./lib/step');
const { prepare } = require('./lib/prepare');
const { buildCore } = require('./lib/core');
const { buildAddon } = require('./lib/addon');
const { runCTest, runNodeTests } = require('./lib/tests');

run(() => {
  const filters = process.argv.slice(2);

  prepare(['build', 'test']);
  buildCore({ tests: true });
  buildAddon();

  // A failure in one does not hide what the other has to say.
  const failed = [];
  if (filters.length > 0) console.log('tests: only node test files that match, no ctest');
  else if (!runCTest()) failed.push('ctest');
  if (!runNodeTests(filters)) failed.push('node --test');

  if (failed.length > 0) {
    console.error(`tests: FAILED in ${failed.join(' and ')}`);
    process.exitCode = 1;
  }
});
