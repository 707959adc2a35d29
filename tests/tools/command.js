'use strict';

/** Runs `secure-web-token` as a process of its own. */

const { spawnSync } = require('node:child_process');
const path = require('node:path');

const SCRIPT = path.join(__dirname, '..', '..', 'bin', 'secure-web-token.js');

function command(args, options) {
  const result = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8', timeout: 60_000, ...options });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

module.exports = { SCRIPT, command };
