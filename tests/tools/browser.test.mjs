import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';

import express from 'express';

import { MemoryStore, sign, swtMiddleware } from 'secure-web-token';
import { fakeBrowser, fakeClock } from 'secure-web-token/testing';

import support from '../support/sessions.js';

const { assertFails } = support;

const servers = [];
after(() => {
  for (const server of servers) server.close().closeAllConnections();
});

async function listen(handler) {
  const server = createServer(handler).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

/** A server that answers what it saw, and sets the cookies that it is told to. */
function echo(request, response) {
  const cookies = request.headers['x-set'];
  if (cookies !== undefined) response.setHeader('set-cookie', JSON.parse(cookies));
  if (request.url === '/redirect') response.writeHead(302, { location: '/elsewhere' });
  response.end(JSON.stringify({ method: request.method, headers: request.headers }));
}

const claimsOf = (proof) => JSON.parse(JSON.parse(Buffer.from(proof, 'base64url')).payload);

const origin = await listen(echo);
const elsewhere = await listen(echo);

async function seen(browser, url, init) {
  return (await browser.fetch(url, init)).json();
}

describe('an application, as its tests see it', () => {
  const secret = randomBytes(32);
  const store = new MemoryStore();
  const guard = swtMiddleware({ secret, store });
  const app = express();
  app.use(express.json());
  app.post('/login', async (req, res) => {
    const { token, sessionId } = await sign({ userId: req.body.user }, secret, {
      fingerprint: true, clientPublicKey: req.body.publicKeyJwk ?? req.body.key, store, expiresIn: '15m',
    });
    res.cookie('swt_session', sessionId, { httpOnly: true, secure: true, sameSite: 'strict', maxAge: 3_600_000 });
    res.json({ [req.body.key ? 'access' : 'token']: token });
  });
  app.all('/profile', guard, (req, res) => res.json(req.swt));
  app.post('/logout', guard, async (req, res) => {
    await store.revokeSession(req.sessionId);
    res.clearCookie('swt_session').json({});
  });

  let appOrigin;
  before(async () => {
    appOrigin = await listen(app);
  });

  async function alice() {
    const browser = await fakeBrowser(appOrigin);
    await browser.login('/login', { user: 'alice' });
    return browser;
  }
  const statusOf = async (browser, init) => (await browser.fetch('/profile', init)).status;

  test('login, profile, logout', async () => {
    const browser = await alice();
    const response = await browser.fetch('/profile?full=1');
    assert.deepEqual([response.status, await response.json()], [200, { userId: 'alice' }]);
    assert.equal(await statusOf(browser, { method: 'delete' }), 200);
    const session = browser.cookie('swt_session');
    assert.equal((await browser.fetch('/logout', { method: 'POST' })).status, 200);
    assert.equal(browser.cookie('swt_session'), undefined);
    assert.equal(await statusOf(browser, { headers: { cookie: `swt_session=${session}` } }), 401);
  });

  test('names of its own at login', async () => {
    const browser = await fakeBrowser(appOrigin);
    const token = await browser.login('/login', { user: 'bob' }, { keyMember: 'key', tokenMember: 'access' });
    assert.equal(browser.token, token);
    assert.equal(await statusOf(browser), 200);
  });

  test('absolute urls', async () => {
    const browser = await alice();
    assert.equal((await browser.fetch(`${appOrigin}/profile`)).status, 200);
    assert.equal((await browser.fetch(new URL('/profile', appOrigin))).status, 200);
  });

  test('a replay and a thief are refused, and their owner is not', async () => {
    const browser = await alice();
    const thief = await browser.copyWithoutKey();
    assert.notDeepEqual(thief.publicKeyJwk, browser.publicKeyJwk);
    assert.deepEqual([thief.token, thief.cookie('swt_session')], [browser.token, browser.cookie('swt_session')]);
    assert.equal(await statusOf(browser), 200);
    assert.equal((await browser.replay()).status, 401);
    assert.equal((await thief.replay(browser.lastRequest)).status, 401);
    assert.equal(await statusOf(thief), 401);
    assert.equal(await statusOf(browser), 200);
  });

  test('the clock: an expired token, an old proof, an ended cookie', async (t) => {
    const clock = fakeClock();
    t.after(() => clock.restore());
    const browser = await alice();
    clock.advance('14m');
    assert.equal(await statusOf(browser), 200);

    await browser.fetch('/profile', { without: ['cookies'] }); // a proof that nobody has spent
    const { headers } = browser.lastRequest.init;
    const proof = headers.get('x-dpop-proof');
    clock.advance(20);
    assert.equal(await statusOf(browser, { headers: { 'x-dpop-proof': proof } }), 200);

    await browser.fetch('/profile', { without: ['cookies'] });
    const older = browser.lastRequest.init.headers.get('x-dpop-proof');
    const { token } = browser;
    await browser.login('/login', { user: 'alice' });
    clock.advance(301);
    assert.equal(await statusOf(browser, { headers: { 'x-dpop-proof': older } }), 401);

    browser.token = token;
    const expired = await browser.fetch('/profile');
    assert.deepEqual([expired.status, await expired.json()], [401, { error: 'Token expired' }]);

    assert.match(browser.cookie('swt_session'), /^[0-9a-f-]{36}$/);
    clock.advance('1h');
    assert.equal(browser.cookie('swt_session'), undefined);
  });
});

describe('what goes out', () => {
  test('is the token, a proof of method and url that names it, and the cookies', async () => {
    const browser = await fakeBrowser(origin);
    browser.token = 'a.b.c';
    const { headers, method } = await seen(browser, '/x?y=1#z', { method: 'post', body: 'hello' });
    assert.equal(method, 'POST');
    assert.equal(headers.authorization, 'Bearer a.b.c');
    const { url, method: proven, ath } = claimsOf(headers['x-dpop-proof']);
    assert.deepEqual([url, proven, typeof ath], ['/x?y=1', 'POST', 'string']);
  });

  test('has a fresh proof each time, and the same one in a replay', async () => {
    const browser = await fakeBrowser(origin);
    const first = await seen(browser, '/x');
    const second = await seen(browser, '/x');
    const again = await (await browser.replay()).json();
    assert.notEqual(first.headers['x-dpop-proof'], second.headers['x-dpop-proof']);
    assert.equal(again.headers['x-dpop-proof'], second.headers['x-dpop-proof']);
  });

  test('is signed as a page would: a path for its own origin, absolute where a host was given', async () => {
    const browser = await fakeBrowser(`${origin}/shop/`);
    const signed = async (url) => claimsOf((await seen(browser, url)).headers['x-dpop-proof']).url;
    assert.equal(await signed('cart'), '/shop/cart');
    assert.equal(await signed('/cart'), '/cart');
    assert.equal(await signed(`${origin}/cart`), `${origin}/cart`);
    assert.equal(await signed(`${elsewhere}/cart`), `${elsewhere}/cart`);
    assert.equal(await signed(elsewhere.replace('http:', '')), `${elsewhere}/`);
  });

  test('keeps the headers that were given, and leaves out what it is told to', async () => {
    const browser = await fakeBrowser(origin);
    browser.token = 'own';
    const given = await seen(browser, '/', { headers: { Authorization: 'Bearer other', cookie: 'a=1', 'x-dpop-proof': 'p' } });
    assert.deepEqual([given.headers.authorization, given.headers.cookie, given.headers['x-dpop-proof']],
      ['Bearer other', 'a=1', 'p']);
    const { headers } = await seen(browser, '/', { without: ['token', 'proof', 'cookies'] });
    assert.deepEqual([headers.authorization, headers['x-dpop-proof'], headers.cookie], [undefined, undefined, undefined]);
    const noToken = await seen(browser, '/', { without: ['token'] });
    assert.equal('ath' in claimsOf(noToken.headers['x-dpop-proof']), false);
  });

  test('does not follow a redirect unless it is told to', async () => {
    const browser = await fakeBrowser(origin);
    assert.equal((await browser.fetch('/redirect')).status, 302);
    assert.equal((await browser.fetch('/redirect', { redirect: 'follow' })).status, 200);
  });
});

describe('cookies', () => {
  /** A browser that was given these Set-Cookie lines by /set/deep/page. */
  async function given(lines, base = origin) {
    const browser = await fakeBrowser(base);
    const set = (more) => browser.fetch('/set/deep/page', { headers: { 'x-set': JSON.stringify(more) } });
    await set(lines);
    return { browser, set, sent: async (url) => (await seen(browser, url)).headers.cookie };
  }

  test('go back by their path, the longest first', async () => {
    const { sent } = await given(['a=1; Path=/', 'b=2', 'c=3; path=/set/deep/page', 'd=4; Path=/other', 'e=5; Path=x']);
    assert.equal(await sent('/'), 'a=1');
    assert.equal(await sent('/set/deep/page'), 'c=3; b=2; e=5; a=1');
    assert.equal(await sent('/set/deep'), 'b=2; e=5; a=1');
    assert.equal(await sent('/set/deeper'), 'a=1');
    assert.equal(await sent('/other/x'), 'd=4; a=1');
  });

  test('stay with their host', async () => {
    const { sent } = await given(['a=1; Path=/']);
    assert.equal(await sent(`${elsewhere}/`), undefined);
  });

  test('end with Max-Age, which counts before Expires', async (t) => {
    const clock = fakeClock();
    t.after(() => clock.restore());
    const past = 'Expires=Thu, 01 Jan 1970 00:00:00 GMT';
    const soon = `Expires=${new Date(clock.now() + 90_000).toUTCString()}`;
    const { set, sent } = await given(['a=1; Path=/', `b=2; Path=/; Max-Age=60; ${past}`, `c=3; Path=/; ${soon}`,
      `d=4; Path=/; ${past}`, 'e=5; Path=/; Max-Age=0']);
    assert.equal(await sent('/'), 'a=1; b=2; c=3');
    clock.advance(59);
    assert.equal(await sent('/'), 'a=1; b=2; c=3');
    clock.advance(1);
    assert.equal(await sent('/'), 'a=1; c=3');
    clock.advance(40);
    assert.equal(await sent('/'), 'a=1');
    await set([`a=; Path=/; ${past}`]);
    assert.equal(await sent('/'), undefined);
  });

  test('are replaced by name, and may have an equals sign and no text', async () => {
    const { browser, set, sent } = await given(['a=1; Path=/', 'b=x=y=; Path=/', 'nameless', '=value']);
    await set(['a=; Path=/; HttpOnly']);
    assert.equal(await sent('/'), 'b=x=y=; a=');
    assert.equal(browser.cookie('b'), 'x=y=');
    assert.equal(browser.cookie('nameless'), undefined);
  });

  test('with Secure travel over http to loopback only', () => {
    const { CookieJar } = createRequire(import.meta.url)('../../js/testing/cookie-jar.js');
    const sentTo = (href) => {
      const jar = new CookieJar();
      jar.keep(['s=1; Secure; Path=/'], new URL(href));
      return jar.headerFor(new URL(href));
    };
    for (const href of ['https://app.example', 'http://localhost:3000', 'http://app.localhost', 'http://[::1]:1']) {
      assert.equal(sentTo(href), 's=1', href);
    }
    for (const href of ['http://app.example', 'http://127.0.0.1.example', 'http://localhost.example']) {
      assert.equal(sentTo(href), '', href);
    }
  });

  test('of a thief are a copy', async () => {
    const { browser, set } = await given(['a=1; Path=/']);
    const thief = await browser.copyWithoutKey();
    await set(['a=2; Path=/']);
    assert.deepEqual([thief.cookie('a'), browser.cookie('a')], ['1', '2']);
  });
});

describe('what is refused', () => {
  test('a login that gave no token, with the status of the answer', async () => {
    const answers = { '/401': [401, '{"token":"x"}'], '/text': [200, 'fine'], '/none': [200, '{}'], '/null': [200, 'null'],
      '/number': [200, '{"token":7}'], '/good': [200, '{"token":"x"}'] };
    const server = await listen((request, response) => {
      const [status, body] = answers[request.url];
      response.writeHead(status).end(body);
    });
    const browser = await fakeBrowser(server);
    for (const path of ['/401', '/text', '/none', '/null', '/number']) {
      browser.token = 'old';
      await assert.rejects(browser.login(path), { name: 'Error', message: /^login: /, status: answers[path][0] });
      assert.equal(browser.token, undefined);
    }
    assert.equal(await browser.login('/good'), 'x');
  });

  test('calls that cannot work', async () => {
    const browser = await fakeBrowser();
    for (const base of ['localhost', 'ftp://x', '/x', 7]) await assertFails(fakeBrowser(base), { kind: 'usage' });
    await assertFails(browser.fetch('/x'), { kind: 'usage', message: /base url/ });
    await assertFails(browser.replay(), { kind: 'usage' });
    await assertFails(browser.fetch(origin, { without: ['prof'] }), { kind: 'usage', message: /"proof"/ });
    await assertFails(browser.fetch(origin, { without: 'proof' }), { kind: 'usage' });
    await assertFails(browser.login(origin, {}, { tokenName: 'x' }), { kind: 'usage', message: /tokenMember/ });
    await assertFails(browser.login(origin, {}, { tokenMember: '' }), { kind: 'usage' });
    assert.equal((await browser.fetch(origin)).status, 200);
  });
});
