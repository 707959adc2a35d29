// What a user installs: the tarball that npm pack makes, in a folder of its own, without a compiler and without
// scripts.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { ROOT, installPackage, run } from './support/installed.mjs';

let folder;
let files;
let installed;

before(() => {
  installed = installPackage(['--ignore-scripts']);
  ({ folder, files } = installed);
});

after(() => installed?.remove());

/** Reviewed: what is not described here is not meant to be delivered. */
const MEANT = [
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  /^js\/([a-z-]+\/)*[a-z-]+\.(js|mjs|d\.ts|d\.mts)$/,
  /^docs\/[a-z0-9-]+\.md$/,
  /^bin\/secure-web-token\.js$/,
  /^cli\/([a-z-]+\/)*[a-z0-9-]+\.js$/,
  /^prebuilds\/linux-x64\/(secure-web-token\.glibc\.node|libcjson\.so\.1|NOTICE\.(cjson|libsodium|libstdc\+\+|openssl)\.txt)$/,
  // The sources, for `npx secure-web-token build`.
  /^CMakeLists\.txt$/,
  /^cmake\/(addon\.cmake|flags\.cmake|install\.cmake|swt\.pc\.in|swt-config\.cmake\.in)$/,
  /^include\/swt\/swt\.h$/,
  /^src\/([a-z]+\/[a-z0-9_]+\.(cpp|h)|libswt\.map)$/,
  /^bindings\/(README\.md|node\/([a-z_]+\.(cc|h)|exports\.map|headers\/(package|npm-lock)\.json))$/, // npm takes along every README
];

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
  it('holds what is meant to be delivered, and nothing else', () => {
    assert.deepEqual(files.filter((file) => !MEANT.some((pattern) => pattern.test(file))), []);
    for (const pattern of MEANT) assert.ok(files.some((file) => pattern.test(file)), `nothing is like ${pattern}`);
    for (const file of ['js/client.mjs', 'bin/secure-web-token.js', 'prebuilds/linux-x64/secure-web-token.glibc.node']) {
      assert.ok(files.includes(file), file);
    }
  });

  it('names no path of the machine that built it', () => {
    const own = [ROOT.replace(/\/$/, ''), process.env.HOME].filter((path) => path !== undefined && path.length > 1);
    for (const file of files) {
      const content = readFileSync(join(folder, 'node_modules', 'secure-web-token', file), 'latin1');
      for (const path of own) assert.ok(!content.includes(path), `${file} has ${path}`);
    }
  });

  it('runs nothing when it is installed', () => {
    const { scripts = {} } = JSON.parse(readFileSync(join(folder, 'node_modules/secure-web-token/package.json'), 'utf8'));
    const ofInstall = Object.keys(scripts).filter((name) => /^(pre|post)?(install|prepare)$|^(pre|post)pare$/.test(name));
    assert.deepEqual(ofInstall, []);
    assert.ok(!files.includes('binding.gyp'), 'npm would compile it');

    const withScripts = installPackage(['--foreground-scripts']);
    try {
      assert.doesNotMatch(withScripts.printed, /^> /m, 'npm announces each script so');
      assert.ok(existsSync(join(withScripts.folder, 'node_modules', '.bin', 'secure-web-token')));
    } finally {
      withScripts.remove();
    }
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
