/** What the claims are tried in: a real Redis, a real server over HTTP, secrets, keys, pages. */

import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';

import express from 'express';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { RedisStore, SwtError, sign } from 'secure-web-token';
import { createDpopProof, generateDpopKey } from 'secure-web-token/client';

const { startRedis } = createRequire(import.meta.url)('../support/redis.js');

export const SECRET = randomBytes(32).toString('hex');
export const ENCRYPTION_SECRET = randomBytes(32).toString('hex');
export const ALICE = { userId: 'alice', role: 'admin' };
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function pem(type, options) {
  const { privateKey, publicKey } = generateKeyPairSync(type, options);
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
  };
}

/** By the alg that their tokens name. */
export const PEM_KEYS = {
  RS256: pem('rsa', { modulusLength: 2048 }),
  ES256: pem('ec', { namedCurve: 'P-256' }),
};

// ----------------------------------------------------------------------------------------------------------- Redis

let redis;
let client;
let ioredis;

export async function openWorld() {
  redis = await startRedis();
  client = createClient({ url: redis.url });
  client.on('error', () => {});
  await client.connect();
  ioredis = new Redis(redis.url);
  ioredis.on('error', () => {});
}

export async function closeWorld() {
  client?.destroy();
  ioredis?.disconnect();
  await redis?.stop();
}

/** The same Redis over each of the two clients. */
export const clients = () => ({ redis: client, ioredis });
export const redisUrl = () => redis.url;
export const newStore = (options) => new RedisStore(client, options);

/** How many commands Redis was given while this ran. */
export async function commandsDuring(action) {
  const processed = async () => Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))[1]);
  const before = await processed();
  await action();
  return (await processed()) - before - 1; // the second question is one itself
}

// ------------------------------------------------------------------------------------------------ logins and tokens

/** Somebody with a key, a token and a session of his own. */
export async function login({ store = newStore(), data = ALICE, secret = SECRET, ...options } = {}) {
  const key = await generateDpopKey();
  const grant = await sign(data, secret, { fingerprint: true, clientPublicKey: key.publicKeyJwk, store, ...options });
  return { key, store, ...grant };
}

export function proofBy({ privateKey, publicKeyJwk }, url = '/api', method = 'GET') {
  return createDpopProof(privateKey, publicKeyJwk, url, method);
}

/** What verify needs for a request of this login, as its owner makes it. */
export async function requestOf({ key, store, sessionId }, changes = {}) {
  return { store, sessionId, dpopProof: await proofBy(key), method: 'GET', url: '/api', ...changes };
}

export function headerOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));
}

/** The token with some of its parts changed, and signed anew or not. */
export function changed(token, { header, sealed, secret }) {
  const parts = token.split('.');
  if (header) parts[0] = Buffer.from(JSON.stringify({ ...headerOf(token), ...header })).toString('base64url');
  if (sealed) parts[1] = sealed(Buffer.from(parts[1], 'base64url')).toString('base64url');
  if (secret) parts[2] = createHmac('sha256', secret).update(`${parts[0]}.${parts[1]}`).digest('base64url');
  return parts.join('.');
}

/** Swaps one bit, as damage on the way would. */
export function flip(bytes) {
  bytes[bytes.length - 1] ^= 1;
  return bytes;
}

// ---------------------------------------------------------------------------------------------------- expectations

/** @param {Promise | (() => unknown)} action @param {object} expected members of the SwtError */
export async function refused(action, expected) {
  await assert.rejects(async () => (typeof action === 'function' ? action() : action), (error) => {
    assert.ok(error instanceof SwtError, error.stack);
    for (const [member, value] of Object.entries(expected)) assert.equal(error[member], value, error.message);
    return true;
  });
}

/** An audit log that only remembers. */
export function recorder() {
  const events = [];
  return { events, auditLogger: (event) => events.push(event) };
}

// ------------------------------------------------------------------------------------------------------------ HTTP

/**
 * Runs an Express application with one protected route, /api, while `use` asks it.
 *
 * @param {{ middleware: Function, prepare?: (app: object) => void, make?: typeof express }} application
 * @param {(ask: (headers: object) => Promise<{ status: number, body: object }>) => Promise<void>} use
 */
export async function serving({ middleware, prepare = () => {}, make = express }, use) {
  const app = make();
  prepare(app);
  app.get('/api', middleware, (req, res) => res.json({ swt: req.swt, sessionId: req.sessionId }));
  const server = http.createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}/api`;
  try {
    await use(async (headers) => {
      const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
      return { status: response.status, body: await response.json() };
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** The headers of an honest request to /api; null leaves one out. */
export async function headersOf({ key, token, sessionId }, changes = {}) {
  const all = {
    authorization: `Bearer ${token}`,
    'x-dpop-proof': await proofBy(key),
    cookie: `swt_session=${sessionId}`,
    ...changes,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}
