'use strict';

/** Where the addon for this machine lies in the package, whether it is there or not. */

const path = require('node:path');

const platform = `${process.platform}-${process.arch}`;

/**
 * The C library of this Linux system. glibc and musl cannot load each other's files, and the process report is the one
 * place where node names the one that it runs on.
 */
function libC() {
  return glibcVersion() === undefined ? 'musl' : 'glibc';
}

/** Of a Linux system. Undefined on musl; where a runtime does not tell, it is the empty text. */
function glibcVersion() {
  const { report } = process;
  if (report === undefined) return '';
  const before = report.excludeNetwork;
  // Without this the report looks up the names of all open connections.
  report.excludeNetwork = true;
  try {
    return report.getReport().header.glibcVersionRuntime;
  } catch {
    return ''; // Deno does not say it without --allow-sys
  } finally {
    report.excludeNetwork = before;
  }
}

function addonFolder() {
  return path.join(__dirname, '..', '..', 'prebuilds', platform);
}

function addonFile() {
  const name = process.platform === 'linux' ? `secure-web-token.${libC()}.node` : 'secure-web-token.node';
  return path.join(addonFolder(), name);
}

module.exports = { platform, libC, glibcVersion, addonFolder, addonFile };
