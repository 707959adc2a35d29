'use strict';

const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const { after, afterEach, before, describe, mock, test } = require('node:test');
const { inspect } = require('node:util');

const nodeRedis = require('redis');

const { MemoryStore, RedisStore, refresh, sign, verify } = require('secure-web-token');
const { assertFails, newKey, newProof, newSecret } = require('../support/sessions.js');
const { startRedis } = require('../support/redis.js');

const SECRET = newSecret();
const ALICE = { userId: 'alice', role: 'admin' };
const REQUEST = { method: 'POST', url: '/refresh' };

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));
after(() => assert.deepEqual(unhandled, []));

let redis;
let client;
before(async () => {
  redis = await startRedis();
  client = nodeRedis.createClient({ url: redis.url }).on('error', () => {});
  await client.connect();
});
after(async () => {
  client?.destroy();
  await redis?.stop();
});
afterEach(() => mock.timers.reset());

/** What holds for every store. */
const stores = {
  MemoryStore: () => new MemoryStore(),
  RedisStore: () => new RedisStore(client, { timeout: 5000 }),
};

async function login(store = new MemoryStore(), options = {}, data = ALICE) {
  return { store, ...(await sign(data, SECRET, { store, generateRefreshToken: true, ...options })) };
}

/** The same bound to a key, with what its owner sends. */
async function boundLogin(store = new MemoryStore()) {
  const key = await newKey();
  const grant = await login(store, { fingerprint: true, clientPublicKey: key.publicKeyJwk });
  const proofFor = (token, { method, url } = REQUEST) => newProof(key, url, method, token);
  const owner = async (token = grant.refreshToken) => ({ store, dpopProof: await proofFor(token), ...REQUEST });
  return { ...grant, key, owner, proofFor };
}

/** Whether the session is there and its access token still opens it. */
function isAlive({ store, token, sessionId }) {
  return verify(token, SECRET, { store, sessionId }).then(
    () => true,
    (error) => (error.code === 'session_revoked' ? false : Promise.reject(error)),
  );
}

const companionOf = async (sessionId) => {
  const [companion] = await client.keys(`swt:session:c:*${sessionId}*`);
  return companion;
};

/** Moves the end of the ten seconds into the past, as time would. */
async function endGrace(sessionId) {
  const companion = await companionOf(sessionId);
  assert.equal(await client.hExists(companion, 'y'), 1);
  await client.hSet(companion, 'y', '1');
}

describe('what refresh gives', () => {
  for (const [name, newStore] of Object.entries(stores)) {
    test(`${name}: three members, the next pair of the same session, with the same claims`, async () => {
      const first = await login(newStore());
      const { store, sessionId } = first;
      const next = await refresh(first.refreshToken, SECRET, { store });
      assert.deepEqual(Object.keys(next), ['token', 'sessionId', 'refreshToken']);
      assert.equal(next.sessionId, sessionId);
      assert.notEqual(next.token, first.token);
      assert.notEqual(next.refreshToken, first.refreshToken);

      const payload = await verify(next.token, SECRET, { store, sessionId });
      assert.deepEqual(payload.data, ALICE);
      assert.equal(payload.sid, sessionId);
      assert.equal(payload.exp, payload.iat + 900);
    });

    test(`${name}: the old access token stays good, the session goes on and on`, async () => {
      const { store, token, sessionId, refreshToken } = await login(newStore());
      let current = refreshToken;
      for (let i = 0; i < 5; i++) {
        const next = await refresh(current, SECRET, { store, sessionId });
        assert.equal(next.sessionId, sessionId);
        current = next.refreshToken;
      }
      await verify(token, SECRET, { store, sessionId });
    });
  }

  test('sessionId is undefined, and still a member, where there is no session', async () => {
    const { refreshToken } = await sign(ALICE, SECRET, { generateRefreshToken: true });
    const next = await refresh(refreshToken, SECRET, { insecureRefreshReuse: true });
    assert.deepEqual(Object.keys(next), ['token', 'sessionId', 'refreshToken']);
    assert.equal(next.sessionId, undefined);
    assert.deepEqual((await verify(next.token, SECRET)).data, ALICE);
  });

  test('issuer, subject and audience stay', async () => {
    const expected = { issuer: 'login.example', subject: 'alice', audience: ['api', 'files'] };
    const { store, sessionId, refreshToken } = await login(undefined, expected);
    const { token } = await refresh(refreshToken, SECRET, { store });
    const request = { store, sessionId };
    const payload = await verify(token, SECRET, { ...request, ...expected });
    assert.deepEqual([payload.iss, payload.sub, payload.aud], ['login.example', 'alice', ['api', 'files']]);
    await assertFails(verify(token, SECRET, request), { code: 'token_audience' });
    await assertFails(verify(token, SECRET, { ...request, audience: 'api', issuer: 'x' }), { code: 'token_issuer' });
  });

  test('claims whose names mean something to JavaScript come over as they were', async () => {
    const data = JSON.parse('{"userId":"alice","__proto__":{"admin":true},"constructor":1,"then":2,"name":"é\\u2028"}');
    const { store, sessionId, refreshToken } = await login(undefined, {}, data);
    const { token } = await refresh(refreshToken, SECRET, { store });
    const payload = await verify(token, SECRET, { store, sessionId });
    assert.equal(JSON.stringify(payload.data), JSON.stringify(data));
    assert.equal({}.admin, undefined);
  });
});

