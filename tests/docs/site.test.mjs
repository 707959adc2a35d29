// The servers and the pages of the documents, run against each other: a real server process, a real Redis, and for the
// page a fetch that keeps cookies and knows where the page came from.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';

import { createClient } from 'redis';
import { RedisStore, sign } from 'secure-web-token';
import { createDpopProof, generateDpopKey } from 'secure-web-token/client';

import { blocksOf, programsOf, read } from './documents.mjs';
import { Page } from './page.mjs';
import { Workshop } from './workshop.mjs';

const require = createRequire(import.meta.url);
const { freePort, startRedis } = require('../support/redis.js');

let redis;
let workshop;

/** For each document anew: what one has broken is not for the next. */
function withRedis() {
  before(async () => {
    redis = await startRedis();
    workshop = new Workshop(redis.url);
  });
  after(async () => {
    workshop?.remove();
    await redis?.stop();
  });
}

/** Redis is gone while the action runs, and back afterwards, whatever came of it. */
async function withoutRedis(action) {
  await redis.stop();
  try {
    await action();
  } finally {
    redis = await startRedis({ port: redis.port });
  }
}

/** @param {string} [express] the version that stands for express */
async function openSite(document, express = 'express') {
  const programs = programsOf(document);
  const port = await freePort();
  const name = document.replaceAll(/\W/g, '-');
  const code = programs.get('server').replace("require('express')", `require('${express}')`);
  if (programs.has('users')) workshop.write('users.js', programs.get('users'));
  const [html] = blocksOf(document).filter(({ info }) => info === 'html');
  if (html !== undefined) workshop.write('public/index.html', html.code);
  workshop.write('public/page.js', programs.get('page'));
  const server = await workshop.startServer(`${name}-server`, code, { PORT: String(port) });
  const page = new Page(`http://127.0.0.1:${port}`);
  const file = workshop.save(`${name}-page`, programs.get('page'));
  const exported = await page.load(file);
  const close = () => {
    page.close();
    return server.stop();
  };
  return { server, page, close, openTab: (tab) => page.load(file, tab), ...exported };
}

for (const express of ['express', 'express4']) {
  describe(`README.md, with ${express}`, { timeout: 60_000 }, () => {
    withRedis();
    let site;
    before(async () => (site = await openSite('README.md', express)));
    after(() => site?.close());

    test('a login, a profile', async () => {
      await assert.rejects(site.login('alice', 'wrong'), /401/);
      await site.login('alice', 'correct horse');
      const response = await site.call('/profile');
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { userId: 'user_alice', role: 'reader' });
      const { line } = site.page.cookies.get('swt_session');
      for (const attribute of [/; HttpOnly/, /; Secure/, /; SameSite=Strict/]) assert.match(line, attribute);
    });

    test('whoever sends the same request again is refused', async () => {
      const response = await site.page.replay(site.page.sent.at(-1));
      assert.equal(response.status, 401);
      assert.match(response.headers.get('www-authenticate'), /invalid_dpop_proof/);
      assert.equal((await site.call('/profile')).status, 200);
    });

    test('a refresh goes on with the same session, and a refresh token is good once', async () => {
      const session = site.page.cookies.get('swt_session').value;
      workshop.advance(901);
      assert.equal((await site.call('/profile')).status, 200);
      assert.equal(site.page.cookies.get('swt_session').value, session);
      const refreshes = site.page.sent.filter(({ url }) => url.pathname === '/refresh');
      assert.equal(refreshes.length, 1);
      assert.equal((await site.page.replay(refreshes[0])).status, 401);
      assert.equal((await site.call('/profile')).status, 200);
    });

    test('two calls at once, of which both find the token expired, share one refresh', async () => {
      workshop.advance(901);
      const before = site.page.sent.length;
      const responses = await Promise.all([site.call('/profile'), site.call('/profile')]);
      assert.deepEqual(responses.map(({ status }) => status), [200, 200]);
      const refreshes = site.page.sent.slice(before).filter(({ url }) => url.pathname === '/refresh');
      assert.equal(refreshes.length, 1);
    });

    test('the server has the page, its script and the client, where the import map says', async () => {
      const { origin } = site.page;
      const html = await (await fetch('/')).text();
      const { imports } = JSON.parse(/<script type="importmap">(.*)<\/script>/.exec(html)[1]);
      const [, script] = /from '(.*)'/.exec(html);
      const files = { [imports['secure-web-token/client']]: read('js/client.mjs'), [script]: programsOf('README.md').get('page') };
      for (const [path, text] of Object.entries(files)) {
        const response = await fetch(new URL(path, origin));
        assert.match(response.headers.get('content-type'), /^(text|application)\/javascript\b/, path);
        assert.equal(await response.text(), text);
      }
    });

    test('a request without a body is not a mistake of the server', async () => {
      for (const path of ['/login', '/refresh']) assert.equal((await fetch(path, { method: 'POST' })).status, 401, path);
    });

    test('a key that is none is the client\'s mistake', async () => {
      const body = JSON.stringify({ username: 'alice', password: 'correct horse', publicKeyJwk: { kty: 'EC' } });
      const response = await fetch('/login', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
      assert.equal(response.status, 400);
    });

    test('a logout, and nothing that was good before is good after', async () => {
      assert.equal((await site.call('/profile')).status, 200);
      const last = site.page.sent.at(-1);
      await site.logout();
      assert.equal(site.page.cookies.size, 0);
      const replayed = await site.page.replay(last); // with the cookie that it had
      assert.match(replayed.headers.get('www-authenticate'), /invalid_token/, 'the session has ended');
      await assert.rejects(site.call('/profile'), /not logged in/, 'and the page has no key');
      await site.login('alice', 'correct horse');
      assert.equal((await site.call('/profile')).status, 200);
    });

    test('Redis is gone: 503 and no logout; it comes back, and so does the service', async () => {
      await withoutRedis(async () => {
        assert.equal((await site.call('/profile')).status, 503);
        await assert.rejects(site.logout(), /503/);
        await assert.rejects(site.login('alice', 'correct horse'), /503/);
      });
      const deadline = Date.now() + 10_000;
      while (await site.login('alice', 'correct horse').then(() => false, () => true)) {
        assert.ok(Date.now() < deadline, site.server.output());
      }
      assert.equal((await site.call('/profile')).status, 200);
    });
  });
}

