'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { before, describe, test } = require('node:test');
const { inspect } = require('node:util');

const { MemoryStore, sign, verify } = require('secure-web-token');
const { assertFails, newKey, newProof, newSecret } = require('../support/sessions.js');

const SECRET = newSecret();
const ALICE = { userId: 'alice', role: 'admin' };
const REQUEST = { method: 'GET', url: '/api/profile' };

const base64url = (text) => Buffer.from(text).toString('base64url');

/** A login bound to a key, and what its owner sends with a request. */
async function login(data = ALICE, store = new MemoryStore()) {
  const key = await newKey();
  const grant = await sign(data, SECRET, { store, fingerprint: true, clientPublicKey: key.publicKeyJwk });
  const proofFor = (url, method) => newProof(key, url, method, grant.token);
  const owner = async () => ({
    store,
    sessionId: grant.sessionId,
    dpopProof: await proofFor(REQUEST.url, REQUEST.method),
    ...REQUEST,
  });
  return { ...grant, key, store, proofFor, owner };
}

/** Values of every other type, as a parser of bodies or cookies can make them. */
const NO_TEXTS = [
  0,
  1,
  NaN,
  true,
  false,
  [],
  ['a'],
  {},
  { length: 3 },
  Object.create(null),
  1n,
  Symbol('s'),
  () => 'a',
  new String('a'),
  Buffer.from('a'),
];

describe('what verify gives', () => {
  test('the whole payload, and nothing added', async () => {
    const { token } = await sign(ALICE, SECRET);
    const payload = await verify(token, SECRET);
    assert.deepEqual(Object.keys(payload).sort(), ['data', 'exp', 'iat', 'jti']);
    assert.deepEqual(payload.data, ALICE);
    assert.equal(payload.exp, payload.iat + 900);
  });

  test('the session and the key of a bound token', async () => {
    const { token, sessionId, owner } = await login();
    const payload = await verify(token, SECRET, await owner());
    assert.equal(payload.sid, sessionId);
    assert.match(payload.cnf.jkt, /^[A-Za-z0-9_-]{43}$/);
  });

  test('a payload whose names mean nothing to JavaScript', async () => {
    const data = JSON.parse('{"userId":"alice","__proto__":{"admin":true},"constructor":1,"then":2,"toJSON":3}');
    delete data.toJSON;
    const { token } = await sign(data, SECRET);
    const payload = await verify(token, SECRET);
    assert.deepEqual(Object.keys(payload.data), ['userId', '__proto__', 'constructor', 'then']);
    assert.equal(payload.data.admin, undefined);
    assert.equal({}.admin, undefined);
  });
});

describe('a token that is none', () => {
  let good;
  before(async () => {
    good = (await sign(ALICE, SECRET)).token;
  });

  for (const token of [undefined, null, ...NO_TEXTS]) {
    test(`${typeof token} ${inspect(token)}`, async () => {
      const events = [];
      await assertFails(verify(token, SECRET, { auditLogger: (event) => events.push(event) }), {
        code: 'token_malformed',
        kind: 'rejected',
        message: 'Invalid token format',
      });
      assert.equal(events.length, 1);
      assert.equal(events[0].event, 'verify_failure');
    });
  }

  const texts = {
    empty: () => '',
    'one part': () => 'a',
    'two parts': () => good.split('.').slice(0, 2).join('.'),
    'four parts': () => `${good}.a`,
    'empty parts': () => '..',
    'only dots': () => '.'.repeat(16_000),
    'a space before': () => ` ${good}`,
    'a line after': () => `${good}\r\n`,
    'a NUL after': () => `${good}\0`,
    padding: () => `${good}=`,
    'base64 letters': () => good.replace(/.$/, '+'),
    'beyond ASCII': () => `${good}é`,
    'a lone surrogate': () => `${good}\ud800`,
    'two tokens': () => `${good},${good}`,
    '64 KB': () => 'a'.repeat(65_536),
    '1 MB': () => `${'a'.repeat(2 ** 20)}.a.a`,
    '300 MB': () => 'a'.repeat(300 * 2 ** 20),
    'header without base64url': () => good.replace(/^[^.]*/, '{"alg":"none"}'),
    'header alg none': () => good.replace(/^[^.]*/, base64url('{"alg":"none","typ":"SWT","exp":4102444800}')),
    'a JWT': () => `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url('{"userId":"alice"}')}.${'A'.repeat(43)}`,
  };
  for (const [name, make] of Object.entries(texts)) {
    test(name, async () => {
      await assertFails(verify(make(), SECRET), { kind: 'rejected', status: 401 });
      await verify(good, SECRET);
    });
  }

  test('every single change of a character', async () => {
    for (let i = 0; i < good.length; i++) {
      const changed = good.slice(0, i) + (good[i] === 'A' ? 'B' : 'A') + good.slice(i + 1);
      await assertFails(verify(changed, SECRET), { kind: 'rejected' });
    }
  });

  test('one of another secret', async () => {
    await assertFails(verify(good, newSecret()), { code: 'token_authentication', message: 'Invalid signature' });
  });

  test('one of the same secret with another encryption secret', async () => {
    await assertFails(verify(good, SECRET, { encryptionSecret: newSecret() }), { code: 'token_authentication' });
    const encryptionSecret = newSecret();
    const { token } = await sign(ALICE, SECRET, { encryptionSecret });
    await verify(token, SECRET, { encryptionSecret });
    await assertFails(verify(token, SECRET), { code: 'token_authentication' });
  });

  test('an error holds no token and no secret', async () => {
    const error = await assertFails(verify(`${good}x`, SECRET), { kind: 'rejected' });
    const everything = [error.message, error.stack, JSON.stringify(error), inspect(error)].join();
    assert.ok(!everything.includes(SECRET));
    assert.ok(!everything.includes(good.slice(0, 40)));
  });
});

