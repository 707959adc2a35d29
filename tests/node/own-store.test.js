'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { randomUUID } = require('node:crypto');
const http = require('node:http');
const { describe, test } = require('node:test');

const { refresh, sign, swtMiddleware, verify } = require('secure-web-token');
const { AsyncStore, SyncStore, noAnswers, plainStore } = require('../support/own_stores.js');
const { assertFails, newKey, newProof, newSecret } = require('../support/sessions.js');

const SECRET = newSecret();
const ALICE = { userId: 'alice' };
const REQUEST = { method: 'GET', url: '/api/profile' };
const TAKE_NO_ANSWER = { code: 'store_protocol', kind: 'unavailable' };

async function boundLogin(store, data = ALICE) {
  const key = await newKey();
  const grant = await sign(data, SECRET, { store, fingerprint: true, clientPublicKey: key.publicKeyJwk });
  const proof = () => newProof(key, REQUEST.url, REQUEST.method, grant.token);
  return { ...grant, proof };
}

const kinds = {
  'an object with plain functions': plainStore,
  'an instance of a class': () => new SyncStore(),
  'one whose methods are inherited and give promises': () => new AsyncStore(),
};

for (const [name, newStore] of Object.entries(kinds)) {
  describe(`a store of three methods: ${name}`, () => {
    test('keeps a session until it is ended', async () => {
      const store = newStore();
      const { token, sessionId } = await sign(ALICE, SECRET, { store });
      const options = { store, sessionId };
      assert.deepEqual((await verify(token, SECRET, options)).data, ALICE);
      assert.deepEqual(store.called, [
        ['registerSession', { sessionId, userId: 'alice' }],
        ['getSession', sessionId],
      ]);
      await store.revokeSession(sessionId);
      await assertFails(verify(token, SECRET, options), { code: 'session_revoked' });
    });

    test('is told the key of a bound session, whose proofs are good once', async () => {
      const store = newStore();
      const { token, sessionId, proof } = await boundLogin(store, { userId: 7 });
      const [[, session]] = store.called;
      assert.deepEqual(Object.keys(session), ['sessionId', 'userId', 'jkt']);
      assert.equal(session.userId, 7);
      assert.match(session.jkt, /^[A-Za-z0-9_-]{43}$/);

      const first = { store, sessionId, dpopProof: await proof(), ...REQUEST };
      await verify(token, SECRET, first);
      await assertFails(verify(token, SECRET, { ...first }), { code: 'proof_replayed' });
      await verify(token, SECRET, { ...first, dpopProof: await proof() });
    });

    test('refreshes nothing that it would accept twice', { skip: refresh === undefined && 'no refresh' }, async () => {
      const store = newStore();
      const login = await sign(ALICE, SECRET, { store, generateRefreshToken: true });
      const trade = (more) => refresh(login.refreshToken, SECRET, { store, sessionId: login.sessionId, ...more });
      await assertFails(trade(), { code: 'store_required', kind: 'usage' });
      const next = await trade({ insecureRefreshReuse: true });
      assert.equal(next.sessionId, login.sessionId);
      await verify(next.token, SECRET, { store, sessionId: next.sessionId });
      await store.revokeSession(login.sessionId);
      await assertFails(trade({ insecureRefreshReuse: true }), { code: 'session_revoked' });
    });
  });
}