describe('data', () => {
  test('replaces the claims, of the same user', async () => {
    const { store, sessionId, refreshToken } = await login();
    const data = { userId: 'alice', role: 'guest' };
    const next = await refresh(refreshToken, SECRET, { store, data });
    assert.deepEqual((await verify(next.token, SECRET, { store, sessionId })).data, data);
    // And they stay what they have become.
    const { token } = await refresh(next.refreshToken, SECRET, { store });
    assert.deepEqual((await verify(token, SECRET, { store, sessionId })).data, data);
  });

  test('of another user, or of the same in another type, is refused and spends nothing', async () => {
    const { store, refreshToken } = await login();
    for (const userId of ['mallory', 'Alice', 'alice ', 1]) {
      await assertFails(refresh(refreshToken, SECRET, { store, data: { userId } }), { code: 'user_id', kind: 'usage' });
    }
    const seven = await login(undefined, {}, { userId: 7 });
    await assertFails(refresh(seven.refreshToken, SECRET, { store: seven.store, data: { userId: '7' } }), {
      code: 'user_id',
    });
    await refresh(seven.refreshToken, SECRET, { store: seven.store, data: { userId: 7 } });
    await refresh(refreshToken, SECRET, { store });
  });

  const none = [null, 'x', 1, [], [ALICE], () => ALICE, new Map(), new (class Data {})(), {}, { userId: undefined }];
  for (const data of none) {
    test(`${inspect(data)} is refused and spends nothing`, async () => {
      const { store, refreshToken } = await login();
      await assertFails(refresh(refreshToken, SECRET, { store, data }), { kind: 'usage' });
      await refresh(refreshToken, SECRET, { store });
    });
  }

  test('that is too large, or cannot be written, is refused and spends nothing', async () => {
    const { store, refreshToken } = await login();
    const circular = { userId: 'alice' };
    circular.self = circular;
    const large = { userId: 'alice', text: 'x'.repeat(8192) };
    const huge = { userId: 'alice', text: 'x'.repeat(2 ** 28) };
    await assertFails(refresh(refreshToken, SECRET, { store, data: circular }), { code: 'data' });
    await assertFails(refresh(refreshToken, SECRET, { store, data: { userId: 'alice', n: 1n } }), { code: 'data' });
    await assertFails(refresh(refreshToken, SECRET, { store, data: large }), { code: 'data_too_large' });
    await assertFails(refresh(refreshToken, SECRET, { store, data: huge }), { code: 'data_too_large' });
    await refresh(refreshToken, SECRET, { store });
  });
});

