'use strict';

/** What only the MemoryStore has: limits of its own. What every store does: tests/store-suite. */

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { MemoryStore, sign, verify } = require('secure-web-token');
const { assertFails, newSecret } = require('../support/sessions.js');

const SECRET = newSecret();

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
});
