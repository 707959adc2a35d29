// docs/testing.md: its blocks are files of an app, and the app's tests pass.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = readFileSync(join(root, 'docs', 'testing.md'), 'utf8');

// Inside the package, so that its name leads to itself.
const folder = mkdtempSync(join(root, 'tests', 'tools', 'guide-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Each block begins with the name of its file; several of one name follow each other in it. */
function filesOf(text) {
  const files = new Map();
  for (const [, name, code] of text.matchAll(/^```js\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)) {
    files.set(name, (files.get(name) ?? '') + code);
  }
  return files;
}

/** A runner inside of a runner would report to the outer one. */
function runTests(file) {
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  const args = ['--test', '--test-reporter=tap', file];
  return spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8', timeout: 60_000 });
}

describe('docs/testing.md', () => {
  const files = filesOf(guide);
  for (const [name, code] of files) writeFileSync(join(folder, name), code);

  it('has all its code in named files', () => {
    assert.deepEqual([...files.keys()], ['app.js', 'app.test.mjs']);
    assert.equal(guide.match(/^```js/gm).length, guide.match(/^```js\n\/\/ (app\.js|app\.test\.mjs)$/gm).length);
  });

  it('has tests that pass', () => {
    const expected = guide.match(/^test\(/gm).length;
    const { status, stdout, stderr } = runTests('app.test.mjs');
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, new RegExp(`^# pass ${expected}$`, 'm'));
  });

  it('has tests that fail for an app without its guard', () => {
    const unguarded = files.get('app.js').replace("app.get('/profile', auth, (req, res) => res.json(req.swt))",
      "app.get('/profile', (req, res) => res.json({ userId: 'alice' }))");
    assert.notEqual(unguarded, files.get('app.js'));
    writeFileSync(join(folder, 'app.js'), unguarded);
    const { status, stdout } = runTests('app.test.mjs');
    assert.equal(status, 1);
    assert.match(stdout, /^# fail 6$/m, stdout);
  });
});