describe('lifetimes', () => {
  test('are 900 seconds and 604800 seconds, or what is asked for', async () => {
    const { store, sessionId, refreshToken } = await login();
    const start = Date.now();
    mock.timers.enable({ apis: ['Date'], now: start });
    const first = await refresh(refreshToken, SECRET, { store });
    const second = await refresh(first.refreshToken, SECRET, { store, expiresIn: '30s', refreshExpiresIn: '60s' });
    const payload = await verify(second.token, SECRET, { store, sessionId });
    assert.equal(payload.exp - payload.iat, 30);

    mock.timers.setTime(start + 31_000);
    await assertFails(verify(second.token, SECRET, { store, sessionId }), { code: 'token_expired' });
    await verify(first.token, SECRET, { store, sessionId });
    mock.timers.setTime(start + 61_000);
    await assertFails(refresh(second.refreshToken, SECRET, { store }), { code: 'token_expired' });

    mock.timers.setTime(start + 59_000);
    const third = await refresh(second.refreshToken, SECRET, { store });
    mock.timers.setTime(start + 59_000 + 604_790_000);
    await refresh(third.refreshToken, SECRET, { store });
  });

  test('that are none are refused', async () => {
    for (const value of [0, -1, 1.5, '15', NaN, Infinity, null, '0s', 10n, {}]) {
      await assertFails(refresh('x', SECRET, { expiresIn: value }), { code: 'lifetime', message: /^expiresIn / });
      await assertFails(refresh('x', SECRET, { refreshExpiresIn: value }), {
        code: 'lifetime',
        message: /^refreshExpiresIn /,
      });
    }
  });

  test('keep the session in Redis for as long as the new refresh token', async () => {
    const { store, sessionId, refreshToken } = await login(new RedisStore(client), { refreshExpiresIn: '60s' });
    const before = await client.pTTL(`swt:session:${sessionId}`);
    await refresh(refreshToken, SECRET, { store, refreshExpiresIn: '30d' });
    const after = await client.pTTL(`swt:session:${sessionId}`);
    assert.ok(after > before && after > 29 * 86_400_000, `${before} to ${after}`);
    assert.ok((await client.pTTL(await companionOf(sessionId))) >= after);
  });
});

describe('a refresh token is good once', () => {
  for (const [name, newStore] of Object.entries(stores)) {
    test(`${name}: within ten seconds another try is refused and the session lives`, async () => {
      const first = await login(newStore());
      const { store, refreshToken } = first;
      const next = await refresh(refreshToken, SECRET, { store });
      for (let i = 0; i < 3; i++) {
        await assertFails(refresh(refreshToken, SECRET, { store }), { code: 'refresh_superseded', kind: 'rejected' });
      }
      assert.equal(await isAlive(first), true);
      await refresh(next.refreshToken, SECRET, { store });
    });

    test(`${name}: once its successor was used, it ends the session with everything`, async () => {
      const first = await login(newStore());
      const { store, refreshToken } = first;
      const second = await refresh(refreshToken, SECRET, { store });
      const third = await refresh(second.refreshToken, SECRET, { store });
      await assertFails(refresh(refreshToken, SECRET, { store }), { code: 'refresh_reused', kind: 'rejected' });

      for (const token of [first.token, second.token, third.token]) {
        await assertFails(verify(token, SECRET, { store, sessionId: first.sessionId }), { code: 'session_revoked' });
      }
      for (const token of [refreshToken, second.refreshToken, third.refreshToken]) {
        await assertFails(refresh(token, SECRET, { store }), { code: 'session_revoked' });
      }
      assert.equal(await store.getSession(first.sessionId), null);
    });

    test(`${name}: of fifty at once exactly one wins and the session lives`, async () => {
      const first = await login(newStore());
      const { store, refreshToken, sessionId } = first;
      const tries = Array.from({ length: 50 }, () => refresh(refreshToken, SECRET, { store }));
      const results = await Promise.allSettled(tries);
      const won = results.filter(({ status }) => status === 'fulfilled').map(({ value }) => value);
      const lost = results.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.code);
      assert.equal(won.length, 1);
      assert.deepEqual(lost, Array(49).fill('refresh_superseded'));
      await verify(won[0].token, SECRET, { store, sessionId });
      await refresh(won[0].refreshToken, SECRET, { store });
    });

    test(`${name}: of fifty at once by a bound client, each with a proof of its own, too`, async () => {
      const { refreshToken, owner } = await boundLogin(newStore());
      const requests = await Promise.all(Array.from({ length: 50 }, () => owner()));
      const results = await Promise.allSettled(requests.map((request) => refresh(refreshToken, SECRET, request)));
      const won = results.filter(({ status }) => status === 'fulfilled');
      assert.equal(won.length, 1);
      for (const { reason } of results.filter(({ status }) => status === 'rejected')) {
        assert.equal(reason.code, 'refresh_superseded');
      }
      await refresh(won[0].value.refreshToken, SECRET, await owner(won[0].value.refreshToken));
    });
  }

  test('RedisStore: after the ten seconds it ends the session', async () => {
    const first = await login(new RedisStore(client));
    const { store, refreshToken, sessionId } = first;
    const next = await refresh(refreshToken, SECRET, { store });
    await endGrace(sessionId);
    assert.equal(await isAlive(first), true);
    await assertFails(refresh(refreshToken, SECRET, { store }), { code: 'refresh_reused' });
    assert.equal(await isAlive(first), false);
    await assertFails(refresh(next.refreshToken, SECRET, { store }), { code: 'session_revoked' });
    assert.equal(await client.exists(`swt:session:${sessionId}`), 0);
  });

  test('RedisStore: who cannot prove the key ends nothing, also after the ten seconds', async () => {
    const { store, sessionId, refreshToken, owner } = await boundLogin(new RedisStore(client));
    const next = await refresh(refreshToken, SECRET, await owner());
    await endGrace(sessionId);
    const thief = await boundLogin(store);
    await assertFails(refresh(refreshToken, SECRET, { store }), { code: 'proof_missing' });
    const proof = await newProof(thief.key, REQUEST.url, REQUEST.method, refreshToken);
    await assertFails(refresh(refreshToken, SECRET, { store, ...REQUEST, dpopProof: proof }), {
      code: 'proof_binding',
    });
    assert.notEqual(await store.getSession(sessionId), null);
    await refresh(next.refreshToken, SECRET, await owner(next.refreshToken));
  });

  test('RedisStore: two stores over two clients are one', async () => {
    const other = client.duplicate().on('error', () => {});
    await other.connect();
    try {
      const { refreshToken } = await login(new RedisStore(client));
      const pair = [new RedisStore(client), new RedisStore(other)];
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) => refresh(refreshToken, SECRET, { store: pair[i % 2] })),
      );
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    } finally {
      other.destroy();
    }
  });

  test('RedisStore: what a session keeps does not grow with its refreshes', async () => {
    const { store, sessionId, refreshToken } = await login(new RedisStore(client));
    let current = (await refresh(refreshToken, SECRET, { store })).refreshToken;
    const companion = await companionOf(sessionId);
    const fields = await client.hLen(companion);
    for (let i = 0; i < 20; i++) current = (await refresh(current, SECRET, { store })).refreshToken;
    assert.equal(await client.hLen(companion), fields);
    assert.ok((await client.pTTL(companion)) > 0);
  });
});

