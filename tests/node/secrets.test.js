'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { generateKeyPairSync, randomBytes } = require('node:crypto');
const { existsSync } = require('node:fs');
const { describe, test } = require('node:test');
const vm = require('node:vm');

const { createAuthenticator, createSwt, sign, swtMiddleware, verify } = require('secure-web-token');
const { assertFails, newSecret } = require('../support/sessions.js');

const ALICE = { userId: 'alice' };
const GOOD = newSecret();
const hasMaps = existsSync('/proc/self/maps');

const { publicKey, privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** Each as secret and as encryption secret, at sign, verify and where the middleware is made. */
async function assertRefused(secret, expected) {
  await assertFails(sign(ALICE, secret), expected);
  await assertFails(verify('x', secret), expected);
  await assertFails(() => swtMiddleware({ secret }), expected);
  if (secret === undefined) return;
  await assertFails(sign(ALICE, GOOD, { encryptionSecret: secret }), expected);
  await assertFails(verify('x', GOOD, { encryptionSecret: secret }), expected);
  await assertFails(() => swtMiddleware({ secret: GOOD, encryptionSecret: secret }), expected);
}

describe('what is no secret', () => {
  const cases = [
    ['undefined', undefined, 'argument'],
    ['null', null, 'argument'],
    ['a number', 12345678901234567890, 'argument'],
    ['an object', { secret: GOOD }, 'argument'],
    ['an array', [GOOD], 'argument'],
    ['an ArrayBuffer', new ArrayBuffer(32), 'argument'],
    ['a Uint16Array', new Uint16Array(32).fill(7), 'argument'],
    ['a lone surrogate', `${GOOD}\ud800`, 'argument'],
    ['300 MB', 'a'.repeat(300 * 2 ** 20), 'argument'],
    ['many bytes', Buffer.alloc(2 ** 20, 'ab'), 'argument'],
    ['an empty text', '', 'key'],
    ['an empty buffer', Buffer.alloc(0), 'key'],
    ['31 bytes', randomBytes(31), 'secret_too_short'],
    ['one byte repeated', 'a'.repeat(64), 'key'],
    ['one byte repeated, as bytes', Buffer.alloc(64, 1), 'key'],
    ['a public PEM', publicKey, 'key'],
    ['a private PEM', privateKey, 'key'],
    ['a public PEM without its first line', publicKey.slice(publicKey.indexOf('\n')), 'key'],
    ['a public PEM in base64', Buffer.from(publicKey).toString('base64'), 'key'],
    ['a PEM after something', ` \n# key\n${privateKey}`, 'key'],
    ['a PEM as bytes', Buffer.from(privateKey), 'key'],
  ];
  for (const [name, secret, code] of cases) {
    test(name, () => assertRefused(secret, { code, kind: 'usage' }));
  }

  test('no message holds it', async () => {
    for (const secret of ['tiny-secret', 'changeme-changeme-changeme-changeme', privateKey]) {
      await sign(ALICE, secret).catch((error) => assert.ok(!error.message.includes(secret.slice(0, 8))));
    }
  });
});

describe('a short secret', () => {
  test('is accepted with insecureShortSecret alone, and only there', async () => {
    const options = { insecureShortSecret: true };
    await assertFails(sign(ALICE, 'short'), { code: 'secret_too_short' });
    const { token } = await sign(ALICE, 'short', options);
    await verify(token, 'short', options);
    // The engine that the call before made must not serve this one.
    await assertFails(verify(token, 'short'), { code: 'secret_too_short' });
    await assertFails(sign(ALICE, '', options), { code: 'key' });
  });
});

describe('the engines that are kept', () => {
  test('a text and its bytes are one secret', async () => {
    const { token } = await sign(ALICE, GOOD);
    await verify(token, Buffer.from(GOOD));
    await verify(token, new Uint8Array(Buffer.from(GOOD)));
  });

  test('a buffer is compared by what it holds, at each call', async () => {
    const secret = randomBytes(32);
    const { token } = await sign(ALICE, secret);
    await verify(token, Buffer.from(secret));
    secret[0] ^= 1;
    await assertFails(verify(token, secret), { code: 'token_authentication' });
    secret[0] ^= 1;
    await verify(token, secret);
  });

  test('a part of a larger buffer is its own secret', async () => {
    const whole = randomBytes(64);
    const { token } = await sign(ALICE, whole.subarray(0, 32));
    await verify(token, Buffer.from(whole.subarray(0, 32)));
    await assertFails(verify(token, whole.subarray(32)), { code: 'token_authentication' });
  });

  test('none is taken for another when there are more than are kept', async () => {
    const secrets = Array.from({ length: 50 }, newSecret);
    const tokens = await Promise.all(secrets.map(async (secret) => (await sign(ALICE, secret)).token));
    for (let i = 0; i < secrets.length; i++) {
      await verify(tokens[i], secrets[i]);
      await assertFails(verify(tokens[i], secrets[(i + 1) % 50]), { code: 'token_authentication' });
    }
  });

  test('are not kept for ever', () => {
    const script = `
      const { sign } = require('secure-web-token');
      const run = async (from, n) => {
        for (let i = from; i < from + n; i++) {
          await sign({ userId: 1 }, 'a different secret of enough bytes ' + i);
          if (i % 100 === 0) { gc(); await new Promise(setImmediate); }
        }
        return process.memoryUsage().rss;
      };
      (async () => {
        const before = await run(0, 1000);
        console.log(await run(1000, 4000) - before);
      })();
    `;
    const args = ['--no-warnings', '--expose-gc', '-e', script];
    const grown = Number(execFileSync(process.execPath, args, { cwd: __dirname, encoding: 'utf8' }));
    assert.ok(grown < 16 * 2 ** 20, `${grown} bytes after 4000 more secrets`);
  });

  test('what is not kept is given back at once, though the event loop never turns', { skip: !hasMaps }, () => {
    const script = `
      const { sign } = require('secure-web-token');
      const mappings = () => require('node:fs').readFileSync('/proc/self/maps', 'utf8').split('\\n').length;
      (async () => {
        await sign({ userId: 1 }, 'the first of many secrets, long enough');
        const before = mappings();
        for (let i = 0; i < 3000; i++) await sign({ userId: 1 }, 'a different secret of enough bytes ' + i);
        console.log(mappings() - before);
      })();
    `;
    const output = execFileSync(process.execPath, ['--no-warnings', '-e', script], { cwd: __dirname, encoding: 'utf8' });
    // A process has no more than some 65,000 of them, and ends without a word when they are used up.
    assert.ok(Number(output) < 1000, `${output} more mappings of memory`);
  });

  test('what a guard was made with is kept, however many come after it', async () => {
    const authenticate = createAuthenticator({ secret: GOOD });
    const swt = createSwt({ secret: Buffer.from(GOOD), store: null });
    const { token } = await sign(ALICE, GOOD);
    for (let i = 0; i < 50; i++) await sign(ALICE, newSecret());
    const request = { method: 'GET', url: '/', headers: { host: 'h', authorization: `Bearer ${token}` } };
    assert.deepEqual((await authenticate(request)).data, ALICE);
    assert.deepEqual((await swt.verify(token)).data, ALICE);
    await verify((await swt.sign(ALICE)).token, GOOD);
  });

  test('what goes on elsewhere when its key is not kept any more has its end', async () => {
    const pem = { encryptionSecret: newSecret() };
    const signing = sign(ALICE, privateKey, pem);
    for (let i = 0; i < 50; i++) await sign(ALICE, newSecret());
    const verifying = verify((await signing).token, publicKey, pem);
    for (let i = 0; i < 50; i++) await sign(ALICE, newSecret());
    assert.deepEqual((await verifying).data, ALICE);
  });

  test('many in turn are warned of once', () => {
    const script = `
      const { sign } = require('secure-web-token');
      const warnings = [];
      process.on('warning', (warning) => warnings.push(warning.code));
      (async () => {
        for (let i = 0; i < 500; i++) await sign({ userId: 1 }, 'a different secret of enough bytes ' + i);
        setImmediate(() => console.log(JSON.stringify(warnings)));
      })();
    `;
    const output = execFileSync(process.execPath, ['--no-warnings', '-e', script], {
      cwd: __dirname,
      encoding: 'utf8',
    });
    assert.deepEqual(JSON.parse(output), ['SWT_MANY_SECRETS']);
  });

  test('a few in turn are not', () => {
    const script = `
      const { sign } = require('secure-web-token');
      const warnings = [];
      process.on('warning', (warning) => warnings.push(warning.code));
      (async () => {
        for (let i = 0; i < 500; i++) await sign({ userId: 1 }, 'a different secret of enough bytes ' + (i % 8));
        setImmediate(() => console.log(JSON.stringify(warnings)));
      })();
    `;
    const output = execFileSync(process.execPath, ['--no-warnings', '-e', script], {
      cwd: __dirname,
      encoding: 'utf8',
    });
    assert.deepEqual(JSON.parse(output), []);
  });
});

describe('what the error says to do', () => {
  test('where a variable was not set', async () => {
    await assertFails(sign(ALICE, undefined), { code: 'argument', message: /secret is undefined: is the environment/ });
    await assertFails(sign(ALICE, null), { code: 'argument', message: /a string, a Uint8Array, a key of createKey or/ });
  });

  test('where a secret is too short', async () => {
    await assertFails(sign(ALICE, 'short'), { code: 'secret_too_short', message: /npx secure-web-token secret/ });
  });
});

test('bytes of another realm are bytes', async () => {
  const bytes = vm.runInNewContext('new Uint8Array(32).map((_, i) => i * 7)');
  assert.ok(!(bytes instanceof Uint8Array));
  const { token } = await sign(ALICE, bytes);
  assert.deepEqual((await verify(token, Buffer.from(bytes))).data, ALICE);
});

test('the example of an older README is taken, and that is said once', () => {
  const script = `
    const { sign } = require('secure-web-token');
    const warned = [];
    process.on('warning', ({ code }) => warned.push(code));
    const published = 'a_very_secure_and_extremely_long_256_bit_signing_secret_key';
    Promise.all([sign({ userId: 1 }, published), sign({ userId: 2 }, published), sign({ userId: 1 }, published + '.')])
      .then(() => setImmediate(() => console.log(warned.join())));
  `;
  const options = { cwd: __dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
  assert.equal(execFileSync(process.execPath, ['-e', script], options), 'SWT_PUBLISHED_SECRET\n');
});
