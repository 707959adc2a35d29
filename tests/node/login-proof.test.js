'use strict';

const assert = require('node:assert/strict');
const { afterEach, describe, mock, test } = require('node:test');

const { MemoryStore, computeJwkThumbprint, sign, verify } = require('secure-web-token');
const { assertFails, newKey, newProof, newSecret } = require('../support/sessions.js');

const SECRET = newSecret();
const ALICE = { userId: 'alice' };
const REQUEST = { method: 'POST', url: '/login' };

afterEach(() => mock.timers.reset());

async function login(change = {}) {
  const key = await newKey();
  const store = new MemoryStore();
  const dpopProof = await newProof(key, REQUEST.url, REQUEST.method);
  const options = { store, fingerprint: true, clientPublicKey: key.publicKeyJwk, dpopProof, ...REQUEST, ...change };
  return { key, store, options, grant: () => sign(ALICE, SECRET, options) };
}

describe('the proof of a login', () => {
  test('binds the token to its key, with or without clientPublicKey', async () => {
    for (const change of [{}, { clientPublicKey: undefined }, { clientPublicKey: null }]) {
      const { key, store, grant } = await login(change);
      const { token, sessionId } = await grant();
      const dpopProof = await newProof(key, '/', 'GET', token);
      const payload = await verify(token, SECRET, { store, sessionId, dpopProof, method: 'GET', url: '/' });
      assert.equal(payload.cnf.jkt, computeJwkThumbprint(key.publicKeyJwk));
      assert.equal((await store.getSession(sessionId)).jkt, payload.cnf.jkt);
    }
  });

  test('by another key than clientPublicKey names is refused, and makes no session', async () => {
    const { key, options, grant } = await login();
    const thief = await newKey();
    const store = new MemoryStore({ maxSessions: 1 });
    const stolen = { ...options, store, dpopProof: await newProof(thief, REQUEST.url, REQUEST.method) };
    await assertFails(sign(ALICE, SECRET, stolen), { code: 'proof_binding', kind: 'rejected', status: 401 });
    await sign(ALICE, SECRET, { ...stolen, clientPublicKey: thief.publicKeyJwk });
    await grant();
    assert.notDeepEqual(key.publicKeyJwk, thief.publicKeyJwk);
  });

  test('is for this request', async () => {
    const { options, grant } = await login();
    const refused = (change, code) =>
      assertFails(sign(ALICE, SECRET, { ...options, ...change }), { code, kind: 'rejected' });
    await refused({ method: 'GET' }, 'proof_method');
    await refused({ url: '/other' }, 'proof_url');
    await refused({ method: undefined, url: undefined, acceptLegacy: false }, 'proof_legacy');
    for (const half of [
      { url: undefined },
      { method: undefined },
      { url: '' },
      { method: undefined, url: undefined, host: 'a' },
    ]) {
      await assertFails(sign(ALICE, SECRET, { ...options, ...half }), { code: 'argument', kind: 'usage' });
    }
    await grant();
  });

  test('that is none is a bad proof and no mistake of the program, an empty one too', async () => {
    const { options, grant } = await login();
    for (const dpopProof of [
      '',
      ' ',
      'x',
      7,
      {},
      [],
      [options.dpopProof],
      `${options.dpopProof}=`,
      'a'.repeat(2 ** 20),
    ]) {
      for (const clientPublicKey of [options.clientPublicKey, undefined]) {
        await assertFails(sign(ALICE, SECRET, { ...options, clientPublicKey, dpopProof }), {
          kind: 'rejected',
          status: 401,
        });
      }
    }
    await grant();
  });

  test('that is missing is missed where there is no other key', async () => {
    for (const dpopProof of [undefined, null]) {
      const { options } = await login();
      await assertFails(sign(ALICE, SECRET, { ...options, clientPublicKey: undefined, dpopProof }), {
        code: 'client_key',
      });
      await sign(ALICE, SECRET, { ...options, dpopProof });
    }
  });

  test('is fresh', async () => {
    const { grant } = await login();
    await grant();
    const start = Date.now();
    mock.timers.enable({ apis: ['Date'], now: start + 301_000 });
    await assertFails(grant(), { code: 'proof_time' });
    mock.timers.setTime(start - 65_000);
    await assertFails(grant(), { code: 'proof_time' });
    mock.timers.setTime(start + 290_000);
    await grant();
  });

  test('without fingerprint is not looked at, and binds nothing', async () => {
    const { store, options } = await login({ fingerprint: false });
    for (const dpopProof of [options.dpopProof, 'x', '']) {
      const { token, sessionId } = await sign(ALICE, SECRET, { ...options, dpopProof });
      assert.equal((await verify(token, SECRET, { store, sessionId })).cnf, undefined);
    }
  });

  test('of version 3 is reported', async () => {
    const events = [];
    const auditLogger = ({ event, reason }) => events.push([event, reason]);
    const { grant } = await login({ method: undefined, url: undefined, auditLogger });
    await grant();
    assert.deepEqual(events, [
      ['legacy_accepted', 'the proof was not compared with a method and a url'],
      ['sign', undefined],
    ]);
  });
});
