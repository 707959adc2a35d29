'use strict';

const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const { describe, test } = require('node:test');
const { inspect } = require('node:util');

const { MemoryStore, sign, verify } = require('secure-web-token');
const { assertFails, newSecret } = require('../support/sessions.js');

const SECRET = newSecret();
const JKT = 'A'.repeat(43);

describe('sessions by hand, as the stores of 3.0.1 had them', () => {
  test('are registered, found and ended', async () => {
    const store = new MemoryStore();
    for (const session of [
      { sessionId: randomUUID(), userId: 'alice' },
      { sessionId: randomUUID(), userId: 7, jkt: JKT },
    ]) {
      assert.equal(await store.registerSession(session), undefined);
      assert.deepEqual(await store.getSession(session.sessionId), session);
      assert.equal(await store.revokeSession(session.sessionId), undefined);
      assert.equal(await store.getSession(session.sessionId), null);
      await store.revokeSession(session.sessionId);
    }
  });

  test('an id is taken once', async () => {
    const store = new MemoryStore();
    const session = { sessionId: randomUUID(), userId: 'alice' };
    await store.registerSession(session);
    await assertFails(store.registerSession({ ...session, userId: 'mallory' }), { code: 'state', kind: 'usage' });
    assert.deepEqual(await store.getSession(session.sessionId), session);
  });

  test('one that was ended does not come back', async () => {
    const store = new MemoryStore();
    const session = { sessionId: randomUUID(), userId: 'alice' };
    await store.registerSession(session);
    await store.revokeSession(session.sessionId);
    await assert.rejects(store.registerSession(session));
    assert.equal(await store.getSession(session.sessionId), null);
  });

  const id = randomUUID();
  const bad = [
    undefined,
    null,
    'x',
    7,
    [],
    new Map(),
    {},
    { sessionId: id },
    { userId: 'alice' },
    { sessionId: 'x', userId: 'alice' },
    { sessionId: id.toUpperCase(), userId: 'alice' },
    { sessionId: [id], userId: 'alice' },
    { sessionId: id, userId: '' },
    { sessionId: id, userId: null },
    { sessionId: id, userId: 0 },
    { sessionId: id, userId: {} },
    { sessionId: id, userId: 'alice', jkt: 'short' },
    { sessionId: id, userId: 'alice', jkt: null },
    { sessionId: id, userId: 'alice', admin: true },
    { sessionId: id, userId: 'a\u0000b' },
  ];
  for (const session of bad) {
    test(`${JSON.stringify(session)} is no session`, async () => {
      const store = new MemoryStore();
      await assertFails(store.registerSession(session), { kind: 'usage' });
      assert.equal(await store.getSession(id), null);
    });
  }
});

describe('ids that cannot exist', () => {
  const ids = [
    undefined,
    null,
    '',
    'x',
    7,
    true,
    [],
    {},
    { toString: () => randomUUID() },
    Symbol('x'),
    'a'.repeat(2 ** 20),
    '\ud800',
    '*',
  ];
  for (const id of ids) {
    test(`${typeof id} ${String(inspect(id)).slice(0, 30)}`, async () => {
      const store = new MemoryStore();
      assert.equal(await store.getSession(id), null);
      assert.equal(await store.revokeSession(id), undefined);
    });
  }
});

describe('limits', () => {
  test('when it is full, logins are unavailable and nothing is forgotten', async () => {
    const store = new MemoryStore({ maxSessions: 2 });
    const first = await sign({ userId: 1 }, SECRET, { store });
    await sign({ userId: 2 }, SECRET, { store });
    await assertFails(sign({ userId: 3 }, SECRET, { store }), { code: 'store_full', kind: 'unavailable' });
    await verify(first.token, SECRET, { store, sessionId: first.sessionId });
    await store.revokeSession(first.sessionId);
    await assertFails(verify(first.token, SECRET, { store, sessionId: first.sessionId }), { code: 'session_revoked' });
  });

  test('a session ends with its ttl', async () => {
    const store = new MemoryStore({ ttl: 1 });
    const { token, sessionId } = await sign({ userId: 1 }, SECRET, { store });
    await verify(token, SECRET, { store, sessionId });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await assertFails(verify(token, SECRET, { store, sessionId }), { code: 'session_revoked' });
    assert.equal(await store.getSession(sessionId), null);
  });

  test('it shows nothing of what it holds', async () => {
    const store = new MemoryStore();
    const { sessionId } = await sign({ userId: 'alice' }, SECRET, { store });
    const shown = inspect(store, { depth: 10, showHidden: true }) + JSON.stringify(store);
    for (const text of [sessionId, 'alice']) assert.ok(!shown.includes(text));
  });
});
