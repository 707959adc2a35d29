'use strict';

/** Puts a compiled addon, and what it brings along, where js/addon loads it and npm packs it. */

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const { addonFolder, addonFile } = require('../../js/addon/prebuilds.js');
const { output } = require('./needs.js');

/** Whose code the addon holds, by Debian's packages. Their licences ask that their notices come with it. */
const NOTICES = { openssl: 'libssl-dev', libsodium: 'libsodium-dev', cjson: 'libcjson1', 'libstdc++': 'gcc-12-base' };

/**
 * @param {string} built the file that the linker wrote
 * @returns {string[]} the files that are new
 */
function placeAddon(built) {
  const changed = [];
  const update = (file, write) => {
    if (replace(file, write)) changed.push(file);
  };
  const beside = (name) => path.join(addonFolder(), name);
  const cjson = path.join(output('pkg-config', ['--variable=libdir', 'libcjson']), 'libcjson.so.1');

  fs.mkdirSync(addonFolder(), { recursive: true });
  // The addon looks for it beside itself first. A copy and no link: npm packs no links.
  update(beside('libcjson.so.1'), (to) => fs.copyFileSync(fs.realpathSync(cjson), to));
  for (const [library, debianPackage] of Object.entries(NOTICES)) {
    const notice = path.join('/usr/share/doc', debianPackage, 'copyright');
    if (!fs.existsSync(notice)) continue;
    update(beside(`NOTICE.${library}.txt`), (to) => fs.copyFileSync(fs.realpathSync(notice), to));
  }
  update(addonFile(), (to) => execFileSync('strip', ['--strip-unneeded', '-o', to, built]));
  return changed;
}

/** A file that a running process may have loaded is never written to: it is replaced, and only by a different one. */
function replace(current, write) {
  const fresh = `${current}.${process.pid}`;
  write(fresh);
  if (fs.existsSync(current) && fs.readFileSync(current).equals(fs.readFileSync(fresh))) {
    fs.unlinkSync(fresh);
    return false;
  }
  fs.chmodSync(fresh, current.endsWith('.txt') ? 0o644 : 0o755);
  fs.renameSync(fresh, current);
  return true;
}

module.exports = { placeAddon };
