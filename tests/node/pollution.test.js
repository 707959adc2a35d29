'use strict';

/**
 * What others put on Object.prototype, by a merge of hostile JSON for instance, must decide nothing here.
 */

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { randomUUID } = require('node:crypto');
const { EventEmitter } = require('node:events');
const { describe, test } = require('node:test');

const {
  KeyRing,
  MemoryStore,
  RedisStore,
  computeJwkThumbprint,
  createAuthenticator,
  createKey,
  refresh,
  sign,
  swtMiddleware,
  verify,
} = require('secure-web-token');
const { assertFails, newKey, newProof, newSecret } = require('../support/sessions.js');

const SECRET = newSecret();
const ALICE = { userId: 'alice' };
const REQUEST = { method: 'GET', url: '/' };

const broken = () => {
  throw new Error('broken');
};

/** A login whose every option matters, and what its owner sends. */
async function boundLogin() {
  const store = new MemoryStore();
  const key = await newKey();
  const options = { store, fingerprint: true, clientPublicKey: key.publicKeyJwk, generateRefreshToken: true };
  const grant = await sign(ALICE, SECRET, options);
  const owner = async (token) => ({
    store,
    sessionId: grant.sessionId,
    dpopProof: await newProof(key, '/', 'GET', token),
    ...REQUEST,
  });
  return { ...grant, store, key, owner };
}