describe('what a store found', () => {
  /** What verify makes of it when getSession gives this. */
  async function verifiedBy(found, { bound = false, data = ALICE } = {}) {
    const store = new SyncStore();
    const login = bound ? await boundLogin(store, data) : await sign(data, SECRET, { store });
    const session = store.sessions.get(login.sessionId);
    store.getSession = () => found(session);
    const proof = bound ? { dpopProof: await login.proof(), ...REQUEST } : {};
    return verify(login.token, SECRET, { store, sessionId: login.sessionId, ...proof });
  }

  const good = {
    'the session': (session) => session,
    'a copy with what else a row has': (session) => ({ ...session, id: 1, createdAt: new Date(), self: 1n, text: 'x' }),
    'a row without a prototype': (session) => Object.assign(Object.create(null), session),
    'an instance of a class': (session) => Object.create({ ...session }),
    'a column without a value': (session) => ({ ...session, jkt: null }),
    'a toJSON that nobody asks': (session) => ({ ...session, toJSON: () => ({ userId: 'mallory' }) }),
    'a promise of a promise': (session) => ({ then: (resolve) => resolve(Promise.resolve(session)) }),
  };
  for (const [name, found] of Object.entries(good)) {
    test(`${name} passes`, async () => assert.deepEqual((await verifiedBy(found)).data, ALICE));
  }

  const refused = {
    session_revoked: {
      'of another session': (session) => ({ ...session, sessionId: randomUUID() }),
      'with the id in capitals': (session) => ({ ...session, sessionId: session.sessionId.toUpperCase() }),
      'without the user': (session) => ({ ...session, userId: '' }),
      'of the user NaN': (session) => ({ ...session, userId: NaN }),
      'with a key that is none': (session) => ({ ...session, jkt: '' }),
      'that is not there': () => undefined,
      'that is null': () => null,
    },
    session_user: {
      'of another user': (session) => ({ ...session, userId: 'mallory' }),
      'of the user in capitals': (session) => ({ ...session, userId: 'ALICE' }),
      'of a number': (session) => ({ ...session, userId: 1 }),
    },
    session_binding: {
      'bound to a key, for a token that is not': (session) => ({ ...session, jkt: 'A'.repeat(43) }),
    },
    store_protocol: {
      'whose user is an object': (session) => ({ ...session, userId: { toString: () => 'alice' } }),
      'whose user is a list': (session) => ({ ...session, userId: ['alice'] }),
      'whose user is a BigInt': (session) => ({ ...session, userId: 7n }),
      'whose user is too long': (session) => ({ ...session, userId: 'a'.repeat(5000) }),
      'whose user is a megabyte': (session) => ({ ...session, userId: '\u0001'.repeat(2 ** 20) }),
      'whose user grows when it is written': (session) => ({ ...session, userId: '\u0001'.repeat(2 ** 18) }),
      'whose key is a number': (session) => ({ ...session, jkt: 7 }),
      'whose id is a list': (session) => ({ ...session, sessionId: [session.sessionId] }),
      'in a list': (session) => [session],
      'as JSON': (session) => JSON.stringify(session),
      'as a function': (session) => Object.assign(() => {}, session),
      'with a getter that throws': (session) => ({ ...session, get userId() { throw new Error('a password'); } }),
    },
  };
  for (const [code, cases] of Object.entries(refused)) {
    for (const [name, found] of Object.entries(cases)) {
      test(`one ${name} is ${code}`, async () => {
        await assertFails(verifiedBy(found), { code, message: /^(?!.*password)/ });
      });
    }
  }

  test('the number 7 and the text "7" are two users', async () => {
    const asNumber = (session) => ({ ...session, userId: 7 });
    const asText = (session) => ({ ...session, userId: '7' });
    await verifiedBy(asNumber, { data: { userId: 7 } });
    await assertFails(verifiedBy(asText, { data: { userId: 7 } }), { code: 'session_user' });
    await verifiedBy(asText, { data: { userId: '7' } });
    await assertFails(verifiedBy(asNumber, { data: { userId: '7' } }), { code: 'session_user' });
  });

  test('the session of a bound token is bound to the same key', async () => {
    await verifiedBy((session) => session, { bound: true });
    for (const jkt of [undefined, null, 'A'.repeat(43)]) {
      await assertFails(verifiedBy((session) => ({ ...session, jkt }), { bound: true }), { code: 'session_binding' });
    }
  });

  test('no answer is taken for one', async () => {
    for (const value of noAnswers()) {
      const { code } = await assertFails(verifiedBy(() => value), { kind: 'unavailable', message: /^(?!.*password)/ });
      assert.match(code, /^store_(protocol|connection)$/);
    }
  });

  test('is read once', async () => {
    let reads = 0;
    const changing = (session) => ({ ...session, get userId() { return reads++ === 0 ? 'alice' : 'mallory'; } });
    await verifiedBy(changing);
    assert.equal(reads, 1);
  });

  test('a wrong session does not use up the proof of the right one', async () => {
    const store = new SyncStore();
    const { token, sessionId, proof } = await boundLogin(store);
    const options = { store, sessionId, dpopProof: await proof(), ...REQUEST };
    const session = store.sessions.get(sessionId);
    store.sessions.set(sessionId, { ...session, userId: 'mallory' });
    await assertFails(verify(token, SECRET, options), { code: 'session_user' });
    store.sessions.set(sessionId, session);
    await verify(token, SECRET, options);
  });
});

