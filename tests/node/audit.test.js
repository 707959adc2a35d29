'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { MemoryStore, sign, verify } = require('secure-web-token');
const { assertFails, newSecret } = require('../support/sessions.js');

const SECRET = newSecret();
const ALICE = { userId: 'alice' };

function recorder() {
  const events = [];
  return { events, auditLogger: (event) => events.push(event) };
}

/** An event without its timestamp, which must be now. */
function withoutTime({ timestamp, ...event }) {
  assert.ok(Math.abs(timestamp - Date.now()) < 5000);
  return event;
}

describe('audit events', () => {
  test('of a session from login to logout', async () => {
    const { events, auditLogger } = recorder();
    const store = new MemoryStore({ auditLogger });
    const { token, sessionId } = await sign(ALICE, SECRET, { store, auditLogger });
    await verify(token, SECRET, { store, sessionId, auditLogger });
    await store.revokeSession(sessionId);
    await assertFails(verify(token, SECRET, { store, sessionId, auditLogger }), { code: 'session_revoked' });

    assert.deepEqual(events.map(withoutTime), [
      { event: 'sign', userId: 'alice', sessionId },
      { event: 'verify_success', userId: 'alice', sessionId },
      { event: 'revoke', sessionId },
      { event: 'verify_failure', sessionId, reason: 'Session revoked or invalid' },
    ]);
  });

  test('without a session have no sessionId, also when the caller passes one that nobody checks', async () => {
    const { events, auditLogger } = recorder();
    const { token } = await sign({ userId: 7 }, SECRET, { auditLogger });
    await verify(token, SECRET, { auditLogger, sessionId: 'forged' });
    assert.deepEqual(events.map(withoutTime), [
      { event: 'sign', userId: 7 },
      { event: 'verify_success', userId: 7 },
    ]);
  });

  test('of a failure hold what a request claims as session only when it has the form of an id', async () => {
    const store = new MemoryStore();
    const { token } = await sign(ALICE, SECRET, { store });
    const { events, auditLogger } = recorder();
    const claims = ['a'.repeat(128), 'a'.repeat(129), 'x\r\ny', '\u001b[2J', '\u2028', '', ['x'], { a: 1 }, 7];
    for (const sessionId of claims)
      await assertFails(verify(token, SECRET, { store, sessionId, auditLogger }), { kind: 'rejected' });
    assert.deepEqual(
      events.map(({ sessionId }) => sessionId),
      ['a'.repeat(128), ...Array(8).fill(undefined)],
    );
  });

  test('are not made of mistakes in the call', async () => {
    const { events, auditLogger } = recorder();
    await assertFails(sign({}, SECRET, { auditLogger }), { kind: 'usage' });
    await assertFails(verify('x', SECRET, { auditLogger, method: 'GET' }), { kind: 'usage' });
    await assertFails(verify('x', 'short', { auditLogger }), { kind: 'usage' });
    assert.deepEqual(events, []);
  });

  test('never hold a token, a proof or a secret', async () => {
    const { events, auditLogger } = recorder();
    const { token } = await sign(ALICE, SECRET, { auditLogger });
    await verify(token, SECRET, { auditLogger });
    await assertFails(verify(`${token}x`, SECRET, { auditLogger, dpopProof: 'a-proof' }), { kind: 'rejected' });
    const written = JSON.stringify(events);
    for (const text of [token, SECRET, 'a-proof']) assert.ok(!written.includes(text));
  });
});

describe('a logger in trouble changes nothing', () => {
  const loggers = {
    throws: () => {
      throw new Error('disk full');
    },
    'throws undefined': () => {
      throw undefined;
    },
    rejects: () => Promise.reject(new Error('disk full')),
    'never answers': () => new Promise(() => {}),
    'gives a hostile thenable': () => ({
      get then() {
        throw new Error('trap');
      },
    }),
    'gives a thenable that rejects': () => ({ then: (_, reject) => reject(new Error('late')) }),
    'gives a thenable whose then rejects': () => ({ then: () => Promise.reject(new Error('late')) }),
    'gives a thenable that throws': () => ({
      then() {
        throw new Error('then');
      },
    }),
    'freezes the event': (event) => Object.freeze(event),
    'changes the event': (event) => {
      event.userId = 'mallory';
    },
  };
  for (const [name, auditLogger] of Object.entries(loggers)) {
    test(name, async (t) => {
      const unhandled = t.mock.fn();
      process.on('unhandledRejection', unhandled);
      const store = new MemoryStore({ auditLogger });
      const { token, sessionId } = await sign(ALICE, SECRET, { store, auditLogger });
      assert.deepEqual((await verify(token, SECRET, { store, sessionId, auditLogger })).data, ALICE);
      await store.revokeSession(sessionId);
      await assertFails(verify(token, SECRET, { store, sessionId, auditLogger }), { code: 'session_revoked' });
      await new Promise(setImmediate);
      process.off('unhandledRejection', unhandled);
      assert.equal(unhandled.mock.callCount(), 0);
    });
  }
});
