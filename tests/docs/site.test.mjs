// The servers and the pages of the documents, run against each other: a real server process, a real Redis, and for the
// page a fetch that keeps cookies and knows where the page came from.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { startChildServer } from '../support/child_server.mjs';
import { programsOf } from './documents.mjs';
import { Page } from './page.mjs';
import { Workshop } from './workshop.mjs';

const require = createRequire(import.meta.url);
const { freePort, startRedis } = require('../support/redis.js');

let redis;
let workshop;

before(async () => {
  redis = await startRedis();
  workshop = new Workshop(redis.url);
});

after(async () => {
  workshop?.remove();
  await redis?.stop();
});

async function openSite(document) {
  const programs = programsOf(document);
  const port = await freePort();
  const name = document.replaceAll(/\W/g, '-');
  const server = await workshop.startServer(`${name}-server`, programs.get('server'), { PORT: String(port) });
  const page = new Page(`http://127.0.0.1:${port}`);
  const exported = await page.load(workshop.save(`${name}-page`, programs.get('page')));
  const close = () => {
    page.close();
    return server.stop();
  };
  return { server, page, close, ...exported };
}

describe('README.md', { timeout: 60_000 }, () => {
  let site;
  before(async () => (site = await openSite('README.md')));
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

  test('a key that is none is the client\'s mistake', async () => {
    const body = JSON.stringify({ username: 'alice', password: 'correct horse', publicKeyJwk: { kty: 'EC' } });
    const response = await fetch('/login', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    assert.equal(response.status, 400);
  });

  test('a logout, and nothing that was good before is good after', async () => {
    assert.equal((await site.call('/logout', 'POST')).status, 200);
    assert.equal((await site.call('/profile')).status, 401);
    assert.equal(site.page.cookies.size, 0);
    await site.login('alice', 'correct horse');
    assert.equal((await site.call('/profile')).status, 200);
  });

  test('Redis is gone: 503 and no logout; it comes back, and so does the service', async () => {
    await redis.stop();
    assert.equal((await site.call('/profile')).status, 503);
    await assert.rejects(site.login('alice', 'correct horse'), /503/);
    redis = await startRedis({ port: redis.port });
    const deadline = Date.now() + 10_000;
    while (await site.login('alice', 'correct horse').then(() => false, () => true)) {
      assert.ok(Date.now() < deadline, site.server.output());
    }
    assert.equal((await site.call('/profile')).status, 200);
  });
});
