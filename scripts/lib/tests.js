// The two test runners. Their own lines are the result, so their output goes straight through.
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { root } = require('./step');

function succeeds(command, args) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.error) console.error(`tests: ${command}: ${result.error.message}`);
  return result.status === 0;
}

function runCTest() {
  console.log('tests: ctest');
  const report = path.join(root, 'build', 'core', 'ctest.xml');
  fs.rmSync(report, { force: true });
  const passed = succeeds('ctest', [
    ...['--test-dir', 'build/core', '--output-on-failure', '--no-tests=error', '--parallel', '2'],
    ...['--output-junit', report],
  ]);
  sayWhatWasSkipped(report);
  return passed;
}

// ctest's own last line counts a skipped test as passed.
function sayWhatWasSkipped(report) {
  if (!fs.existsSync(report)) return;
  const skipped = fs.readFileSync(report, 'utf8').match(/status="notrun"/g)?.length ?? 0;
  if (skipped > 0) console.log(`tests: ${skipped} of these were skipped: published vectors that are not in ../shared/vectors, or a tool that is missing`);
}

function runNodeTests(filters) {
  // The list is made here: Node.js 20 takes no patterns.
  const wanted = (file) => filters.length === 0 || filters.some((text) => file.includes(text));
  const files = findTests('tests').filter(wanted);
  if (files.length === 0) {
    console.error(`tests: no node test file ${filters.length ? `matches ${filters.join(' ')}` : 'found'}`);
    return false;
  }
  console.log(`tests: node --test, files: ${files.length}`);
  const reporter = process.stdout.isTTY ? 'spec' : 'tap';
  return succeeds(process.execPath, ['--test', `--test-reporter=${reporter}`, '--test-concurrency=2', ...files]);
}

function findTests(folder) {
  return fs
    .readdirSync(path.join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const name = path.join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : findTests(name);
      return /\.test\.m?js$/.test(entry.name) ? [name] : [];
    })
    .sort();
}

module.exports = { runCTest, runNodeTests };
