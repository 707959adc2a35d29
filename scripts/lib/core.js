// The C++ core and its tests, by CMake in build/core.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { root, step } = require('./step');

const folder = 'build/core';

function buildCore({ tests }) {
  forgetMovedTree();

  // Without tests the setting stays as it is: building after testing must not throw the test programs away, and on a
  // fresh tree GoogleTest may not be there.
  const cached = fs.existsSync(path.join(root, folder, 'CMakeCache.txt'));
  const settings = ['-DSWT_WERROR=ON'];
  if (tests) settings.push('-DSWT_BUILD_TESTS=ON');
  else if (!cached) settings.push('-DSWT_BUILD_TESTS=OFF');
  const targets = tests ? [] : ['--target', 'swt', 'swt_core'];

  step('core', tests ? 'building libswt and its tests' : 'building libswt', [
    ['cmake', '-S', '.', '-B', folder, ...settings],
    ['cmake', '--build', folder, '--parallel', String(os.availableParallelism()), ...targets],
  ]);
}

// CMake refuses a build folder that was copied or moved together with its sources.
function forgetMovedTree() {
  const cache = path.join(root, folder, 'CMakeCache.txt');
  if (!fs.existsSync(cache)) return;
  const home = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(fs.readFileSync(cache, 'utf8'));
  if (home === null || home[1] !== root) fs.rmSync(path.join(root, folder), { recursive: true });
}

module.exports = { buildCore, folder };
