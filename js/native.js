'use strict';

const path = require('node:path');

/**
 * The C library of this machine. glibc and musl cannot load each other's files, and the process report is the one place
 * where node names the one that it runs on.
 */
function libcOf(platform) {
  if (platform !== 'linux' || process.report === undefined) return 'glibc';
  const report = process.report;
  const before = report.excludeNetwork;
  // Without this the report looks up the names of all open connections.
  report.excludeNetwork = true;
  try {
    return report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
  } finally {
    report.excludeNetwork = before;
  }
}

function load() {
  const platform = `${process.platform}-${process.arch}`;
  const libc = libcOf(process.platform);
  const file = path.join(__dirname, '..', 'prebuilds', platform, `secure-web-token.${libc}.node`);
  try {
    return require(file);
  } catch (cause) {
    const problem = cause.code === 'MODULE_NOT_FOUND' ? 'has no prebuilt addon' : 'could not load its addon';
    throw new Error(
      `secure-web-token ${problem} for ${platform} (${libc}), Node.js ${process.version}: ` +
        'clone its repository and run "npm run build" there',
      { cause },
    );
  }
}

/**
 * The functions of the addon; bindings/node/functions.h describes them. They return a status number where the core
 * refuses, and never a number otherwise.
 */
module.exports = load();
