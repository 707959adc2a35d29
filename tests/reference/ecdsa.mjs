/**
 * ECDSA on P-256 with SHA-256 and the deterministic k of RFC 6979, in plain BigInt: test vectors must come out the same
 * each time, and node:crypto's signatures do not. Not constant-time: for the keys of tests only.
 */

import { createHash, createHmac } from 'node:crypto';

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const A = P - 3n;
const G = {
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
};

/** @returns {Buffer} the DER signature of message under the private scalar d (32 bytes) */
export function signDeterministic(d, message) {
  const hash = createHash('sha256').update(message).digest();
  const secret = toBigInt(d);
  for (const k of nonces(d, hash)) {
    const r = mod(multiply(k, G).x, N);
    const s = mod(inverse(k, N) * (toBigInt(hash) + r * secret), N);
    if (r !== 0n && s !== 0n) return derSignature(r, s);
  }
}

/** The other signature that ECDSA has for the same message: (r, n - s). */
export function twinOf(der) {
  const { r, s } = readDerSignature(der);
  return derSignature(r, N - s);
}

/** @returns {{ crv: 'P-256', d: string, kty: 'EC', x: string, y: string }} the key pair of a private scalar as a JWK */
export function jwkFromScalar(d) {
  const { x, y } = multiply(toBigInt(d), G);
  const text = (number) => toBytes(number).toString('base64url');
  return { crv: 'P-256', d: Buffer.from(d).toString('base64url'), kty: 'EC', x: text(x), y: text(y) };
}

export function derSignature(r, s) {
  const body = Buffer.concat([derInteger(r), derInteger(s)]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

/** Both halves of a signature known to be well formed. */
export function readDerSignature(der) {
  const rEnd = 4 + der[3];
  return { r: toBigInt(der.subarray(4, rEnd)), s: toBigInt(der.subarray(rEnd + 2)) };
}

function derInteger(number) {
  const hex = number.toString(16);
  const even = hex.length % 2 ? `0${hex}` : hex;
  const positive = Number.parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even;
  return Buffer.concat([Buffer.from([0x02, positive.length / 2]), Buffer.from(positive, 'hex')]);
}

/** RFC 6979, section 3.2. */
function* nonces(d, hash) {
  const mac = (key, ...parts) => createHmac('sha256', key).update(Buffer.concat(parts)).digest();
  const reduced = toBytes(mod(toBigInt(hash), N));
  let v = Buffer.alloc(32, 1);
  let key = Buffer.alloc(32, 0);
  for (const separator of [0, 1]) {
    key = mac(key, v, Buffer.from([separator]), Buffer.from(d), reduced);
    v = mac(key, v);
  }
  for (;;) {
    v = mac(key, v);
    const k = toBigInt(v);
    if (k > 0n && k < N) yield k;
    key = mac(key, v, Buffer.from([0]));
    v = mac(key, v);
  }
}

function multiply(k, point) {
  let sum = null;
  let power = point;
  for (let rest = k; rest > 0n; rest >>= 1n) {
    if (rest & 1n) sum = add(sum, power);
    power = add(power, power);
  }
  return sum;
}

function add(a, b) {
  if (a === null) return b;
  if (b === null) return a;
  if (a.x === b.x && a.y !== b.y) return null;
  const slope = a.x === b.x ? (3n * a.x * a.x + A) * inverse(2n * a.y, P) : (b.y - a.y) * inverse(b.x - a.x, P);
  const x = mod(slope * slope - a.x - b.x, P);
  return { x, y: mod(slope * (a.x - x) - a.y, P) };
}

function inverse(number, modulus) {
  let [a, b, x, y] = [mod(number, modulus), modulus, 1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b, x, y] = [b % a, a, y - quotient * x, x];
  }
  return mod(x, modulus);
}

const mod = (number, modulus) => ((number % modulus) + modulus) % modulus;
const toBigInt = (bytes) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const toBytes = (number) => Buffer.from(number.toString(16).padStart(64, '0'), 'hex');
