import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

import { startChildServer } from '../../support/child_server.mjs';
import { ScriptedBrowser, proofStyles } from '../../support/scripted_browser.mjs';
import { UUID, redisUrl } from '../world.mjs';

const require = createRequire(import.meta.url);
const { freePort } = require('../../support/redis.js');

const SERVER = new URL('../../integration/getting_started_server.js', import.meta.url);
const PROFILE = '/api/profile';

/** The documented server as a process of its own, and a page of it. */
async function withServer(use) {
  const port = await freePort();
  const server = await startChildServer(SERVER, [String(port), redisUrl()], /on port/);
  try {
    await use(new ScriptedBrowser(`http://127.0.0.1:${port}`, proofStyles['proofs of this client']));
  } finally {
    await server.stop();
  }
}

export default [
  {
    claim: 'the documented server and page work as they are written, from login to logout',
    test: () => withServer(async (page) => {
      await page.login('alice');
      assert.ok(typeof page.token === 'string' && page.token !== '');
      const profile = await page.get(PROFILE);
      assert.equal(profile.status, 200, profile.text);
      assert.equal(profile.json.user.username, 'alice');

      const { session } = page;
      assert.equal((await page.logout()).status, 200);
      assert.equal((await page.get(PROFILE, { session })).status, 401);
    }),
  },
  {
    claim: 'the session id is in a cookie that scripts cannot read: HttpOnly, Secure, SameSite=Strict',
    test: () => withServer(async (page) => {
      await page.login('alice');
      assert.match(page.session, UUID);
      for (const attribute of [/; HttpOnly/, /; Secure/, /; SameSite=Strict/]) {
        assert.match(page.setCookies[0], attribute);
      }
    }),
  },
  {
    claim: 'the package is loaded by require and by import, the page takes secure-web-token/client',
    async test() {
      const required = require('secure-web-token');
      const imported = await import('secure-web-token');
      for (const name of ['sign', 'verify', 'refresh', 'swtMiddleware', 'RedisStore']) {
        assert.equal(typeof required[name], 'function', name);
        assert.equal(imported[name], required[name], name);
      }
      const client = await import('secure-web-token/client');
      for (const name of ['generateDpopKey', 'createDpopProof']) assert.equal(typeof client[name], 'function', name);
    },
  },
  {
    claim: 'it needs no other package: what it has is its own',
    test() {
      const manifest = require('secure-web-token/package.json');
      for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
        assert.equal(manifest[kind], undefined);
      }
    },
  },
  {
    claim: 'it is declared for Node.js 20.3 and later, so for all that 3.0.1 asked for',
    test() {
      assert.equal(require('secure-web-token/package.json').engines.node, '>=20.3');
    },
  },
];
