/**
 * A second opinion on the wire format: tokens, proofs and session records with a secret, written from the description
 * of the format alone, on node:crypto. It is small on purpose, shares no line with the package, and trades every speed
 * for being readable.
 */

import {
  KeyObject, createCipheriv, createDecipheriv, createHash, createHmac, createPrivateKey, createPublicKey, randomBytes,
  sign, timingSafeEqual, verify,
} from 'node:crypto';

import { parseStrictJson } from './strict_json.mjs';

const ALGORITHM = 'AES-256-GCM+HMAC';
const HEADER_MEMBERS = new Set(['alg', 'typ', 'exp', 'kid']);
const IV_LENGTH = 12;
const TAG_LENGTH = 16;
const ISSUED_AHEAD = 300; // seconds: what the clocks of two servers may differ by

/** A refusal; its code is the one that the package gives. */
export class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// ---------------------------------------------------------------------------------------------------------- tokens

/**
 * @param {object} payload the whole payload: { data, iat, exp, … }
 * @param {object} options
 * @param {string} options.secret
 * @param {string} [options.encryptionSecret]
 * @param {string} [options.typ] SWT, or SWT-Refresh
 * @param {object} [options.header] further members of the header, or other values for the usual ones
 * @param {Buffer} [options.iv] for vectors; random when not given
 * @returns {string}
 */
export function seal(payload, { typ = 'SWT', header = {}, ...keys }) {
  const headerText = JSON.stringify({ alg: ALGORITHM, typ, exp: payload.exp, ...header });
  return sealText(headerText, JSON.stringify(payload), keys);
}

/** seal for what is no object: any two texts, or bytes, as header and plaintext. */
export function sealText(header, plaintext, { secret, encryptionSecret = secret, iv = randomBytes(IV_LENGTH) }) {
  const cipher = createCipheriv('aes-256-gcm', sha256(encryptionSecret), iv);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const sealed = Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);

  const signed = `${encode(header)}.${encode(sealed)}`;
  return `${signed}.${encode(mac(secret, signed))}`;
}

/**
 * @param {string} token
 * @param {object} options
 * @param {string} [options.secret]
 * @param {string} [options.encryptionSecret]
 * @param {{ alg: string, publicKey: import('node:crypto').KeyLike }} [options.pem] instead of a secret
 * @param {string} [options.typ] what it must be: SWT, or SWT-Refresh
 * @param {number} [options.now] seconds
 * @returns {object} the payload
 * @throws {Refused}
 */
export function open(token, { secret, encryptionSecret = secret, pem, typ = 'SWT', now = Math.floor(Date.now() / 1000) }) {
  const parts = token.split('.');
  if (parts.length !== 3) throw new Refused('token_malformed');
  const [headerBytes, sealed, signature] = parts.map((part) => decode(part, 'token_malformed'));

  const header = readHeader(headerBytes);
  if (header.alg !== (pem?.alg ?? ALGORITHM)) throw new Refused('token_algorithm');
  if (header.exp <= now) throw new Refused('token_expired');
  if (sealed.length <= IV_LENGTH + TAG_LENGTH) throw new Refused('token_malformed');
  const signed = `${parts[0]}.${parts[1]}`;
  if (pem) {
    if (!verify('sha256', Buffer.from(signed), pem.publicKey, signature)) throw new Refused('token_authentication');
  } else {
    if (signature.length !== 32) throw new Refused('token_malformed');
    if (!timingSafeEqual(mac(secret, signed), signature)) throw new Refused('token_authentication');
  }

  const payload = readPayload(decrypt(sealed, encryptionSecret));
  if (payload.exp !== header.exp) throw new Refused('token_claims');
  if ((header.typ === 'SWT-Refresh') !== (payload.isRefresh === true)) throw new Refused('token_claims');
  if (header.typ !== typ) throw new Refused('token_type');
  if (payload.iat > now + ISSUED_AHEAD) throw new Refused('token_not_yet_valid');
  return payload;
}

function readHeader(bytes) {
  const header = readJson(bytes, 'token_malformed');
  if (!isObject(header)) throw new Refused('token_malformed');
  if (!Object.keys(header).every((name) => HEADER_MEMBERS.has(name))) throw new Refused('token_malformed');
  if (typeof header.alg !== 'string') throw new Refused('token_malformed');
  if (header.typ !== 'SWT' && header.typ !== 'SWT-Refresh') throw new Refused('token_malformed');
  if (!isTime(header.exp)) throw new Refused('token_malformed');
  if ('kid' in header && typeof header.kid !== 'string') throw new Refused('token_malformed');
  return header;
}

function decrypt(sealed, encryptionSecret) {
  const decipher = createDecipheriv('aes-256-gcm', sha256(encryptionSecret), sealed.subarray(0, IV_LENGTH));
  decipher.setAuthTag(sealed.subarray(IV_LENGTH, IV_LENGTH + TAG_LENGTH));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(IV_LENGTH + TAG_LENGTH)), decipher.final()]);
  } catch {
    throw new Refused('token_authentication');
  }
}

