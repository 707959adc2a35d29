'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { describe, test } = require('node:test');

const { MemoryStore, sign, verify } = require('secure-web-token');
const { assertFails, newKey, newSecret } = require('../support/sessions.js');

const SECRET = newSecret();
const ALICE = { userId: 'alice' };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const nowSeconds = () => Math.floor(Date.now() / 1000);

async function lifetimeOf(token, options) {
  const { iat, exp } = await verify(token, SECRET, options);
  return exp - iat;
}

describe('what sign gives', () => {
  test('always the three members, undefined where there is none', async () => {
    const grant = await sign(ALICE, SECRET);
    assert.deepEqual(Object.keys(grant), ['token', 'sessionId', 'refreshToken']);
    assert.equal(typeof grant.token, 'string');
    assert.equal(grant.sessionId, undefined);
    assert.equal(grant.refreshToken, undefined);
  });

  test('a session with a store alone, without fingerprint', async () => {
    const store = new MemoryStore();
    const { token, sessionId } = await sign(ALICE, SECRET, { store });
    assert.match(sessionId, UUID);
    assert.deepEqual(await store.getSession(sessionId), { sessionId, userId: 'alice' });
    assert.equal((await verify(token, SECRET, { store, sessionId })).sid, sessionId);
  });

  test('a session and a token bound to the key with fingerprint', async () => {
    const store = new MemoryStore();
    const { publicKeyJwk } = await newKey();
    for (const clientPublicKey of [
      publicKeyJwk,
      JSON.stringify(publicKeyJwk),
      { ...publicKeyJwk, key_ops: ['verify'] },
    ]) {
      const { sessionId } = await sign(ALICE, SECRET, { store, fingerprint: true, clientPublicKey });
      const { jkt } = await store.getSession(sessionId);
      assert.match(jkt, /^[A-Za-z0-9_-]{43}$/);
    }
  });

  test('a new session and another token each time', async () => {
    const store = new MemoryStore();
    const first = await sign(ALICE, SECRET, { store });
    const second = await sign(ALICE, SECRET, { store });
    assert.notEqual(first.sessionId, second.sessionId);
    assert.notEqual(first.token, second.token);
  });

  test('a refresh token when it is asked for, which is no access token', async () => {
    const { token, refreshToken } = await sign(ALICE, SECRET, { generateRefreshToken: true });
    assert.equal(typeof refreshToken, 'string');
    await verify(token, SECRET);
    await assertFails(verify(refreshToken, SECRET), { code: 'token_type', kind: 'rejected' });
  });

  test('the data as it was, whatever JSON can say', async () => {
    const data = {
      userId: 7,
      name: 'Åsa 名前 🦉',
      nested: { list: [1, 2.5, null, true, ''] },
      quote: '"\\\n',
      __proto__: null,
    };
    const { token } = await sign(data, SECRET);
    assert.deepEqual((await verify(token, SECRET)).data, { ...data });
  });

  test('no key without fingerprint: clientPublicKey alone is ignored, as it was in 3.0.1', async () => {
    const store = new MemoryStore();
    const { sessionId } = await sign(ALICE, SECRET, { store, clientPublicKey: 'not even a key' });
    assert.equal((await store.getSession(sessionId)).jkt, undefined);
  });

  test('tokens that fake timers can move', async (t) => {
    const { token } = await sign(ALICE, SECRET, { expiresIn: 60 });
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
    t.mock.timers.setTime(Date.now() + 59_000 - (Date.now() % 1000));
    await verify(token, SECRET);
    t.mock.timers.setTime(Date.now() + 2000);
    await assertFails(verify(token, SECRET), { code: 'token_expired', message: 'Token expired' });
  });
});

