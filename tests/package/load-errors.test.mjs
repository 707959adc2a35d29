// What a user reads where the addon does not load: copies of the installed package with something missing, or wrong.
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { attempt, installPackage } from './support/installed.mjs';

let installed;

before(() => {
  installed = installPackage();
});

after(() => installed?.remove());

/** An application with a copy of the package that change has been at, and what it says when it is loaded both ways. */
function loadChanged(change, env) {
  const folder = mkdtempSync(join(installed.folder, 'copy-'));
  const copy = join(folder, 'node_modules', 'secure-web-token');
  cpSync(join(installed.folder, 'node_modules', 'secure-web-token'), copy, { recursive: true });
  const prebuilt = join(copy, 'prebuilds', 'linux-x64');
  change({ prebuilt, addon: join(prebuilt, 'secure-web-token.glibc.node') });

  const byRequire = attempt(process.execPath, ['-e', 'require("secure-web-token")'], folder, env);
  const byImport = attempt(process.execPath, ['--input-type=module', '-e', 'import "secure-web-token"'], folder, env);
  const errors = [byRequire, byImport].map(({ stderr }) => /^Error: (.*)$/m.exec(stderr)?.[1]);
  assert.equal(errors[0], errors[1], byRequire.stderr + byImport.stderr);
  assert.equal(byRequire.status, byImport.status);
  return { status: byRequire.status, error: errors[0], output: byRequire.stderr };
}

function assertSays(change, pattern) {
  const { status, error, output } = loadChanged(change);
  assert.equal(status, 1, output);
  assert.match(error ?? output, pattern);
}

describe('an addon that does not load', () => {
  it('does, where nothing was changed', () => assert.equal(loadChanged(() => {}).status, 0));

  it('is not there for this platform', () => {
    assertSays(({ prebuilt }) => rmSync(prebuilt, { recursive: true }),
      /^secure-web-token has no prebuilt addon for linux-x64 \(glibc\): .*"npx secure-web-token build"$/);
  });

  it('is there for another C library only', () => {
    assertSays(({ addon }) => {
      copyFileSync(addon, addon.replace('glibc', 'musl'));
      rmSync(addon);
    }, /has no prebuilt addon for linux-x64 \(glibc\)/);
  });

  const tooNew =
    /could not load its addon for linux-x64 \(glibc\): it needs glibc 9\.99, newer than .*, which has 2\.\d+\. .*token build"$/;

  it('wants a newer glibc than there is', () => {
    // The file itself, with another name for the version that it asks for: the system's loader does not find it.
    assertSays(({ addon }) => {
      const bytes = readFileSync(addon);
      const at = bytes.indexOf('GLIBC_2.34\0');
      assert.ok(at > 0);
      bytes.write('GLIBC_9.99', at);
      rmSync(addon);
      writeFileSync(addon, bytes);
    }, tooNew);
  });

  it('has lost the libcjson beside it', () => {
    // The system may have one of its own: then this would load. So the name is one that no system has.
    assertSays(({ addon }) => {
      const bytes = readFileSync(addon);
      bytes.write('libcjson.so.9', bytes.indexOf('libcjson.so.1\0'));
      rmSync(addon);
      writeFileSync(addon, bytes);
    }, /: libcjson\.so\.9, which lies beside it in the package, is missing\. Install the package again$/);
  });

  it('was cut off', () => {
    assertSays(({ addon }) => {
      const bytes = readFileSync(addon).subarray(0, 100);
      rmSync(addon);
      writeFileSync(addon, bytes);
    }, /could not load its addon for linux-x64 \(glibc\): .*Install the package again, or compile it here with /);
  });

  it('is a folder', () => {
    assertSays(({ addon }) => {
      rmSync(addon);
      mkdirSync(addon);
    }, /secure-web-token could not load its addon/);
  });
});
