/**
 * Writes vectors.json: cases of this project's own that every implementation of the format must decide alike, made by
 * the reference codec from the fixed keys, ids and IVs below. The output is the same each time. The keys are for tests
 * alone.
 *
 *     node tests/vectors/own/generate.mjs
 *
 * A case is one verification. It ends with a payload, or with the code of a refusal. Its members:
 *
 *     secret, encryptionSecret   as verify takes them; the secret is defaults.secret where there is none
 *     now                        seconds; defaults.now where there is none
 *     token                      the token, or the name of one in tokens
 *     proof, method, url         of the request
 *     sessions                   what the store holds; no member: there is no store
 *     sessionId                  of the request's cookie
 *     acceptLegacy               whether what 3.0.1 wrote is accepted
 */

import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { proofOf, seal, sealText, sessionRecord, thumbprint } from '../../reference/codec.mjs';
import { jwkFromScalar, signDeterministic, twinOf } from '../../reference/ecdsa.mjs';

const SECRET = 'Uj2~own-vectors_4f.Qe8+Zt1-Hs6!Kb0';
const OTHER_SECRET = 'Yw7-own-vectors.9c_Rk3~Mn5+Dg8!Vx2';
const ENCRYPTION_SECRET = 'Pa4.own-vectors+2h~Lj6_Xb9-Ce1!Tf3';
const UNICODE_SECRET = 'пароль, 合言葉 and 🔑: text in UTF-8';

const SCALAR = '6b1f8c02d94ae7355d0c9a81e64f27b3f08d5e19c2a7764b3e90d1582fa6c371';
const OTHER_SCALAR = '29e4a7d15f8b306cc41273f9e8056dba1d7c3e92a4b85f600f6e2c91d837b54a';

const IAT = 1_767_225_600; // 2026-01-01
const NOW = IAT + 100;
const EXP = 4_102_444_800; // 2100-01-01

const SID = '5f0c3a52-8f4e-4d7b-9a61-0b2c9d3e4f50';
const OTHER_SID = '0d9b7c3e-1a2f-4c5d-8e6f-7a8b9c0d1e2f';
const JTI = 'dG9rZW4tdmVjdG9yLWp0aQ';
const PROOF_JTI = 'cHJvb2YtdmVjdG9yLWp0aQ';

const cases = [];

function accepted(name, payload, parts) {
  cases.push({ name, ...parts, payload });
}

function refused(name, code, parts) {
  cases.push({ name, ...parts, code });
}

// ------------------------------------------------------------------------------------------------ tokens on their own

let ivCount = 0;
function nextIv() {
  ivCount += 1;
  const iv = Buffer.alloc(12);
  iv.writeUInt32BE(ivCount, 8);
  return iv;
}

const claims = (data, more = {}) => ({ data, iat: IAT, exp: EXP, ...more });
const token = (payload, options = {}) => seal(payload, { secret: SECRET, iv: nextIv(), ...options });

function acceptedToken(name, payload, options = {}) {
  const { secret, encryptionSecret } = options;
  accepted(name, payload, { secret, encryptionSecret, token: token(payload, options) });
}

function nested(levels) {
  return levels === 1 ? { end: true } : { down: nested(levels - 1) };
}

