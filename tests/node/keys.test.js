'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { generateKeyPairSync, randomBytes } = require('node:crypto');
const { describe, test } = require('node:test');
const { inspect } = require('node:util');

const swt = require('secure-web-token');
const { KeyRing, MemoryStore, createKey, refresh, sign, swtMiddleware, verify } = swt;
const { assertFails, newSecret } = require('../support/sessions.js');

const ALICE = { userId: 'alice' };
const SECRET = newSecret();
const SEAL = newSecret();

function pemPair(type, options, { privateType = 'pkcs8', publicType = 'spki' } = {}) {
  const { publicKey, privateKey } = generateKeyPairSync(type, {
    ...options,
    publicKeyEncoding: { type: publicType, format: 'pem' },
    privateKeyEncoding: { type: privateType, format: 'pem' },
  });
  return { publicPem: publicKey, privatePem: privateKey };
}

const pairs = {
  'RSA of 2048 bits': pemPair('rsa', { modulusLength: 2048 }),
  'RSA in PKCS#1': pemPair('rsa', { modulusLength: 2048 }, { privateType: 'pkcs1', publicType: 'pkcs1' }),
  'EC on P-256': pemPair('ec', { namedCurve: 'P-256' }),
  'EC in SEC1': pemPair('ec', { namedCurve: 'P-256' }, { privateType: 'sec1' }),
};

const algOf = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url')).alg;

for (const [name, { publicPem, privatePem }] of Object.entries(pairs)) {
  describe(name, () => {
    const options = { encryptionSecret: SEAL };

    test('the private one signs, both verify', async () => {
      const { token } = await sign(ALICE, privatePem, options);
      assert.equal(algOf(token), name.startsWith('RSA') ? 'RS256' : 'ES256');
      for (const pem of [privatePem, publicPem]) {
        assert.deepEqual((await verify(token, pem, options)).data, ALICE);
        assert.deepEqual((await verify(token, Buffer.from(pem), options)).data, ALICE);
        assert.deepEqual((await verify(token, createKey(pem, options))).data, ALICE);
        const bytes = { encryptionSecret: Buffer.from(SEAL) };
        assert.deepEqual((await verify(token, `\n${pem}\n`, bytes)).data, ALICE);
      }
    });

    test('the public one signs nothing', async () => {
      const key = createKey(publicPem, options);
      for (const [secret, how] of [
        [publicPem, options],
        [Buffer.from(publicPem), options],
        [key, {}],
      ]) {
        await assertFails(sign(ALICE, secret, how), { code: 'key', kind: 'usage', message: /private key/ });
      }
      const { refreshToken } = await sign(ALICE, privatePem, { ...options, generateRefreshToken: true });
      const reuse = { insecureRefreshReuse: true };
      await assertFails(refresh(refreshToken, key, reuse), { code: 'key' });
      await refresh(refreshToken, privatePem, { ...options, ...reuse });
    });

    test('without its encryption secret is refused, with a wrong one opens nothing', async () => {
      const { token } = await sign(ALICE, privatePem, options);
      for (const pem of [privatePem, publicPem]) {
        for (const none of [undefined, '']) {
          await assertFails(verify(token, pem, { encryptionSecret: none }), {
            code: 'key',
            message: /encryption secret/,
          });
        }
        await assertFails(verify(token, pem, { encryptionSecret: 'short' }), { code: 'secret_too_short' });
        await assertFails(verify(token, pem, { encryptionSecret: newSecret() }), { code: 'token_authentication' });
        await assertFails(() => createKey(pem), { code: 'key', message: /encryption secret/ });
      }
      await verify(token, publicPem, options);
    });

    test('is not taken for a secret: a token that is signed with the public PEM as one opens nothing', async () => {
      const { seal } = await import('../reference/codec.mjs');
      const iat = Math.floor(Date.now() / 1000);
      const payload = { data: { userId: 'admin' }, iat, exp: iat + 600, jti: 'A'.repeat(22) };
      const keys = { secret: publicPem, encryptionSecret: SEAL };
      const algs = [undefined, 'RS256', 'ES256', 'none'];
      for (const alg of algs) {
        const forged = seal(payload, { ...keys, header: alg === undefined ? {} : { alg } });
        await assertFails(verify(forged, publicPem, options), { kind: 'rejected' });
      }
      await verify(seal(payload, { secret: SECRET, encryptionSecret: SEAL }), SECRET, options);
    });

    test('with sessions, fingerprints and refresh', async () => {
      const store = new MemoryStore();
      const { sessionId, refreshToken } = await sign(ALICE, privatePem, {
        ...options,
        store,
        generateRefreshToken: true,
      });
      const next = await refresh(refreshToken, privatePem, { ...options, store });
      await verify(next.token, publicPem, { ...options, store, sessionId });
      await assertFails(refresh(refreshToken, privatePem, { ...options, store }), { code: 'refresh_superseded' });
    });
  });
}

