'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { describe, test } = require('node:test');

const PRELUDE = `
  const swt = require('secure-web-token');
  const { MemoryStore, metrics, refresh, sign, swtMiddleware, verify } = swt;
  const { newKey, newProof, newSecret } = require('../support/sessions.js');
  const SECRET = newSecret();
  const ALICE = { userId: 'alice' };
  const ignore = () => {};
`;

/** What a process of its own counts while it runs this. */
function countersAfter(body) {
  const script = `${PRELUDE}
    (async () => {
      ${body}
      console.log(JSON.stringify({ counters: metrics.counters(), text: metrics.text() }));
    })();`;
  const output = execFileSync(process.execPath, ['--no-warnings', '-e', script], { cwd: __dirname, encoding: 'utf8' });
  const { counters, text } = JSON.parse(output);
  checkText(text, counters);
  const counts = {};
  for (const { name, labels, value } of counters) {
    const key = name === 'swt_operations_total' ? `${labels.operation} ${labels.code}` : `legacy ${labels.what}`;
    assert.equal(counts[key], undefined, `${key} twice`);
    counts[key] = value;
  }
  return counts;
}

/** Each line by the text format of Prometheus, version 0.0.4. */
function checkText(text, counters) {
  assert.ok(text.endsWith('\n') && !text.includes('\r'));
  const samples = [];
  const types = new Map();
  const helped = new Set();
  let current;
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\\n]|\\\\|\\n)+)$/.exec(line);
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    const sample =
      /^([a-zA-Z_:][a-zA-Z0-9_:]*)\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*",?)*)\} (\d+)$/.exec(line);
    if (help) {
      assert.ok(!helped.has(help[1]), line);
      helped.add(help[1]);
      current = help[1];
    } else if (type) {
      assert.equal(type[1], current, line);
      assert.ok(!types.has(type[1]), line);
      types.set(type[1], type[2]);
    } else {
      assert.ok(sample, `no line of the format: ${JSON.stringify(line)}`);
      assert.equal(sample[1], current, 'the samples of a metric stand together');
      assert.equal(types.get(sample[1]), 'counter');
      const labels = Object.fromEntries(
        [...sample[2].matchAll(/([a-zA-Z_]\w*)="([^"]*)"/g)].map((match) => match.slice(1)),
      );
      samples.push({ name: sample[1], labels, value: Number(sample[3]) });
    }
  }
  assert.deepEqual(samples, counters);
  assert.deepEqual([...types.keys()], ['swt_operations_total', 'swt_legacy_accepted_total']);
}