describe('the session', () => {
  test('a request must name it, and it must be the one of the token', async () => {
    const store = new MemoryStore();
    const first = await sign(ALICE, SECRET, { store });
    const second = await sign(ALICE, SECRET, { store });
    const mallory = await sign({ userId: 'mallory' }, SECRET, { store });
    const invalid = { kind: 'rejected', message: 'Session revoked or invalid' };

    await assertFails(verify(first.token, SECRET, { store }), invalid);
    await assertFails(verify(first.token, SECRET, { store, sessionId: null }), invalid);
    await assertFails(verify(first.token, SECRET, { store, sessionId: '' }), invalid);
    await assertFails(verify(first.token, SECRET, { store, sessionId: second.sessionId }), invalid);
    await assertFails(verify(first.token, SECRET, { store, sessionId: mallory.sessionId }), { kind: 'rejected' });
    await assertFails(verify(first.token, SECRET, { store, sessionId: first.sessionId.toUpperCase() }), invalid);
    await verify(first.token, SECRET, { store, sessionId: first.sessionId });

    await store.revokeSession(first.sessionId);
    await assertFails(verify(first.token, SECRET, { store, sessionId: first.sessionId }), {
      ...invalid,
      code: 'session_revoked',
    });
    await verify(second.token, SECRET, { store, sessionId: second.sessionId });
  });

  test('an id of another type or form is refused like a wrong one', async () => {
    const store = new MemoryStore();
    const { token, sessionId } = await sign(ALICE, SECRET, { store });
    const forms = [
      'x',
      '*',
      '../x',
      'swt:session:*',
      `${sessionId}\n`,
      `${sessionId} `,
      'a'.repeat(2 ** 20),
      '%00',
      '\0',
    ];
    for (const wrong of [...NO_TEXTS, ...forms, [sessionId], { toString: () => sessionId }]) {
      await assertFails(verify(token, SECRET, { store, sessionId: wrong }), { kind: 'rejected' });
    }
    await verify(token, SECRET, { store, sessionId });
  });

  test('expiry is seen before the session is', async () => {
    const store = new MemoryStore();
    const { token } = await sign(ALICE, SECRET, { store, expiresIn: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await assertFails(verify(token, SECRET, { store, sessionId: ['x'] }), { code: 'token_expired' });
  });
});

describe('the proof', () => {
  test('is needed for a bound token, and is good once', async () => {
    const { token, owner } = await login();
    const request = await owner();
    await assertFails(verify(token, SECRET, { ...request, dpopProof: undefined }), {
      code: 'proof_missing',
      message: 'DPoP proof required for this token',
    });
    await assertFails(verify(token, SECRET, { ...request, dpopProof: null }), { code: 'proof_missing' });
    await assertFails(verify(token, SECRET, { ...request, dpopProof: '' }), { kind: 'rejected' });
    await verify(token, SECRET, request);
    await assertFails(verify(token, SECRET, request), { code: 'proof_replayed' });
    await verify(token, SECRET, await owner());
  });

  test('is for one method and one url', async () => {
    const { token, owner } = await login();
    const request = await owner();
    await assertFails(verify(token, SECRET, { ...request, method: 'POST' }), { code: 'proof_method' });
    await assertFails(verify(token, SECRET, { ...request, method: 'get' }), { code: 'proof_method' });
    await assertFails(verify(token, SECRET, { ...request, url: '/api/other' }), { code: 'proof_url' });
    await verify(token, SECRET, request);
  });

  test('for an absolute url is compared with the host', async () => {
    const { token, owner, proofFor } = await login();
    const absolute = async () => ({
      ...(await owner()),
      dpopProof: await proofFor('https://app.example/api/profile', 'GET'),
    });
    await assertFails(verify(token, SECRET, { ...(await absolute()), host: 'evil.example' }), { code: 'proof_url' });
    await assertFails(verify(token, SECRET, { ...(await absolute()), host: '' }), { code: 'proof_url' });
    await verify(token, SECRET, { ...(await absolute()), host: 'app.example' });
  });

  test('by another key, for another token, or of another type is refused and burns nothing', async () => {
    const { token, owner } = await login();
    const thief = await login({ userId: 'mallory' });
    const request = await owner();
    const stolen = [
      ...NO_TEXTS,
      'x',
      '{}',
      base64url('{}'),
      `${request.dpopProof}=`,
      `${request.dpopProof}, ${request.dpopProof}`,
      'a'.repeat(2 ** 20),
      (await thief.owner()).dpopProof,
    ];
    for (const dpopProof of stolen) {
      await assertFails(verify(token, SECRET, { ...request, dpopProof }), { kind: 'rejected' });
    }
    await verify(token, SECRET, request);
  });

  test('without a store is spent all the same', async () => {
    const { token, proofFor } = await login();
    const dpopProof = await proofFor('/a', 'GET');
    const request = { dpopProof, method: 'GET', url: '/a' };
    await verify(token, SECRET, request);
    await assertFails(verify(token, SECRET, request), { code: 'proof_replayed' });
    // Nor does another set of settings, which is another engine, forget it.
    await assertFails(verify(token, SECRET, { ...request, acceptLegacy: false }), { code: 'proof_replayed' });
  });

  test('without method and url is accepted only as legacy, is reported, and is still good once', async () => {
    const { token, owner } = await login();
    const { method, url, ...blind } = await owner();
    await assertFails(verify(token, SECRET, { ...blind, acceptLegacy: false }), { code: 'proof_legacy' });

    const events = [];
    await verify(token, SECRET, { ...blind, auditLogger: (event) => events.push(event) });
    assert.deepEqual(
      events.map(({ event, userId }) => [event, userId]),
      [
        ['legacy_accepted', 'alice'],
        ['verify_success', 'alice'],
      ],
    );
    assert.match(events[0].reason, /method and a url/);
    await assertFails(verify(token, SECRET, blind), { code: 'proof_replayed' });
  });
});

test('of a proof that is not compared the process is warned once', () => {
  const script = `
    const { sign, verify, MemoryStore } = require('secure-web-token');
    const { newKey, newProof, newSecret } = require('../support/sessions.js');
    (async () => {
      const warnings = [];
      process.on('warning', (warning) => warnings.push(warning.code));
      const [store, secret, key] = [new MemoryStore(), newSecret(), await newKey()];
      const options = { store, fingerprint: true, clientPublicKey: key.publicKeyJwk };
      const { token, sessionId } = await sign({ userId: 1 }, secret, options);
      for (let i = 0; i < 3; i++) {
        await verify(token, secret, { store, sessionId, dpopProof: await newProof(key, '/', 'GET', token) });
      }
      setImmediate(() => console.log(JSON.stringify(warnings)));
    })();
  `;
  const output = execFileSync(process.execPath, ['--no-warnings', '-e', script], { cwd: __dirname, encoding: 'utf8' });
  assert.deepEqual(JSON.parse(output), ['SWT_PROOF_NOT_COMPARED']);
});

describe('mistakes of the caller', () => {
  const calls = [
    ['method without url', { method: 'GET' }],
    ['url without method', { url: '/' }],
    ['host without both', { host: 'a.example' }],
    ['an empty method', { method: '', url: '/' }],
    ['an empty url', { method: 'GET', url: '' }],
    ['method null', { method: null, url: '/' }],
    ['url as a URL object', { method: 'GET', url: new URL('http://a.example/') }],
    ['host as an array', { method: 'GET', url: '/', host: ['a.example'] }],
  ];
  for (const [name, options] of calls) {
    test(name, async () => {
      const { token } = await sign(ALICE, SECRET);
      await assertFails(verify(token, SECRET, options), { code: 'argument', kind: 'usage' });
    });
  }
});

describe('acceptLegacy', () => {
  test('false refuses what true accepts', async () => {
    // A token of an engine without a store names no session, like one of 3.0.1.
    const store = new MemoryStore();
    const { token } = await sign(ALICE, SECRET);
    const { sessionId } = await sign(ALICE, SECRET, { store });
    const request = { store, sessionId };
    const events = [];
    const auditLogger = ({ event, reason }) => events.push([event, reason]);

    for (const acceptLegacy of [undefined, true, { until: new Date(Date.now() + 60_000) }]) {
      await verify(token, SECRET, { ...request, acceptLegacy, auditLogger });
      assert.deepEqual(events.splice(0), [
        ['legacy_accepted', 'the token does not name its session'],
        ['verify_success', undefined],
      ]);
    }
    for (const acceptLegacy of [false, { until: new Date(Date.now() - 1000) }]) {
      await assertFails(verify(token, SECRET, { ...request, acceptLegacy }), { code: 'token_legacy' });
    }
  });

  const bad = [
    null,
    0,
    1,
    'true',
    [],
    {},
    { until: Infinity },
    { until: 4102444800000 },
    { until: '2100-01-01' },
    { until: null },
    { until: new Date(NaN) },
    { until: new Date(0) },
    { until: new Date(), also: 1 },
    { till: new Date() },
    new Date(),
  ];
  for (const acceptLegacy of bad) {
    test(`${JSON.stringify(acceptLegacy)} is refused`, async () => {
      await assertFails(verify('x', SECRET, { acceptLegacy }), { code: 'argument', kind: 'usage' });
      await assertFails(sign(ALICE, SECRET, { acceptLegacy }), { code: 'argument', kind: 'usage' });
    });
  }
});
