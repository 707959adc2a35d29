import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, test } from 'node:test';

import { Refused, legacyProof, open, openProof, proofOf, seal, sealText, sessionRecord } from './codec.mjs';
import { jwkFromScalar, readDerSignature, signDeterministic, twinOf } from './ecdsa.mjs';
import { parseStrictJson } from './strict_json.mjs';

const secret = 'a reference secret of forty bytes or more';
const payload = { data: { userId: 'alice' }, iat: 1_767_225_600, exp: 4_102_444_800 };
const header = '{"alg":"AES-256-GCM+HMAC","typ":"SWT","exp":4102444800}';
const plaintext = JSON.stringify(payload);

const refusedAs = (code) => (error) => error instanceof Refused && error.code === code;

describe('the reference codec', () => {
  test('opens what it seals', () => {
    assert.deepEqual(open(seal(payload, { secret }), { secret }), payload);
    assert.deepEqual(open(seal(payload, { secret, header: { kid: 'k1' } }), { secret }), payload);
    assert.deepEqual(open(sealText(header, plaintext, { secret }), { secret }), payload);
    const two = { secret, encryptionSecret: 'another one' };
    assert.deepEqual(open(seal(payload, two), two), payload);
    const refresh = { ...payload, isRefresh: true };
    assert.deepEqual(open(seal(refresh, { secret, typ: 'SWT-Refresh' }), { secret, typ: 'SWT-Refresh' }), refresh);
  });

  test('refuses what is not so', () => {
    const token = seal(payload, { secret });
    const [head, body, mac] = token.split('.');
    const cases = [
      [`${head}.${body}`, 'token_malformed'],
      [`${token}=`, 'token_malformed'],
      [`${token}.`, 'token_malformed'],
      [`${head}.${body}.${mac.slice(0, -4)}`, 'token_malformed'],
      [`${head}.${body}.${mac.slice(0, -1)}${mac.endsWith('A') ? 'E' : 'A'}`, 'token_authentication'],
      [seal(payload, { secret: `${secret}!` }), 'token_authentication'],
      [seal(payload, { secret, encryptionSecret: 'x' }), 'token_authentication'],
      [seal(payload, { secret, header: { alg: 'none' } }), 'token_algorithm'],
      [seal(payload, { secret, header: { jku: 'x' } }), 'token_malformed'],
      [seal({ ...payload, exp: 1_767_225_601 }, { secret }), 'token_expired'],
      [seal(payload, { secret, header: { exp: 4_102_444_801 } }), 'token_claims'],
      [seal({ ...payload, isRefresh: true }, { secret, typ: 'SWT-Refresh' }), 'token_type'],
      [seal({ ...payload, isRefresh: true }, { secret }), 'token_claims'],
      [seal(payload, { secret, typ: 'SWT-Refresh' }), 'token_claims'],
      [seal({ ...payload, cnf: {} }, { secret }), 'token_claims'],
      [sealText(header, '{"data":{"userId":"a","userId":"b"},"iat":1767225600,"exp":4102444800}', { secret }),
        'token_claims'],
    ];
    for (const [text, code] of cases) assert.throws(() => open(text, { secret }), refusedAs(code), code);
  });

  test('makes proofs of any kind of key, and reads them', async () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const webPair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
    for (const privateKey of [pair.privateKey, pair.privateKey.export({ format: 'jwk' }), webPair.privateKey]) {
      const { payload: claims } = openProof(legacyProof({ privateKey, url: '/x', method: 'post', timestamp: 1 }));
      assert.deepEqual(claims, { url: '/x', method: 'POST', timestamp: 1 });
    }
    const publicKeyJwk = await crypto.subtle.exportKey('jwk', webPair.publicKey);
    const foreign = proofOf({ privateKey: pair.privateKey, publicKeyJwk, payload: {} });
    assert.throws(() => openProof(foreign), refusedAs('proof_signature'));
  });

  test('writes sessions as 3.0.1 does, without jkt where there is no key', () => {
    assert.deepEqual(sessionRecord({ sessionId: 's', userId: 7 }),
      { key: 'swt:session:s', value: '{"sessionId":"s","userId":7}' });
  });
});

describe('strict JSON', () => {
  const parse = (text) => parseStrictJson(Buffer.from(text));

  test('reads what JSON.parse reads', () => {
    const texts = ['{}', '[1,-2.5e3,"x\\n\\u00e9\\ud83d\\ude00",null,true]', '{"a":{"a":["a","a"]},"b:":"{"}', '0'];
    for (const text of texts) {
      assert.deepEqual(parse(text), JSON.parse(text));
    }
    assert.equal(parse('"\\\\"'), '\\');
  });

  test('refuses duplicates, U+0000, lone surrogates, infinity, depth, and everything after the end', () => {
    const deep = (levels) => '['.repeat(levels) + ']'.repeat(levels);
    parse(deep(17));
    const refused = [
      '{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"x":{"a":1,"b":{},"a":2}}', '"\\u0000"', '{"\\u0000":1}', '"\\ud800"',
      '"\\udfff\\ud800"', '1e309', '[-1e309]', deep(18), '{}x', '{} {}', '', '01', '1.', "{'a':1}", '[1,]', '\ufeff{}',
    ];
    for (const text of refused) assert.throws(() => parse(text), SyntaxError, text);
    assert.throws(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22])), TypeError);
  });
});

describe('deterministic ECDSA', () => {
  // RFC 6979, appendix A.2.5.
  const d = Buffer.from('C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721', 'hex');

  test('gives the signatures of RFC 6979', () => {
    const hex = (number) => number.toString(16).toUpperCase().padStart(64, '0');
    const sample = readDerSignature(signDeterministic(d, Buffer.from('sample')));
    assert.equal(hex(sample.r), 'EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716');
    assert.equal(hex(sample.s), 'F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8');
    const other = readDerSignature(signDeterministic(d, Buffer.from('test')));
    assert.equal(hex(other.r), 'F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367');
    assert.equal(hex(other.s), '019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083');
  });

  test('gives signatures and twins that node:crypto takes', () => {
    const { crv, kty, x, y } = jwkFromScalar(d);
    const key = createPublicKey({ key: { crv, kty, x, y }, format: 'jwk' });
    for (let round = 0; round < 20; round += 1) {
      const message = Buffer.from(`message ${round}`);
      const der = signDeterministic(d, message);
      assert.ok(verify('sha256', message, key, der));
      assert.ok(verify('sha256', message, key, twinOf(der)));
      assert.ok(!verify('sha256', Buffer.from('another'), key, der));
    }
  });
});
