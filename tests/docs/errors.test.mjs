// docs/errors.md names every code of the core and no other, and says of the middleware, the events and the counters
// what they do.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';

import { createClient } from 'redis';
import { MemoryStore, RedisStore, metrics, refresh, sign, swtMiddleware, verify } from 'secure-web-token';

import { legacyProof, seal, sessionRecord } from '../reference/codec.mjs';
import { documents, namesIn, proseOf, read, tableOf } from './documents.mjs';

const require = createRequire(import.meta.url);
const native = require('../../js/addon/native.js');
const { SwtError } = require('../../js/report/errors.js');
const { startRedis } = require('../support/redis.js');
const { newKey, newProof, newSecret } = require('../support/sessions.js');

const DOCUMENT = 'docs/errors.md';
const LEGACY_USES = ['proof_not_compared', 'proof_without_jti', 'refresh_token', 'token_without_session'];
const statuses = Array.from({ length: 1000 }, (_, status) => status)
  .filter((status) => status !== 0 && native.statusName(status) !== 'unknown');
const errors = statuses.map((status) => new SwtError(status));

const types = read('js/types/report.d.ts') + read('js/types/tokens.d.ts');
const typed = [.../export type SwtErrorCode =([^;]*);/.exec(types)[1].matchAll(/'([a-z_]+)'/g)].map(([, code]) => code);

describe('the codes', () => {
  test('of the document are those of the core, with their kinds', () => {
    const rows = tableOf(DOCUMENT, ['code', 'kind', 'what happened']);
    const told = rows.map(([code, kind]) => [...namesIn(code), ...namesIn(kind)]);
    assert.deepEqual(told, errors.map(({ code, kind }) => [code, kind]));
    assert.ok(errors.length > 40);
  });

  test('of the types are those of the core', () => {
    assert.deepEqual(typed, errors.map(({ code }) => code));
  });

  test('have the HTTP status of their kind', () => {
    const table = tableOf(DOCUMENT, ['`error.kind`', '`error.status`', 'what it means', 'what to do']);
    const told = Object.fromEntries(table.map(([kind, status]) => [...namesIn(kind), Number(status)]));
    for (const { kind, status } of errors) assert.equal(told[kind], status);
    assert.deepEqual(Object.keys(told).sort(), [...new Set(errors.map(({ kind }) => kind))].sort());
  });

  test('that any document names are codes', () => {
    const looksLikeACode = /^(token|proof|session|refresh|store|internal|user|data|client|key|secret)_[a-z_]+$/;
    const others = [...LEGACY_USES, 'proof_used']; // this one is a store's answer
    for (const document of documents) {
      const named = namesIn(proseOf(document)).filter((name) => looksLikeACode.test(name));
      assert.deepEqual(named.filter((name) => !typed.includes(name) && !others.includes(name)), [], document);
    }
  });
});

describe('the answers of swtMiddleware', async () => {
  const secret = newSecret();
  const store = new MemoryStore();
  const unreachable = new RedisStore(createClient()); // nobody has connected it
  const key = await newKey();
  const options = { store, fingerprint: true, clientPublicKey: key.publicKeyJwk };
  const { token, sessionId } = await sign({ userId: 'alice' }, secret, options);
  const iat = Math.floor(Date.now() / 1000) - 1000;
  const expired = seal({ data: { userId: 'alice' }, iat, exp: iat + 900 }, { secret });
  const proof = () => newProof(key, '/', 'GET');

  const REQUESTS = {
    'no token': {},
    'a token that has expired': { authorization: `Bearer ${expired}` },
    'another token or session that is not good': { authorization: `Bearer ${token}x`, 'x-dpop-proof': await proof() },
    'a proof that is not good, or none': { authorization: `Bearer ${token}` },
    'the store cannot tell': { authorization: `Bearer ${token}`, 'x-dpop-proof': await proof() },
  };

  async function answerTo(headers, store) {
    const answer = { headers: {} };
    const response = {
      setHeader: (name, value) => (answer.headers[name] = value),
      end: (body) => Object.assign(answer, { status: response.statusCode, body: JSON.parse(body) }),
    };
    const request = { method: 'GET', url: '/', headers: { cookie: `swt_session=${sessionId}`, ...headers } };
    await swtMiddleware({ secret, store })(request, response, () => (answer.passed = true));
    await null;
    return answer;
  }

  const table = tableOf(DOCUMENT, ['request', 'status', '`error` in the body', 'headers']);
  test('every row is tried here', () => assert.deepEqual(table.map(([request]) => request), Object.keys(REQUESTS)));

  let previous;
  for (const [request, status, error, header] of table) {
    const told = header === 'the same' ? previous : header;
    previous = told;
    test(request, async () => {
      const answer = await answerTo(REQUESTS[request], status === '503' ? unreachable : store);
      assert.equal(answer.status, Number(status));
      assert.deepEqual(answer.body, { error: namesIn(error)[0] });
      const [, name, value] = /^([\w-]+): (.*)$/.exec(namesIn(told)[0]);
      assert.equal(answer.headers[name], value);
      assert.equal(answer.headers['Cache-Control'], 'no-store');
    });
  }

  test('and a good request passes', async () => {
    const answer = await answerTo({ authorization: `Bearer ${token}`, 'x-dpop-proof': await proof() }, store);
    assert.deepEqual(answer, { headers: {}, passed: true });
  });
});