describe('docs/refresh.md', { timeout: 60_000 }, () => {
  withRedis();
  let site;
  before(async () => (site = await openSite('docs/refresh.md')));
  after(() => site?.close());

  const refreshes = () => site.page.sent.filter(({ url }) => url.pathname === '/refresh');

  test('nobody who never logged in is let in', async () => {
    assert.equal(await site.resume(), false);
  });

  test('an expired token is refreshed once, also for requests at the same time', async () => {
    await site.login('alice', 'correct horse');
    workshop.advance(901);
    const before = refreshes().length;
    const responses = await Promise.all([1, 2, 3].map(() => site.call('/profile')));
    assert.deepEqual(responses.map(({ status }) => status), [200, 200, 200]);
    assert.equal(refreshes().length - before, 1);
  });

  test('the refresh token goes to the one route, and no script sees it', async () => {
    const { path, line } = site.page.cookies.get('swt_refresh');
    assert.equal(path, '/refresh');
    assert.match(line, /; HttpOnly/);
    const elsewhere = site.page.sent.filter(({ url }) => url.pathname !== '/refresh');
    assert.ok(elsewhere.every(({ init }) => !/swt_refresh/.test(init.headers.cookie ?? '')));
    assert.ok(refreshes().every(({ init }) => /swt_refresh/.test(init.headers.cookie)));
  });

  test('new tabs go on with the login, and four that do so at once take turns', async () => {
    const tabs = await Promise.all(['2', '3', '4', '5'].map(site.openTab));
    const before = refreshes().length;
    assert.deepEqual(await Promise.all(tabs.map((tab) => tab.resume())), [true, true, true, true]);
    assert.deepEqual(refreshes().slice(before).map(({ status }) => status), [200, 200, 200, 200]);
    for (const tab of [...tabs, site]) assert.equal((await tab.call('/profile')).status, 200);
  });

  /** The page's cookie is one that another tab has used; gives the next one, whose answer is still on its way. */
  async function supersede() {
    const used = site.page.cookies.get('swt_refresh');
    assert.equal(await site.resume(), true);
    const next = site.page.cookies.get('swt_refresh');
    site.page.cookies.set('swt_refresh', used);
    return next;
  }

  test('a tab that comes too early tries again until the answer is there', async () => {
    const next = await supersede();
    const before = refreshes().length;
    const resumed = site.resume();
    while (!refreshes().slice(before).some(({ status }) => status === 409)) await new Promise(setImmediate);
    site.page.cookies.set('swt_refresh', next);
    assert.equal(await resumed, true);
    assert.deepEqual(refreshes().slice(before).map(({ status }) => status), [409, 200]);
  });

  test('and where it never comes, nobody is logged out', async () => {
    const next = await supersede();
    await assert.rejects(site.resume(), /try again later/);
    site.page.cookies.set('swt_refresh', next);
    assert.equal(await site.resume(), true);
  });

  test('a request without a body is not a mistake of the server', async () => {
    const cookies = new Map(site.page.cookies);
    site.page.cookies.clear();
    for (const path of ['/login', '/refresh']) assert.equal((await fetch(path, { method: 'POST' })).status, 401, path);
    for (const [name, cookie] of cookies) site.page.cookies.set(name, cookie);
  });

  test('a thief with an old refresh token, without the key, costs nobody anything', async () => {
    const [first] = refreshes();
    assert.equal((await site.page.replay(first)).status, 401);
    assert.equal(await site.resume(), true);
  });

  test('an old refresh token together with the key ends the session', async () => {
    const stolen = { ...site.page.cookies.get('swt_refresh') };
    assert.equal(await site.resume(), true); // the first use, and then one of the next: no grace is left
    assert.equal(await site.resume(), true);
    site.page.cookies.set('swt_refresh', stolen);
    assert.equal(await site.resume(), false);
    assert.equal((await site.call('/profile')).status, 401);
    await site.login('alice', 'correct horse');
    assert.equal((await site.call('/profile')).status, 200);
  });

  test('a logout clears both cookies and the key, and ends the session', async () => {
    const kept = new Map(site.page.cookies);
    assert.deepEqual([...kept.keys()].sort(), ['swt_refresh', 'swt_session']);
    const tab = await site.openTab('6');
    assert.equal(await tab.resume(), true);
    await site.logout();
    assert.equal(site.page.cookies.size, 0);
    assert.equal(await site.resume(), false);
    for (const [name, cookie] of kept) site.page.cookies.set(name, cookie);
    assert.equal((await tab.call('/profile')).status, 401, 'also for a tab that kept all it had');
    site.page.cookies.clear();
    await site.login('alice', 'correct horse');
    assert.equal((await site.call('/profile')).status, 200);
  });

  test('Redis is gone: neither refreshed nor logged out', async () => {
    await withoutRedis(async () => {
      await assert.rejects(site.resume(), /try again later/);
      await assert.rejects(site.logout(), /503/);
    });
    assert.ok(site.page.cookies.has('swt_refresh'));
  });
});