describe('metrics', () => {
  test('of nothing are nothing, in a text that can be read', () => {
    assert.deepEqual(countersAfter(''), {});
  });

  test('count each operation once, by what came of it', () => {
    const counts = countersAfter(`
      const store = new MemoryStore();
      const { token, sessionId, refreshToken } = await sign(ALICE, SECRET, { store, generateRefreshToken: true });
      await sign(ALICE, SECRET);
      await sign({ userId: 0 }, SECRET).catch(ignore);
      for (let i = 0; i < 3; i++) await verify(token, SECRET, { store, sessionId });
      await verify('x', SECRET).catch(ignore);
      await verify(token, SECRET, { store }).catch(ignore);
      await refresh(refreshToken, SECRET, { store });
      await refresh(refreshToken, SECRET, { store }).catch(ignore);
      await refresh(token, SECRET, { store }).catch(ignore);
      await store.revokeSession(sessionId);
      await store.revokeSession(sessionId);
      await verify(token, SECRET, { store, sessionId }).catch(ignore);
    `);
    assert.deepEqual(counts, {
      'sign ok': 2,
      'sign user_id': 1,
      'verify ok': 3,
      'verify token_malformed': 1,
      'verify session_missing': 1,
      'verify session_revoked': 1,
      'refresh ok': 1,
      'refresh refresh_superseded': 1,
      'refresh token_type': 1,
      'revoke ok': 2,
    });
  });

  test('say the kind of each failure', () => {
    const script = `${PRELUDE}
      (async () => {
        const store = new MemoryStore({ maxSessions: 1 });
        await sign(ALICE, SECRET, { store });
        await sign(ALICE, SECRET, { store }).catch(ignore);
        await verify('x', SECRET).catch(ignore);
        await sign({ userId: 0 }, SECRET).catch(ignore);
        console.log(JSON.stringify(metrics.counters().map(({ labels }) => labels)));
      })();`;
    const output = execFileSync(process.execPath, ['-e', script], { cwd: __dirname, encoding: 'utf8' });
    assert.deepEqual(JSON.parse(output), [
      { operation: 'sign', outcome: 'ok', code: 'ok' },
      { operation: 'sign', outcome: 'unavailable', code: 'store_full' },
      { operation: 'sign', outcome: 'usage', code: 'user_id' },
      { operation: 'verify', outcome: 'rejected', code: 'token_malformed' },
    ]);
  });

  test('count a revocation that was not confirmed', () => {
    const counts = countersAfter(`
      const client = require('redis').createClient({ url: 'redis://127.0.0.1:1' });
      const store = new swt.RedisStore(client);
      await store.revokeSession('7a1b2c3d-0000-4000-8000-000000000000').catch(ignore);
    `);
    assert.deepEqual(counts, { 'revoke store_connection': 1 });
  });

  test('count what runs on another thread, and at once', () => {
    const counts = countersAfter(`
      const store = new MemoryStore();
      const key = await newKey();
      const { token, sessionId } = await sign(ALICE, SECRET, { store, fingerprint: true, clientPublicKey: key.publicKeyJwk });
      const request = { store, sessionId, method: 'GET', url: '/' };
      const good = await newProof(key, '/', 'GET', token);
      const bad = await newProof(key, '/x', 'GET', token);
      await Promise.allSettled([good, bad, good, bad].map((dpopProof) => verify(token, SECRET, { ...request, dpopProof })));
    `);
    assert.deepEqual(counts, { 'sign ok': 1, 'verify ok': 1, 'verify proof_url': 2, 'verify proof_replayed': 1 });
  });

  test('count what of version 3 was accepted', () => {
    const counts = countersAfter(`
      const store = new MemoryStore();
      const key = await newKey();
      const { token, sessionId } = await sign(ALICE, SECRET, { store, fingerprint: true, clientPublicKey: key.publicKeyJwk });
      await verify(token, SECRET, { store, sessionId, dpopProof: await newProof(key, '/', 'GET', token) });
    `);
    assert.deepEqual(counts, { 'sign ok': 1, 'verify ok': 1, 'legacy proof_not_compared': 1 });
  });

  test('of a guard are those of verify', () => {
    const counts = countersAfter(`
      const { token } = await sign(ALICE, SECRET);
      const guard = swtMiddleware({ secret: SECRET });
      const ask = (authorization) => new Promise((resolve) =>
        guard({ headers: { authorization }, method: 'GET', url: '/' }, { setHeader() {}, end: resolve }, resolve));
      await ask('Bearer ' + token);
      await ask('Bearer x');
    `);
    assert.deepEqual(counts, { 'sign ok': 1, 'verify ok': 1, 'verify token_malformed': 1 });
  });

  test('do not grow with what clients send', () => {
    const counts = countersAfter(`
      const { randomBytes } = require('node:crypto');
      const { token } = await sign(ALICE, SECRET);
      const [header, sealed, signature] = token.split('.');
      const base64url = (text) => Buffer.from(text).toString('base64url');
      for (let i = 0; i < 10_000; i++) {
        const noise = randomBytes(1 + (i % 64)).toString('base64url');
        const tokens = [noise, noise + '.' + noise + '.' + noise, header + '.' + sealed + '.' + noise,
          base64url(JSON.stringify({ alg: noise, typ: 'SWT', exp: 4e9 })) + '.' + sealed + '.' + signature,
          base64url(JSON.stringify({ alg: 'AES-256-GCM+HMAC', typ: 'SWT', exp: 4e9, kid: noise })) + '.' + sealed + '.' + signature];
        await verify(tokens[i % 5], SECRET, { sessionId: noise, dpopProof: undefined }).catch(ignore);
      }
    `);
    const total = Object.values(counts).reduce((sum, value) => sum + value, 0);
    assert.equal(total, 10_001);
    assert.ok(Object.keys(counts).length < 10, Object.keys(counts).join(', '));
  });

  test('are copies: who changes them changes nothing', () => {
    const counts = countersAfter(`
      await sign(ALICE, SECRET);
      for (const counter of metrics.counters()) {
        counter.value = 99;
        counter.labels.code = 'x"} 1\\n';
      }
    `);
    assert.deepEqual(counts, { 'sign ok': 1 });
  });
});