describe('the proof', () => {
  test('is needed, by the bound key, for this request, and is good once', async () => {
    const { refreshToken, owner, proofFor } = await boundLogin();
    const request = await owner();
    const refused = (change, code) => assertFails(refresh(refreshToken, SECRET, { ...request, ...change }), { code });
    await refused({ dpopProof: undefined }, 'proof_missing');
    await refused({ dpopProof: null }, 'proof_missing');
    await refused({ method: 'GET' }, 'proof_method');
    await refused({ url: '/other' }, 'proof_url');
    await refused({ dpopProof: await proofFor('another token') }, 'proof_token');
    const thief = await newKey();
    await refused({ dpopProof: await newProof(thief, REQUEST.url, REQUEST.method, refreshToken) }, 'proof_binding');
    for (const dpopProof of ['', 'x', 7, {}, [request.dpopProof], `${request.dpopProof}=`, 'a'.repeat(2 ** 20)]) {
      await assertFails(refresh(refreshToken, SECRET, { ...request, dpopProof }), { kind: 'rejected' });
    }

    const next = await refresh(refreshToken, SECRET, request);
    await assertFails(refresh(next.refreshToken, SECRET, request), { code: 'proof_token' });
    await refresh(next.refreshToken, SECRET, await owner(next.refreshToken));
  });

  test('that was used before is refused, and neither spends the token nor ends the session', async () => {
    for (const newStore of Object.values(stores)) {
      const { store, key, refreshToken } = await boundLogin(newStore());
      // Without ath it fits any token of the key.
      const dpopProof = await newProof(key, REQUEST.url, REQUEST.method);
      const next = await refresh(refreshToken, SECRET, { store, dpopProof, ...REQUEST });
      const again = { store, dpopProof, ...REQUEST };
      await assertFails(refresh(next.refreshToken, SECRET, again), { code: 'proof_replayed' });
      const fresh = await newProof(key, REQUEST.url, REQUEST.method);
      await refresh(next.refreshToken, SECRET, { ...again, dpopProof: fresh });
    }
  });

  test('of a login or a request is none for a refresh, and the other way', async () => {
    const { store, token, sessionId, key, refreshToken } = await boundLogin();
    const dpopProof = await newProof(key, '/x', 'GET');
    const request = { store, dpopProof, method: 'GET', url: '/x' };
    await verify(token, SECRET, { ...request, sessionId });
    await assertFails(refresh(refreshToken, SECRET, request), { code: 'proof_replayed' });
  });

  test('keeps the key: the next tokens are bound as the first were', async () => {
    const { store, token, sessionId, refreshToken, owner, proofFor } = await boundLogin();
    const next = await refresh(refreshToken, SECRET, await owner());
    await assertFails(verify(next.token, SECRET, { store, sessionId }), { code: 'proof_missing' });
    await assertFails(refresh(next.refreshToken, SECRET, { store }), { code: 'proof_missing' });
    const request = async (of) => ({ store, sessionId, dpopProof: await proofFor(of), ...REQUEST });
    const [was, is] = [
      await verify(token, SECRET, await request(token)),
      await verify(next.token, SECRET, await request(next.token)),
    ];
    assert.deepEqual(is.cnf, was.cnf);
  });

  test('without method and url is accepted as legacy alone', async () => {
    const events = [];
    const { refreshToken, owner } = await boundLogin();
    const { method, url, ...blind } = await owner();
    await assertFails(refresh(refreshToken, SECRET, { ...blind, acceptLegacy: false }), { code: 'proof_legacy' });
    await refresh(refreshToken, SECRET, { ...blind, auditLogger: (event) => events.push(event.event) });
    assert.deepEqual(events, ['legacy_accepted', 'verify_success', 'sign', 'refresh']);
  });

  test('method, url and host come together or not at all', async () => {
    const halves = [
      { method: 'POST' },
      { url: '/x' },
      { host: 'a' },
      { method: '', url: '/x' },
      { method: null, url: '/' },
    ];
    for (const half of halves) {
      await assertFails(refresh('x', SECRET, half), { code: 'argument', kind: 'usage' });
    }
    await assertFails(refresh('x', SECRET, { ...REQUEST, host: 7 }), { code: 'argument' });
    const { refreshToken, owner, proofFor } = await boundLogin();
    const dpopProof = await proofFor(refreshToken, { method: 'POST', url: 'https://app.example/refresh' });
    const request = { ...(await owner()), dpopProof };
    await assertFails(refresh(refreshToken, SECRET, { ...request, host: 'evil.example' }), { code: 'proof_url' });
    await assertFails(refresh(refreshToken, SECRET, { ...request, host: '' }), { code: 'proof_url' });
    await refresh(refreshToken, SECRET, { ...request, host: 'app.example' });
  });
});

