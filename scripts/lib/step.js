// Steps: one line each when they succeed, everything they said when they fail.
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..', '..');
const logs = path.join(root, 'build', 'log');

// An expected end, with its reason in one line. Anything else that is thrown is a bug in these scripts.
class Stop extends Error {}

// run calls main from the repository's root; a Stop ends the process with its line and exit code 1.
function run(main) {
  process.chdir(root);
  try {
    main();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

// step runs commands, each an array, with their output in build/log/<name>.log, and stops at the first that fails.
function step(name, what, commands, options = {}) {
  fs.mkdirSync(logs, { recursive: true });
  const logFile = path.join(logs, `${name}.log`);
  const log = fs.openSync(logFile, 'w');
  const begin = Date.now();

  process.stdout.write(`${name}: ${what} … `);
  try {
    for (const command of commands) {
      fs.writeSync(log, `$ ${command.join(' ')}\n`);
      const result = spawnSync(command[0], command.slice(1), {
        cwd: root,
        env: { ...process.env, ...options.env },
        stdio: [options.stdin || 'ignore', log, log],
      });
      if (result.error) fs.writeSync(log, `${result.error.message}\n`);
      if (result.status !== 0) throw new Stop(failure(name, logFile, result));
    }
  } finally {
    fs.closeSync(log);
  }
  console.log(`done in ${((Date.now() - begin) / 1000).toFixed(1)} s`);
}

function failure(name, logFile, result) {
  let reason = `exit code ${result.status}`;
  if (result.signal) reason = `ended by ${result.signal}`;
  if (result.error) reason = 'cannot be run';
  console.log('FAILED');
  process.stderr.write(fs.readFileSync(logFile));
  return `${name}: FAILED (${reason}); the same output is in ${path.relative(root, logFile)}`;
}

module.exports = { root, run, step, Stop };
