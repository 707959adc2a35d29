import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { afterEach, describe, mock, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { MemoryStore, sign, verify } from 'secure-web-token';
import { fakeClock } from 'secure-web-token/testing';

import support from '../support/sessions.js';

const { assertFails, newKey, newProof, newSecret } = support;
const realNow = Date.now;
const START = Date.UTC(2030, 0, 1);

let clock;
afterEach(() => {
  clock?.restore();
  mock.timers.reset();
  assert.equal(Date.now, realNow);
});

describe('a fake clock', () => {
  test('stands still, and moves when it is told to', async () => {
    clock = fakeClock(START);
    await pause(5);
    assert.equal(Date.now(), START);
    assert.equal(clock.advance(90), START + 90_000);
    clock.advance('15m');
    assert.equal(Date.now(), START + 990_000);
    assert.equal(clock.now(), Date.now());
  });

  test('starts now unless it is told when', () => {
    const before = Date.now();
    clock = fakeClock();
    assert.ok(clock.now() >= before && clock.now() <= realNow());
  });

  test('replaces Date.now and nothing else', () => {
    clock = fakeClock(START);
    assert.ok(new Date().getTime() < START);
    assert.deepEqual(Object.keys(Date), []);
  });

  test('moves only forward, by whole seconds or a text with its unit', async () => {
    clock = fakeClock(START);
    for (const by of [0, -1, 0.5, '900', '15 minutes', NaN, undefined, Infinity]) {
      await assertFails(() => clock.advance(by), { kind: 'usage', code: 'lifetime' });
    }
    assert.equal(clock.now(), START);
  });

  test('takes only a time that a Date can name', async () => {
    for (const start of [0, -1, 1.5, NaN, '2030-01-01', new Date(), 8.64e15 + 1]) {
      await assertFails(() => fakeClock(start), { kind: 'usage' });
    }
    clock = fakeClock(8.64e15);
    await assertFails(() => clock.advance(1), { kind: 'usage' });
  });

  test('gives the time back, also twice, and to those who kept the fake one', async () => {
    clock = fakeClock(START);
    const kept = Date.now;
    clock.restore();
    clock.restore();
    assert.ok(kept() < START);
    await assertFails(() => clock.advance(1), { kind: 'usage' });
  });

  test('gives it back under something that was put over it', () => {
    clock = fakeClock(START);
    const spy = mock.method(Date, 'now');
    clock.restore();
    assert.ok(Date.now() < START);
    spy.mock.restore();
    assert.ok(Date.now() < START);
    Date.now = realNow;
  });

  test('is one at a time', async () => {
    clock = fakeClock(START);
    await assertFails(() => fakeClock(START), { kind: 'usage', message: /in place already/ });
    clock.restore();
    clock = fakeClock(START + 1);
    assert.equal(Date.now(), START + 1);
  });

  test('refuses to stand beside fake timers, which move the same things', async () => {
    mock.timers.enable({ apis: ['Date'], now: START });
    await assertFails(() => fakeClock(), { kind: 'usage', message: /replaced already/ });

    const secret = newSecret();
    const { token } = await sign({ userId: 1 }, secret, { expiresIn: '15m' });
    mock.timers.setTime(START + 899_999);
    await verify(token, secret);
    mock.timers.setTime(START + 900_000);
    await assertFails(verify(token, secret), { code: 'token_expired' });
  });
});

describe('what a fake clock moves', () => {
  test("a token's expiry, to the second", async () => {
    clock = fakeClock(START);
    const secret = newSecret();
    const { token } = await sign({ userId: 1 }, secret, { expiresIn: '15m' });
    clock.advance(899);
    assert.equal((await verify(token, secret)).iat, START / 1000);
    clock.advance(1);
    await assertFails(verify(token, secret), { code: 'token_expired' });
  });

  test('until when things of version 3 are accepted', async () => {
    clock = fakeClock(START);
    const [secret, store, key] = [newSecret(), new MemoryStore(), await newKey()];
    const { token, sessionId } = await sign({ userId: 1 }, secret, {
      store, fingerprint: true, clientPublicKey: key.publicKeyJwk,
    });
    const notCompared = async () => {
      const dpopProof = await newProof(key, '/', 'GET');
      return verify(token, secret, { store, sessionId, dpopProof, acceptLegacy: { until: new Date(START + 60_000) } });
    };
    clock.advance(59);
    assert.equal((await notCompared()).sid, sessionId);
    clock.advance(1);
    await assertFails(notCompared(), { kind: 'rejected', code: 'proof_legacy' });
  });

  test('and not the life of a session in a store', async () => {
    clock = fakeClock(START);
    const secret = newSecret();
    const store = new MemoryStore({ ttl: 60 });
    const { token, sessionId } = await sign({ userId: 1 }, secret, { store, expiresIn: '7d' });
    clock.advance('24h');
    assert.equal((await verify(token, secret, { store, sessionId })).sid, sessionId);
    await store.revokeSession(sessionId);
    await assertFails(verify(token, secret, { store, sessionId }), { code: 'session_revoked' });
  });
});

test('the package does not load its test tools, and no variable of the environment does', () => {
  const script = `
    require('secure-web-token');
    console.log(Object.keys(require.cache).filter((file) => file.includes('testing')).length);
  `;
  const env = { ...process.env, SWT_FAKE_CLOCK: '1', NODE_ENV: 'test' };
  assert.equal(execFileSync(process.execPath, ['-e', script], { cwd: new URL('.', import.meta.url), env, encoding: 'utf8' }), '0\n');
});