acceptedToken('access token', claims({ userId: 'alice' }));
acceptedToken('number as user id', claims({ userId: 7, role: 'admin', scopes: ['read', 'write'] }));
acceptedToken('largest safe integer as user id', claims({ userId: Number.MAX_SAFE_INTEGER }));
acceptedToken('negative user id', claims({ userId: -1 }));
acceptedToken('user id of 256 bytes', claims({ userId: 'é'.repeat(128) }));
acceptedToken('unicode', claims({ userId: '名前', list: ['a\u0301 ≠ á', '👩‍👩‍👧', '\u202ea', '\u2028\ufeff\uffff'] }));
acceptedToken('escapes', claims({ userId: 'e', text: '"\\/\b\f\n\r\t\u0001\u001f' }));
acceptedToken('numbers', claims({ userId: 'n', list: [0, -1, 1.25, 1e21, 1e-7, 2 ** 53, 5e-324, Number.MAX_VALUE] }));
acceptedToken('values of every type', claims({ userId: 'v', list: [null, true, false, [], {}, '', [[], {}]] }));
acceptedToken('names that mean something elsewhere', claims({ userId: 'u', exp: 1, iat: 'x', cnf: {}, sid: 1 }));
acceptedToken('sixteen levels of data', claims({ userId: 'deep', down: nested(15) }));
acceptedToken('encryption secret of its own', claims({ userId: 'two' }), { encryptionSecret: ENCRYPTION_SECRET });
acceptedToken('secrets in UTF-8', claims({ userId: 'utf8' }), { secret: UNICODE_SECRET });
acceptedToken('sid and jti', claims({ userId: 'alice' }, { sid: SID, jti: JTI }));
acceptedToken('kid in the header', claims({ userId: 'alice' }), { header: { kid: '2026-01' } });
accepted('white space and escapes in the texts', claims({ userId: 'alice', 'é/': 1 }), {
  token: sealText(
    ` {"exp": ${EXP}, "typ":"SWT", "alg":"AES-256-GCM\\u002bHMAC"}`,
    ` { "exp" : ${EXP} ,\n"iat":${IAT},\t"data":{"\\u0075serId":"\\u0061lice","\\u00e9\\/":1}}\r\n`,
    { secret: SECRET, iv: nextIv() },
  ),
});

const good = token(claims({ userId: 'alice' }));
const [header, body, mac] = good.split('.');
accepted('the last second', claims({ userId: 'alice' }), { now: EXP - 1, token: good });
refused('the first second after it', 'token_expired', { now: EXP, token: good });

refused('two parts', 'token_malformed', { token: `${header}.${body}` });
refused('four parts', 'token_malformed', { token: `${good}.${mac}` });
refused('empty signature', 'token_malformed', { token: `${header}.${body}.` });
refused('padding', 'token_malformed', { token: `${good}=` });
refused('space at the end', 'token_malformed', { token: `${good} ` });
refused('another text for the same signature', 'token_malformed', { token: `${header}.${body}.${looseEnd(mac)}` });
refused('one bit of the signature', 'token_authentication', { token: `${header}.${body}.${flipFirst(mac)}` });
refused('one bit of the ciphertext', 'token_authentication', { token: `${header}.${flipFirst(body)}.${mac}` });

function flipFirst(part) {
  return (part[0] === 'A' ? 'B' : 'A') + part.slice(1);
}

/** 43 characters hold 258 bits, two more than a MAC has. */
function looseEnd(text) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return text.slice(0, -1) + alphabet[alphabet.indexOf(text.at(-1)) + 1];
}

function refusedToken(name, code, payload, options) {
  refused(name, code, { token: token(payload, options) });
}

const alice = claims({ userId: 'alice' });
refusedToken('signed with another secret', 'token_authentication', alice, { secret: OTHER_SECRET });
refusedToken('sealed with another secret', 'token_authentication', alice, { encryptionSecret: OTHER_SECRET });
refusedToken('unknown member in the header', 'token_malformed', alice, { header: { jku: 'x' } });
refusedToken('typ of another kind of token', 'token_malformed', alice, { typ: 'JWT' });
refusedToken('algorithm of another kind of key', 'token_algorithm', alice, { header: { alg: 'RS256' } });
refusedToken('algorithm none', 'token_algorithm', alice, { header: { alg: 'none' } });
refusedToken('issued in the future', 'token_not_yet_valid', { ...alice, iat: EXP - 10 });
refusedToken('two expiries', 'token_claims', alice, { header: { exp: EXP - 1 } });
refusedToken('no user id', 'token_claims', claims({ name: 'alice' }));
refusedToken('empty user id', 'token_claims', claims({ userId: '' }));
refusedToken('user id 0', 'token_claims', claims({ userId: 0 }));
refusedToken('fractional user id', 'token_claims', claims({ userId: 1.5 }));
refusedToken('user id of 257 bytes', 'token_claims', claims({ userId: 'a'.repeat(257) }));
refusedToken('cnf without a thumbprint', 'token_claims', claims({ userId: 'alice' }, { cnf: {} }));
refusedToken('refresh token', 'token_type', { ...alice, isRefresh: true }, { typ: 'SWT-Refresh' });

