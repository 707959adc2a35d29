import assert from 'node:assert/strict';

import { refresh, sign, swtMiddleware, verify } from 'secure-web-token';

import {
  ALICE, SECRET, headersOf, login, newStore, proofBy, recorder, refused, requestOf, serving,
} from '../world.mjs';

const TRADE = { method: 'POST', url: '/refresh' };

/** A whole life with one log: login, request, refresh, logout, request. */
async function lifeOf(auditLogger, userId = 'alice') {
  const store = newStore({ auditLogger });
  const alice = await login({ store, data: { userId }, generateRefreshToken: true, auditLogger });
  await verify(alice.token, SECRET, await requestOf(alice, { auditLogger }));
  const dpopProof = await proofBy(alice.key, TRADE.url, TRADE.method);
  const trade = { store, sessionId: alice.sessionId, dpopProof, auditLogger, ...TRADE };
  const next = await refresh(alice.refreshToken, SECRET, trade);
  await store.revokeSession(alice.sessionId);
  const late = verify(next.token, SECRET, await requestOf(alice, { auditLogger }));
  await refused(late, { code: 'session_revoked' });
  return alice;
}

const troubles = {
  'that throws': () => {
    throw new Error('disk full');
  },
  'that rejects': () => Promise.reject(new Error('disk full')),
  'that never answers': () => new Promise(() => {}),
};

const troubledLoggers = Object.entries(troubles).map(([what, auditLogger]) => ({
  claim: `a logger ${what} changes no answer`,
  async test() {
    const unhandled = [];
    const collect = (error) => unhandled.push(error);
    process.on('unhandledRejection', collect);
    try {
      const alice = await lifeOf(auditLogger);
      const bob = await login({ auditLogger });
      const middleware = swtMiddleware({ secret: SECRET, store: bob.store, auditLogger });
      await serving({ middleware }, async (ask) => {
        assert.equal((await ask(await headersOf(bob))).status, 200);
        assert.equal((await ask(await headersOf(alice))).status, 401);
      });
    } finally {
      process.off('unhandledRejection', collect);
    }
    assert.deepEqual(unhandled, []);
  },
}));

export default [
  {
    claim: 'it tells of five things: sign, verify_success, verify_failure, refresh, revoke',
    async test() {
      const { events, auditLogger } = recorder();
      await lifeOf(auditLogger);
      const names = ['refresh', 'revoke', 'sign', 'verify_failure', 'verify_success'];
      assert.deepEqual([...new Set(events.map(({ event }) => event))].sort(), names);
    },
  },
  {
    claim: 'in their order, and a refresh with the verification and the signing that are in it',
    async test() {
      const { events, auditLogger } = recorder();
      await lifeOf(auditLogger);
      const order = ['sign', 'verify_success', 'verify_success', 'sign', 'refresh', 'revoke', 'verify_failure'];
      assert.deepEqual(events.map(({ event }) => event), order);
    },
  },
  {
    claim: 'each event has the session, and the user where he is known, as a text or as a number',
    async test() {
      for (const userId of ['alice', 7]) {
        const { events, auditLogger } = recorder();
        const { sessionId } = await lifeOf(auditLogger, userId);
        for (const event of events) {
          assert.equal(event.sessionId, sessionId, event.event);
          const isKnown = event.event !== 'revoke' && event.event !== 'verify_failure';
          assert.equal(event.userId, isKnown ? userId : undefined, event.event);
        }
      }
    },
  },
  {
    claim: 'the time is in milliseconds',
    async test() {
      const { events, auditLogger } = recorder();
      const before = Date.now();
      await lifeOf(auditLogger);
      const after = Date.now();
      for (const { timestamp } of events) {
        assert.ok(Number.isInteger(timestamp) && timestamp >= before && timestamp <= after, String(timestamp));
      }
    },
  },
  {
    claim: 'a failure has a reason, which is the message of the error; nothing else has one',
    async test() {
      const { events, auditLogger } = recorder();
      const error = await verify('no token', SECRET, { auditLogger }).catch((caught) => caught);
      await lifeOf(auditLogger);
      assert.equal(events[0].reason, error.message);
      for (const { event, reason } of events) {
        assert.equal(typeof reason, event === 'verify_failure' ? 'string' : 'undefined');
      }
    },
  },
  {
    claim: 'an event has these members and no other',
    async test() {
      const { events, auditLogger } = recorder();
      await lifeOf(auditLogger);
      const known = new Set(['event', 'userId', 'sessionId', 'reason', 'timestamp']);
      for (const event of events) assert.deepEqual(Object.keys(event).filter((name) => !known.has(name)), []);
    },
  },
  {
    claim: 'a line can be written of each event as the documentation does it',
    async test() {
      const lines = [];
      await lifeOf((event) => lines.push(`${event.event} ${event.sessionId} ${event.reason || 'N/A'}`));
      assert.equal(lines.length, 7);
      assert.ok(lines.every((line) => !line.includes('undefined') && !line.includes('[object')), lines.join('\n'));
    },
  },
  {
    claim: 'a token, a secret or a proof is never in it',
    async test() {
      const { events, auditLogger } = recorder();
      const { token } = await sign(ALICE, SECRET, { auditLogger });
      await refused(verify(`${token}x`, SECRET, { auditLogger, dpopProof: 'the-proof' }), { kind: 'rejected' });
      assert.equal(events.length, 2);
      for (const text of [SECRET, 'the-proof', ...token.split('.')]) assert.ok(!JSON.stringify(events).includes(text));
    },
  },
  ...troubledLoggers,
];
