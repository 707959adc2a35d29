'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { after, describe, test } = require('node:test');

const native = require('../../js/native.js');

const ROOT = path.join(__dirname, '..', '..');
const TSC = path.join(ROOT, 'node_modules', '.bin', 'tsc');
const OPTIONS = [
  '--noEmit',
  '--strict',
  '--skipLibCheck',
  'false',
  '--target',
  'es2022',
  '--types',
  '',
  '--lib',
  'es2022,dom',
];

// Inside the package, so that its name leads to its own types.
const folder = fs.mkdtempSync(path.join(ROOT, 'tests', 'node', 'types-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

function compile(name, source) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, source);
  const result = spawnSync(TSC, [...OPTIONS, '--module', 'nodenext', '--moduleResolution', 'nodenext', file], {
    encoding: 'utf8',
  });
  return result.stdout + result.stderr;
}

const HEAD = `
import { sign, verify, swtMiddleware, RedisStore, MemoryStore, computeJwkThumbprint, SwtError } from 'secure-web-token';
import type { AuditEvent, SignOptions, TokenPayload } from 'secure-web-token';
import { generateDpopKey, createDpopProof } from 'secure-web-token/client';
import { fakeBrowser, fakeClock } from 'secure-web-token/testing';
import type { FakeBrowser, SentRequest } from 'secure-web-token/testing';
declare const client: object;
const secret: string = 'x';
`;

const GOOD = `
const store = new RedisStore(client, { prefix: 'a:', ttl: '24h', timeout: 250 });
const memory = new MemoryStore({ ttl: 60, maxSessions: 5, auditLogger: (event) => console.log(event.event) });
interface User { userId: string; role: 'admin' | 'user' }
declare const user: User;
declare const anything: Record<string, any>;
declare const body: { publicKeyJwk: JsonWebKey };
async function main() {
  const options: SignOptions = { fingerprint: true, clientPublicKey: body.publicKeyJwk, store, expiresIn: '15m' };
  const { token, sessionId, refreshToken } = await sign(user, secret, options);
  await sign({ userId: 7, more: [1, 2] }, new Uint8Array(32), { store: null });
  await sign(anything, secret);
  const payload = await verify(token, secret, {
    store: memory, sessionId, dpopProof: null, method: 'GET', url: '/', acceptLegacy: { until: new Date() },
    auditLogger: async (event: AuditEvent) => void event.timestamp.toFixed(),
  });
  const name: string = payload.data.username;
  const typed: TokenPayload<User> = await verify<User>(token, secret);
  typed.data.role === 'admin';
  const session = await store.getSession(sessionId ?? '');
  session?.jkt?.length;
  await store.registerSession({ sessionId: 'x', userId: 1 });
  const thumbprint: string = computeJwkThumbprint(body.publicKeyJwk);
  const middleware = swtMiddleware({ secret, store, cookieName: 'sid' });
  const asExpress: (req: unknown, res: unknown, next: (error?: any) => void) => void = middleware;
  const key = await generateDpopKey();
  const proof: string = await createDpopProof(key.privateKey, key.publicKeyJwk, '/', 'GET', { accessToken: token });
  const browser: FakeBrowser = await fakeBrowser(new URL('http://localhost'));
  browser.token = await browser.login('/login', { user: 'a' }, { keyMember: 'key', tokenMember: 'access' });
  const response: Response = await browser.fetch('/x', { method: 'POST', without: ['proof', 'cookies'] });
  const sent: SentRequest | undefined = browser.lastRequest;
  await (await browser.copyWithoutKey()).replay(sent);
  browser.cookie('swt_session')?.length === response.status;
  const clock = fakeClock(Date.now());
  const later: number = clock.advance('15m') + clock.advance(60) + clock.now();
  clock.restore();
  const request = {} as Express.Request;
  request.swt.userId;
  request.sessionId?.length;
  try { await sign(user, secret); } catch (error) {
    if (error instanceof SwtError && error.code === 'token_expired' && error.kind === 'rejected') error.status === 401;
  }
  return [name, refreshToken, thumbprint, asExpress, proof, later];
}
`;

/** Each of them alone must be an error, else the types promise nothing. */
const BAD = [
  `sign({ role: 'admin' }, secret);`,
  `sign({ userId: true }, secret);`,
  `sign('alice', secret);`,
  `sign({ userId: 1 }, 7);`,
  `sign({ userId: 1 }, secret, { expireIn: 900 });`,
  `sign({ userId: 1 }, secret, { fingerprint: 'yes' });`,
  `verify(['x'], secret);`,
  `verify('x', secret, { store: {} });`,
  `verify('x', secret, { acceptLegacy: { until: 4102444800000 } });`,
  `swtMiddleware({ store: null });`,
  `new MemoryStore({ maxSessions: '5' });`,
  `new RedisStore('redis://localhost');`,
  `new SwtError();`,
  `computeJwkThumbprint(7);`,
  `fakeBrowser(3000);`,
  `fakeBrowser('http://localhost').then((browser) => browser.fetch('/x', { without: ['prof'] }));`,
  `fakeBrowser('http://localhost').then((browser) => browser.login('/x', {}, { tokenName: 'x' }));`,
  `fakeBrowser('http://localhost').then((browser) => (browser.publicKeyJwk = { kty: '', crv: '', x: '', y: '' }));`,
  `fakeClock(new Date());`,
  `fakeClock().advance();`,
];

describe('the types', { skip: fs.existsSync(TSC) ? false : 'typescript is not installed' }, () => {
  for (const name of ['good.mts', 'good.cts']) {
    test(`take the documented uses, in ${name}`, () => assert.equal(compile(name, HEAD + GOOD), ''));
  }

  test('and no other', () => {
    const lines = BAD.map((line) => `// @ts-expect-error\n${line}`);
    assert.equal(compile('bad.mts', `${HEAD}\n${lines.join('\n')}\n`), '');
  });
});

test('every code that the core has is in the types', () => {
  const types = fs.readFileSync(path.join(ROOT, 'js', 'index.d.ts'), 'utf8');
  const listed = [...types.matchAll(/^ {2}\| '([a-z_]+)'$/gm)].map(([, code]) => code);
  const codes = [];
  for (let status = 100; status < 600; status++) {
    const code = native.statusName(status);
    if (code !== 'unknown') codes.push(code);
  }
  assert.deepEqual(listed, codes);
});
