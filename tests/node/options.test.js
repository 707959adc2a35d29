'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const swt = require('secure-web-token');
const { assertFails, newSecret } = require('../support/sessions.js');

const { MemoryStore, RedisStore, sign, verify } = swt;

const SECRET = newSecret();
const ALICE = { userId: 'alice' };

/** What guards requests. They read the same options. */
const GUARDS = ['createAuthenticator', 'swtMiddleware', 'swtFastify', 'swtKoa', 'swtHono'];

/** Every place that takes options, as a function of them. */
const takers = {
  ...Object.fromEntries(GUARDS.map((guard) => [guard, (options) => swt[guard]({ secret: SECRET, ...options })])),
  sign: (options) => sign(ALICE, SECRET, options),
  verify: (options) => verify('x', SECRET, options),
  MemoryStore: (options) => new MemoryStore(options),
  RedisStore: (options) => new RedisStore({}, options),
};

describe('unknown options', () => {
  const cases = [
    ['sign', 'expireIn', 'expiresIn'],
    ['sign', 'ExpiresIn', 'expiresIn'],
    ['sign', 'fingerPrint', 'fingerprint'],
    ['sign', 'clientPublicKeys', 'clientPublicKey'],
    ['verify', 'sesionId', 'sessionId'],
    ['verify', 'dpopproof', 'dpopProof'],
    ['verify', 'acceptLegazy', 'acceptLegacy'],
    ...GUARDS.map((guard) => [guard, 'cookiename', 'cookieName']),
    ['swtMiddleware', 'onRefuse', 'onRefusal'],
    ['swtKoa', 'optionel', 'optional'],
    ['swtHono', 'gettoken', 'getToken'],
    ['MemoryStore', 'tll', 'ttl'],
    ['RedisStore', 'prefx', 'prefix'],
  ];
  for (const [owner, name, meant] of cases) {
    test(`${owner} names ${name} and asks for ${meant}`, async () => {
      const error = await assertFails(() => takers[owner]({ [name]: 1 }), { code: 'argument', kind: 'usage' });
      assert.ok(error.message.includes(owner), error.message);
      assert.ok(error.message.includes(`"${name}"`), error.message);
      assert.ok(error.message.includes(`did you mean ${meant}?`), error.message);
    });
  }

  test('with nothing near, what there is is listed', async () => {
    await assertFails(() => takers.verify({ somethingElse: 1 }), { message: /it has sessionId, store, / });
  });

  test('the value undefined does not make one known', async () => {
    await assertFails(() => takers.sign({ algorithm: undefined }), { code: 'argument' });
  });

  for (const name of ['__proto__x', 'constructor', 'toString', 'hasOwnProperty']) {
    test(`${name} is unknown too`, async () => {
      for (const take of Object.values(takers)) await assertFails(() => take({ [name]: 1 }), { code: 'argument' });
    });
  }
});

describe('options as a whole', () => {
  for (const options of ['x', 1, true, [], () => ({})]) {
    test(`${typeof options} ${JSON.stringify(options)} is no options`, async () => {
      for (const taker of ['sign', 'verify', 'MemoryStore']) {
        await assertFails(() => takers[taker](options), { code: 'argument', kind: 'usage' });
      }
    });
  }

  test('what an object inherits or hides is not dropped in silence: only a plain object is taken', async () => {
    class Settings {
      get fingerprint() {
        return true;
      }
    }
    for (const options of [new Settings(), Object.create({ fingerprint: true }), []]) {
      await assertFails(sign(ALICE, SECRET, options), { code: 'argument', message: /plain object/ });
    }
    const hidden = Object.defineProperty({}, 'expiresIn', { value: 'never', enumerable: false });
    await assertFails(sign(ALICE, SECRET, hidden), { code: 'lifetime' });

    await sign(ALICE, SECRET, Object.assign(Object.create(null), { expiresIn: 60 }));
  });

  test('a polluted Object.prototype offers no options', async () => {
    Object.prototype.insecureShortSecret = true;
    Object.prototype.store = 'polluted';
    try {
      await assertFails(sign(ALICE, 'short', {}), { code: 'secret_too_short' });
      await sign(ALICE, SECRET, {});
    } finally {
      delete Object.prototype.insecureShortSecret;
      delete Object.prototype.store;
    }
  });

  test('undefined stands for the default, except for store', async () => {
    const { token } = await sign(ALICE, SECRET, {
      fingerprint: undefined,
      expiresIn: undefined,
      encryptionSecret: undefined,
      auditLogger: undefined,
    });
    await verify(token, SECRET, { encryptionSecret: undefined, sessionId: undefined, dpopProof: undefined });
  });
});