describe('clientPublicKey', () => {
  test('must be the key that the token is bound to', async () => {
    const { key, refreshToken, owner } = await boundLogin();
    const other = await newKey();
    const request = await owner();
    const named = (clientPublicKey) => refresh(refreshToken, SECRET, { ...request, clientPublicKey });
    await assertFails(named(other.publicKeyJwk), { code: 'proof_binding' });
    await assertFails(named(JSON.stringify(other.publicKeyJwk)), { code: 'proof_binding' });
    for (const none of ['', 'x', {}, [], 7, true, () => {}, { ...key.publicKeyJwk, d: 'AA' }]) {
      await assertFails(named(none), { code: 'client_key', kind: 'usage' });
    }
    await named(JSON.stringify(key.publicKeyJwk));
  });

  test('adds no key to a token that has none', async () => {
    const { store, sessionId, refreshToken } = await login();
    const key = await newKey();
    const named = { store, clientPublicKey: key.publicKeyJwk };
    await assertFails(refresh(refreshToken, SECRET, named), { code: 'proof_binding' });
    const dpopProof = await newProof(key, REQUEST.url, REQUEST.method, refreshToken);
    await assertFails(refresh(refreshToken, SECRET, { ...named, dpopProof, ...REQUEST }), { code: 'proof_binding' });

    const next = await refresh(refreshToken, SECRET, { store, dpopProof, ...REQUEST });
    assert.equal((await verify(next.token, SECRET, { store, sessionId })).cnf, undefined);
  });

  test('null and undefined name none', async () => {
    const { refreshToken, owner } = await boundLogin();
    const next = await refresh(refreshToken, SECRET, { ...(await owner()), clientPublicKey: null });
    await refresh(next.refreshToken, SECRET, { ...(await owner(next.refreshToken)), clientPublicKey: undefined });
  });
});

