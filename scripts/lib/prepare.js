// What must be there before anything is built: system packages, node's headers, node_modules.
'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { ownNodeInclude } = require('../../cli/build/headers');
const { root, step, Stop } = require('./step');
const { installSystemPackages } = require('./system');

// The folder of node_api.h: node's own, so that headers and executable are of one version, and nothing is downloaded.
function nodeInclude() {
  const folder = ownNodeInclude();
  if (folder === null) {
    throw new Stop('setup: this node has no include/node/node_api.h beside its bin/: install a Node.js that brings its ' +
      "headers (the archives of nodejs.org do; for a distribution's own, its development package, such as libnode-dev)");
  }
  return folder;
}

// The stamp lies inside node_modules and holds the hash of the lock file, so it is gone or wrong when either changed.
function installModules() {
  const stamp = path.join(root, 'node_modules', '.swt-lock-hash');
  const lock = fs.readFileSync(path.join(root, 'package-lock.json'));
  const hash = crypto.createHash('sha256').update(lock).digest('hex');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === hash) return;

  // npm ci would empty what the link leads to, which others may be using.
  const modules = path.join(root, 'node_modules');
  if (fs.lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new Stop('setup: node_modules is a link to a folder that is not of this package-lock.json: remove the link');
  }

  // npm says where it lies to the scripts that it runs. Nothing that we use needs an install script.
  const running = process.env.npm_execpath || '';
  const npm = /npm-cli\.js$/.test(running) ? [process.execPath, running] : ['npm'];
  step('modules', 'npm ci', [[...npm, 'ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund']]);
  fs.writeFileSync(stamp, hash);
}

// prepare installs what building ('build') and testing ('test') need and is not there.
function prepare(purposes) {
  nodeInclude();
  installSystemPackages(purposes);
  installModules();
}

module.exports = { prepare, nodeInclude };