describe('store', () => {
  for (const owner of ['sign', 'verify', ...GUARDS]) {
    test(`undefined is refused by ${owner}, null is none`, async () => {
      await assertFails(() => takers[owner]({ store: undefined }), { code: 'argument', message: /pass null for none/ });
      if (owner !== 'verify') await takers[owner]({ store: null });
    });

    for (const store of [
      {},
      { registerSession() {}, revokeSession() {} },
      'redis',
      true,
      MemoryStore,
    ]) {
      test(`${typeof store} ${JSON.stringify(store)} is refused by ${owner}, which names what there is`, async () => {
        await assertFails(() => takers[owner]({ store }), { code: 'argument', message: /RedisStore.*MemoryStore/ });
      });
    }
  }
});

describe('values of a wrong type', () => {
  const cases = {
    sign: { fingerprint: 'true', generateRefreshToken: 1, insecureShortSecret: 'yes', auditLogger: {} },
    verify: { insecureShortSecret: 1, auditLogger: 'log' },
    swtMiddleware: { cookieName: '', auditLogger: 1, insecureShortSecret: 0, optional: 'false', getToken: null },
    swtFastify: { optional: 1, getToken: 'authorization', onRefusal: 'next' },
    swtKoa: { optional: null, getToken: {}, onRefusal: 'next' },
    swtHono: { optional: 'true', getToken: [], onRefusal: 'next' },
    createAuthenticator: { optional: 0, getToken: Promise.resolve(), onRefusal: 'answer' },
    MemoryStore: { maxSessions: 0, auditLogger: [] },
    RedisStore: { prefix: 7, timeout: 0, auditLogger: 1 },
  };
  const more = [
    ['swtMiddleware', 'cookieName', 'a b'],
    ['swtMiddleware', 'cookieName', 'a;b'],
    ['swtMiddleware', 'cookieName', 'a=b'],
    ['swtMiddleware', 'cookieName', 7],
    ['swtMiddleware', 'cookieName', 'é'],
    ['MemoryStore', 'maxSessions', 1.5],
    ['MemoryStore', 'maxSessions', 2 ** 32],
    ['MemoryStore', 'maxSessions', '100'],
    ['MemoryStore', 'maxSessions', Infinity],
    ['RedisStore', 'timeout', '250ms'],
    ['RedisStore', 'timeout', 0.5],
    ['RedisStore', 'timeout', 60_001],
    ['RedisStore', 'timeout', NaN],
    ['RedisStore', 'prefix', 7],
    ['RedisStore', 'prefix', null],
  ];
  const all = [
    ...Object.entries(cases).flatMap(([owner, options]) => Object.entries(options).map((o) => [owner, ...o])),
    ...more,
  ];
  for (const [owner, name, value] of all) {
    test(`${owner}: ${name} ${JSON.stringify(value) ?? String(value)}`, async () => {
      await assertFails(() => takers[owner]({ [name]: value }), {
        code: 'argument',
        kind: 'usage',
        message: new RegExp(name),
      });
    });
  }

  for (const owner of ['MemoryStore', 'RedisStore']) {
    test(`${owner}: ttl is a lifetime`, async () => {
      for (const ttl of [0, -1, '120', NaN, Infinity, null]) {
        await assertFails(() => takers[owner]({ ttl }), { code: 'lifetime', message: /^ttl / });
      }
    });
  }

  test('null is no audit logger, as it was in 3.0.1', () => sign(ALICE, SECRET, { auditLogger: null }));
});

describe('a callback', () => {
  const noCallback = (name) => ({ code: 'argument', message: `${name} gives a promise and takes no callback` });
  const { sign, verify, refresh } = swt;
  const secret = newSecret();

  test('is refused, in the place of the options and behind them', async () => {
    for (const operation of [sign, verify, refresh]) {
      const first = operation === sign ? { userId: 'alice' } : 'x';
      await assertFails(operation(first, secret, () => {}), noCallback(operation.name));
      await assertFails(operation(first, secret, {}, () => {}), noCallback(operation.name));
    }
    assert.equal(typeof (await sign({ userId: 'alice' }, secret, {}, undefined)).token, 'string');
  });
});