describe('what is no refresh token', () => {
  test('an access token, and a refresh token is no access token', async () => {
    const { store, token, sessionId, refreshToken } = await login();
    await assertFails(refresh(token, SECRET, { store }), { code: 'token_type' });
    await assertFails(verify(refreshToken, SECRET, { store, sessionId }), { code: 'token_type' });
    await refresh(refreshToken, SECRET, { store });
  });

  test('anything of another type or form', async () => {
    const { store, refreshToken } = await login();
    const others = [
      undefined,
      null,
      0,
      true,
      [],
      [refreshToken],
      {},
      { toString: () => refreshToken },
      1n,
      Symbol('x'),
    ];
    const texts = [
      '',
      'x',
      '..',
      `${refreshToken}=`,
      ` ${refreshToken}`,
      `${refreshToken}\0`,
      `Bearer ${refreshToken}`,
    ];
    for (const none of [...others, ...texts, new String(refreshToken), 'a'.repeat(2 ** 28)]) {
      await assertFails(refresh(none, SECRET, { store }), { code: 'token_malformed', kind: 'rejected' });
    }
    await refresh(refreshToken, SECRET, { store });
  });

  test('one of another secret, or of another store', async () => {
    const { store, refreshToken } = await login();
    await assertFails(refresh(refreshToken, newSecret(), { store }), { code: 'token_authentication' });
    await assertFails(refresh(refreshToken, SECRET, { store, encryptionSecret: newSecret() }), {
      code: 'token_authentication',
    });
    await assertFails(refresh(refreshToken, SECRET, { store: new MemoryStore() }), { code: 'session_revoked' });
    const prefixed = new RedisStore(client, { prefix: 'another:' });
    const inRedis = await login(new RedisStore(client));
    await assertFails(refresh(inRedis.refreshToken, SECRET, { store: prefixed }), { code: 'session_revoked' });
    await refresh(inRedis.refreshToken, SECRET, { store: inRedis.store });
    await refresh(refreshToken, SECRET, { store });
  });

  test('one of a session that was ended', async () => {
    for (const newStore of Object.values(stores)) {
      const { store, sessionId, refreshToken } = await login(newStore());
      const second = await login(store);
      await store.revokeSession(sessionId);
      await assertFails(refresh(refreshToken, SECRET, { store }), {
        code: 'session_revoked',
        message: 'Session revoked or invalid',
      });
      await refresh(second.refreshToken, SECRET, { store });
    }
  });

  test('one of another session than the request names', async () => {
    const first = await login();
    const { store } = first;
    const second = await login(store);
    const named = (sessionId) => refresh(first.refreshToken, SECRET, { store, sessionId });
    await assertFails(named(second.sessionId), { code: 'session_mismatch' });
    for (const none of ['', 'x', '*', first.sessionId.toUpperCase(), [first.sessionId], {}, 7, randomUUID()]) {
      await assertFails(named(none), { kind: 'rejected' });
    }
    await named(first.sessionId);
    const { refreshToken } = await login(store);
    await refresh(refreshToken, SECRET, { store, sessionId: null });
  });
});

describe('without a store', () => {
  test('is refused, unless the caller says what that means', async () => {
    const { refreshToken } = await sign(ALICE, SECRET, { generateRefreshToken: true });
    for (const options of [undefined, {}, { store: null }, { insecureRefreshReuse: false }]) {
      await assertFails(refresh(refreshToken, SECRET, options), { code: 'store_required', kind: 'usage' });
    }
    await assertFails(refresh(refreshToken, SECRET, { store: undefined, insecureRefreshReuse: true }), {
      code: 'argument',
    });
    for (const value of [1, 'true', null, {}]) {
      await assertFails(refresh(refreshToken, SECRET, { insecureRefreshReuse: value }), { code: 'argument' });
    }
    await refresh(refreshToken, SECRET, { insecureRefreshReuse: true });
    await refresh(refreshToken, SECRET, { insecureRefreshReuse: true });
  });

  test('a token that belongs to a session is refused all the same', async () => {
    const { store, refreshToken } = await login();
    await assertFails(refresh(refreshToken, SECRET, { insecureRefreshReuse: true }), { code: 'store_required' });
    await refresh(refreshToken, SECRET, { store });
  });

  test('and with one, insecureRefreshReuse switches nothing off', async () => {
    const first = await login();
    const request = { store: first.store, insecureRefreshReuse: true };
    const second = await refresh(first.refreshToken, SECRET, request);
    await refresh(second.refreshToken, SECRET, request);
    await assertFails(refresh(first.refreshToken, SECRET, request), { code: 'refresh_reused' });
    assert.equal(await isAlive(first), false);
  });
});

