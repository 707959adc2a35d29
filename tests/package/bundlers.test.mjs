// A server's bundle leaves the package outside, or says that it should; the browser's bundle takes the client in.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';

import { attempt, installPackage } from './support/installed.mjs';

const USE = 'sign({ userId: 1 }, "0123456789abcdefghijklmnopqrstuvwxyz").then(({ token }) => console.log(typeof token));';
const SOURCES = {
  import: `import { sign } from 'secure-web-token';\n${USE}`,
  require: `const { sign } = require('secure-web-token');\n${USE}`,
};
const CLIENT = `
  import { generateDpopKey, createDpopProof } from 'secure-web-token/client';
  const key = await generateDpopKey();
  console.log((await createDpopProof(key.privateKey, key.publicKeyJwk, 'https://example.com/x', 'GET')).length > 100);`;
const MARK_IT = /Error: secure-web-token was bundled, .* mark it as external /;

let installed;
let folder;

before(() => {
  installed = installPackage();
  ({ folder } = installed);
  for (const [form, source] of Object.entries(SOURCES)) writeFileSync(join(folder, `${form}.js`), source);
  writeFileSync(join(folder, 'page.js'), CLIENT);
});

after(() => installed?.remove());

async function runServerBundle(form, format, external) {
  const outfile = join(folder, 'dist', `${form}-${external.length}.${format === 'esm' ? 'mjs' : 'cjs'}`);
  const entryPoints = [join(folder, `${form}.js`)];
  await esbuild({ entryPoints, outfile, bundle: true, platform: 'node', format, external, logLevel: 'error' });
  return attempt(process.execPath, [outfile], folder);
}

async function runViteServer(ssr) {
  const outDir = join(folder, `vite-${ssr.noExternal ? 'in' : 'out'}`);
  const build = { ssr: join(folder, 'import.js'), outDir };
  await vite({ root: folder, configFile: false, logLevel: 'error', ssr, build });
  return attempt(process.execPath, [join(outDir, readdirSync(outDir)[0])], folder);
}

describe('a server', () => {
  for (const [form, format] of [['import', 'cjs'], ['import', 'esm'], ['require', 'cjs']]) {
    it(`by esbuild, ${form} as ${format}: works when the package is external`, async () => {
      const { stdout, stderr } = await runServerBundle(form, format, ['secure-web-token']);
      assert.equal(stdout, 'string\n', stderr);
    });

    it(`by esbuild, ${form} as ${format}: says so when it is not`, async () => {
      const { status, stderr } = await runServerBundle(form, format, []);
      assert.equal(status, 1);
      assert.match(stderr, MARK_IT);
    });
  }

  it('by vite: works, for vite leaves packages outside', async () => {
    const { stdout, stderr } = await runViteServer({});
    assert.equal(stdout, 'string\n', stderr);
  });

  it('by vite, told to take it in: says that it should not', async () => {
    const { status, stderr } = await runViteServer({ noExternal: true });
    assert.equal(status, 1);
    assert.match(stderr, MARK_IT);
  });
});

/** Nothing of Node.js is in it, and it does what it should where there is only the web's own. */
function assertForBrowsers(file) {
  const code = readFileSync(file, 'utf8');
  assert.doesNotMatch(code, /\brequire\b|\bBuffer\b|\bprocess\b|\bnode:/);
  const { stdout, stderr } = attempt(process.execPath, [file], folder);
  assert.equal(stdout, 'true\n', stderr);
}

describe('a page', () => {
  it('by esbuild', async () => {
    const outfile = join(folder, 'dist', 'page.mjs');
    await esbuild({ entryPoints: [join(folder, 'page.js')], outfile, bundle: true, platform: 'browser', format: 'esm' });
    assertForBrowsers(outfile);
  });

  it('by vite', async () => {
    const outDir = join(folder, 'vite-page');
    const build = {
      outDir, modulePreload: false,
      lib: { entry: join(folder, 'page.js'), formats: ['es'], fileName: () => 'page.mjs' },
    };
    await vite({ root: folder, configFile: false, logLevel: 'error', build });
    assert.ok(existsSync(join(outDir, 'page.mjs')));
    assertForBrowsers(join(outDir, 'page.mjs'));
  });
});
