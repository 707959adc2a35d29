import assert from 'node:assert/strict';

import cookieParser from 'cookie-parser';
import express5 from 'express';
import express4 from 'express4';
import { swtMiddleware } from 'secure-web-token';

import {
  ALICE, ENCRYPTION_SECRET, PEM_KEYS, SECRET, headersOf, login, newStore, recorder, refused, serving,
} from '../world.mjs';

const passes = { status: 200 };
const isRefused = { status: 401 };

/** Asks one route, guarded with these options, with what this login sends. */
async function assertAnswer(options, headers, { status }, further = {}) {
  let answer;
  await serving({ middleware: swtMiddleware(options), ...further }, async (ask) => (answer = await ask(headers)));
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  return answer.body;
}

const expresses = Object.entries({ 'Express 4': express4, 'Express 5': express5 }).map(([name, make]) => ({
  claim: `it guards a route of ${name}, with a cookie parser and without`,
  async test() {
    const alice = await login();
    const options = { secret: SECRET, store: alice.store };
    for (const prepare of [() => {}, (app) => app.use(cookieParser())]) {
      const body = await assertAnswer(options, await headersOf(alice), passes, { make, prepare });
      assert.deepEqual(body, { swt: ALICE, sessionId: alice.sessionId });
      const withoutCookie = await headersOf(alice, { cookie: null });
      await assertAnswer(options, withoutCookie, isRefused, { make, prepare });
    }
  },
}));

export default [
  ...expresses,
  {
    claim: 'it gives the decrypted claims as req.swt, and the session as req.sessionId',
    async test() {
      const alice = await login();
      const body = await assertAnswer({ secret: SECRET, store: alice.store }, await headersOf(alice), passes);
      assert.deepEqual(body, { swt: ALICE, sessionId: alice.sessionId });
    },
  },
  {
    claim: 'secret is needed, and said to be missing when the route is made',
    async test() {
      for (const options of [undefined, {}, { store: newStore() }, { secret: '' }, { secret: undefined }]) {
        await refused(() => swtMiddleware(options), { kind: 'usage' });
      }
    },
  },
  {
    claim: 'secret may be a public key in PEM, with the encryptionSecret',
    async test() {
      for (const { privateKey, publicKey } of Object.values(PEM_KEYS)) {
        const alice = await login({ secret: privateKey, encryptionSecret: ENCRYPTION_SECRET });
        const options = { secret: publicKey, store: alice.store };
        await refused(() => swtMiddleware(options), { kind: 'usage' });
        await assertAnswer({ ...options, encryptionSecret: ENCRYPTION_SECRET }, await headersOf(alice), passes);
      }
    },
  },
  {
    claim: 'store is where sessions are looked up',
    async test() {
      const alice = await login();
      const options = { secret: SECRET, store: alice.store };
      await assertAnswer(options, await headersOf(alice), passes);
      await alice.store.revokeSession(alice.sessionId);
      await assertAnswer(options, await headersOf(alice), isRefused);
    },
  },
  {
    claim: 'the cookie is swt_session unless said otherwise',
    async test() {
      const alice = await login();
      const options = { secret: SECRET, store: alice.store };
      await assertAnswer(options, await headersOf(alice, { cookie: `swt_session=${alice.sessionId}` }), passes);
      await assertAnswer(options, await headersOf(alice, { cookie: `session=${alice.sessionId}` }), isRefused);
    },
  },
  {
    claim: 'cookieName changes that',
    async test() {
      const alice = await login();
      const options = { secret: SECRET, store: alice.store, cookieName: 'session' };
      await assertAnswer(options, await headersOf(alice, { cookie: `session=${alice.sessionId}` }), passes);
      await assertAnswer(options, await headersOf(alice, { cookie: `swt_session=${alice.sessionId}` }), isRefused);
    },
  },
  {
    claim: 'auditLogger is told what the client is not: which check failed',
    async test() {
      const alice = await login();
      const { events, auditLogger } = recorder();
      const headers = await headersOf(alice, { 'x-dpop-proof': null });
      const body = await assertAnswer({ secret: SECRET, store: alice.store, auditLogger }, headers, isRefused);
      assert.deepEqual(body, { error: 'Unauthorized' });
      assert.deepEqual(events.map(({ event, reason }) => [event, reason]), [
        ['verify_failure', 'DPoP proof required for this token'],
      ]);
    },
  },
];
