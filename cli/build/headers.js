'use strict';

/**
 * The headers that the addon is compiled with. Node-API is the same in every Node.js, so it matters little from where
 * they come; that they are what they should be is held by hashes, or by the Node.js that runs this.
 */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const LISTED = path.join(__dirname, '..', '..', 'bindings', 'node', 'headers');

/** The folder with node_api.h that the running Node.js was installed with, or null. */
function ownNodeInclude() {
  const folder = path.resolve(fs.realpathSync(process.execPath), '..', '..', 'include', 'node');
  return fs.existsSync(path.join(folder, 'node_api.h')) ? folder : null;
}

/**
 * Where node_api.h and napi.h are, as settings for CMake.
 *
 * @param {string} folder an empty one, which npm may fill: the packages named in bindings/node/headers, each with the
 *   hash that is written down there, from whatever registry npm is set up for
 * @returns {{ settings: string[] } | { problem: string }}
 */
function findHeaders(folder) {
  // npm packs no package-lock.json, hence the other name.
  fs.copyFileSync(path.join(LISTED, 'package.json'), path.join(folder, 'package.json'));
  fs.copyFileSync(path.join(LISTED, 'npm-lock.json'), path.join(folder, 'package-lock.json'));
  const [program, ...first] = npm();
  const args = [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  const result = spawnSync(program, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.status !== 0) return { problem: result.error?.message ?? result.stderr.trim() };

  const modules = path.join(folder, 'node_modules');
  const packaged = path.join(modules, 'node-api-headers', 'include');
  return { settings: headerSettings(path.join(modules, 'node-addon-api'), packaged) };
}

/** @param {string} packaged the folder with node_api.h for a Node.js that was installed without */
function headerSettings(nodeAddonApi, packaged) {
  return [`-DSWT_NODE_ADDON_API=${nodeAddonApi}`, `-DSWT_NODE_INCLUDE=${ownNodeInclude() ?? packaged}`];
}

/** npm says where it lies to what it runs; another package manager's place is of no use here. */
function npm() {
  const running = process.env.npm_execpath ?? '';
  if (/np[mx]-cli\.js$/.test(running)) return [process.execPath, running.replace(/npx-cli\.js$/, 'npm-cli.js')];
  return ['npm'];
}

module.exports = { findHeaders, headerSettings, ownNodeInclude };