describe('lifetimes', () => {
  const good = [
    [undefined, 900],
    [1, 1],
    [900, 900],
    ['900s', 900],
    ['1500000ms', 1500],
    ['15m', 900],
    ['24h', 86400],
    ['7d', 604800],
  ];
  for (const [expiresIn, seconds] of good) {
    test(`expiresIn ${JSON.stringify(expiresIn)} is ${seconds} seconds`, async () => {
      const { token } = await sign(ALICE, SECRET, { expiresIn });
      assert.equal(await lifetimeOf(token), seconds);
    });
  }

  const bad = [
    0,
    -1,
    -0,
    0.5,
    1.5,
    NaN,
    Infinity,
    -Infinity,
    2 ** 53,
    1e300,
    2 ** 53 - 1,
    '',
    '120',
    '0s',
    '-1s',
    '1.5h',
    '1 h',
    ' 1h',
    '1h ',
    '1H',
    '15',
    'm',
    '1w',
    '1y',
    '1500ms',
    '1e3s',
    '0x10s',
    '+1s',
    '1s\n',
    '9999999999999999d',
    '1'.repeat(1000) + 's',
    null,
    true,
    [],
    [900],
    {},
    900n,
    () => 900,
    new Date(),
    Symbol('900'),
  ];
  for (const expiresIn of bad) {
    const name = typeof expiresIn === 'symbol' ? 'a symbol' : `${typeof expiresIn} ${String(expiresIn).slice(0, 30)}`;
    test(`expiresIn ${JSON.stringify(name)} is refused`, async () => {
      await assertFails(sign(ALICE, SECRET, { expiresIn }), { code: 'lifetime', kind: 'usage' });
      await assertFails(sign(ALICE, SECRET, { refreshExpiresIn: expiresIn, generateRefreshToken: true }), {
        code: 'lifetime',
      });
    });
  }

  test('exp is the time of signing and the lifetime', async () => {
    const before = nowSeconds();
    const { token } = await sign(ALICE, SECRET, { expiresIn: 60 });
    const { iat, exp } = await verify(token, SECRET);
    assert.ok(iat >= before && iat <= nowSeconds());
    assert.equal(exp, iat + 60);
  });
});

describe('data that cannot be signed', () => {
  const circular = { userId: 'alice' };
  circular.self = circular;
  let deep = {};
  for (let i = 0; i < 20; i++) deep = { deep };
  let bottomless = {};
  for (let i = 0; i < 100_000; i++) bottomless = { bottomless };

  const bad = [
    ['undefined', undefined, 'data'],
    ['null', null, 'data'],
    ['a text', '{"userId":"alice"}', 'data'],
    ['an array', [ALICE], 'data'],
    ['a function', () => ALICE, 'data'],
    [
      'an instance of a class',
      new (class User {
        userId = 'alice';
      })(),
      'data',
    ],
    ['a Map', new Map([['userId', 'alice']]), 'data'],
    ['a BigInt inside', { userId: 'alice', n: 1n }, 'data'],
    ['a circle', circular, 'data'],
    // Node.js 26 writes them without a recursion, and they are too much all the same.
    ['too many levels for a recursion', { userId: 'alice', bottomless }, /^data(_too_large)?$/],
    ['a toJSON that gives a text', { userId: 'alice', toJSON: () => 'alice' }, 'data'],
    ['a toJSON that gives nothing', { userId: 'alice', toJSON: () => undefined }, 'data'],
    ['a NUL', { userId: 'alice', name: 'admin\u0000x' }, 'data'],
    ['a lone surrogate', { userId: 'alice', name: '\ud800' }, 'data'],
    ['more than 8192 bytes', { userId: 'alice', text: 'x'.repeat(8192) }, 'data_too_large'],
    ['a megabyte', { userId: 'alice', text: 'x'.repeat(2 ** 20) }, 'data_too_large'],
    ['more than 16 levels', { userId: 'alice', deep }, 'data_too_large'],
    ['no userId', { user: 'alice' }, 'user_id'],
    ['an inherited userId', Object.assign(Object.create(null), { role: 'x' }), 'user_id'],
    ['an empty userId', { userId: '' }, 'user_id'],
    ['userId 0', { userId: 0 }, 'user_id'],
    ['a fractional userId', { userId: 1.5 }, 'user_id'],
    ['userId NaN', { userId: NaN }, 'user_id'],
    ['a userId over 2^53', { userId: 2 ** 53 }, 'user_id'],
    ['userId true', { userId: true }, 'user_id'],
    ['userId null', { userId: null }, 'user_id'],
    ['a userId that is an object', { userId: { id: 1 } }, 'user_id'],
    ['a userId that is an array', { userId: ['alice'] }, 'user_id'],
    ['a userId of 257 bytes', { userId: 'x'.repeat(257) }, 'user_id'],
  ];
  for (const [name, data, code] of bad) {
    test(name, async () => {
      const events = [];
      const store = new MemoryStore({ maxSessions: 1 });
      const error = await assertFails(sign(data, SECRET, { store, auditLogger: (event) => events.push(event) }), {
        code,
        kind: 'usage',
      });
      assert.ok(!error.message.includes('alice'));
      assert.deepEqual(events, []);
      // No session was made on the way: the only place of the store is still free.
      await sign(ALICE, SECRET, { store });
    });
  }

  test('and what is just inside the limits can', async () => {
    let levels = {};
    for (let i = 0; i < 13; i++) levels = { levels };
    const good = [{ userId: 'x'.repeat(256) }, { userId: 2 ** 53 - 1 }, { userId: -1 }, { userId: 'a', levels }];
    for (const data of good) {
      const { token } = await sign(data, SECRET);
      assert.deepEqual((await verify(token, SECRET)).data, data);
    }
  });
});

