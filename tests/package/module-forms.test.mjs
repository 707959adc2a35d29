// Each way to write the package's name, in Node.js and in TypeScript, against the installed tarball.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { ROOT, attempt, installPackage, run } from './support/installed.mjs';

let installed;

before(() => {
  installed = installPackage();
});

after(() => installed?.remove());

function prints(type, code) {
  return run(process.execPath, [`--input-type=${type}`, '-e', code], installed.folder).trim();
}

describe('in Node.js', () => {
  it('named imports, the namespace and require are the same objects', () => {
    const code = `
      import * as all from 'secure-web-token';
      import { sign, SwtError } from 'secure-web-token';
      import { createRequire } from 'node:module';
      const required = createRequire(process.cwd() + '/x.js')('secure-web-token');
      console.log(sign === required.sign, SwtError === all.SwtError,
        Object.keys(required).every((name) => required[name] === all[name]));`;
    assert.equal(prints('module', code), 'true true true');
  });

  it('there is a default export with all of them', () => {
    const code = `
      import swt, * as all from 'secure-web-token';
      const names = Object.keys(all).filter((name) => name !== 'default');
      console.log(names.length > 5 && names.every((name) => swt[name] === all[name]));`;
    assert.equal(prints('module', code), 'true');
  });

  it('the client by import, and by a dynamic one from CommonJS', () => {
    const byImport = `import { createDpopProof } from 'secure-web-token/client'; console.log(typeof createDpopProof);`;
    const dynamic = `import('secure-web-token/client').then((client) => console.log(typeof client.createDpopProof));`;
    assert.equal(prints('module', byImport), 'function');
    assert.equal(prints('commonjs', dynamic), 'function');
  });

  it('what is inside is not reachable', () => {
    const { stderr } = attempt(process.execPath, ['-e', 'require("secure-web-token/js/addon/native.js")'], installed.folder);
    assert.match(stderr, /ERR_PACKAGE_PATH_NOT_EXPORTED/);
  });
});

describe('in TypeScript', () => {
  const source = `
    import { sign, verify, MemoryStore, type TokenPayload } from 'secure-web-token';
    import { generateDpopKey } from 'secure-web-token/client';
    export async function main(): Promise<TokenPayload> {
      const { publicKeyJwk } = await generateDpopKey();
      const store = new MemoryStore();
      const options = { fingerprint: true, clientPublicKey: publicKeyJwk, store };
      const { token, sessionId } = await sign({ userId: 1 }, 'x', options);
      return verify(token, 'x', { sessionId });
    }`;
  const wrong = `import { sign } from 'secure-web-token'; sign({ userId: 1 }, 'x', { expireIn: 5 });`;
  const defaults = `import swt from 'secure-web-token'; export const make: typeof swt.sign = swt.sign;`;
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  const ways = [['node16', 'node16'], ['nodenext', 'nodenext'], ['esnext', 'bundler']];

  function compile(name, code, [module, resolution]) {
    writeFileSync(join(installed.folder, name), code);
    const strictly = ['--noEmit', '--strict', '--skipLibCheck', 'false'];
    const world = ['--target', 'es2022', '--types', '', '--lib', 'es2022,dom'];
    const way = ['--module', module, '--moduleResolution', resolution];
    return attempt(tsc, [...strictly, ...world, ...way, name], installed.folder).stdout;
  }

  for (const way of ways) {
    it(`moduleResolution ${way[1]}`, () => {
      assert.equal(compile('good.mts', source, way), '');
      assert.equal(compile('default.mts', defaults, way), '');
      assert.match(compile('wrong.mts', wrong, way), /expireIn/);
    });
  }
});
