// What a user installs: the tarball that npm pack makes, in a folder of its own, without a compiler and without scripts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'swt-package-'));

function run(command, args, cwd) {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000 });
}

let files = [];

before(() => {
  const packed = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], root));
  // npm 12 names the packages; those before it list them.
  const [{ filename, files: listed }] = Object.values(packed);
  files = listed.map(({ path }) => path);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true }));
  run('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', join(folder, filename)], folder);
});

after(() => rmSync(folder, { recursive: true, force: true }));

const USE = `
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const store = new MemoryStore();
  const { token, sessionId } = await sign({ userId: 'alice' }, secret, { store });
  const { data } = await verify(token, secret, { store, sessionId });
  await store.revokeSession(sessionId);
  const after = await verify(token, secret, { store, sessionId }).catch((error) => error.code);
  console.log(JSON.stringify({ data, after }));
`;
const EXPECTED = { data: { userId: 'alice' }, after: 'session_revoked' };

describe('the tarball', () => {
  it('holds the package, its prebuilt addon, and nothing to compile', () => {
    const stray = files.filter((file) => !/^(bin|cli|js|prebuilds)\/|^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(file));
    assert.deepEqual(stray, []);
    assert.ok(files.includes('js/client.mjs'));
    assert.ok(files.some((file) => file.endsWith('.node')), 'no prebuilt addon');
    assert.ok(!files.includes('binding.gyp'), 'npm would try to compile it');
  });

  it('brings no other package along', () => {
    assert.deepEqual(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.')), ['secure-web-token']);
  });

  it('works by require', () => {
    const code = `const { sign, verify, MemoryStore } = require('secure-web-token'); (async () => {${USE}})();`;
    assert.deepEqual(JSON.parse(run(process.execPath, ['--input-type=commonjs', '-e', code], folder)), EXPECTED);
  });

  it('works by import', () => {
    const code = `import { sign, verify, MemoryStore } from 'secure-web-token'; ${USE}`;
    assert.deepEqual(JSON.parse(run(process.execPath, ['--input-type=module', '-e', code], folder)), EXPECTED);
  });

  it('has a command', () => {
    const command = join(folder, 'node_modules', '.bin', 'secure-web-token');
    assert.match(run(command, ['secret'], folder), /^[A-Za-z0-9_-]{43}\n$/);
    assert.match(run(command, ['doctor', folder], folder), /^addon +secure-web-token 4/m);
  });

  it('has the tools for tests, by require and by import', () => {
    const names = 'console.log(typeof fakeBrowser, typeof fakeClock)';
    const byRequire = `const { fakeBrowser, fakeClock } = require('secure-web-token/testing'); ${names}`;
    const byImport = `import { fakeBrowser, fakeClock } from 'secure-web-token/testing'; ${names}`;
    assert.equal(run(process.execPath, ['--input-type=commonjs', '-e', byRequire], folder), 'function function\n');
    assert.equal(run(process.execPath, ['--input-type=module', '-e', byImport], folder), 'function function\n');
  });

  it('has the browser client as a module of its own', () => {
    const code = `
      import { generateDpopKey, createDpopProof } from 'secure-web-token/client';
      const { privateKey, publicKeyJwk } = await generateDpopKey();
      console.log(JSON.stringify((await createDpopProof(privateKey, publicKeyJwk, '/x', 'GET')).length > 100));`;
    assert.equal(JSON.parse(run(process.execPath, ['--input-type=module', '-e', code], folder)), true);
  });
});
