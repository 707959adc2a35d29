// The addon brings its own OpenSSL, and nothing of the host's gets in its way. node exports nearly all of libcrypto,
// and what an executable exports wins over what a library brings, unless the library hides it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = `${root}prebuilds/${process.platform}-${process.arch}`;
const addon = `${folder}/secure-web-token.glibc.node`;

function lines(command, args) {
  return execFileSync(command, args, { encoding: 'utf8' }).split('\n');
}

const dynamic = lines('readelf', ['-d', '-W', addon]);
const undefinedSymbols = lines('nm', ['-D', '--undefined-only', addon]).map((line) => line.trim().split(/\s+/).at(-1));

describe('the prebuilt addon', () => {
  it('exports what node looks up, and nothing else', () => {
    const exported = lines('nm', ['-D', '--defined-only', addon]).filter(Boolean).map((line) => line.split(/\s+/).at(-1));
    assert.deepEqual(exported.sort(), ['napi_register_module_v1', 'node_api_module_get_api_version_v1']);
  });

  it('asks the host for no function of OpenSSL, libsodium or the C++ library', () => {
    const ofOthers = undefinedSymbols.filter((name) => /^(EVP_|OSSL_|OPENSSL_|EC_|ERR_|BN_|sodium_|crypto_|_ZNS)/.test(name));
    assert.deepEqual(ofOthers, []);
    assert.ok(undefinedSymbols.some((name) => name.startsWith('napi_')), 'the list of symbols was not read');
  });

  it('needs the system, and the libcjson beside it', () => {
    const needed = dynamic.filter((line) => line.includes('(NEEDED)')).map((line) => line.match(/\[(.*?)\]/)[1]);
    const expected = ['ld-linux-x86-64.so.2', 'libc.so.6', 'libcjson.so.1', 'libgcc_s.so.1', 'libm.so.6'];
    assert.deepEqual(needed.sort(), expected);
    const paths = dynamic.filter((line) => /\((RPATH|RUNPATH)\)/.test(line)).map((line) => line.match(/\[(.*?)\]/)[1]);
    assert.deepEqual(paths, ['$ORIGIN']);
  });

  it('loads with glibc 2.34', () => {
    for (const file of [addon, `${folder}/libcjson.so.1`]) {
      const versions = lines('objdump', ['-T', file]).flatMap((line) => line.match(/GLIBC_2\.(\d+)/)?.[1] ?? []).map(Number);
      assert.ok(versions.length > 0, 'no version was read');
      assert.ok(Math.max(...versions) <= 34, `${file} asks for glibc 2.${Math.max(...versions)}`);
    }
  });

  it('is hardened and stays mapped while threads may run in it', () => {
    const flags = dynamic.filter((line) => /\((FLAGS|FLAGS_1|BIND_NOW)\)/.test(line)).join(' ');
    assert.match(flags, /\bNOW\b/);
    assert.match(flags, /NODELETE/);
    assert.ok(!dynamic.some((line) => line.includes('TEXTREL')), 'text relocations');
    const segments = lines('readelf', ['-l', '-W', addon]);
    assert.ok(segments.some((line) => line.includes('GNU_RELRO')));
    assert.match(segments.find((line) => line.includes('GNU_STACK')), /\bRW\s/);
    assert.ok(!segments.some((line) => /\bLOAD\b.*\bRWE\b/.test(line)), 'memory to write and run');
    assert.ok(undefinedSymbols.some((name) => name.startsWith('__stack_chk_fail')), 'no stack protector');
    assert.ok(undefinedSymbols.some((name) => /^__\w+_chk(@|$)/.test(name)), 'nothing is fortified');
  });

  it('runs its own OpenSSL, whatever configuration the host is given', () => {
    const code = `
      const { sign, verify } = require('./js/index.js');
      const secret = require('node:crypto').randomBytes(32);
      sign({ userId: 1 }, secret).then(({ token }) => verify(token, secret)).then(({ data }) => console.log(data.userId));`;
    const environment = { ...process.env, OPENSSL_CONF: '/dev/null', OPENSSL_MODULES: '/nonexistent' };
    const printed = execFileSync(process.execPath, ['-e', code], { cwd: root, encoding: 'utf8', env: environment });
    assert.equal(printed.trim(), '1');
    assert.match(require('../../js/addon/native.js').versionDetails(), /^secure-web-token \d+\.\d+\.\d+, OpenSSL 3\./);
  });
});
