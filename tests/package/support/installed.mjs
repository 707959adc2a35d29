/** A folder with the package in it as npm installs it: from the tarball, offline. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export function run(command, args, cwd) {
  const stdio = ['ignore', 'pipe', 'pipe'];
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio, timeout: 120_000 });
}

/** What a program printed and how it ended, whether well or not. */
export function attempt(command, args, cwd, env = {}) {
  const options = { cwd, encoding: 'utf8', env: { ...process.env, ...env } };
  const { status, stdout, stderr } = spawnSync(command, args, options);
  return { status, stdout, stderr };
}

/**
 * @param {string[]} [npmOptions] further ones for npm install
 * @returns {{ folder: string, files: string[], printed: string, remove: () => void }} folder: of the
 *   application; files: in the tarball; printed: what npm install said
 */
export function installPackage(npmOptions = []) {
  const folder = mkdtempSync(join(tmpdir(), 'swt package-')); // a blank in a path is nothing unusual
  const packed = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], ROOT));
  // npm 12 names the packages; those before it list them.
  const [{ filename, files }] = Object.values(packed);
  const tarball = join(folder, filename);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true }));
  const printed = run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...npmOptions, tarball], folder);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { folder, files: files.map(({ path }) => path), printed, remove };
}
