// The store of three methods in docs/stores.md, over a stand-in for a database: what it promises and what it cannot.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';

import { refresh, sign, verify } from 'secure-web-token';

import { programsOf } from './documents.mjs';

const require = createRequire(import.meta.url);
const { assertFails, newSecret } = require('../support/sessions.js');

const secret = newSecret();

/** The three statements of the document, for a table in memory. */
function database() {
  const rows = new Map();
  const statements = {
    INSERT: ([sessionId, userId, jkt = null]) => void rows.set(sessionId, { sessionId, userId, jkt }),
    SELECT: ([sessionId]) => [rows.get(sessionId)].filter(Boolean),
    DELETE: ([sessionId]) => void rows.delete(sessionId),
  };
  return { query: async (text, values) => ({ rows: statements[text.split(' ')[0]](values) ?? [] }) };
}

async function openStore() {
  const code = programsOf('docs/stores.md').get('three-methods');
  const open = new Function('db', 'sign', 'user', 'secret', `return (async () => { ${code}; return store; })()`);
  return open(database(), sign, { id: 'alice' }, secret);
}

describe('the store of three methods', () => {
  test('keeps a session until it is ended', async () => {
    const store = await openStore();
    const { token, sessionId } = await sign({ userId: 'alice' }, secret, { store });
    assert.equal((await verify(token, secret, { store, sessionId })).data.userId, 'alice');
    await store.revokeSession(sessionId);
    await assertFails(verify(token, secret, { store, sessionId }), { code: 'session_revoked' });
  });

  test('refreshes only where that is asked for by name', async () => {
    const store = await openStore();
    const { refreshToken } = await sign({ userId: 'alice' }, secret, { store, generateRefreshToken: true });
    await assertFails(refresh(refreshToken, secret, { store }), { code: 'store_required' });
    assert.ok(await refresh(refreshToken, secret, { store, insecureRefreshReuse: true }));
  });
});
