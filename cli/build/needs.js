'use strict';

/** What compiling takes: the tools and libraries that are not npm's. */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

/** What a command printed, or null when it failed or does not exist. */
function output(command, args) {
  const result = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return result.status === 0 ? result.stdout.trim() : null;
}

const command = (name) => () =>
  (process.env.PATH || '').split(':').some((folder) => folder && fs.existsSync(path.join(folder, name)));
const library = (wanted) => () => output('pkg-config', ['--exists', wanted]) !== null;

// The addon holds these as archives.
const archive = (wanted, name) => () => {
  const folder = library(wanted)() ? output('pkg-config', ['--variable=libdir', name]) : null;
  return folder !== null && fs.existsSync(path.join(folder, `${name}.a`));
};

function atLeast(major, minor, text) {
  const found = /(\d+)\.(\d+)/.exec(text || '');
  return found !== null && (Number(found[1]) > major || (Number(found[1]) === major && Number(found[2]) >= minor));
}

/** Debian's package, what it is elsewhere, and how to see that it is there without asking a package manager. */
const NEEDS = [
  ['g++', 'g++ 12 or later', command('g++')],
  ['make', 'make', command('make')],
  ['cmake', 'CMake 3.22 or later', () => atLeast(3, 22, output('cmake', ['--version']))],
  ['pkg-config', 'pkg-config', command('pkg-config')],
  ['libssl-dev', 'OpenSSL 3 with headers, libssl and libcrypto.a', archive('libcrypto >= 3.0', 'libcrypto')],
  [
    'libsodium-dev',
    'libsodium 1.0.18 or later with headers and libsodium.a',
    archive('libsodium >= 1.0.18', 'libsodium'),
  ],
  ['libhiredis-dev', 'hiredis 0.14 or later with headers', library('hiredis >= 0.14')],
  ['libcjson-dev', 'cJSON 1.7.15 or later with headers', library('libcjson >= 1.7.15')],
];

/** Those of NEEDS that were not found. */
function missingNeeds() {
  return NEEDS.filter(([, , isThere]) => !isThere());
}

module.exports = { NEEDS, missingNeeds, command, library, output };
