'use strict';

const assert = require('node:assert/strict');
const { generateKeyPairSync } = require('node:crypto');
const { afterEach, describe, mock, test } = require('node:test');

const { KeyRing, MemoryStore, createKey, refresh, sign, swtMiddleware, verify } = require('secure-web-token');
const { assertFails, newSecret } = require('../support/sessions.js');

const ALICE = { userId: 'alice' };
const OLD = newSecret();
const NEW = newSecret();

afterEach(() => mock.timers.reset());

const headerOf = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));
const entry = (kid, secret = newSecret(), more = {}) => ({ kid, secret, ...more });
const ringOf = (signer, ...accepted) => new KeyRing({ signer, accepted });

const newPem = () =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

/** What a guard says of a token: the data of its user, or the status. */
function ask(guard, token, sessionId) {
  const headers = { authorization: `Bearer ${token}`, cookie: `swt_session=${sessionId}` };
  const request = { headers, method: 'GET', url: '/' };
  return new Promise((resolve) => {
    const response = { setHeader() {}, end: () => resolve(response.statusCode) };
    guard(request, response, () => resolve(request.swt));
  });
}

describe('a key ring', () => {
  test('signs with its signer, under its name, and verifies with all', async () => {
    const before = await sign(ALICE, ringOf(entry('2026-05', OLD)));
    const ring = ringOf(entry('2026-11', NEW), entry('2026-05', OLD));
    const { token } = await sign(ALICE, ring);
    assert.equal(headerOf(token).kid, '2026-11');
    assert.equal(headerOf(before.token).kid, '2026-05');
    assert.deepEqual((await verify(token, ring)).data, ALICE);
    assert.deepEqual((await verify(before.token, ring)).data, ALICE);
    // A key without a ring does not look at names.
    await verify(token, NEW);
    await assertFails(verify(token, OLD), { code: 'token_authentication' });
  });

  test('accepts tokens from before there was one', async () => {
    const before = await sign(ALICE, OLD);
    assert.equal(headerOf(before.token).kid, undefined);
    await verify(before.token, ringOf(entry('new', NEW), entry('old', OLD)));
    await verify(before.token, ringOf(entry('old', OLD)));
    await assertFails(verify(before.token, ringOf(entry('new', NEW))), { code: 'token_authentication' });
  });

  test('refuses a kid that it does not have, whoever signed', async () => {
    const { token } = await sign(ALICE, ringOf(entry('a', OLD)));
    await assertFails(verify(token, ringOf(entry('b', OLD))), { code: 'token_key', kind: 'rejected' });
    // The name decides: another key under it is not passed over.
    await assertFails(verify(token, ringOf(entry('a', NEW), entry('b', OLD))), { code: 'token_authentication' });
    await verify(token, ringOf(entry('b', NEW), entry('a', OLD)));
  });

  test('has keys with encryption secrets of their own, short ones, PEM keys and keys of createKey', async () => {
    const { privateKey, publicKey } = newPem();
    const seal = newSecret();
    const entries = [
      entry('a', OLD, { encryptionSecret: seal }),
      entry('b', 'short', { insecureShortSecret: true }),
      entry('c', privateKey, { encryptionSecret: seal }),
      entry('d', createKey(NEW)),
    ];
    const tokens = await Promise.all(entries.map(async (each) => (await sign(ALICE, ringOf(each))).token));
    const accepted = [entries[0], entries[1], entry('c', publicKey, { encryptionSecret: seal }), entries[3]];
    const ring = new KeyRing({ accepted });
    for (const token of tokens) await verify(token, ring);
    await assertFails(() => ringOf(entry('b', 'short')), { code: 'secret_too_short' });
    await assertFails(() => ringOf(entry('c', privateKey)), { code: 'key' });
    const misplaced = entry('d', createKey(NEW), { encryptionSecret: seal });
    await assertFails(() => ringOf(misplaced), { code: 'argument', message: /createKey/ });
    await assertFails(() => ringOf(entry('d', createKey(NEW), { insecureShortSecret: false })), { code: 'argument' });
  });

  test('takes no options of one key beside it', async () => {
    const ring = ringOf(entry('a'));
    for (const options of [{ encryptionSecret: NEW }, { insecureShortSecret: true }]) {
      await assertFails(sign(ALICE, ring, options), { code: 'argument', message: /KeyRing/ });
      await assertFails(() => swtMiddleware({ secret: ring, ...options }), { code: 'argument', message: /KeyRing/ });
    }
    await sign(ALICE, ring);
  });

  test('refreshes a token of an accepted key into one of its signer', async () => {
    const store = new MemoryStore();
    const old = ringOf(entry('old', OLD));
    const { refreshToken, sessionId } = await sign(ALICE, old, { store, generateRefreshToken: true });
    const ring = ringOf(entry('new', NEW), entry('old', OLD));
    const next = await refresh(refreshToken, ring, { store });
    assert.deepEqual([headerOf(next.token).kid, headerOf(next.refreshToken).kid], ['new', 'new']);
    await verify(next.token, ring, { store, sessionId });
  });
});