describe('fingerprint', () => {
  test('needs a store, and says so', async () => {
    const { publicKeyJwk: clientPublicKey } = await newKey();
    for (const options of [
      { fingerprint: true, clientPublicKey },
      { fingerprint: true, clientPublicKey, store: null },
    ]) {
      await assertFails(sign(ALICE, SECRET, options), { code: 'store_required', kind: 'usage', message: /RedisStore/ });
    }
  });

  test('needs clientPublicKey, and says so', async () => {
    const store = new MemoryStore();
    for (const clientPublicKey of [undefined, null]) {
      await assertFails(sign(ALICE, SECRET, { fingerprint: true, store, clientPublicKey }), {
        code: 'client_key',
        message: /clientPublicKey/,
      });
    }
  });

  test('refuses what is no public P-256 key', async () => {
    const store = new MemoryStore({ maxSessions: 1 });
    const { publicKeyJwk: jwk } = await newKey();
    const bad = [
      '',
      '{}',
      'null',
      '[]',
      'x'.repeat(2 ** 20),
      7,
      true,
      [jwk],
      () => jwk,
      {},
      { jwk },
      { ...jwk, kty: 'RSA' },
      { ...jwk, crv: 'P-384' },
      { ...jwk, d: jwk.x },
      { ...jwk, x: jwk.x.slice(1) },
      { ...jwk, x: `${jwk.x}=` },
      { ...jwk, x: jwk.y, y: jwk.x },
      { ...jwk, x: 'A'.repeat(43), y: 'A'.repeat(43) },
      `${JSON.stringify(jwk)} `.repeat(2),
    ];
    for (const clientPublicKey of bad) {
      const error = await assertFails(sign(ALICE, SECRET, { fingerprint: true, store, clientPublicKey }), {
        code: 'client_key',
        kind: 'usage',
      });
      assert.ok(!error.message.includes(jwk.x));
    }
    await sign(ALICE, SECRET, { fingerprint: true, store, clientPublicKey: jwk });
  });
});

test('a key without fingerprint binds nothing, and that is said once', () => {
  const script = `
    const { sign } = require('secure-web-token');
    const warned = [];
    process.on('warning', ({ code }) => warned.push(code));
    const secret = crypto.getRandomValues(new Uint8Array(32));
    Promise.all([1, 2].map(() => sign({ userId: 'alice' }, secret, { clientPublicKey: { kty: 'EC' } })))
      .then(() => sign({ userId: 'alice' }, secret))
      .then(() => setImmediate(() => console.log(warned.join())));
  `;
  const options = { cwd: __dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
  assert.equal(execFileSync(process.execPath, ['-e', script], options), 'SWT_UNBOUND_TOKEN\n');
});