describe('a PEM that is no good', () => {
  const p384 = pemPair('ec', { namedCurve: 'P-384' });
  const k1 = pemPair('ec', { namedCurve: 'secp256k1' });
  const short = pemPair('rsa', { modulusLength: 1024 });
  const ed = pemPair('ed25519', {});
  const { privateKey: encrypted } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' },
  });
  const { privateKey: oldEncrypted } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' },
  });
  const { publicPem, privatePem } = pairs['EC on P-256'];
  const cases = [
    ['P-384, private', p384.privatePem, /P-256/],
    ['P-384, public', p384.publicPem, /P-256/],
    ['secp256k1', k1.privatePem, /P-256/],
    ['RSA of 1024 bits, private', short.privatePem, /2048/],
    ['RSA of 1024 bits, public', short.publicPem, /2048/],
    ['Ed25519', ed.privatePem, /RSA|P-256/],
    ['encrypted', encrypted, /encrypted/],
    ['encrypted, in the old way', oldEncrypted, /encrypted/],
    ['two blocks', `${privatePem}${publicPem}`, /several/],
    ['text before', `my key\n${privatePem}`, /before/],
    ['text behind', `${privatePem}my key`, /behind/],
    ['\\n for its line breaks', privatePem.replaceAll('\n', '\\n'), /backslash/],
    ['cut off', privatePem.slice(0, 120), /last line/],
    ['a NUL inside', privatePem.replace('\n', '\n\0'), /ASCII/],
    ['changed', privatePem.replace(/MIGH/, 'MIGI'), /./],
  ];
  for (const [name, pem, message] of cases) {
    test(`${name} is refused with a sentence that says why`, async () => {
      const expected = { code: 'key', kind: 'usage', message };
      await assertFails(sign(ALICE, pem, { encryptionSecret: SEAL }), expected);
      await assertFails(verify('x', pem, { encryptionSecret: SEAL }), expected);
      await assertFails(() => swtMiddleware({ secret: pem, encryptionSecret: SEAL }), expected);
      const error = await assertFails(() => createKey(pem, { encryptionSecret: SEAL }), expected);
      const everything = [error.message, error.stack, inspect(error)].join();
      const line = pem.split('\n').find((each) => each.length > 40 && !each.startsWith('-')) ?? pem.slice(30, 80);
      assert.ok(!everything.includes(line.slice(0, 24)));
    });
  }

  test('a PEM is no encryption secret', async () => {
    await assertFails(sign(ALICE, privatePem, { encryptionSecret: privatePem }), { code: 'key' });
    await assertFails(sign(ALICE, SECRET, { encryptionSecret: publicPem }), { code: 'key' });
  });
});