describe('until', () => {
  test('ends a key at its moment', async () => {
    const start = Date.now();
    mock.timers.enable({ apis: ['Date'], now: start });
    const { token } = await sign(ALICE, ringOf(entry('old', OLD)), { expiresIn: '1d' });
    const bare = await sign(ALICE, OLD, { expiresIn: '1d' });
    const until = new Date(start + 60_000);
    const ring = ringOf(entry('new', NEW), entry('old', OLD, { until }));
    await verify(token, ring);
    await verify(bare.token, ring);

    until.setTime(start + 1e9); // the ring has its own copy
    mock.timers.setTime(start + 58_000);
    await verify(token, ring);
    mock.timers.setTime(start + 61_000);
    await assertFails(verify(token, ring), { code: 'token_key', kind: 'rejected' });
    await assertFails(verify(bare.token, ring), { kind: 'rejected' });
    await verify((await sign(ALICE, ring)).token, ring);
  });

  test('in the past, the key is not accepted', async () => {
    const { token } = await sign(ALICE, ringOf(entry('old', OLD)));
    const ring = ringOf(entry('new', NEW), entry('old', OLD, { until: new Date(1000) }));
    await assertFails(verify(token, ring), { code: 'token_key' });
  });

  test('is a Date after 1970, and not for the signer', async () => {
    const bad = [
      null,
      0,
      Date.now() + 1000,
      '2100-01-01',
      {},
      [],
      true,
      new Date(NaN),
      new Date(0),
      new Date(-1),
      Infinity,
    ];
    for (const until of bad) {
      await assertFails(() => ringOf(entry('a'), entry('b', OLD, { until })), { code: 'argument', message: /^until / });
    }
    await assertFails(() => ringOf(entry('a', NEW, { until: new Date(2e12) })), {
      code: 'argument',
      message: /"until"/,
    });
    ringOf(entry('a'), entry('b', OLD, { until: undefined }));
  });
});

