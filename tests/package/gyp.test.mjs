// Who builds with node-gyp gets the same addon: binding.gyp hands over to CMake.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** npm brings a node-gyp along. */
function nodeGyp() {
  const npm = process.env.npm_execpath ?? realpathSync(join(dirname(process.execPath), 'npm'));
  return join(dirname(npm), '..', 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
}

it('node-gyp builds the addon by way of CMake', { skip: existsSync(nodeGyp()) ? false : 'npm has no node-gyp' }, () => {
  const prefix = join(dirname(realpathSync(process.execPath)), '..');
  const options = { cwd: root, encoding: 'utf8', stdio: 'pipe' };
  const gyp = (command) => execFileSync(process.execPath, [nodeGyp(), command, `--nodedir=${prefix}`], options);
  // What node-gyp did before: it would have nothing to do.
  rmSync(join(root, 'build', 'Release'), { recursive: true, force: true });
  gyp('configure');
  const printed = gyp('build');
  assert.match(printed, /building libswt … done/);
  assert.match(printed, /building the Node.js addon … done/);
  assert.equal(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).gypfile, false, 'npm install would run it');
});