describe('a polluted Object.prototype', () => {
  /** A whole life: what is good passes with its own values, and what is not is refused. */
  async function wholeLife() {
    const { token, refreshToken, sessionId, store, key, owner } = await boundLogin();
    const events = [];
    const auditLogger = (event) => events.push(Object.keys(event).join());
    const request = await owner(token);
    const payload = await verify(token, SECRET, { ...request, auditLogger });
    assert.deepEqual(Object.entries(payload.data), [['userId', 'alice']]);
    assert.equal(payload.sid, sessionId);
    assert.deepEqual(events, ['event,userId,sessionId,timestamp']);
    await assertFails(verify(token, SECRET, request), { code: 'proof_replayed' });
    await assertFails(verify(token, SECRET, { store, sessionId }), { code: 'proof_missing' });
    await assertFails(verify(token, SECRET, {}), { code: 'proof_missing' });
    await assertFails(verify('x', SECRET), { code: 'token_malformed' });
    await assertFails(refresh(refreshToken, SECRET, {}), { code: 'store_required' });
    await assertFails(sign(ALICE, 'short'), { code: 'secret_too_short' });
    await assertFails(sign({}, SECRET), { code: 'user_id' });
    await assertFails(() => createKey(undefined), { code: 'argument' });
    await assertFails(() => swtMiddleware({}), { code: 'argument' });

    const next = await refresh(refreshToken, SECRET, await owner(refreshToken));
    assert.deepEqual(Object.keys(next), ['token', 'sessionId', 'refreshToken']);
    assert.equal(next.sessionId, sessionId);
    const plain = await sign(ALICE, SECRET, { generateRefreshToken: true });
    assert.deepEqual(
      Object.values(plain).map((value) => typeof value),
      ['string', 'undefined', 'string'],
    );
    const bare = await sign(ALICE, SECRET);
    assert.deepEqual(Object.entries(bare), [
      ['token', bare.token],
      ['sessionId', undefined],
      ['refreshToken', undefined],
    ]);
    assert.equal((await verify(bare.token, SECRET)).cnf?.jkt, undefined);
    const withSession = await sign(ALICE, SECRET, { store });
    assert.equal(Object.hasOwn(withSession, 'refreshToken') && withSession.refreshToken, undefined);

    const ring = new KeyRing({ signer: { kid: 'a', secret: SECRET }, accepted: [] });
    await verify((await sign(ALICE, ring)).token, ring);
    assert.equal(computeJwkThumbprint(key.publicKeyJwk).length, 43);
    await store.revokeSession(sessionId);
    await assertFails(verify(next.token, SECRET, await owner(next.token)), { code: 'session_revoked' });
  }

  const pollution = {
    status: [0, 200, 401, 205, 'x', null],
    detail: ['x', 0],
    payload: ['{"data":{"userId":"admin"}}', {}],
    legacyUses: [15, 0],
    token: ['x'],
    sessionId: ['x', randomUUID()],
    refreshToken: ['x'],
    userId: ['"admin"', 'admin'],
    reason: ['x'],
    then: [true, 'x', {}],
    toJSON: [true, 'x', {}],
    value: ['x'],
    clientKeyJson: ['{}'],
    store: [new MemoryStore(), null, 'x'],
    secret: [newSecret()],
    encryptionSecret: [newSecret()],
    proof: ['x'],
    dpopProof: ['x'],
    clientKeyJwk: ['x'],
    fingerprint: [true],
    insecureShortSecret: [true],
    insecureRefreshReuse: [true],
    insecureReuse: [true],
    acceptLegacy: [false, true],
    method: ['POST'],
    url: ['/evil'],
    host: ['evil'],
    attempt: ['A'.repeat(22)],
    expected: [{}],
    audiences: [['x']],
    audience: ['x'],
    signer: [{}],
    accepted: [[{}]],
    kid: ['x'],
    until: [new Date()],
    data: [{ userId: 'admin' }],
    parts: [['1', 'x', '1']],
    strict: [true],
    absent: ['x'],
    swt: [{ userId: 'admin' }],
    signal: ['x'],
  };
  for (const [name, values] of Object.entries(pollution)) {
    test(`by ${name} decides nothing`, async () => {
      for (const value of values) {
        Object.defineProperty(Object.prototype, name, {
          __proto__: null,
          value,
          writable: true,
          configurable: true,
          enumerable: false,
        });
        try {
          await wholeLife();
        } finally {
          delete Object.prototype[name];
        }
      }
      await wholeLife();
    });
  }

  test('sends no headers, and passes for no answer of a guard', async () => {
    const { token, sessionId, store, owner } = await boundLogin();
    const stranger = () => ({ headers: {}, rawHeaders: [], method: 'GET', url: '/' });
    const others = {
      cookie: `swt_session=${sessionId}`,
      optional: true,
      getToken: () => token,
      ok: true,
      anonymous: true,
      target: {},
      result: { ok: true },
      onRefusal: 'next',
    };
    const authenticate = createAuthenticator({ secret: SECRET, store });
    const names = ['authorization', 'x-dpop-proof', ...Object.keys(others)];
    const values = { ...others, authorization: `Bearer ${token}`, 'x-dpop-proof': (await owner(token)).dpopProof };
    for (const name of names) Object.prototype[name] = values[name];
    try {
      const answered = await new Promise((resolve) => {
        const response = { setHeader() {}, end: () => resolve(response.statusCode) };
        swtMiddleware({ secret: SECRET, store })(stranger(), response, () => resolve('next'));
      });
      assert.equal(answered, 401);
      const { ok, status } = await authenticate(stranger());
      assert.deepEqual([ok, status], [false, 401]);
      assert.equal((await createAuthenticator({ secret: SECRET, store })(stranger())).ok, false);
      assert.equal(Object.prototype.target.swt, undefined);
    } finally {
      for (const name of names) delete Object.prototype[name];
    }
    const headers = {
      authorization: values.authorization,
      cookie: values.cookie,
      'x-dpop-proof': values['x-dpop-proof'],
    };
    assert.deepEqual((await authenticate({ ...stranger(), headers })).data, ALICE);
  });

  test('by the parts of a reply is no reply: an outage stays one', async () => {
    const client = Object.assign(new EventEmitter(), { isCluster: false, options: {}, status: 'end' });
    for (const name of ['defineCommand', 'call', 'evalsha', 'eval']) client[name] = broken;
    const down = new RedisStore(client);
    const store = new MemoryStore();
    const { token, sessionId } = await sign(ALICE, SECRET, { store });
    const record = JSON.stringify({ sessionId, userId: 'alice' });
    for (const status of ['end', 'ready']) {
      client.status = status;
      client.evalsha = async () => broken();
      Object.prototype.parts = ['1', record, '1'];
      try {
        await assertFails(verify(token, SECRET, { store: down, sessionId }), { kind: 'unavailable' });
      } finally {
        delete Object.prototype.parts;
      }
    }
    // As a reply it is good.
    client.evalsha = async () => ['1', record, '1'];
    await verify(token, SECRET, { store: down, sessionId });
  });

  test('before the package is loaded', () => {
    const script = `
      for (const [name, value] of [['get', 1], ['set', 1], ['then', 1], ['status', 0], ['toJSON', 1], ['strict', true]]) {
        Object.defineProperty(Object.prototype, name, { __proto__: null, value, writable: true, configurable: true });
      }
      const { sign, verify } = require('secure-web-token');
      sign({ userId: 1 }, ${JSON.stringify(SECRET)})
        .then(({ token }) => verify(token, ${JSON.stringify(SECRET)}))
        .then(({ data }) => console.log(data.userId))
        .then(() => verify('x', ${JSON.stringify(SECRET)}))
        .catch((error) => console.log(error.name, error.code));`;
    const output = execFileSync(process.execPath, ['-e', script], { cwd: __dirname, encoding: 'utf8' });
    assert.equal(output, '1\nSwtError token_malformed\n');
  });

  test('or a frozen one, is none the worse', () => {
    const script = `
      for (const { prototype } of [Object, Array, Function, Promise, Error, Map, Set, Symbol, String]) Object.freeze(prototype);
      const { MemoryStore, sign, verify } = require('secure-web-token');
      const store = new MemoryStore();
      sign({ userId: 1 }, ${JSON.stringify(SECRET)}, { store })
        .then(({ token, sessionId }) => verify(token, ${JSON.stringify(SECRET)}, { store, sessionId }))
        .then(({ data }) => console.log(data.userId))
        .then(() => verify('x', ${JSON.stringify(SECRET)}))
        .catch((error) => console.log(error.name, error.code));`;
    const output = execFileSync(process.execPath, ['--no-warnings', '-e', script], {
      cwd: __dirname,
      encoding: 'utf8',
    });
    assert.equal(output, '1\nSwtError token_malformed\n');
  });
});
