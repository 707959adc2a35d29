// `npx secure-web-token build`, in an installed package that has no prebuilt addon: a compiler runs, for about a
// minute.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { NODE_WITH_HEADERS, fetchRuntime } from '../runtimes/support/runtimes.mjs';
import { attempt, installPackage, run } from './support/installed.mjs';

const USE = `
  const { sign, verify } = require('secure-web-token');
  const secret = require('node:crypto').randomBytes(32);
  sign({ userId: 'alice' }, secret).then(({ token }) => verify(token, secret)).then(({ data }) => console.log(data.userId));`;

let installed;
let folder;
let prebuilds;

before(() => {
  installed = installPackage();
  ({ folder } = installed);
  prebuilds = join(folder, 'node_modules', 'secure-web-token', 'prebuilds');
  rmSync(prebuilds, { recursive: true });
});

after(() => installed?.remove());

const command = join('node_modules', '.bin', 'secure-web-token');

/** The command with a PATH of its own. */
function build(node, env) {
  return attempt(node, [join(folder, command), 'build'], folder, env);
}

/** A folder of commands with nothing in it but those that are named. */
function onlyCommands(names) {
  const path = join(folder, `path-${names.length}`);
  mkdirSync(path, { recursive: true });
  for (const name of names) symlinkSync(run('which', [name], folder).trim(), join(path, name));
  return path;
}

describe('npx secure-web-token build', () => {
  it('is what require asks for', () => {
    const { stderr } = attempt(process.execPath, ['-e', USE], folder);
    assert.match(stderr, /compile it on this machine with "npx secure-web-token build"/);
  });

  it('names everything that is missing at once, with its Debian packages', () => {
    const { status, stderr } = build(process.execPath, { PATH: onlyCommands([]) });
    assert.equal(status, 1);
    for (const what of ['g++ 12', 'CMake 3.22', 'pkg-config', 'libcrypto.a', 'libsodium.a', 'hiredis', 'cJSON']) {
      assert.ok(stderr.includes(what), stderr);
    }
    const packages = 'g++ make cmake pkg-config libssl-dev libsodium-dev libhiredis-dev libcjson-dev';
    assert.ok(stderr.endsWith(`apt-get install ${packages}\n`), stderr);
  });

  it('names only what is missing', () => {
    const { status, stderr } = build(process.execPath, { PATH: onlyCommands(['make', 'cmake', 'pkg-config']) });
    assert.equal(status, 1);
    assert.match(stderr, /not found:\n {2}g\+\+ 12 or later\n.*apt-get install g\+\+\n$/);
  });

  it('says what npm says when the headers cannot be fetched', () => {
    const nobody = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };
    const { status, stderr } = build(process.execPath, { ...nobody, npm_config_cache: join(folder, 'no-cache') });
    assert.equal(status, 1);
    assert.match(stderr, /npm could not fetch node-addon-api and node-api-headers:\n.*ECONNREFUSED/s);
    assert.ok(!existsSync(prebuilds));
  });

  it('takes no arguments', () => {
    assert.equal(attempt(process.execPath, [command, 'build', '--fast'], folder).status, 2);
    assert.match(run(process.execPath, [command, 'build', '--help'], folder), /^Usage: secure-web-token build\n/);
  });

  it('compiles, by a Node.js that lies anywhere, and what comes out works', { timeout: 300_000 }, async (context) => {
    const { path, reason } = await fetchRuntime(NODE_WITH_HEADERS);
    if (reason !== undefined) return context.skip(reason);
    const ping = attempt('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=10000'], folder);
    if (ping.status !== 0) return context.skip(`npm's registry does not answer: ${ping.stderr}`);

    const elsewhere = mkdtempSync(join(tmpdir(), 'swt node-'));
    try {
      cpSync(join(path, '..', '..'), elsewhere, { recursive: true });
      const node = join(elsewhere, 'bin', 'node');
      const temporary = join(folder, 'temporary');
      mkdirSync(temporary);
      const { status, stdout, stderr } = build(node, { TMPDIR: temporary });
      assert.equal(status, 0, stdout + stderr);
      assert.match(stdout, /^done: secure-web-token \d+\.\d+\.\d+, OpenSSL 3\./m);

      for (const each of [node, process.execPath]) assert.equal(run(each, ['-e', USE], folder), 'alice\n');
      const made = join(prebuilds, `${process.platform}-${process.arch}`);
      assert.ok(readdirSync(made).includes('libcjson.so.1'));
      assert.ok(statSync(join(made, 'secure-web-token.glibc.node')).size < 8 * 2 ** 20, 'not stripped');
      assert.deepEqual(readdirSync(temporary).filter((name) => name.startsWith('secure-web-token-')), []);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });
});