describe('createKey', () => {
  test('gives what stands wherever a secret is asked for', async () => {
    const key = createKey(SECRET, { encryptionSecret: SEAL });
    const store = new MemoryStore();
    const { token, sessionId, refreshToken } = await sign(ALICE, key, { store, generateRefreshToken: true });
    await verify(token, key, { store, sessionId });
    await verify(token, SECRET, { store, sessionId, encryptionSecret: SEAL });
    await refresh(refreshToken, key, { store });
    const ring = new KeyRing({ signer: { kid: 'a', secret: key } });
    await verify(token, ring, { store, sessionId });

    const request = {
      headers: { authorization: `Bearer ${token}`, cookie: `swt_session=${sessionId}` },
      method: 'GET',
      url: '/',
    };
    await new Promise((resolve, reject) => {
      const response = { setHeader() {}, end: () => reject(new Error(`refused with ${response.statusCode}`)) };
      swtMiddleware({ secret: key, store })(request, response, resolve);
    });
    assert.deepEqual(request.swt, ALICE);
  });

  test('the options of a key belong to it alone', async () => {
    const key = createKey(SECRET);
    const message = /createKey/;
    for (const options of [{ encryptionSecret: SEAL }, { encryptionSecret: null }, { insecureShortSecret: true }]) {
      await assertFails(sign(ALICE, key, options), { code: 'argument', message });
      await assertFails(verify('x', key, options), { code: 'argument', message });
      await assertFails(refresh('x', key, options), { code: 'argument', message });
      await assertFails(() => swtMiddleware({ secret: key, ...options }), { code: 'argument', message });
    }
    const { token } = await sign(ALICE, key, { encryptionSecret: undefined, insecureShortSecret: false });
    await verify(token, key);
  });

  test('refuses what sign would refuse', async () => {
    for (const none of [
      undefined,
      null,
      7,
      {},
      [],
      [SECRET],
      new ArrayBuffer(32),
      new Uint16Array(32),
      Symbol('x'),
      1n,
    ]) {
      await assertFails(() => createKey(none), { code: 'argument', kind: 'usage' });
      if (none !== undefined) {
        await assertFails(() => createKey(SECRET, { encryptionSecret: none }), { code: 'argument', kind: 'usage' });
      }
    }
    const key = createKey(SECRET);
    for (const none of [
      key,
      new KeyRing({ signer: { kid: 'a', secret: key } }),
      `${SECRET}\ud800`,
      'a'.repeat(2 ** 28),
    ]) {
      await assertFails(() => createKey(none), { code: 'argument', kind: 'usage' });
    }
    await assertFails(() => createKey('short'), { code: 'secret_too_short' });
    await assertFails(() => createKey(SECRET, { encryptionSecret: '' }), { code: 'key' });
    await assertFails(() => createKey(SECRET, { insecureShortSecrets: true }), { message: /did you mean/ });
    await assertFails(() => createKey(SECRET, SEAL), { code: 'argument', message: /plain object/ });
    createKey('short', { insecureShortSecret: true });
  });

  test('takes a copy of bytes', async () => {
    const secret = randomBytes(32);
    const { token } = await sign(ALICE, Buffer.from(secret));
    const given = Buffer.from(secret);
    const key = createKey(given);
    given.fill(0);
    await verify(token, key);
  });

  test('what only looks like a key is none', async () => {
    const key = createKey(SECRET);
    const { constructor } = key;
    const impostors = [
      {},
      Object.create(key),
      Object.create(constructor.prototype),
      new Proxy(key, {}),
      structuredClone(key),
    ];
    for (const impostor of impostors) {
      for (const use of [
        () => sign(ALICE, impostor),
        () => verify('x', impostor),
        () => refresh('x', impostor),
        () => new KeyRing({ signer: { kid: 'a', secret: impostor } }),
      ]) {
        await assert.rejects(
          async () => use(),
          (error) => error instanceof TypeError || (error.name === 'SwtError' && error.kind === 'usage'),
        );
      }
    }
  });
});

describe('the cached key', () => {
  test('is of what the buffer held at the call', async () => {
    const secret = randomBytes(32);
    const copy = Buffer.from(secret);
    const { token } = await sign(ALICE, secret);
    secret.fill(0);
    await assertFails(verify(token, secret), { code: 'key' });
    await verify(token, copy);
    copy[31] ^= 1;
    await assertFails(verify(token, copy), { code: 'token_authentication' });
  });

  test('of a secret that is shared with another thread or may be resized', async () => {
    const bytes = randomBytes(32);
    const shared = new Uint8Array(new SharedArrayBuffer(32));
    shared.set(bytes);
    const resizable = new ArrayBuffer(32, { maxByteLength: 64 });
    const tracking = new Uint8Array(resizable);
    tracking.set(bytes);
    const { token } = await sign(ALICE, shared);
    await verify(token, tracking);
    resizable.resize(48);
    await assertFails(verify(token, tracking), { code: 'token_authentication' });
    resizable.resize(8);
    await assertFails(verify(token, tracking), { code: 'secret_too_short' });
    resizable.resize(32);
    tracking.set(bytes);
    await verify(token, tracking);
    structuredClone(resizable, { transfer: [resizable] });
    await assert.rejects(verify(token, tracking), (error) => error instanceof TypeError || error.kind === 'usage');
  });

  test('keeps no secret where another small Buffer can be asked for it', async () => {
    const secret = new Uint8Array(32).map(() => 1 + Math.floor(Math.random() * 255));
    const encryptionSecret = new Uint8Array(32).map(() => 1 + Math.floor(Math.random() * 255));
    await sign(ALICE, secret, { encryptionSecret });
    const pool = Buffer.from(Buffer.from('x').buffer);
    assert.equal(pool.includes(secret), false);
    assert.equal(pool.includes(encryptionSecret), false);
  });

  test('is one for one secret, encryption secret and setting', async () => {
    const { token } = await sign(ALICE, SECRET, { encryptionSecret: SEAL });
    await assertFails(verify(token, SECRET), { code: 'token_authentication' });
    await assertFails(verify(token, SEAL, { encryptionSecret: SECRET }), { code: 'token_authentication' });
    await verify(token, SECRET, { encryptionSecret: Buffer.from(SEAL) });
  });

  const inTurn = (count) => {
    const script = `
      const { createKey, sign } = require('secure-web-token');
      const warnings = [];
      process.on('warning', ({ code, message }) => warnings.push([code, message]));
      (async () => {
        for (let i = 0; i < 200; i++) await sign({ userId: 1 }, 'a different secret of enough bytes ' + (i % ${count}));
        setImmediate(() => console.log(JSON.stringify(warnings)));
      })();
    `;
    const options = { cwd: __dirname, encoding: 'utf8' };
    return JSON.parse(execFileSync(process.execPath, ['--no-warnings', '-e', script], options));
  };

  test('16 secrets in turn are kept', () => assert.deepEqual(inTurn(16), []));

  test('17 secrets in turn are warned of once, with what to do and without a secret', () => {
    const warnings = inTurn(17);
    assert.equal(warnings.length, 1);
    assert.equal(warnings[0][0], 'SWT_MANY_SECRETS');
    assert.match(warnings[0][1], /createKey/);
    assert.doesNotMatch(warnings[0][1], /a different secret/);
  });
});

