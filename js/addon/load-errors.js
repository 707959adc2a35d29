'use strict';

/** Why the addon is not there, and what to do about it: each in words that name the way out. */

const fs = require('node:fs');
const path = require('node:path');

const { bundledError } = require('./bundled.js');
const { platform, libC, glibcVersion, addonFile } = require('./prebuilds.js');

const BUILD = 'npx secure-web-token build';

/** The addon asks for Node-API 9, and js/ for what came with Node.js 20. */
const OLDEST = { node: 20, napi: 9 };

/** Thrown before anything is loaded: an old Node.js would end the process, or fail with other words. */
function checkNodeVersion() {
  const { node, napi } = process.versions;
  if (parseInt(node, 10) >= OLDEST.node && !(Number(napi) < OLDEST.napi)) return;
  throw new Error(`secure-web-token needs Node.js 20.3 or later; this is ${process.version}`);
}

/** @param {Error} cause what require threw for addonFile() */
function loadError(cause) {
  // A bundle has this code in a file of its own, and not the files beside it.
  if (!fs.existsSync(path.join(__dirname, 'native.js'))) return bundledError();
  const text = fs.existsSync(addonFile()) ? unusable(cause) : absent();
  return new Error(`secure-web-token ${text}`, { cause });
}

function absent() {
  if (process.platform !== 'linux') {
    return `has no addon for ${platform}, and is built on Linux only: see docs/platforms.md in its repository`;
  }
  return `has no prebuilt addon for ${platform} (${libC()}): compile it on this machine with "${BUILD}"`;
}

function unusable({ message }) {
  const failed = `could not load its addon for ${platform} (${libC()})`;
  const glibc = /version `GLIBC_([\d.]+)' not found/.exec(message);
  if (glibc !== null) {
    const has = glibcVersion() === '' ? '' : `, which has ${glibcVersion()}`;
    const needs = `it needs glibc ${glibc[1]}, newer than that of this system${has}`;
    return `${failed}: ${needs}. Compile it here with "${BUILD}"`;
  }
  const library = /(lib[\w.+-]+\.so[\w.]*): cannot open shared object file/.exec(message);
  if (library !== null && library[1].startsWith('libcjson')) {
    return `${failed}: ${library[1]}, which lies beside it in the package, is missing. Install the package again`;
  }
  if (library !== null) return `${failed}: this system has no ${library[1]}. Install it, or compile with "${BUILD}"`;
  return `${failed}: ${message}. Install the package again, or compile it here with "${BUILD}"`;
}

module.exports = { checkNodeVersion, loadError };
