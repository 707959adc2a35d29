// The Node.js addon: compiled by node-gyp, then put into prebuilds/, where js/native.js loads it and npm packs it.
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { root, output, step } = require('./step');
const { nodePrefix } = require('./prepare');

const built = path.join(root, 'build', 'Release', 'secure_web_token.node');
const staged = path.join(root, 'prebuilds', `${process.platform}-${process.arch}`);
// Files for glibc and for musl have different names, so that neither is loaded by the other.
const libc = process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';

function buildAddon() {
  const gyp = [process.execPath, 'node_modules/node-gyp/bin/node-gyp.js'];

  // configure and build, never rebuild or clean: they would empty build/, and CMake's tree with it.
  step('addon', 'building the Node.js addon', [[...gyp, 'configure', 'build', `--nodedir=${nodePrefix()}`]]);
  stage();
}

// Whose code the addon brings along. Their licences ask that their notices come with it.
const noticesOf = { openssl: 'libssl-dev', libsodium: 'libsodium-dev', cjson: 'libcjson1', 'libstdc++': 'gcc-12-base' };

function stage() {
  const cjson = path.join(output('pkg-config', ['--variable=libdir', 'libcjson']), 'libcjson.so.1');

  fs.mkdirSync(staged, { recursive: true });
  update(`secure-web-token.${libc}.node`, (to) => execFileSync('strip', ['--strip-unneeded', '-o', to, built]));
  // The addon looks for it beside itself first. A copy and no link: npm packs no links.
  update('libcjson.so.1', (to) => fs.copyFileSync(fs.realpathSync(cjson), to));
  for (const [library, debianPackage] of Object.entries(noticesOf)) {
    const notice = path.join('/usr/share/doc', debianPackage, 'copyright');
    if (fs.existsSync(notice)) update(`NOTICE.${library}.txt`, (to) => fs.copyFileSync(fs.realpathSync(notice), to));
  }
}

// A file that a running process may have loaded is never written to: it is replaced, and only by a different one.
function update(name, write) {
  const current = path.join(staged, name);
  const fresh = `${current}.${process.pid}`;

  write(fresh);
  if (fs.existsSync(current) && fs.readFileSync(current).equals(fs.readFileSync(fresh))) {
    fs.unlinkSync(fresh);
    return;
  }
  fs.chmodSync(fresh, name.endsWith('.txt') ? 0o644 : 0o755);
  fs.renameSync(fresh, current);
  console.log(`addon: ${path.relative(root, current)} is new`);
}

module.exports = { buildAddon };
