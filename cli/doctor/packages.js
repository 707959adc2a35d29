'use strict';

const fs = require('node:fs');
const path = require('node:path');

const MAX_BYTES = 64 * 1024 * 1024;

/** What the app works with, and the first major version that version 4 is tested with. */
const OLDEST = { redis: 4, ioredis: 5, express: 4 };
const OLDEST_NODE = 20;

function readJson(file) {
  try {
    if (fs.statSync(file).size > MAX_BYTES) return undefined;
    const value = JSON.parse(fs.readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The first number of a version or a range: "^4.7.1", "npm:redis@^5". */
function majorOf(version) {
  const match = /^(?:npm:(?:@[^@]*|[^@]*)@)?[\s^~>=v]*(\d{1,6})/.exec(version ?? '');
  return match === null ? undefined : Number(match[1]);
}

/** As it is installed, else as it is locked by npm, else as package.json asks for it. */
function versionOf(folder, name, asked, lock) {
  const text = (value) => (typeof value === 'string' ? value : undefined);
  const installed = text(readJson(path.join(folder, 'node_modules', name, 'package.json'))?.version);
  return installed ?? text(lock?.packages?.[`node_modules/${name}`]?.version) ?? text(asked[name]);
}

/**
 * What package.json says.
 *
 * @returns {{ manifest: object | undefined, asked: Record<string, string>, versions: Record<string, string> }}
 */
function readPackages(folder) {
  const manifest = readJson(path.join(folder, 'package.json'));
  const asked = { ...manifest?.devDependencies, ...manifest?.optionalDependencies, ...manifest?.dependencies };
  const lock = readJson(path.join(folder, 'package-lock.json'));
  const versions = {};
  for (const name of ['secure-web-token', ...Object.keys(OLDEST)]) {
    const version = Object.hasOwn(asked, name) ? versionOf(folder, name, asked, lock) : undefined;
    if (version !== undefined) versions[name] = version;
  }
  return { manifest, asked, versions };
}

/** @returns {object[]} findings about versions that are too old */
function checkVersions({ manifest, versions }, nodeVersion = process.versions.node) {
  const findings = [];
  const old = (look, differs, write) => findings.push({ rule: 'version', file: 'package.json', look, differs, write });

  if (majorOf(nodeVersion) < OLDEST_NODE) {
    old(`Node.js ${nodeVersion}, which runs this`, 'Node.js 20 is the oldest it runs on', 'Node.js 20 or newer');
  }
  const engines = manifest?.engines?.node;
  if (typeof engines === 'string' && majorOf(engines) < OLDEST_NODE) {
    old('engines.node', 'Node.js 20 is the oldest it runs on', '"engines": { "node": ">=20" }');
  }
  for (const [name, oldest] of Object.entries(OLDEST)) {
    if (majorOf(versions[name]) < oldest) {
      old(`the version of ${name}`, `it is tested with ${name} ${oldest} and newer`, `npm install ${name}@latest`);
    }
  }
  return findings;
}

module.exports = { readPackages, checkVersions, majorOf };