describe('a definition', () => {
  test('without a key is refused, without a signer only verifies', async () => {
    for (const none of [undefined, null, {}, { accepted: [] }, { signer: undefined }]) {
      await assertFails(() => new KeyRing(none), { code: 'state', kind: 'usage' });
    }
    const { token } = await sign(ALICE, ringOf(entry('a', OLD)));
    const ring = new KeyRing({ accepted: [entry('a', OLD)] });
    await verify(token, ring);
    await assertFails(sign(ALICE, ring), { code: 'state', kind: 'usage', message: /no signer/ });
  });

  test('has at most four secrets and four PEM keys', async () => {
    const secrets = ['a', 'b', 'c', 'd'].map((kid) => entry(kid));
    const pems = ['e', 'f', 'g', 'h'].map((kid) => entry(kid, newPem().publicKey, { encryptionSecret: NEW }));
    new KeyRing({ signer: secrets[0], accepted: [...secrets.slice(1), ...pems] });
    await assertFails(() => new KeyRing({ signer: entry('x'), accepted: secrets }), { code: 'state', message: /four/ });
    const fifth = entry('x', newPem().publicKey, { encryptionSecret: NEW });
    await assertFails(() => new KeyRing({ accepted: [...pems, fifth] }), { code: 'state', message: /four/ });
  });

  test('has no public key as its signer', async () => {
    const signer = entry('a', newPem().publicKey, { encryptionSecret: NEW });
    await assertFails(() => new KeyRing({ signer }), { code: 'key', kind: 'usage', message: /private key/ });
    new KeyRing({ accepted: [signer] });
  });

  test('has each kid once, and each key object once', async () => {
    await assertFails(() => ringOf(entry('a'), entry('a')), { code: 'key_id', kind: 'usage' });
    await assertFails(() => ringOf(entry('a'), entry('b'), entry('b')), { code: 'key_id' });
    const key = createKey(NEW);
    await assertFails(() => ringOf(entry('a', key), entry('b', key)), { code: 'key_id', message: /another kid/ });
    ringOf(entry('a', key), entry('A', OLD));
  });

  const badKids = [
    undefined,
    null,
    7,
    {},
    ['a'],
    Symbol('a'),
    '',
    ' ',
    'a b',
    'a"b',
    'a\\b',
    'a\n',
    'é',
    '\0',
    '\ud800',
    'a'.repeat(129),
    'a'.repeat(2 ** 20),
  ];
  for (const kid of badKids) {
    test(`refuses the kid ${JSON.stringify(typeof kid === 'symbol' ? 'a symbol' : kid)?.slice(0, 30)}`, async () => {
      await assertFails(() => ringOf(entry(kid)), { code: 'key_id', kind: 'usage' });
      await assertFails(() => ringOf(entry('z'), entry(kid)), { code: 'key_id', kind: 'usage' });
      const ring = ringOf(entry('a'));
      await assertFails(() => ring.kill(kid), { code: 'key_id', kind: 'usage' });
      await sign(ALICE, ring);
    });
  }

  test('has kids up to 128 visible characters', async () => {
    for (const kid of ['a', '~!@#$%^&*()', 'a'.repeat(128)]) {
      assert.equal(headerOf((await sign(ALICE, ringOf(entry(kid)))).token).kid, kid);
    }
  });

  const malformed = [
    'x',
    7,
    [],
    [entry('a')],
    () => ({}),
    new Map(),
    { signers: entry('a') },
    { signer: [entry('a')] },
    { signer: 'a' },
    { signer: NEW },
    { signer: createKey(NEW) },
    { signer: { secret: NEW } },
    { signer: { kid: 'a' } },
    { signer: entry('a', NEW, { alg: 'none' }) },
    { accepted: entry('a') },
    { accepted: null },
    { accepted: 'a' },
    { accepted: { length: 1, 0: entry('a') } },
    { accepted: [undefined] },
    { accepted: [null] },
    { accepted: [[]] },
    // eslint-disable-next-line no-sparse-arrays
    { accepted: [entry('a'), , entry('b')] },
    { accepted: new Array(1e6) },
    { signer: entry('a', new Proxy(createKey(NEW), {})) },
  ];
  malformed.forEach((definition, index) => {
    test(`malformed, number ${index}, is refused, and changes nothing in replace`, async () => {
      const refused = (error) => error instanceof TypeError || (error.name === 'SwtError' && error.kind === 'usage');
      assert.throws(() => new KeyRing(definition), refused);
      const ring = ringOf(entry('a', OLD));
      const { token } = await sign(ALICE, ring);
      assert.throws(() => ring.replace(definition), refused);
      await verify(token, ring);
      await verify((await sign(ALICE, ring)).token, OLD);
    });
  });

  test('is read once: what a getter or a Proxy says the second time does not count', async () => {
    const secrets = [OLD, NEW, NEW, NEW];
    const kids = ['one', 'two', 'two', 'two'];
    const signer = {
      get secret() {
        return secrets.shift();
      },
      get kid() {
        return kids.shift();
      },
    };
    const ring = new KeyRing({ signer });
    const { token } = await sign(ALICE, ring);
    assert.equal(headerOf(token).kid, 'one');
    await verify(token, OLD);

    const reads = [];
    const proxy = new Proxy(
      { signer: entry('a', OLD) },
      {
        get(target, name) {
          reads.push(name);
          return target[name];
        },
      },
    );
    new KeyRing(proxy);
    assert.deepEqual(reads, ['signer']);
  });

  test('whose getter throws, or uses the ring meanwhile, changes nothing', async () => {
    const ring = ringOf(entry('a', OLD));
    const { token } = await sign(ALICE, ring);
    const boom = new Error('boom');
    const throwing = {
      get signer() {
        throw boom;
      },
    };
    assert.throws(() => new KeyRing(throwing), boom);
    assert.throws(() => ring.replace(throwing), boom);
    await verify(token, ring);

    ring.replace({
      get signer() {
        ring.replace({ signer: entry('inner', NEW) });
        ring.kill('gone');
        return entry('outer', OLD);
      },
    });
    assert.equal(headerOf((await sign(ALICE, ring)).token).kid, 'outer');
    const killing = {
      get signer() {
        ring.kill('late');
        return entry('late', NEW);
      },
    };
    await assertFails(() => ring.replace(killing), { code: 'key_id' });
  });

  test('cannot be made without new, or polluted', async () => {
    assert.throws(() => KeyRing({ signer: entry('a') }), TypeError);
    Object.prototype.signer = entry('polluted');
    Object.prototype.accepted = [entry('polluted')];
    Object.prototype.kid = 'polluted';
    Object.prototype.secret = newSecret();
    try {
      await assertFails(() => new KeyRing({}), { code: 'state' });
      await assertFails(() => new KeyRing({ signer: {} }), { kind: 'usage' });
      const { token } = await sign(ALICE, new KeyRing({ signer: entry('a') }));
      assert.equal(headerOf(token).kid, 'a');
    } finally {
      for (const name of ['signer', 'accepted', 'kid', 'secret']) delete Object.prototype[name];
    }
  });
});

