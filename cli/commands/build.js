'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { addonFile } = require('../../js/addon/prebuilds.js');
const { findHeaders } = require('../build/headers.js');
const { missingNeeds } = require('../build/needs.js');
const { placeAddon } = require('../build/place.js');
const { readArgs } = require('../call-error.js');

const usage = `Usage: secure-web-token build

Compiles the native addon from the sources in the package, and puts it into the package. Only needed where none is
prebuilt. It takes a compiler, CMake and some libraries, which it names when they are missing; two packages of headers
come from the npm registry, and nothing else is downloaded.
`;

const ROOT = path.join(__dirname, '..', '..');

/** Why there is no addon in the end, in a sentence for whoever ran the command. */
class Failure extends Error {}

/** @returns {number} the exit code */
function run(args) {
  readArgs(args, {});
  // Of what is made on the way nothing stays: only the result goes into the package.
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secure-web-token-build-'));
  try {
    build(folder);
    return 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(`secure-web-token build: ${error.message}`);
    return 1;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function build(folder) {
  checkSurroundings();

  const headers = path.join(folder, 'headers');
  fs.mkdirSync(headers);
  console.log('fetching the headers of node-addon-api by npm');
  const { settings, problem } = findHeaders(headers);
  if (problem !== undefined) throw new Failure(`npm could not fetch node-addon-api and node-api-headers:\n${problem}`);

  console.log('compiling, which takes a minute or two');
  compile(path.join(folder, 'core'), settings);
  placeAddon(path.join(folder, 'core', 'secure_web_token.node'));
  console.log(`done: ${versionOf(addonFile())}\n      ${path.relative(process.cwd(), addonFile())}`);
}

function checkSurroundings() {
  if (process.platform !== 'linux') {
    throw new Failure(`it builds on Linux; for ${process.platform} see docs/platforms.md in the repository`);
  }
  const missing = missingNeeds();
  if (missing.length > 0) {
    const packages = missing.map(([name]) => name).join(' ');
    const things = missing.map(([, what]) => `  ${what}`).join('\n');
    const way = `on Debian and its relatives: apt-get install ${packages}`;
    throw new Failure(`these are needed and were not found:\n${things}\n${way}`);
  }
  try {
    fs.accessSync(ROOT, fs.constants.W_OK);
  } catch {
    throw new Failure(`${ROOT} cannot be written to by this user`);
  }
}

function compile(folder, settings) {
  const wanted = ['-DCMAKE_BUILD_TYPE=RelWithDebInfo', '-DSWT_BUILD_TESTS=OFF', '-DSWT_BUILD_ADDON=ON', ...settings];
  cmake(['-S', ROOT, '-B', folder, ...wanted]);
  cmake(['--build', folder, '--parallel', String(os.availableParallelism()), '--target', 'swt_addon']);
}

/** Its output is shown when it fails. */
function cmake(args) {
  const result = spawnSync('cmake', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 28 });
  if (result.status === 0) return;
  console.error(result.stdout + result.stderr);
  throw new Failure(`cmake ${args[0] === '--build' ? '--build ' : ''}failed, with the output above`);
}

/** In a process of its own: a file that does not load must not end this one. */
function versionOf(file) {
  const code = 'console.log(require(process.argv[1]).versionDetails())';
  const result = spawnSync(process.execPath, ['-e', code, file], { encoding: 'utf8' });
  if (result.status !== 0) throw new Failure(`what was built does not load:\n${result.stderr}`);
  return result.stdout.trim();
}

module.exports = { usage, run };