describe('events and counters', () => {
  let redis;
  let client;
  before(async () => {
    redis = await startRedis();
    client = await createClient({ url: redis.url }).on('error', () => {}).connect();
  });
  after(async () => {
    client?.destroy();
    await redis?.stop();
  });

  test('are those that the document and the types name, when everything has happened', async () => {
    const events = new Set();
    const auditLogger = ({ event }) => events.add(event);
    const secret = newSecret();
    const store = new RedisStore(client, { auditLogger });
    const key = await newKey();
    const options = { store, fingerprint: true, clientPublicKey: key.publicKeyJwk, generateRefreshToken: true };
    const { token, sessionId, refreshToken } = await sign({ userId: 'alice' }, secret, { ...options, auditLogger });

    const request = { store, sessionId, auditLogger };
    const target = { method: 'GET', url: '/' };
    const proof = async () => ({ dpopProof: await newProof(key, '/', 'GET') });
    await verify(token, secret, { ...request, ...(await proof()) });
    await verify(token, secret, { ...request, ...target, dpopProof: legacyProof({ ...key, ...target }) });
    await refresh(refreshToken, secret, { ...request, ...target, ...(await proof()) });

    const old = { sessionId: randomUUID(), userId: 'bob' };
    const record = sessionRecord(old);
    await client.set(record.key, record.value);
    const iat = Math.floor(Date.now() / 1000);
    const payload = { data: { userId: 'bob' }, iat, exp: iat + 900 };
    await verify(seal(payload, { secret }), secret, { ...request, sessionId: old.sessionId });
    const oldRefreshToken = seal({ ...payload, isRefresh: true }, { secret, typ: 'SWT-Refresh' });
    await refresh(oldRefreshToken, secret, { ...request, sessionId: old.sessionId });

    await store.revokeSession(sessionId);
    const late = verify(token, secret, { ...request, ...target, ...(await proof()) });
    await assert.rejects(late, { code: 'session_revoked' });

    const told = tableOf(DOCUMENT, ['`event`', 'when', '`reason`']).flatMap(([event]) => namesIn(event));
    assert.deepEqual([...events].sort(), told.toSorted());
    const typedEvents = [.../^  event: (.*);$/m.exec(types)[1].matchAll(/'([a-z_]+)'/g)].map(([, event]) => event);
    assert.deepEqual(typedEvents.toSorted(), told.toSorted());

    const counters = metrics.counters();
    const rows = tableOf(DOCUMENT, ['counter', 'labels']);
    const labels = Object.fromEntries(rows.map(([name, text]) => [namesIn(name)[0], text]));
    assert.deepEqual([...new Set(counters.map(({ name }) => name))].sort(), Object.keys(labels).sort());
    const uses = counters.map(({ labels }) => labels.what).filter(Boolean);
    assert.deepEqual(uses.sort(), LEGACY_USES);
    assert.deepEqual(labels.swt_legacy_accepted_total.replace('`what`: ', '').split(', ').sort(), LEGACY_USES);
    const operations = new Set(counters.map(({ labels }) => labels.operation).filter(Boolean));
    for (const operation of operations) assert.ok(labels.swt_operations_total.includes(operation), operation);
    assert.equal(operations.size, 4);
  });
});