function refusedText(name, payloadText, code = 'token_claims') {
  const headerText = JSON.stringify({ alg: 'AES-256-GCM+HMAC', typ: 'SWT', exp: EXP });
  refused(name, code, { token: sealText(headerText, payloadText, { secret: SECRET, iv: nextIv() }) });
}

const times = `"iat":${IAT},"exp":${EXP}`;
refusedText('duplicate user id', `{"data":{"userId":"alice","userId":"bob"},${times}}`);
refusedText('duplicate user id, once escaped', `{"data":{"userId":"alice","\\u0075serId":"bob"},${times}}`);
refusedText('duplicate expiry', `{"data":{"userId":"alice"},${times},"exp":${EXP}}`);
refusedText('U+0000 in the user id', `{"data":{"userId":"admin\\u0000x"},${times}}`);
refusedText('lone surrogate', `{"data":{"userId":"alice","text":"\\ud800"},${times}}`);
refusedText('expiry as text', `{"data":{"userId":"alice"},"iat":${IAT},"exp":"${EXP}"}`);
refusedText('fractional issue time', `{"data":{"userId":"alice"},"iat":${IAT}.5,"exp":${EXP}}`);
refusedText('bytes after the payload', `{"data":{"userId":"alice"},${times}}x`);
refusedText('array as payload', `[{"data":{"userId":"alice"},${times}}]`);
refusedText('empty payload', '', 'token_malformed');

// ------------------------------------------------------------------------------------------- with a key and a session

const keyPair = jwkFromScalar(Buffer.from(SCALAR, 'hex'));
const otherKeyPair = jwkFromScalar(Buffer.from(OTHER_SCALAR, 'hex'));
const publicJwk = ({ kty, crv, x, y }) => ({ kty, crv, x, y });
const JKT = thumbprint(keyPair);
const OTHER_JKT = thumbprint(otherKeyPair);

const session = { sessionId: SID, userId: 'alice', jkt: JKT };
const bound = claims({ userId: 'alice' }, { cnf: { jkt: JKT }, sid: SID, jti: JTI });
const unbound = claims({ userId: 'alice' }, { sid: SID, jti: JTI });
const legacy = claims({ userId: 'alice' }, { cnf: { jkt: JKT } });
const tokens = { bound: token(bound), unbound: token(unbound), legacy: token(legacy) };

const profile = { method: 'GET', url: '/api/profile' };
const signed = (more = {}) => ({ ...profile, timestamp: NOW, jti: PROOF_JTI, ...more });
const signedByLegacy = (more = {}) => ({ ...profile, timestamp: NOW, ...more });
const ath = (text) => createHash('sha256').update(text).digest('base64url');

function proof(payload, { pair = keyPair, jwk = publicJwk(pair), finish = (der) => der } = {}) {
  const d = Buffer.from(pair.d, 'base64url');
  const signer = (key, bytes) => finish(signDeterministic(d, bytes));
  return proofOf({ privateKey: pair, publicKeyJwk: jwk, payload, signer });
}

/** A request that nothing of 3.0.1 is needed for. */
function request(payload = signed(), options = {}) {
  const { more, ...how } = options;
  return {
    token: 'bound', proof: proof(payload, how), ...profile, sessions: [session], sessionId: SID, acceptLegacy: false,
    ...more,
  };
}

/** A request as 3.0.1 makes it. */
function legacyRequest(payload = signedByLegacy(), more = {}) {
  return request(payload, { more: { token: 'legacy', acceptLegacy: true, ...more } });
}

const withQuery = { url: '/api/profile?a=1' };
accepted('bound', bound, request());
accepted('bound, with ath', bound, request(signed({ ath: ath(tokens.bound) })));
accepted('bound, s of the signature in the other half', bound, request(signed(), { finish: twinOf }));
accepted('bound, the request has a query and the proof none', bound, request(signed(), { more: withQuery }));
accepted('bound, both have a query', bound, request(signed(withQuery), { more: withQuery }));
accepted('bound, proof of 300 seconds ago', bound, request(signed({ timestamp: NOW - 300 })));
accepted('bound, proof 60 seconds ahead', bound, request(signed({ timestamp: NOW + 60 })));
accepted('bound, 3.0.1', legacy, legacyRequest());
accepted('bound, 3.0.1, proof 300 seconds ahead', legacy, legacyRequest(signedByLegacy({ timestamp: NOW + 300 })));
accepted('bound, JWK as WebCrypto exports it', bound, request(signed(), {
  jwk: { key_ops: ['verify'], ext: true, ...publicJwk(keyPair) },
}));
accepted('session without a key', unbound, {
  token: 'unbound', sessions: [{ sessionId: SID, userId: 'alice' }], sessionId: SID, acceptLegacy: false,
});