describe('what a store is never asked', () => {
  const store = new SyncStore();
  const ids = ['../../etc/passwd', "' OR 1=1 --", '*', 'x'.repeat(2 ** 20), '', ['a'], { $ne: null }, 7, '\ud800'];

  test('ids that cannot be a session', async () => {
    const { token, sessionId } = await sign(ALICE, SECRET, { store });
    store.called.length = 0;
    for (const id of [...ids, sessionId.toUpperCase(), ` ${sessionId}`, `${sessionId}\n`, [sessionId], randomUUID()]) {
      await assertFails(verify(token, SECRET, { store, sessionId: id }), { kind: 'rejected' });
    }
    assert.deepEqual(store.called, []);
    await verify(token, SECRET, { store, sessionId });
    assert.deepEqual(store.called, [['getSession', sessionId]]);
  });
});

describe('a store that fails', () => {
  const failures = {
    'throws': () => { throw new Error('postgres://app:hunter2@db'); },
    'throws nothing': () => { throw undefined; },
    'rejects': () => Promise.reject(new Error('postgres://app:hunter2@db')),
    'rejects with what cannot be read': () => Promise.reject(new Proxy({}, { get() { throw new Error('hunter2'); } })),
  };
  for (const [name, fail] of Object.entries(failures)) {
    test(`${name}: nothing is valid and nobody logged out, and its error stays with it`, async () => {
      const events = [];
      const options = { store: new SyncStore(), auditLogger: (event) => events.push(event) };
      const { token, sessionId } = await sign(ALICE, SECRET, options);
      const down = { code: 'store_connection', kind: 'unavailable', message: /the session store threw or rejected$/ };

      options.store.getSession = fail;
      options.store.registerSession = fail;
      const errors = [
        await assertFails(verify(token, SECRET, { ...options, sessionId }), down),
        await assertFails(sign(ALICE, SECRET, options), down),
      ];
      assert.doesNotMatch(JSON.stringify([events, errors.map((error) => error.stack)]), /hunter2/);
      assert.equal(events.at(-1).event, 'verify_failure');
      assert.match(events.at(-1).reason, /the session store threw or rejected$/);
      delete options.store.getSession;
      await verify(token, SECRET, { ...options, sessionId });
    });
  }

  test('a method that is gone is a failure', async () => {
    const store = plainStore();
    const { token, sessionId } = await sign(ALICE, SECRET, { store });
    delete store.getSession;
    await assertFails(verify(token, SECRET, { store, sessionId }), { code: 'store_connection' });
  });

  test('a login that failed is taken back, since it may have been carried out', async () => {
    const store = new SyncStore();
    const revoked = new Promise((resolve) => { store.revokeSession = resolve; });
    store.registerSession = (session) => {
      SyncStore.prototype.registerSession.call(store, session);
      throw new Error('the connection broke');
    };
    await assertFails(sign(ALICE, SECRET, { store }), { code: 'store_connection' });
    assert.deepEqual([...store.sessions.keys()], [await revoked]);
  });

  test('one that never answers is unavailable in the end, and a late login is taken back', async () => {
    const silent = new SyncStore();
    const { token, sessionId } = await sign(ALICE, SECRET, { store: silent });
    silent.getSession = () => new Promise(() => {});
    const late = new SyncStore();
    let carryOut;
    late.registerSession = (session) => new Promise((resolve) => { carryOut = () => resolve(session.sessionId); });
    const revoked = new Promise((resolve) => { late.revokeSession = resolve; });
    const expected = { code: 'store_timeout', kind: 'unavailable' };
    await Promise.all([
      assertFails(verify(token, SECRET, { store: silent, sessionId }), expected),
      assertFails(sign(ALICE, SECRET, { store: late }), expected),
    ]);
    carryOut();
    assert.match(await revoked, /^[0-9a-f-]{36}$/);
  });
});

