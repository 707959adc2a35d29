'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { KeyRing, MemoryStore, createKey, createSwt, sign } = require('secure-web-token');
const { assertFails, newKey, newProof, newSecret } = require('../support/sessions.js');

const ALICE = { userId: 'alice', role: 'reader' };
const GET = { method: 'GET', url: '/api/profile' };

describe('createSwt', () => {
  test('signs, verifies, refreshes and revokes with what was configured once', async () => {
    const events = [];
    const swt = createSwt({
      secret: newSecret(),
      store: new MemoryStore(),
      issuer: 'https://login.example.org',
      audience: 'api',
      expiresIn: '5m',
      generateRefreshToken: true,
      auditLogger: ({ event }) => events.push(event),
    });
    const key = await newKey();
    const { token, sessionId, refreshToken } = await swt.sign(ALICE, { clientPublicKey: key.publicKeyJwk });
    const proof = (of) => newProof(key, GET.url, GET.method, of);

    const payload = await swt.verify(token, { ...GET, sessionId, dpopProof: await proof(token) });
    assert.deepEqual(payload.data, ALICE);
    assert.equal(payload.exp - payload.iat, 300);
    assert.equal(payload.iss, 'https://login.example.org');

    const next = await swt.refresh(refreshToken, { ...GET, sessionId, dpopProof: await proof(refreshToken) });
    assert.equal(next.sessionId, sessionId);
    await swt.revoke(sessionId);
    const request = { ...GET, sessionId, dpopProof: await proof(next.token) };
    await assertFails(swt.verify(next.token, request), { code: 'session_revoked' });
    assert.deepEqual(events, ['sign', 'verify_success', 'verify_success', 'sign', 'refresh', 'revoke', 'verify_failure']);
  });

  test('a call may say otherwise, for itself', async () => {
    const swt = createSwt({ secret: newSecret(), store: new MemoryStore(), audience: 'api' });
    const { token, sessionId } = await swt.sign(ALICE, { fingerprint: false, audience: 'admin' });
    await assertFails(swt.verify(token, { sessionId }), { code: 'token_audience' });
    assert.deepEqual((await swt.verify(token, { sessionId, audience: 'admin' })).data, ALICE);
  });

  test('with a store a token is bound to a key, unless fingerprint is false', async () => {
    const settings = { secret: newSecret(), store: new MemoryStore() };
    await assertFails(createSwt(settings).sign(ALICE), { code: 'client_key', kind: 'usage' });
    const { token } = await createSwt({ ...settings, fingerprint: false }).sign(ALICE);
    assert.equal(typeof token, 'string');
  });

  test('accepts nothing of version 3, unless acceptLegacy says so', async () => {
    const settings = { secret: newSecret(), store: new MemoryStore(), fingerprint: false };
    const { sessionId } = await createSwt(settings).sign(ALICE);
    const { token } = await sign(ALICE, settings.secret); // names no session
    await assertFails(createSwt(settings).verify(token, { sessionId }), { code: 'token_legacy' });
    const lenient = createSwt({ ...settings, acceptLegacy: true });
    assert.deepEqual((await lenient.verify(token, { sessionId })).data, ALICE);
  });

  test('a setting that is undefined takes no other away', async () => {
    const settings = { secret: newSecret(), store: new MemoryStore() };
    const key = await newKey();
    const swt = createSwt({ ...settings, audience: 'api', acceptLegacy: undefined, fingerprint: undefined });
    const lost = { audience: undefined, acceptLegacy: undefined };
    const unbound = { ...lost, fingerprint: undefined };
    const { token, sessionId } = await swt.sign(ALICE, { clientPublicKey: key.publicKeyJwk, ...unbound });
    const bound = { sessionId, dpopProof: await newProof(key, GET.url, GET.method, token), ...GET };
    assert.equal((await swt.verify(token, { ...bound, ...lost })).aud, 'api');
    await assertFails(swt.verify(token, { sessionId, ...lost }), { code: 'proof_missing' });
    await assertFails(swt.sign(ALICE, unbound), { code: 'client_key' });

    const forNobody = await sign(ALICE, settings.secret, { store: settings.store });
    await assertFails(swt.verify(forNobody.token, { sessionId: forNobody.sessionId, ...lost }), { code: 'token_audience' });
    const old = await sign(ALICE, settings.secret, { audience: 'api' }); // names no session
    await assertFails(swt.verify(old.token, { sessionId, ...lost }), { code: 'token_legacy' });
    await assertFails(swt.verify(token, { ...bound, store: undefined }), { code: 'argument' });
  });

  test('a guard takes no secret of its own', async () => {
    const swt = createSwt({ secret: newSecret(), store: null });
    for (const guard of ['middleware', 'fastify', 'koa', 'hono']) {
      assert.equal(typeof swt[guard]({ optional: true }), 'function');
      assert.throws(() => swt[guard]({ secret: newSecret() }), { code: 'argument', message: /no option "secret"/ });
    }
  });

  test('without a store there is nothing to revoke', async () => {
    const swt = createSwt({ secret: newSecret(), store: null });
    const { token, sessionId } = await swt.sign(ALICE);
    assert.deepEqual((await swt.verify(token)).data, ALICE);
    assert.equal(sessionId, undefined);
    await assertFails(swt.revoke('97fb6b6b-6d23-4680-acfe-32eea11ce18f'), { code: 'store_required' });
  });

  test('takes a key or a ring, and the ring may change', async () => {
    const old = { kid: 'old', secret: createKey(newSecret()) };
    const ring = new KeyRing({ signer: old });
    const swt = createSwt({ secret: ring, store: null });
    const { token } = await swt.sign(ALICE);
    ring.replace({ signer: { kid: 'new', secret: newSecret() }, accepted: [old] });
    assert.deepEqual((await swt.verify(token)).data, ALICE);
    ring.kill('old');
    await assertFails(swt.verify(token), { code: 'token_key' });
    assert.deepEqual((await swt.verify((await swt.sign(ALICE)).token)).data, ALICE);
  });

  test('says at once what cannot work', async () => {
    const secret = newSecret();
    const cases = [
      [undefined, 'argument'],
      [{ secret }, 'argument'],
      [{ secret, store: undefined }, 'argument'],
      [{ secret: 'short', store: null }, 'secret_too_short'],
      [{ secret, store: null, expiresIn: '15' }, 'lifetime'],
      [{ secret, store: null, cookiename: 'x' }, 'argument'],
      [{ secret, store: null, issuer: ['a'] }, 'argument'],
      [new (class {})(), 'argument'],
    ];
    for (const [options, code] of cases) await assertFails(() => createSwt(options), { code, kind: 'usage' });
    assert.equal(typeof createSwt({ secret, store: null, expiresIn: '15m', cookieName: 'x' }).sign, 'function');
  });

  test('an option of a call that is none is named, in a rejection', async () => {
    const swt = createSwt({ secret: newSecret(), store: null });
    const thrower = Object.defineProperty({}, 'expiresIn', { enumerable: true, get: () => assert.fail('got') });
    await assertFails(swt.sign(ALICE, { secret: 'x' }), { message: /no option "secret"/ });
    await assertFails(swt.sign(ALICE, 7), { message: 'the options of sign must be a plain object' });
    await assert.rejects(swt.sign(ALICE, thrower));
    await assertFails(() => swt.middleware({ cookieNames: 'x' }), { message: /did you mean cookieName/ });
    await assertFails(() => swt.koa(new (class {})()), { message: /the options of swtKoa must be a plain object/ });
  });

  test('keeps no secret that can be read', () => {
    const secret = newSecret();
    const swt = createSwt({ secret, store: null });
    assert.ok(!require('node:util').inspect(swt, { depth: 9, showHidden: true }).includes(secret.slice(0, 12)));
    assert.equal(JSON.stringify(swt), '{}');
    assert.ok(Object.isFrozen(swt));
  });
});
