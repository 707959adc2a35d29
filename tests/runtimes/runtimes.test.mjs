/**
 * One application, written as a user writes it, over the package as npm installs it, in every Node.js that is
 * supported, in Bun and in Deno. What cannot be fetched from the registry is skipped, and says so.
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { startChildServer } from '../support/child_server.mjs';
import { ScriptedBrowser, proofStyles } from '../support/scripted_browser.mjs';
import { installApp } from './support/app.mjs';
import { RUNTIMES, THIS_NODE, TOO_OLD, fetchRuntime } from './support/runtimes.mjs';

const { freePort, startRedis } = createRequire(import.meta.url)('../support/redis.js');

const CHECKS = [
  'stateless',
  'memory store',
  'redis store, redis',
  'redis store, ioredis',
  'middleware, express',
  'middleware, node:http',
];
const WORKERS = 4;

/** 22 KB is what one engine takes: 5000 that are not collected are 110 MB. */
const GROWTH_LIMIT = 32 * 2 ** 20;

const EXITS = 5;

let redis;
let app;

before(async () => {
  redis = await startRedis();
  app = await installApp();
}, { timeout: 120_000 });

after(async () => {
  await redis?.stop();
  if (app !== undefined) rmSync(app.folder, { recursive: true, force: true });
});

/** @returns {Promise<{ code: number | null, signal: string | null, stdout: string, stderr: string }>} */
function runIn(program, args) {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: app.folder, timeout: 60_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, signal: error?.signal ?? null, stdout, stderr });
    });
  });
}

async function runWell(program, args) {
  const { code, signal, stdout, stderr } = await runIn(program, args);
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, stdout + stderr);
  return stdout.trim();
}

async function skipReason(context, runtime) {
  const { path, reason } = await fetchRuntime(runtime);
  const problem = app.problem === null ? reason : `npm could not install the application: ${app.problem}`;
  if (problem !== undefined) context.skip(problem);
  return { path, skipped: problem !== undefined };
}

async function everyCheck(program, runtime) {
  const stdout = await runWell(program, [...runtime.run, 'main.mjs', redis.url, String(WORKERS)]);
  const inMain = CHECKS.map((name) => `main: ${name}`);
  const inWorkers = Array(WORKERS).fill(`worker: ${CHECKS.join(' + ')}`);
  assert.deepEqual(stdout.split('\n'), [...inMain, ...inWorkers]);
}

async function exitWithWorkInFlight(program, runtime) {
  for (let i = 0; i < EXITS; i++) {
    const { code, signal, stderr } = await runIn(program, [...runtime.run, 'exit.mjs', redis.url]);
    assert.deepEqual({ code, signal, stderr }, { code: 7, signal: null, stderr: '' });
  }
}

async function enginesAreCollected(program, runtime) {
  const grown = Number(await runWell(program, [...runtime.runWithGc, 'garbage.mjs']));
  assert.ok(grown < GROWTH_LIMIT, `${grown} bytes after 5000 engines`);
}

/** The documented server, word for word, and a page that uses it. */
async function documentedServer(program, runtime) {
  const port = await freePort();
  const file = pathToFileURL(join(app.folder, 'server.cjs'));
  const server = await startChildServer(file, [String(port), redis.url], /on port/, [program, ...runtime.run]);
  try {
    const makeProof = proofStyles['proofs of this client'];
    const alice = await new ScriptedBrowser(`http://127.0.0.1:${port}`, makeProof).login('alice');
    const { session } = alice;
    const status = async (changes) => (await alice.get('/api/profile', { session, ...changes })).status;
    const proof = await alice.proof('/api/profile');

    assert.equal(await status({ proof }), 200);
    assert.equal(await status({ proof }), 401);
    assert.equal(await status({ proof: null }), 401);
    assert.equal(await status({}), 200);
    assert.equal((await alice.logout()).status, 200);
    assert.equal(await status({}), 401);
  } finally {
    await server.stop();
  }
}

describe('the installed package', { concurrency: 2, timeout: 180_000 }, () => {
  for (const runtime of [THIS_NODE, ...RUNTIMES]) {
    test(`in ${runtime.name}`, async (context) => {
      const { path, skipped } = await skipReason(context, runtime);
      if (skipped) return;
      await context.test(`the surface, in the main thread and ${WORKERS} workers`, () => everyCheck(path, runtime));
      await context.test('process.exit with work in flight', () => exitWithWorkInFlight(path, runtime));
      await context.test('engines are collected', () => enginesAreCollected(path, runtime));
      await context.test('the documented server', () => documentedServer(path, runtime));
    });
  }

  test(`in ${TOO_OLD.name}: says that it is too old`, async (context) => {
    const { path, skipped } = await skipReason(context, TOO_OLD);
    if (skipped) return;
    for (const code of ['require("secure-web-token")', 'import("secure-web-token")']) {
      const { code: exitCode, stderr } = await runIn(path, ['-e', code]);
      assert.equal(exitCode, 1);
      assert.match(stderr, /Error: secure-web-token needs Node\.js 20\.3 or later; this is v20\.2\.0\n/);
    }
  });
});