describe('a refresh token of version 3', () => {
  let legacy;
  before(async () => {
    const { seal, sessionRecord } = await import('../reference/codec.mjs');
    legacy = async (userId = 'alice') => {
      const sessionId = randomUUID();
      const { key, value } = sessionRecord({ sessionId, userId });
      await client.set(key, value, { EX: 60 });
      const iat = Math.floor(Date.now() / 1000);
      const payload = { data: { userId }, isRefresh: true, iat, exp: iat + 600 };
      return { sessionId, refreshToken: seal(payload, { secret: SECRET, typ: 'SWT-Refresh' }) };
    };
  });

  test('is accepted with acceptLegacy alone, for the session that the request names, once, and is reported', async () => {
    const store = new RedisStore(client);
    const { sessionId, refreshToken } = await legacy();
    await assertFails(refresh(refreshToken, SECRET, { store, sessionId, acceptLegacy: false }), {
      code: 'token_legacy',
    });
    const past = { until: new Date(Date.now() - 1000) };
    await assertFails(refresh(refreshToken, SECRET, { store, sessionId, acceptLegacy: past }), {
      code: 'token_legacy',
    });
    await assertFails(refresh(refreshToken, SECRET, { store }), { code: 'session_missing' });
    const mallory = await legacy('mallory');
    await assertFails(refresh(refreshToken, SECRET, { store, sessionId: mallory.sessionId }), { code: 'session_user' });

    const events = [];
    const auditLogger = ({ event, reason }) => events.push([event, reason]);
    const next = await refresh(refreshToken, SECRET, { store, sessionId, auditLogger });
    assert.equal(next.sessionId, sessionId);
    assert.deepEqual(events, [
      ['legacy_accepted', 'the refresh token has no id'],
      ['verify_success', undefined],
      ['sign', undefined],
      ['refresh', undefined],
    ]);
    await assertFails(refresh(refreshToken, SECRET, { store, sessionId }), { code: 'refresh_superseded' });
    // What it was traded in for is of this version.
    const options = { store, acceptLegacy: false };
    await refresh(next.refreshToken, SECRET, options);
  });
});

describe('audit', () => {
  function recorder() {
    const events = [];
    const auditLogger = ({ timestamp, ...event }) => {
      assert.ok(Math.abs(timestamp - Date.now()) < 5000);
      events.push(event);
    };
    return { events, auditLogger };
  }

  test('of a success: verify_success, sign, refresh', async () => {
    const { store, sessionId, refreshToken } = await login();
    const { events, auditLogger } = recorder();
    await refresh(refreshToken, SECRET, { store, auditLogger });
    const who = { userId: 'alice', sessionId };
    assert.deepEqual(events, [
      { event: 'verify_success', ...who },
      { event: 'sign', ...who },
      { event: 'refresh', ...who },
    ]);
  });

  test('of a failure: verify_failure with the reason, and no token', async () => {
    const { store, sessionId, refreshToken } = await login();
    await refresh(refreshToken, SECRET, { store });
    const { events, auditLogger } = recorder();
    const error = await assertFails(refresh(refreshToken, SECRET, { store, sessionId, auditLogger }), {
      code: 'refresh_superseded',
    });
    assert.deepEqual(events, [{ event: 'verify_failure', sessionId, reason: error.message }]);
    const everything = [error.message, error.stack, inspect(error), JSON.stringify([error, events])].join();
    for (const secret of [SECRET, refreshToken.split('.')[1]]) assert.ok(!everything.includes(secret));
  });

  test('a number stays a number', async () => {
    const { store, refreshToken } = await login(undefined, {}, { userId: 7 });
    const { events, auditLogger } = recorder();
    await refresh(refreshToken, SECRET, { store, auditLogger });
    assert.deepEqual(
      events.map(({ userId }) => userId),
      [7, 7, 7],
    );
  });

  test('a logger that throws or rejects changes nothing', async () => {
    const { store, refreshToken } = await login();
    const fail = () => {
      throw new Error('full');
    };
    const next = await refresh(refreshToken, SECRET, { store, auditLogger: fail });
    await refresh(next.refreshToken, SECRET, { store, auditLogger: async () => fail() });
    await assertFails(refresh(refreshToken, SECRET, { store, auditLogger: fail }), { code: 'refresh_reused' });
  });
});

