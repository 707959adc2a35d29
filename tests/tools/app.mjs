/** Apps for the doctor to look at, each in a folder of its own. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import tool from './command.js';

/** What all of them are in. */
export const base = mkdtempSync(join(tmpdir(), 'swt-doctor-'));
process.on('exit', () => rmSync(base, { recursive: true, force: true }));

export const MANIFEST = {
  name: 'app',
  engines: { node: '>=20' },
  dependencies: { 'secure-web-token': '^3.0.1', express: '^5.1.0', redis: '^5.0.0' },
};

export const SERVER = `
const express = require('express');
const { createClient } = require('redis');
const { sign, verify, refresh, swtMiddleware: guard, RedisStore } = require('secure-web-token');

// A comment with verify(token, 'short') and an apostrophe: don't.
const secret = process.env.SWT_SECRET;
const client = createClient({ url: "redis://localhost:6379" });
const store = new RedisStore(client, { prefix: 'app:', ttl: '24h' });
const app = express();

app.post('/login', async (req, res) => {
  const { token, sessionId } = await sign({ userId: req.body.id, note: 'sign(1, "x")' }, secret, {
    fingerprint: true,
    clientPublicKey: req.body.publicKeyJwk,
    store,
    expiresIn: 900,
  });
  res.cookie('swt_session', sessionId, { httpOnly: true, secure: true, sameSite: 'strict' });
  res.json({ token });
});
app.get('/profile', guard({ secret, store }), (req, res) => res.json(req.swt));
app.get('/own', async (req, res) => {
  const payload = await verify(req.token, secret, {
    store, sessionId: req.cookies.swt_session, dpopProof: req.get('x-dpop-proof'), method: req.method, url: req.originalUrl,
  });
  res.json(payload);
});
app.post('/refresh', async (req, res) => {
  res.json(await refresh(req.body.refreshToken, secret, {
    store, sessionId: req.cookies.swt_session, dpopProof: req.get('x-dpop-proof'), method: req.method, url: req.originalUrl,
  }));
});
app.post('/logout', async (req, res) => {
  await store.revokeSession(req.cookies.swt_session);
  res.clearCookie('swt_session').json({});
});
app.get('/theme', (req, res) => res.cookie('theme', 'dark').end());
app.listen(3000);
`;

const PAGE = `
import { generateDpopKey, createDpopProof } from 'secure-web-token/client';

export function Profile({ token, id }: Props) {
  const load = async (key: Key) => {
    const url = \`\${BASE}/api/x?\${new URLSearchParams({ id })}\`;
    await createDpopProof(key.privateKey, key.publicKeyJwk, url, 'GET');
    await createDpopProof(key.privateKey, key.publicKeyJwk, '/api/x', 'GET');
    const half = token.length / 2 / 1;
    return crypto.subtle.exportKey('jwk', key.publicKey);
  };
  return <p className="a">Don't panic: it's (fine</p>;
}
`;

/** Nothing in it is to look at. */
export const CLEAN = { 'package.json': JSON.stringify(MANIFEST), 'src/server.js': SERVER, 'src/page.tsx': PAGE };

let apps = 0;
export function writeApp(files) {
  const folder = join(base, `app-${++apps}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

export function doctor(folder, ...args) {
  const { code, out, err } = tool.command(['doctor', folder, '--json', ...args]);
  assert.equal(err, '');
  const result = JSON.parse(out);
  assert.equal(code, result.findings.length === 0 ? 0 : 1);
  return result;
}