describe('replace', () => {
  test('reaches everybody who uses the ring, also a guard that was made before', async () => {
    const store = new MemoryStore();
    const ring = ringOf(entry('old', OLD));
    const guards = [
      swtMiddleware({ secret: ring, store }),
      swtMiddleware({ secret: ring, store, acceptLegacy: false }),
    ];
    const first = await sign(ALICE, ring, { store });
    for (const guard of guards) assert.deepEqual(await ask(guard, first.token, first.sessionId), ALICE);

    ring.replace({ signer: entry('new', NEW), accepted: [entry('old', OLD)] });
    const second = await sign(ALICE, ring, { store });
    assert.equal(headerOf(second.token).kid, 'new');
    for (const guard of guards) {
      assert.deepEqual(await ask(guard, first.token, first.sessionId), ALICE);
      assert.deepEqual(await ask(guard, second.token, second.sessionId), ALICE);
    }

    ring.replace({ signer: entry('new', NEW) });
    for (const guard of guards) {
      assert.equal(await ask(guard, first.token, first.sessionId), 401);
      assert.deepEqual(await ask(guard, second.token, second.sessionId), ALICE);
    }
  });

  test('from secrets to PEM keys and back', async () => {
    const { privateKey } = newPem();
    const ring = ringOf(entry('secret', OLD));
    const first = await sign(ALICE, ring);
    const pem = entry('pem', privateKey, { encryptionSecret: NEW });
    ring.replace({ signer: pem, accepted: [entry('secret', OLD)] });
    const second = await sign(ALICE, ring);
    for (const { token } of [first, second]) assert.deepEqual((await verify(token, ring)).data, ALICE);
    ring.replace({ signer: entry('secret', OLD), accepted: [pem] });
    for (const { token } of [first, second, await sign(ALICE, ring)]) await verify(token, ring);
  });

  test('while work is under way, which is completed with the keys of its begin', async () => {
    const { privateKey } = newPem();
    const ring = ringOf(entry('old', privateKey, { encryptionSecret: OLD }));
    const { token } = await sign(ALICE, ring);
    const checks = Array.from({ length: 40 }, () => verify(token, ring));
    const signs = Array.from({ length: 40 }, () => sign(ALICE, ring));
    ring.replace({ signer: entry('new', NEW) });
    for (const result of await Promise.allSettled(checks)) {
      if (result.status === 'rejected') assert.equal(result.reason.code, 'token_key');
    }
    for (const grant of await Promise.all(signs)) assert.ok(['old', 'new'].includes(headerOf(grant.token).kid));
    await assertFails(verify(token, ring), { code: 'token_key' });
  });

  test('that fails changes nothing, in no engine', async () => {
    const ring = ringOf(entry('a', OLD));
    const store = new MemoryStore();
    const { token } = await sign(ALICE, ring);
    const withStore = await sign(ALICE, ring, { store, acceptLegacy: false });
    ring.kill('dead');
    const bad = [
      [{}, 'state'],
      [{ signer: entry('dead', NEW) }, 'key_id'],
      [{ signer: entry('b', NEW), accepted: [entry('dead')] }, 'key_id'],
      [{ signer: entry('b', NEW), accepted: [entry('b')] }, 'key_id'],
      [{ signer: entry('b', 'short') }, 'secret_too_short'],
    ];
    for (const [definition, code] of bad) await assertFails(() => ring.replace(definition), { code, kind: 'usage' });
    await verify(token, ring);
    await verify(withStore.token, ring, { store, sessionId: withStore.sessionId });
    assert.equal(headerOf((await sign(ALICE, ring)).token).kid, 'a');
  });
});

