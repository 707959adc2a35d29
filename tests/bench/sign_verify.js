'use strict';

/**
 * How long sign and verify take through JavaScript, with await, for a payload of about 130 bytes.
 *
 * Machines and moments differ, so each round also times a yardstick: the same ciphers over the same bytes with
 * node:crypto, without any check. The ratio to it is what to compare between two runs; the microseconds are for
 * orientation. Libraries of the same purpose are timed too, where they happen to be installed.
 *
 *     npm run bench
 */

const assert = require('node:assert/strict');
const crypto = require('node:crypto');

const { sign, verify } = require('secure-web-token');

const ROUNDS = 15;
const OPERATIONS = 10_000;
const WARM_UP = 3;

const SECRET = crypto.randomBytes(32).toString('hex');
const LIFETIME = 900;
const data = {
  userId: 'user_4711',
  username: 'alice.example.org',
  roles: ['reader', 'editor'],
  tenant: 'north-west-region-77',
  locale: 'en-GB',
};

/**
 * Each one seals data into a text and gets it back out of the text. tokenOf and dataOf find the text and the data in what
 * the functions give; they are not timed.
 */
const subjects = [
  {
    name: 'yardstick: node:crypto alone',
    sign: async () => yardstickSeal(),
    verify: async (token) => yardstickOpen(token).data,
  },
  {
    name: 'secure-web-token',
    sign: () => sign(data, SECRET, { expiresIn: LIFETIME }),
    verify: (token) => verify(token, SECRET),
    tokenOf: (grant) => grant.token,
    dataOf: (payload) => payload.data,
  },
  ...installedPeers(),
];

// ------------------------------------------------------------------------------------------------------ the yardstick

const encryptionKey = crypto.createHash('sha256').update(SECRET).digest();
const macKey = crypto.createSecretKey(Buffer.from(SECRET));

function yardstickSeal() {
  const now = Math.floor(Date.now() / 1000);
  const header = JSON.stringify({ alg: 'AES-256-GCM+HMAC', typ: 'SWT', exp: now + LIFETIME });
  const iv = crypto.randomBytes(12);
  const cipher = crypto.createCipheriv('aes-256-gcm', encryptionKey, iv);
  const text = JSON.stringify({ data, iat: now, exp: now + LIFETIME });
  const ciphertext = Buffer.concat([cipher.update(text), cipher.final()]);
  const sealed = Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
  const signed = `${Buffer.from(header).toString('base64url')}.${sealed.toString('base64url')}`;
  return `${signed}.${crypto.createHmac('sha256', macKey).update(signed).digest('base64url')}`;
}

function yardstickOpen(token) {
  const [header, body, mac] = token.split('.');
  const expected = crypto.createHmac('sha256', macKey).update(`${header}.${body}`).digest();
  if (!crypto.timingSafeEqual(expected, Buffer.from(mac, 'base64url'))) throw new Error('signature');
  const sealed = Buffer.from(body, 'base64url');
  const decipher = crypto.createDecipheriv('aes-256-gcm', encryptionKey, sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(12, 28));
  return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]));
}

// -------------------------------------------------------------------------------------------------------------- peers

function installedPeers() {
  const peers = [];

  const jsonwebtoken = installed('jsonwebtoken');
  if (jsonwebtoken) {
    peers.push({
      name: 'jsonwebtoken, HS256 (no encryption)',
      sign: async () => jsonwebtoken.sign({ data }, SECRET, { expiresIn: LIFETIME }),
      verify: async (token) => jsonwebtoken.verify(token, SECRET).data,
    });
  }

  const jose = installed('jose');
  if (jose) {
    const key = crypto.createHash('sha256').update(SECRET).digest();
    const header = { alg: 'dir', enc: 'A256GCM' };
    const expiry = `${LIFETIME}s`;
    peers.push({
      name: 'jose, JWE dir A256GCM (no signature)',
      sign: async () =>
        new jose.EncryptJWT({ data }).setProtectedHeader(header).setIssuedAt().setExpirationTime(expiry).encrypt(key),
      verify: async (token) => (await jose.jwtDecrypt(token, key)).payload.data,
    });
  }

  return peers;
}

function installed(name) {
  try {
    return require(name);
  } catch {
    return undefined;
  }
}

function itself(value) {
  return value;
}

// ---------------------------------------------------------------------------------------------------------- the clock

/** What is timed must be right, and must refuse what is wrong: fast and broken would win. */
async function check({ name, sign: make, verify: open, tokenOf = itself, dataOf = itself }) {
  const token = tokenOf(await make());
  assert.deepEqual(dataOf(await open(token)), data, name);
  const middle = Math.floor(token.length / 2);
  const changed = token.slice(0, middle) + (token[middle] === 'A' ? 'B' : 'A') + token.slice(middle + 1);
  await assert.rejects(open(changed), `${name}: a changed token was accepted`);
}

async function timed(operation) {
  global.gc?.();
  const start = process.hrtime.bigint();
  for (let i = 0; i < OPERATIONS; i += 1) await operation();
  return Number(process.hrtime.bigint() - start) / 1000 / OPERATIONS;
}

/** Subjects take turns within a round, so that a slow moment of the machine falls on all of them. */
async function measure() {
  const results = subjects.map(() => ({ sign: [], verify: [] }));
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (const [index, subject] of subjects.entries()) {
      const token = (subject.tokenOf ?? itself)(await subject.sign());
      const signTime = await timed(subject.sign);
      const verifyTime = await timed(() => subject.verify(token));
      if (round < 0) continue;
      results[index].sign.push(signTime);
      results[index].verify.push(verifyTime);
    }
  }
  return results;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The ratio within each round, and the median of those. */
function ratio(values, yardstick) {
  return median(values.map((value, round) => value / yardstick[round]));
}

function report(results) {
  const [yardstick] = results;
  const width = Math.max(...subjects.map(({ name }) => name.length));
  const row = (name, ...cells) => console.log(name.padEnd(width), ...cells.map((cell) => cell.padStart(10)));

  console.log(`node ${process.version}, ${OPERATIONS} operations a round, median of ${ROUNDS} rounds,`);
  console.log(`${Buffer.byteLength(JSON.stringify(data))} bytes of data; us per operation, ratio to the yardstick\n`);
  row('', 'sign us', 'ratio', 'verify us', 'ratio');
  for (const [index, { name }] of subjects.entries()) {
    const cells = ['sign', 'verify'].flatMap((operation) => {
      const values = results[index][operation];
      return [median(values).toFixed(2), ratio(values, yardstick[operation]).toFixed(2)];
    });
    row(name, ...cells);
  }
}

async function main() {
  for (const subject of subjects) await check(subject);
  report(await measure());
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
