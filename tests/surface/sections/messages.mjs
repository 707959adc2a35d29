import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { sign, swtMiddleware, verify } from 'secure-web-token';

import { ALICE, SECRET, changed, flip, headersOf, login, newStore, refused, requestOf, serving } from '../world.mjs';

/** What leads to each of the messages, as an error of verify. */
const causes = {
  async 'Token expired'() {
    const { token } = await sign(ALICE, SECRET);
    return verify(changed(token, { header: { exp: 1 } }), SECRET);
  },
  async 'Invalid token format'() {
    return verify('not a token', SECRET);
  },
  async 'Invalid signature'() {
    const { token } = await sign(ALICE, SECRET);
    return verify(changed(token, { sealed: flip }), SECRET);
  },
  async 'Session revoked or invalid'() {
    const alice = await login();
    await alice.store.revokeSession(alice.sessionId);
    return verify(alice.token, SECRET, await requestOf(alice));
  },
  async 'User mismatch'() {
    const store = newStore();
    const { token } = await sign(ALICE, SECRET); // it names no session, as those of 3.0.1
    const sessionId = randomUUID();
    await store.registerSession({ sessionId, userId: 'bob' });
    return verify(token, SECRET, { store, sessionId });
  },
  async 'DPoP proof required for this token'() {
    const alice = await login();
    return verify(alice.token, SECRET, await requestOf(alice, { dpopProof: undefined }));
  },
};

const thrown = Object.entries(causes).map(([message, cause]) => ({
  claim: `"${message}"`,
  test: () => refused(cause, { message, kind: 'rejected' }),
}));

/** What a request without a readable Authorization header is told. */
async function assertTold(authorization) {
  const alice = await login();
  await serving({ middleware: swtMiddleware({ secret: SECRET, store: alice.store }) }, async (ask) => {
    const { status, body } = await ask(await headersOf(alice, { authorization }));
    assert.deepEqual({ status, body }, { status: 401, body: { error: 'Missing or invalid Authorization header' } });
    assert.equal((await ask(await headersOf(alice))).status, 200);
  });
}

export default [
  ...thrown,
  { claim: '"Missing or invalid Authorization header" where there is none', test: () => assertTold(null) },
  { claim: 'and where it is of another kind', test: () => assertTold('Basic YWxpY2U6c2VjcmV0') },
];
