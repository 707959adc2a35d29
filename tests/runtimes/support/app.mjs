/** The application of tests/runtimes/app in a folder of its own, with the package installed from its tarball. */

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const APP = fileURLToPath(new URL('../app', import.meta.url));
const SERVER = fileURLToPath(new URL('../../integration/getting_started_server.js', import.meta.url));

/** Installed beside the package, in the versions that the other tests use. */
const COMPANIONS = ['express', 'redis', 'ioredis', 'cookie-parser'];

/** @returns {Promise<{ folder: string, problem: string | null }>} problem: why npm could not install the companions */
export async function installApp() {
  const folder = mkdtempSync(join(tmpdir(), 'swt-runtimes-'));
  cpSync(APP, folder, { recursive: true });
  cpSync(SERVER, join(folder, 'server.cjs'));

  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT });
  const [{ filename }] = Object.values(JSON.parse(stdout));

  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const companions = COMPANIONS.map((name) => `${name}@${packages[`node_modules/${name}`].version}`);
  const options = ['--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=0', '--fetch-timeout=30000'];
  try {
    await run('npm', ['install', ...options, `./${filename}`, ...companions], { cwd: folder, timeout: 90_000 });
    return { folder, problem: null };
  } catch (error) {
    return { folder, problem: (error.stderr || error.message).trim().split('\n').slice(0, 3).join(' ') };
  }
}