describe('the option', () => {
  const whole = () => plainStore();
  for (const missing of ['registerSession', 'getSession', 'revokeSession']) {
    test(`names the method that is missing: ${missing}`, async () => {
      const partial = whole();
      delete partial[missing];
      const expected = { code: 'argument', kind: 'usage', message: new RegExp(`this one has no ${missing}$`) };
      await assertFails(sign(ALICE, SECRET, { store: partial }), expected);
      await assertFails(sign(ALICE, SECRET, { store: { ...whole(), [missing]: 'x' } }), expected);
      await sign(ALICE, SECRET, { store: { ...whole() } });
    });
  }

  test('a promise of a store is none: an await is missing', async () => {
    await assertFails(sign(ALICE, SECRET, { store: Promise.resolve(whole()) }), { code: 'argument' });
  });
});

test('the middleware takes it, and answers for it', async (t) => {
  const store = new SyncStore();
  const { token, sessionId, proof } = await boundLogin(store);
  const guard = swtMiddleware({ secret: SECRET, store });
  const server = http.createServer((request, response) => {
    guard(request, response, () => response.end(JSON.stringify([request.swt, request.sessionId])));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const get = async (dpopProof) => {
    const headers = { authorization: `Bearer ${token}`, cookie: `swt_session=${sessionId}`, 'x-dpop-proof': dpopProof };
    return fetch(`http://127.0.0.1:${server.address().port}${REQUEST.url}`, { headers });
  };

  const used = await proof();
  const passed = await get(used);
  assert.equal(passed.status, 200);
  assert.deepEqual(await passed.json(), [ALICE, sessionId]);
  assert.equal((await get(used)).status, 401);
  store.getSession = () => Promise.reject(new Error('hunter2'));
  const down = await get(await proof());
  assert.equal(down.status, 503);
  assert.doesNotMatch(await down.text(), /hunter2/);
  delete store.getSession;
  store.revokeSession(sessionId);
  assert.equal((await get(await proof())).status, 401);
});

describe('what three methods cannot promise', () => {
  const script = (store) => `
    const { sign, MemoryStore } = require('secure-web-token');
    const warnings = [];
    process.on('warning', (warning) => warnings.push(warning.code));
    (async () => {
      const secret = require('crypto').randomBytes(32).toString('hex');
      for (let i = 0; i < 3; i++) await sign({ userId: 1 }, secret, { store: ${store} });
      setImmediate(() => console.log(warnings.join()));
    })();
  `;
  const warningsOf = (store) =>
    execFileSync(process.execPath, ['-e', script(store)], { cwd: __dirname, encoding: 'utf8', stdio: 'pipe' }).trim();

  test('is said once', () => {
    assert.equal(warningsOf('{ registerSession() {}, getSession() {}, revokeSession() {} }'), 'SWT_LIMITED_STORE');
  });

  test('and not of a store that can do more', () => {
    assert.equal(warningsOf("{ ask: () => ({ result: 'ok' }) }"), '');
    assert.equal(warningsOf('new MemoryStore()'), '');
  });
});