describe('a mistake of the caller', () => {
  test('each of several at once has its own sentence', async () => {
    const { store, refreshToken } = await login();
    const results = await Promise.allSettled([
      refresh(refreshToken, SECRET, { store, data: { userId: 'mallory' } }),
      refresh(refreshToken, SECRET, {}),
      refresh(refreshToken, SECRET, { store, clientPublicKey: '' }),
    ]);
    const alone = [];
    for (const options of [{ store, data: { userId: 'mallory' } }, {}, { store, clientPublicKey: '' }]) {
      alone.push((await refresh(refreshToken, SECRET, options).catch((error) => error)).message);
    }
    assert.deepEqual(
      results.map(({ reason }) => reason.message),
      alone,
    );
    assert.equal(new Set(alone).size, 3);
  });

  test('an option that is none is named', async () => {
    const unknown = { expiresln: 1, fingerprint: true, generateRefreshToken: true, audience: 'x', secret: SECRET };
    for (const [name, value] of Object.entries(unknown)) {
      await assertFails(refresh('x', SECRET, { [name]: value }), {
        code: 'argument',
        message: new RegExp(`"${name}"`),
      });
    }
    for (const options of ['x', 1, [], new Map()]) {
      await assertFails(refresh('x', SECRET, options), { code: 'argument', message: /plain object/ });
    }
  });
});

describe('when the store cannot tell', () => {
  test('it is unavailable, and the session and its refresh token live', async () => {
    const own = client.duplicate().on('error', () => {});
    await own.connect();
    const { token, sessionId, refreshToken } = await login(new RedisStore(own));
    own.destroy();
    const events = [];
    const down = { store: new RedisStore(own), auditLogger: ({ event }) => events.push(event) };
    await assertFails(refresh(refreshToken, SECRET, down), { code: 'store_connection', kind: 'unavailable' });
    assert.deepEqual(events, ['verify_failure']);

    const store = new RedisStore(client);
    await verify(token, SECRET, { store, sessionId });
    await refresh(refreshToken, SECRET, { store });
  });

  test('a server that was frozen spends nothing afterwards', async () => {
    const frozen = await startRedis();
    const own = nodeRedis.createClient({ url: frozen.url }).on('error', () => {});
    try {
      await own.connect();
      const store = new RedisStore(own, { timeout: 50 });
      const calm = new RedisStore(own, { timeout: 5000 });
      const first = await login(calm);
      await store.getSession(first.sessionId); // it knows the server's clock now
      process.kill(frozen.pid, 'SIGSTOP');
      await assertFails(refresh(first.refreshToken, SECRET, { store }), { code: 'store_timeout', kind: 'unavailable' });
      // Past the moment after which the command, which the client has sent, must not take effect.
      await new Promise((resolve) => setTimeout(resolve, 1300));
      process.kill(frozen.pid, 'SIGCONT');
      await own.ping();
      assert.equal(await isAlive(first), true);
      await refresh(first.refreshToken, SECRET, { store: calm });
    } finally {
      own.destroy();
      await frozen.stop();
    }
  });

  test('a state that was lost ends nothing and gives nothing', async () => {
    const store = new RedisStore(client);
    const { sessionId, refreshToken } = await login(store);
    await client.hDel(await companionOf(sessionId), 'r');
    await assertFails(refresh(refreshToken, SECRET, { store }), { code: 'session_revoked' });
    assert.notEqual(await store.getSession(sessionId), null);
  });

  test('a store of another server version or with nonsense in it gives nothing', async () => {
    const store = new RedisStore(client);
    for (const [field, value] of [
      ['y', 'soon'],
      ['y', '-1e999'],
      ['p', ''],
    ]) {
      const { sessionId, refreshToken } = await login(store);
      await refresh(refreshToken, SECRET, { store });
      await client.hSet(await companionOf(sessionId), field, value);
      await refresh(refreshToken, SECRET, { store }).then(
        () => assert.fail('a token that was spent was accepted'),
        (error) => assert.ok(['rejected', 'unavailable'].includes(error.kind), error.stack),
      );
    }
  });
});