describe('nothing of a secret', () => {
  const everythingOf = (value) => {
    const texts = [];
    const seen = new Set();
    const visit = (each, depth) => {
      if ((typeof each !== 'object' && typeof each !== 'function') || each === null || seen.has(each) || depth > 4)
        return;
      seen.add(each);
      for (const name of Reflect.ownKeys(each)) {
        texts.push(String(name));
        const { value: inner } = Reflect.getOwnPropertyDescriptor(each, name);
        texts.push(String(typeof inner === 'object' ? inspect(inner) : inner));
        visit(inner, depth + 1);
      }
    };
    visit(value, 0);
    texts.push(
      inspect(value, { showHidden: true, depth: 9, getters: true }),
      String(JSON.stringify(value)),
      String(value),
    );
    try {
      texts.push(inspect(structuredClone(value)));
    } catch (error) {
      texts.push(error.message);
    }
    return texts.join('\n');
  };

  const secret = newSecret();
  const encryptionSecret = newSecret();
  const key = createKey(secret, { encryptionSecret });
  const things = {
    'a Key': () => key,
    'a Key of bytes': () => createKey(Buffer.from(secret), { encryptionSecret: Buffer.from(encryptionSecret) }),
    'a Key of a PEM': () => createKey(pairs['EC on P-256'].privatePem, { encryptionSecret }),
    'a KeyRing': () =>
      new KeyRing({ signer: { kid: 'a', secret, encryptionSecret }, accepted: [{ kid: 'b', secret: key }] }),
    'a middleware': () => swtMiddleware({ secret, encryptionSecret }),
    'a store that was used': async () => {
      const store = new MemoryStore();
      await sign(ALICE, secret, { store, encryptionSecret });
      return store;
    },
    'an error': () => sign(ALICE, secret.slice(0, 20)).catch((error) => error),
    'an error of a ring': async () => {
      const ring = new KeyRing({ signer: { kid: 'a', secret, encryptionSecret } });
      try {
        return ring.replace({ signer: { kid: 'a', secret: secret.slice(0, 20), encryptionSecret } });
      } catch (error) {
        return error;
      }
    },
    'the package': () => swt,
  };
  for (const [name, make] of Object.entries(things)) {
    test(`is to be seen in ${name}`, async () => {
      const thing = await make();
      const everything = everythingOf(thing);
      const pemLine = pairs['EC on P-256'].privatePem.split('\n')[1];
      for (const text of [secret, encryptionSecret, pemLine]) {
        assert.ok(!everything.includes(text.slice(0, 16)), everything);
        assert.ok(!everything.includes(Buffer.from(text).toString('hex').slice(0, 16)));
      }
    });
  }

  test('is in the names of a Key and of a KeyRing: they have none', () => {
    for (const thing of [key, new KeyRing({ signer: { kid: 'a', secret: key } })]) {
      assert.deepEqual(Reflect.ownKeys(thing), []);
      assert.equal(JSON.stringify(thing), '{}');
      assert.deepEqual(Reflect.ownKeys(structuredClone(thing)), []);
    }
  });
});
