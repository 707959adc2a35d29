'use strict';

/** Where the addon for this machine lies in the package, whether it is there or not. */

const path = require('node:path');

const platform = `${process.platform}-${process.arch}`;

/**
 * The C library of this machine. glibc and musl cannot load each other's files, and the process report is the one place
 * where node names the one that it runs on.
 */
function libC() {
  return glibcVersion() === undefined ? 'musl' : 'glibc';
}

/** Undefined on musl. Where it cannot be asked for it is the empty text. */
function glibcVersion() {
  const { report } = process;
  if (process.platform !== 'linux' || report === undefined) return '';
  const before = report.excludeNetwork;
  // Without this the report looks up the names of all open connections.
  report.excludeNetwork = true;
  try {
    return report.getReport().header.glibcVersionRuntime;
  } finally {
    report.excludeNetwork = before;
  }
}

function addonFolder() {
  return path.join(__dirname, '..', 'prebuilds', platform);
}

function addonFile() {
  return path.join(addonFolder(), `secure-web-token.${libC()}.node`);
}

module.exports = { platform, libC, glibcVersion, addonFolder, addonFile };
