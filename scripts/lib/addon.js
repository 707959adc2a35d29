// The Node.js addon: compiled by CMake beside the core, then put into prebuilds/, where js/addon loads it and npm
// packs it. `npx secure-web-token build` does the same in an installed package, with the same parts.
'use strict';

const os = require('node:os');
const path = require('node:path');
const { headerSettings } = require('../../cli/build/headers');
const { placeAddon } = require('../../cli/build/place');
const { folder } = require('./core');
const { nodeInclude } = require('./prepare');
const { root, step } = require('./step');

function buildAddon() {
  const headers = headerSettings(path.join(root, 'node_modules', 'node-addon-api'), nodeInclude());
  step('addon', 'building the Node.js addon', [
    ['cmake', '-S', '.', '-B', folder, '-DSWT_BUILD_ADDON=ON', ...headers],
    ['cmake', '--build', folder, '--parallel', String(os.availableParallelism()), '--target', 'swt_addon'],
  ]);
  for (const file of placeAddon(path.join(root, folder, 'secure_web_token.node'))) {
    console.log(`addon: ${path.relative(root, file)} is new`);
  }
}

module.exports = { buildAddon };
