/**
 * Whatever the package seals, the reference codec opens, and the other way round: 10,000 random payloads from one seed.
 *
 *     SWT_TEST_SEED=… node --test tests/reference/both_ways.test.mjs
 */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { SwtError, sign, verify } from 'secure-web-token';

import { open, seal } from './codec.mjs';

const PAYLOADS = 10_000;
const MAX_DATA_BYTES = 8192;
const MAX_DEPTH = 16;
const DAY = 86_400;

const seed = Number(process.env.SWT_TEST_SEED ?? Date.now() % 2 ** 32) >>> 0;
console.log(`seed ${seed}`);

/** mulberry32: 32 bits of state are enough to repeat a failure. */
function generator(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = generator(seed);
const below = (limit) => Math.floor(random() * limit);
const oneOf = (list) => list[below(list.length)];
const times = (count, make) => Array.from({ length: count }, make);

// Ranges of code points with habits of their own: controls, quotes, Latin, combining marks, bidi, CJK, private use,
// noncharacters, emoji, the last plane. None of them holds U+0000 or a surrogate.
const ranges = [
  [0x01, 0x1f], [0x20, 0x7e], [0x22, 0x22], [0x5c, 0x5c], [0x7f, 0x9f], [0xa0, 0x17f], [0x300, 0x36f], [0x5d0, 0x6ff],
  [0x2000, 0x206f], [0x3040, 0x30ff], [0x4e00, 0x9fff], [0xe000, 0xf8ff], [0xfdd0, 0xfdef], [0xfe00, 0xffff],
  [0x1f300, 0x1f6ff], [0x10fff0, 0x10ffff],
];

function codePoint() {
  const [first, last] = oneOf(ranges);
  return first + below(last - first + 1);
}

const text = (length) => String.fromCodePoint(...times(length, codePoint));

const number = () => oneOf([
  () => below(10), () => -below(2 ** 31), () => Number.MAX_SAFE_INTEGER - below(3), () => random() * 10 ** below(300),
  () => -random() / 10 ** below(300), () => 2 ** below(1024), () => Number.MIN_VALUE * below(100),
  () => below(2 ** 32) / 8,
])();

function value(depth) {
  if (depth > 0 && random() < 0.35) return random() < 0.5 ? object(depth) : times(below(4), () => value(depth - 1));
  return oneOf([number, number, () => text(below(12)), () => text(below(12)), () => true, () => false, () => null])();
}

function object(depth) {
  return Object.fromEntries(times(below(4), () => [text(1 + below(6)), value(depth - 1)]));
}

const userId = () => oneOf([
  () => text(1 + below(60)), () => 'u'.repeat(1 + below(256)), () => 1 + below(2 ** 31), () => -1 - below(2 ** 31),
  () => Number.MAX_SAFE_INTEGER, () => Number.MIN_SAFE_INTEGER, () => String(below(100)),
])();

/** A chain of objects and arrays that ends at the deepest level there may be. */
function chain(levels) {
  return levels === 0 ? value(0) : oneOf([(inner) => ({ [text(2)]: inner }), (inner) => [inner]])(chain(levels - 1));
}

function fill(data, bytes) {
  data.fill = '';
  const missing = bytes - Buffer.byteLength(JSON.stringify(data));
  data.fill = 'x'.repeat(Math.max(0, missing));
  return data;
}

function randomData(index) {
  const data = { userId: userId(), ...object(6) };
  if (index % 20 === 0) data.chain = chain(MAX_DEPTH - 1);
  if (index % 50 === 0) fill(data, MAX_DATA_BYTES - oneOf([0, 0, 1, 2, 3, below(4000)]));
  return Buffer.byteLength(JSON.stringify(data)) <= MAX_DATA_BYTES ? data : { userId: userId() };
}

const secret = () => oneOf([
  () => `${text(40)}`, () => times(32 + below(40), () => String.fromCharCode(0x21 + below(94))).join(''),
])();

describe(`${PAYLOADS} payloads, seed ${seed}`, { timeout: 120_000 }, () => {
  // Few keys and many tokens, as in life. Three of each kind have a secret of their own for the encryption.
  const keys = times(6, (_, index) => ({ secret: secret(), encryptionSecret: index % 2 ? secret() : undefined }));
  const payloads = times(PAYLOADS, (_, index) => randomData(index));
  const sizes = payloads.map((data) => Buffer.byteLength(JSON.stringify(data)));

  test('reach the limits', () => {
    assert.equal(Math.max(...sizes), MAX_DATA_BYTES);
    assert.equal(Math.max(...payloads.map(depthOf)), MAX_DEPTH);
  });

  test('are sealed by the package and opened by the reference codec', async () => {
    for (const [index, data] of payloads.entries()) {
      const { secret: one, ...more } = keys[index % keys.length];
      const before = Math.floor(Date.now() / 1000);
      const { token } = await sign(data, one, { ...more, expiresIn: DAY });
      const payload = open(token, { secret: one, ...more });

      assert.deepEqual(payload.data, asJson(data), `payload ${index}`);
      assert.ok(payload.iat >= before && payload.iat <= Date.now() / 1000);
      assert.equal(payload.exp, payload.iat + DAY);
    }
  });

  test('are sealed by the reference codec and opened by the package', async () => {
    const iat = Math.floor(Date.now() / 1000);
    for (const [index, data] of payloads.entries()) {
      const { secret: one, ...more } = keys[index % keys.length];
      const payload = { data, iat, exp: iat + 1 + below(2 ** 40) };
      const opened = await verify(seal(payload, { secret: one, ...more }), one, more);
      assert.deepEqual(opened, asJson(payload), `payload ${index}`);
    }
  });

  test('refresh tokens too are sealed by the package and opened by the reference codec', async () => {
    for (const data of payloads.slice(0, 500)) {
      const { secret: one } = keys[0];
      const { refreshToken } = await sign(data, one, { generateRefreshToken: true, refreshExpiresIn: DAY });
      const payload = open(refreshToken, { secret: one, typ: 'SWT-Refresh' });
      assert.deepEqual(payload.data, asJson(data));
      assert.equal(payload.isRefresh, true);
      assert.equal(payload.exp, payload.iat + DAY);
    }
  });
});

describe('past the limits', () => {
  const one = secret();
  const refusedAs = (code) => (error) => error instanceof SwtError && error.code === code;

  test('8193 bytes of data are refused, 8192 are not', async () => {
    await sign(fill({ userId: 'a' }, MAX_DATA_BYTES), one, {});
    await assert.rejects(sign(fill({ userId: 'a' }, MAX_DATA_BYTES + 1), one, {}), refusedAs('data_too_large'));
  });

  test('17 levels of data are refused, 16 are not', async () => {
    await sign({ userId: 'a', chain: chain(MAX_DEPTH - 1) }, one, {});
    await assert.rejects(sign({ userId: 'a', chain: chain(MAX_DEPTH) }, one, {}), refusedAs('data_too_large'));
  });
});

/** What JSON makes of it: -0 becomes 0. */
function asJson(data) {
  return JSON.parse(JSON.stringify(data));
}

function depthOf(data) {
  if (typeof data !== 'object' || data === null) return 0;
  return 1 + Math.max(0, ...Object.values(data).map(depthOf));
}