function readPayload(bytes) {
  const payload = readJson(bytes, 'token_claims');
  if (!isObject(payload) || !isObject(payload.data)) throw new Refused('token_claims');
  if (!isTime(payload.exp) || !isTime(payload.iat) || payload.iat > payload.exp) throw new Refused('token_claims');
  if (!isUserId(payload.data.userId)) throw new Refused('token_claims');
  if ('isRefresh' in payload && payload.isRefresh !== true) throw new Refused('token_claims');
  if ('cnf' in payload && !isThumbprint(payload.cnf?.jkt)) throw new Refused('token_claims');
  for (const name of ['sid', 'jti']) {
    if (name in payload && typeof payload[name] !== 'string') throw new Refused('token_claims');
  }
  return payload;
}

// ---------------------------------------------------------------------------------------------------------- proofs

/** RFC 7638. */
export function thumbprint({ crv, kty, x, y }) {
  return encode(sha256(JSON.stringify({ crv, kty, x, y })));
}

/**
 * A proof as a page with secure-web-token 3.0.1 makes it: the url as it is given, no jti.
 *
 * @param {object} options
 * @param {KeyObject | CryptoKey | JsonWebKey} options.privateKey
 * @param {JsonWebKey} [options.publicKeyJwk] to name another public key than its own
 * @param {string} options.url
 * @param {string} options.method
 * @param {number} [options.timestamp] seconds
 */
export function legacyProof({ privateKey, publicKeyJwk, url, method, timestamp = Math.floor(Date.now() / 1000) }) {
  return proofOf({ privateKey, publicKeyJwk, payload: { url, method: method.toUpperCase(), timestamp } });
}

/** A proof over any payload: an object, or a text as it is to be signed. */
export function proofOf({ privateKey, publicKeyJwk, payload, signer = (key, bytes) => sign('sha256', bytes, key) }) {
  const key = keyObject(privateKey);
  const jwk = publicKeyJwk ?? { key_ops: ['verify'], ext: true, ...createPublicKey(key).export({ format: 'jwk' }) };
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return encode(JSON.stringify({ jwk, payload: text, signature: encode(signer(key, Buffer.from(text))) }));
}

/**
 * @returns {{ jwk: object, payload: object, thumbprint: string }} of a proof whose signature is good; whether it is for
 *   this request is the caller's question
 */
export function openProof(proof) {
  const outer = readJson(decode(proof, 'proof_malformed'), 'proof_malformed');
  const exact = isObject(outer) && Object.keys(outer).sort().join() === 'jwk,payload,signature';
  if (!exact || typeof outer.payload !== 'string') throw new Refused('proof_malformed');

  const { kty, crv, x, y } = outer.jwk;
  const key = createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' });
  const signature = decode(outer.signature, 'proof_malformed');
  if (!verify('sha256', Buffer.from(outer.payload), key, signature)) throw new Refused('proof_signature');

  const payload = readJson(Buffer.from(outer.payload), 'proof_malformed');
  return { jwk: outer.jwk, payload, thumbprint: thumbprint(outer.jwk) };
}

function keyObject(key) {
  if (key instanceof KeyObject) return key;
  return key instanceof CryptoKey ? KeyObject.from(key) : createPrivateKey({ key, format: 'jwk' });
}

// -------------------------------------------------------------------------------------------------------- sessions

/** What 3.0.1 keeps in Redis for a session: SET key value EX ttl. */
export function sessionRecord({ sessionId, userId, jkt, prefix = 'swt:session:' }) {
  return { key: `${prefix}${sessionId}`, value: JSON.stringify({ sessionId, userId, jkt }) };
}

// ------------------------------------------------------------------------------------------------------------ small

function encode(bytes) {
  return Buffer.from(bytes).toString('base64url');
}

/** Buffer.from takes nearly everything; only the one canonical text of some bytes is taken here. */
function decode(text, code) {
  const bytes = Buffer.from(text, 'base64url');
  if (text === '' || bytes.toString('base64url') !== text) throw new Refused(code);
  return bytes;
}

function readJson(bytes, code) {
  try {
    return parseStrictJson(bytes);
  } catch {
    throw new Refused(code);
  }
}

const sha256 = (data) => createHash('sha256').update(data).digest();
const mac = (secret, text) => createHmac('sha256', secret).update(text).digest();
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTime = (value) => Number.isSafeInteger(value) && value >= 1;
const isThumbprint = (value) => typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value);

function isUserId(value) {
  if (typeof value === 'string') return value !== '' && Buffer.byteLength(value) <= 256;
  return Number.isSafeInteger(value) && value !== 0;
}
