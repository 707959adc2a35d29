import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';

import { sign, verify } from 'secure-web-token';

import tool from './command.js';

const { SCRIPT, command } = tool;
const folder = mkdtempSync(join(tmpdir(), 'swt-secret-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('secure-web-token', () => {
  test('tells its commands, and that a call was wrong', () => {
    for (const args of [[], ['secrets'], ['--version'], ['constructor'], ['']]) {
      const { code, out, err } = command(args);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, /^Usage: secure-web-token <command>[^]*secret[^]*doctor/);
    }
    for (const args of [['--help'], ['-h']]) {
      const { code, out, err } = command(args);
      assert.deepEqual([code, err], [0, '']);
      assert.match(out, /^Usage: secure-web-token <command>/);
    }
  });
});

describe('secure-web-token secret', () => {
  test('prints one secret of 32 bytes, which sign takes, and nothing else', async () => {
    const { code, out, err } = command(['secret']);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^[A-Za-z0-9_-]{43}\n$/);
    assert.notEqual(command(['secret']).out, out);
    const secret = out.trim();
    const { token } = await sign({ userId: 1 }, secret);
    assert.equal((await verify(token, secret)).data.userId, 1);
  });

  test('goes into a .env file as the help says', () => {
    const line = /echo .*$/m.exec(command(['secret', '--help']).out)[0];
    const script = line.replace('npx secure-web-token', `"${process.execPath}" "${SCRIPT}"`);
    execFileSync('/bin/sh', ['-c', script], { cwd: folder });
    const read = 'console.log(process.env.SWT_SECRET)';
    const secret = execFileSync(process.execPath, ['--env-file=.env', '-e', read], { cwd: folder, encoding: 'utf8' });
    assert.match(secret, /^[A-Za-z0-9_-]{43}\n$/);
  });

  test('makes private keys in PKCS#8', () => {
    const ec = createPrivateKey(command(['secret', '--pem', 'ec']).out);
    assert.deepEqual([ec.asymmetricKeyType, ec.asymmetricKeyDetails.namedCurve], ['ec', 'prime256v1']);
    const pem = command(['secret', '--pem=rsa']).out;
    const rsa = createPrivateKey(pem);
    assert.deepEqual([rsa.asymmetricKeyType, rsa.asymmetricKeyDetails.modulusLength], ['rsa', 3072]);
    assert.match(pem, /^-----BEGIN PRIVATE KEY-----\n/);
  });

  test('gives the public half of a private key', () => {
    const input = command(['secret', '--pem', 'ec']).out;
    const { code, out } = command(['secret', '--public'], { input });
    assert.equal(code, 0);
    assert.equal(out, createPublicKey(input).export({ type: 'spki', format: 'pem' }));
  });

  test('refuses what is no private key, and says nothing of it', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding: { type: 'spki', format: 'pem' } });
    for (const input of ['', 'no-key-at-all', publicKey, 'x'.repeat(40_000)]) {
      const { code, out, err } = command(['secret', '--public'], { input });
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, /no private key in PEM/);
      assert.ok(!err.includes('no-key-at-all'));
    }
  });

  test('says what it could not read', () => {
    const input = openSync(folder, 'r');
    const { code, out, err } = command(['secret', '--public'], { stdio: [input, 'pipe', 'pipe'] });
    closeSync(input);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /^secure-web-token secret: EISDIR\n/);
  });

  test('refuses wrong calls', () => {
    for (const args of [['--pem'], ['--pem', 'dsa'], ['--pem', 'constructor'], ['--bits', '9'], ['x'], ['--pem', 'ec', '--public']]) {
      const { code, out, err } = command(['secret', ...args]);
      assert.deepEqual([code, out], [2, ''], args.join(' '));
      assert.match(err, /^secure-web-token secret: [^]*Usage: secure-web-token secret/);
    }
  });
});