refused('no proof', 'proof_missing', { ...request(), proof: undefined });
refused('proof by another key', 'proof_binding', request(signed(), { pair: otherKeyPair }));
refused('proof by another key that names the right one', 'proof_signature', request(signed(), {
  pair: otherKeyPair, jwk: publicJwk(keyPair),
}));
refused('proof for another method', 'proof_method', request(signed({ method: 'POST' })));
refused('proof for another url', 'proof_url', request(signed({ url: '/api/other' })));
refused('proof for another query', 'proof_url', request(signed({ url: '/api/profile?a=2' }), { more: withQuery }));
refused('proof with a query, request without', 'proof_url', request(signed(withQuery)));
refused('proof of 301 seconds ago', 'proof_time', request(signed({ timestamp: NOW - 301 })));
refused('proof 61 seconds ahead', 'proof_time', request(signed({ timestamp: NOW + 61 })));
refused('proof without jti, 301 seconds ahead', 'proof_time', legacyRequest(signedByLegacy({ timestamp: NOW + 301 })));
refused('proof for another token', 'proof_token', request(signed({ ath: ath(tokens.legacy) })));
refused('proof without jti where legacy is not accepted', 'proof_legacy', request(signedByLegacy()));
refused('proof with the private key in it', 'proof_malformed', request(signed(), { jwk: keyPair }));
refused('proof with an unknown claim', 'proof_malformed', request(signed({ admin: true })));
refused('token without sid where legacy is not accepted', 'token_legacy', { ...request(), token: 'legacy' });
refused('no session id', 'session_missing', { ...request(), sessionId: undefined });
refused('session that is not there', 'session_revoked', { ...request(), sessions: [] });
refused('another session of the same user', 'session_mismatch', {
  ...request(), sessionId: OTHER_SID, sessions: [session, { ...session, sessionId: OTHER_SID }],
});
refused('session of another user', 'session_user', legacyRequest(signedByLegacy(), {
  sessions: [{ ...session, userId: 'bob' }],
}));
refused('session of another key', 'session_binding', legacyRequest(signedByLegacy(), {
  sessions: [{ ...session, jkt: OTHER_JKT }],
}));
refused('session without the key that the token has', 'session_binding', legacyRequest(signedByLegacy(), {
  sessions: [{ sessionId: SID, userId: 'alice' }],
}));

// ----------------------------------------------------------------------------------------------------------- the rest

function refreshToken(name, payload) {
  return { name, token: token(payload, { typ: 'SWT-Refresh' }), payload };
}

const lists = {
  cases,
  refreshTokens: [
    refreshToken('as 3.0.1 makes it', { ...alice, isRefresh: true }),
    refreshToken('with all of data, cnf, sid and jti', { ...bound, isRefresh: true }),
  ],
  sessions: [session, { sessionId: OTHER_SID, userId: 7 }].map((members) => ({ members, ...sessionRecord(members) })),
  thumbprints: [keyPair, otherKeyPair].map((pair) => ({ jwk: publicJwk(pair), jkt: thumbprint(pair) })),
};

/** One line for each entry, so that a change shows as the lines it touches. */
export function vectorsText() {
  const head = {
    about: 'Made by generate.mjs from fixed keys, for tests alone. Tokens expire on 2100-01-01.',
    defaults: { secret: SECRET, now: NOW },
    keys: { first: keyPair, second: otherKeyPair },
    tokens,
  };
  const members = Object.entries(head).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  for (const [name, list] of Object.entries(lists)) {
    members.push(`${JSON.stringify(name)}: [\n${list.map((entry) => JSON.stringify(entry)).join(',\n')}\n]`);
  }
  return `{\n${members.join(',\n')}\n}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('vectors.json', import.meta.url), vectorsText());
}