describe('docs/from-jsonwebtoken.md: both for a while', { timeout: 60_000 }, () => {
  withRedis();
  const JWT_SECRET = randomBytes(32).toString('base64url');
  let server;
  let origin;
  let client;
  before(async () => {
    const port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    const environment = { PORT: String(port), JWT_SECRET, JWT_UNTIL: new Date(Date.now() + 3600_000).toISOString() };
    server = await workshop.startServer('both', programsOf('docs/from-jsonwebtoken.md').get('both'), environment);
    client = await createClient({ url: redis.url }).on('error', () => {}).connect();
  });
  after(async () => {
    client?.destroy();
    await server?.stop();
  });

  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  function jwt({ header = { alg: 'HS256', typ: 'JWT' }, secret = JWT_SECRET } = {}) {
    const exp = Math.floor(Date.now() / 1000) + 900;
    const signed = `${encode(header)}.${encode({ sub: 'alice', role: 'reader', exp })}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  }
  async function get(token, headers = {}) {
    const response = await fetch(`${origin}/profile`, { headers: { authorization: `Bearer ${token}`, ...headers } });
    return { status: response.status, body: await response.json() };
  }

  async function login() {
    const key = await generateDpopKey();
    const options = { store: new RedisStore(client), fingerprint: true, clientPublicKey: key.publicKeyJwk };
    const { token, sessionId } = await sign({ userId: 'bob' }, workshop.environment.SWT_SECRET, options);
    const proof = () => createDpopProof(key.privateKey, key.publicKeyJwk, '/profile', 'GET');
    const headers = async () => ({ 'x-dpop-proof': await proof(), cookie: `swt_session=${sessionId}` });
    return { token, headers };
  }

  test('each token passes its own guard', async () => {
    assert.deepEqual(await get(jwt()), { status: 200, body: { userId: 'alice', role: 'reader' } });
    const { token, headers } = await login();
    assert.deepEqual(await get(token, await headers()), { status: 200, body: { userId: 'bob' } });
  });

  test('neither passes the other, and none passes unchecked', async () => {
    const { token, headers } = await login();
    const disguised = [encode({ alg: 'HS256', typ: 'JWT' }), ...token.split('.').slice(1)].join('.');
    const refused = [
      jwt({ header: { alg: 'none', typ: 'JWT' } }),
      jwt({ secret: workshop.environment.SWT_SECRET }),
      jwt({ header: { alg: 'HS256', typ: 'SWT' } }),
      jwt({ header: { alg: 'AES-256-GCM+HMAC', typ: 'SWT' }, secret: workshop.environment.SWT_SECRET }),
      disguised,
      'x', '', 'a.b.c',
    ];
    for (const each of refused) assert.equal((await get(each, await headers())).status, 401, each);
    assert.equal((await get(token)).status, 401, 'without proof and cookie');
    assert.equal((await get(token, await headers())).status, 200);
  });

  test('after the last day a JWT is refused, and the new tokens go on', async () => {
    workshop.advance(3601);
    assert.deepEqual(await get(jwt()), { status: 401, body: { error: 'Unauthorized' } });
    const { token, headers } = await login();
    assert.equal((await get(token, await headers())).status, 200);
  });
});