describe('kill', () => {
  test('refuses its tokens at once, everywhere, and for good', async () => {
    const store = new MemoryStore();
    const ring = ringOf(entry('new', NEW), entry('stolen', OLD));
    const guard = swtMiddleware({ secret: ring, store });
    const stolen = ringOf(entry('stolen', OLD));
    const bad = await sign(ALICE, stolen, { store, generateRefreshToken: true });
    const good = await sign(ALICE, ring, { store, generateRefreshToken: true });
    const { sessionId } = bad;
    assert.deepEqual(await ask(guard, bad.token, sessionId), ALICE);

    ring.kill('stolen');
    ring.kill('stolen');
    const dead = { code: 'token_key', kind: 'rejected' };
    assert.equal(await ask(guard, bad.token, sessionId), 401);
    await assertFails(verify(bad.token, ring, { store, sessionId }), dead);
    await assertFails(refresh(bad.refreshToken, ring, { store }), dead);
    // A set of settings that nobody asked for before is a new engine: it knows, too.
    for (let i = 1; i < 20; i++) {
      const acceptLegacy = { until: new Date(Date.now() + i * 1e6) };
      await assertFails(verify(bad.token, ring, { store, sessionId, acceptLegacy }), dead);
      await assertFails(verify(bad.token, ring, { acceptLegacy }), dead);
    }
    const again = { signer: entry('new', NEW), accepted: [entry('stolen', newSecret())] };
    await assertFails(() => ring.replace(again), { code: 'key_id', message: /killed/ });
    await verify(good.token, ring, { store, sessionId: good.sessionId });
    await refresh(good.refreshToken, ring, { store });
  });

  test('holds after a replace, for engines that are made later too', async () => {
    const ring = ringOf(entry('a', OLD), entry('b', NEW));
    ring.kill('b');
    ring.replace({ signer: entry('c') });
    await assertFails(() => ring.replace({ signer: entry('b', NEW) }), { code: 'key_id' });
    await verify((await sign(ALICE, ring, { acceptLegacy: false })).token, ring, { acceptLegacy: false });
    await assertFails(() => ring.replace({ signer: entry('b', NEW) }), { code: 'key_id' });
  });

  test('of the signer stops signing until the ring is replaced', async () => {
    const store = new MemoryStore();
    const ring = ringOf(entry('a', OLD), entry('b', NEW));
    const accepted = await sign(ALICE, ringOf(entry('b', NEW)));
    const { token, refreshToken } = await sign(ALICE, ringOf(entry('b', NEW)), { store, generateRefreshToken: true });
    ring.kill('a');
    await assertFails(sign(ALICE, ring), { code: 'state', kind: 'usage' });
    await assertFails(sign(ALICE, ring, { store }), { code: 'state', kind: 'usage' });
    await assertFails(refresh(refreshToken, ring, { store }), { code: 'state', kind: 'usage' });
    await verify(accepted.token, ring);
    ring.replace({ signer: entry('c'), accepted: [entry('b', NEW)] });
    const next = await refresh(refreshToken, ring, { store });
    assert.equal(headerOf(next.token).kid, 'c');
    assert.notEqual(next.token, token);
  });

  test('of the last key leaves a ring that accepts nothing, and can be replaced', async () => {
    const ring = ringOf(entry('a', OLD));
    const guard = swtMiddleware({ secret: ring });
    const { token } = await sign(ALICE, ring);
    ring.kill('a');
    assert.equal(await ask(guard, token), 401);
    await assertFails(verify(token, ring, { acceptLegacy: false }), { code: 'token_key' });
    const bare = await sign(ALICE, OLD);
    await assertFails(verify(bare.token, ring), { kind: 'rejected' });
    ring.replace({ signer: entry('b', NEW) });
    await verify((await sign(ALICE, ring)).token, ring);
  });

  test('takes with it the tokens without a kid that the key signed', async () => {
    const ring = ringOf(entry('a', NEW), entry('b', OLD));
    const { token } = await sign(ALICE, OLD);
    await verify(token, ring);
    ring.kill('b');
    await assertFails(verify(token, ring), { kind: 'rejected' });
  });

  test('of a kid that the ring does not have is remembered', async () => {
    const ring = ringOf(entry('a', OLD));
    ring.kill('b');
    await verify((await sign(ALICE, ring)).token, ring);
    await assertFails(() => ring.replace({ signer: entry('b') }), { code: 'key_id' });
  });

  test('has an end, and what it could not take in it says', async () => {
    const ring = ringOf(entry('a', OLD), entry('b', NEW));
    for (let i = 0; i < 1024; i++) ring.kill(`k${i}`);
    await assertFails(() => ring.kill('b'), { code: 'state', kind: 'usage' });
    ring.kill('k7');
    // Whoever uses the ring is none the worse, in engines that are made later too.
    await sign(ALICE, ring);
    await sign(ALICE, ring, { acceptLegacy: false });
  });

  test('touches no other ring', async () => {
    const key = createKey(OLD);
    const one = ringOf(entry('a', key));
    const other = ringOf(entry('a', key));
    one.kill('a');
    await verify((await sign(ALICE, other)).token, other);
    await verify((await sign(ALICE, key)).token, OLD);
  });
});
