'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { after, describe, test } = require('node:test');

const native = require('../../js/addon/native.js');

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
import { sign, verify, refresh, createSwt, RedisStore, MemoryStore, createKey, KeyRing } from 'secure-web-token';
import { createAuthenticator, swtMiddleware, swtFastify, swtKoa, swtHono } from 'secure-web-token';
import { computeJwkThumbprint, metrics, SwtError } from 'secure-web-token';
import type { AskedStore, AuditEvent, Counter, Key, RefreshResult, Session, SessionKeeper } from 'secure-web-token';
import type { SignOptions, StoreAnswer, StoreQuestion, SwtHttpError, SwtRequest, TokenPayload } from 'secure-web-token';
import { generateDpopKey, createDpopProof } from 'secure-web-token/client';
import { fakeBrowser, fakeClock } from 'secure-web-token/testing';
import type { FakeBrowser, SentRequest } from 'secure-web-token/testing';
declare const client: object;
const secret: string = 'x';
`;

const GOOD = `
const store = new RedisStore(client, { prefix: 'a:', ttl: '24h', timeout: 250 });
const memory = new MemoryStore({ ttl: 60, maxSessions: 5, auditLogger: (event) => console.log(event.event) });
class OwnStore implements SessionKeeper {
  async registerSession(session: Session) { session.jkt?.length; }
  async getSession(id: string) { return id === '' ? null : { sessionId: id, userId: 7, jkt: null }; }
  revokeSession(id: string) { return id !== ''; }
}
class OwnAskedStore implements AskedStore {
  async ask(question: StoreQuestion): Promise<StoreAnswer> {
    switch (question.type) {
      case 'register': return { result: question.lifeSeconds > 0 ? 'ok' : 'full' };
      case 'verify': return { result: 'ok', record: question.record + (question.proof?.id ?? '') };
      case 'rotate': return { result: question.presentedHash === question.successorHash ? 'ok' : 'reused' };
      case 'revoke': case 'lookup': return { result: 'missing' };
    }
  }
}
interface User { userId: string; role: 'admin' | 'user' }
declare const user: User;
declare const anything: Record<string, any>;
declare const body: { publicKeyJwk: JsonWebKey };
async function main() {
  const options: SignOptions = { fingerprint: true, clientPublicKey: body.publicKeyJwk, store, expiresIn: '15m' };
  const { token, sessionId, refreshToken } = await sign(user, secret, options);
  await sign({ userId: 7, more: [1, 2] }, new Uint8Array(32), { store: null });
  await sign(anything, secret);
  const prepared: Key = createKey(new Uint8Array(32), { encryptionSecret: secret });
  const ring = new KeyRing({ signer: { kid: 'a', secret: prepared }, accepted: [{ kid: 'b', secret, until: new Date() }] });
  ring.replace({ accepted: [{ kid: 'b', secret, encryptionSecret: secret }] });
  ring.kill('a');
  const named = await sign(user, ring, { audience: ['a', 'b'], issuer: 'i', subject: 's', dpopProof: null });
  await verify(named.token, prepared, { audience: 'a', issuer: ['i'], subject: 's', clockTolerance: '5s', maxTokenAge: 60 });
  const next: RefreshResult = await refresh('x', ring, { store, sessionId, data: { userId: 1 }, clientPublicKey: null });
  const count: Counter[] = metrics.counters();
  const lines: string = next.refreshToken + metrics.text() + count[0].labels.code;
  await sign(user, secret, { store: new OwnStore() });
  await sign(user, secret, { store: new OwnAskedStore() });
  await sign(user, secret, { store: { registerSession() {}, getSession: () => undefined, revokeSession() {} } });
  const swt = createSwt({ secret: ring, store, issuer: 'i', audience: 'a', fingerprint: false, cookieName: 'c' });
  const made = await swt.sign(user, { expiresIn: '1h' });
  const role: User['role'] = (await swt.verify<User>(made.token, { sessionId })).data.role;
  await swt.revoke((await swt.refresh(next.refreshToken)).sessionId);
  const both = await sign(user, secret, { store: memory, generateRefreshToken: true });
  await memory.revokeSession(both.sessionId);
  await refresh(both.refreshToken, secret, { store: memory });
  void swt.middleware({ onRefusal: 'next' });
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

/** The shapes that Node.js, the Fetch API, Express, Fastify, Koa and Hono give to what stands between them and us. */
const FRAMEWORKS = `
interface User { userId: string; role: 'admin' | 'user' }
interface IncomingMessage { method?: string | undefined; url?: string | undefined; rawHeaders: string[];
  headers: { authorization?: string | undefined; 'set-cookie'?: string[] | undefined;
    [name: string]: string | string[] | undefined } }
declare const incoming: IncomingMessage;
declare const fetched: Request;
declare const handled: unknown;
interface FastifyRequest { raw: IncomingMessage; cookies: Record<string, string | undefined> }
interface HonoContext<Env extends { Variables: object }> {
  get<Name extends keyof Env['Variables']>(name: Name): Env['Variables'][Name];
}
type FastifyHook = (this: object, request: FastifyRequest, reply: { sent: boolean }) => Promise<unknown>;
type HonoHandler = (c: HonoContext<{ Variables: SwtRequest<User> }>, next: () => Promise<void>) =>
  Promise<Response | void>;
type KoaMiddleware = (ctx: { state: any }, next: () => Promise<any>) => any;
async function main() {
  const strict = await createAuthenticator<User>({ secret })(incoming);
  if (strict.ok) {
    const role: 'admin' | 'user' = strict.data.role;
    const never: false = strict.anonymous;
    strict.payload.data.userId.length;
    return [role, never, strict.sessionId?.length];
  }
  new Response(JSON.stringify(strict.body), { status: strict.status, headers: strict.headers });
  const code: string = strict.error.code;
  const result = await createAuthenticator<User>({ secret, optional: true })(fetched);
  if (result.ok && !result.anonymous) result.data.role === 'admin';
  if (result.ok && result.anonymous) { const none: undefined = result.data; return none; }
  const hook: FastifyHook = swtFastify({ secret, getToken: (request: FastifyRequest) => request.cookies.token });
  const koa: KoaMiddleware = swtKoa({ secret, getToken: async () => undefined });
  const hono: HonoHandler = swtHono({ secret, store: null, optional: false });
  const c = {} as HonoContext<{ Variables: SwtRequest<User> }>;
  const { swt } = handled as IncomingMessage & SwtRequest<User>;
  const express = swtMiddleware({ secret, onRefusal: 'next' });
  const refusal = handled as SwtHttpError;
  if (refusal.statusCode === 401 && !refusal.expose) refusal.headers['WWW-Authenticate'] === refusal.body.error;
  return [code, hook, koa, hono, express, c.get('swt').role, c.get('sessionId')?.length, swt.role];
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
  `verify('x', secret, { store: { registerSession() {}, getSession: () => undefined } });`,
  `verify('x', secret, { store: { registerSession() {}, getSession: () => 'x', revokeSession() {} } });`,
  `verify('x', secret, { store: { ask: () => ({ result: 'fine' }) } });`,
  `verify('x', secret, { store: { ask: () => 'ok' } });`,
  `verify('x', secret, { acceptLegacy: { until: 4102444800000 } });`,
  `verify('x', secret, { audience: 7 });`,
  `refresh('x', secret, { data: 'x' });`,
  `new KeyRing({ signer: { secret } });`,
  `new KeyRing({ accepted: [{ kid: 'a', secret, until: 7 }] });`,
  `createKey(createKey(secret));`,
  `sign({ userId: 1 }, secret).then(({ sessionId }) => sessionId.length);`,
  `sign({ userId: 1 }, secret, { store: new MemoryStore() }).then(({ refreshToken }) => refreshToken.length);`,
  `swtMiddleware({ store: null });`,
  `new MemoryStore({ maxSessions: '5' });`,
  `new RedisStore('redis://localhost');`,
  `new SwtError();`,
  `computeJwkThumbprint(7);`,
  `swtMiddleware({ secret, onRefusal: 'throw' });`,
  `swtKoa({ secret, onRefusal: 'next' });`,
  `swtFastify({ secret, getToken: () => null });`,
  `swtHono({ secret, optional: 'yes' });`,
  `createAuthenticator({ secret })('GET /');`,
  `createAuthenticator({ secret })({ headers: {} }).then((result) => result.data);`,
  `createAuthenticator({ secret, optional: true })({ headers: {} }).then((it) => it.ok && it.data.userId);`,
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

  test('take the shapes of the frameworks, and say what a handler sees', () => {
    assert.equal(compile('frameworks.mts', HEAD + FRAMEWORKS), '');
  });

  test('and no other', () => {
    const lines = BAD.map((line) => `// @ts-expect-error\n${line}`);
    assert.equal(compile('bad.mts', `${HEAD}\n${lines.join('\n')}\n`), '');
  });
});

test('every code that the core has is in the types', () => {
  const types = fs.readFileSync(path.join(ROOT, 'js', 'types', 'report.d.ts'), 'utf8');
  const listed = [...types.matchAll(/^ {2}\| '([a-z_]+)'$/gm)].map(([, code]) => code);
  const codes = [];
  for (let status = 100; status < 600; status++) {
    const code = native.statusName(status);
    if (code !== 'unknown') codes.push(code);
  }
  assert.deepEqual(listed, codes);
});
