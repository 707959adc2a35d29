/**
 * What a fleet cannot promise while one process of 3.0.1 is left in it, each beside what this package does with the
 * very same. These are the reasons why its promises begin when the last process of 3.0.1 has stopped.
 */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';

import { Fleet } from './fleet.mjs';
import { FleetBrowser } from './fleet_browser.mjs';
import { proofStyles } from '../support/scripted_browser.mjs';

const { startRedis } = createRequire(import.meta.url)('../support/redis.js');

const ME = '/api/me';
const REFRESH = '/api/auth/refresh';

describe('while one process of 3.0.1 is left', { timeout: 60_000 }, () => {
  let redis;
  let fleet;
  const at = {};

  before(async () => {
    redis = await startRedis();
    const secret = randomBytes(32).toString('hex');
    fleet = new Fleet(redis.url, { signingKey: secret, verifyingKey: secret });
    await fleet.start(['old', 'new']);
    [at.old, at.new] = fleet.places;
  });

  after(async () => {
    await fleet?.stop();
    await redis?.stop();
  });

  function login(version, key) {
    const page = new FleetBrowser(fleet, 'alice', proofStyles['proofs of this client'], () => {});
    return page.login({ only: version, key });
  }

  /** The status of one call to one version; what is not given is as the page has it. */
  async function call(page, version, { token = page.token, session = page.session, proof, path = ME } = {}) {
    const headers = { authorization: `Bearer ${token}`, 'x-dpop-proof': proof ?? (await page.proof(path)) };
    const { status } = await page.send(ME, { method: 'GET', headers, session, place: at[version] });
    return status;
  }

  async function refreshAt(page, version, { refreshToken, session } = page) {
    const headers = { 'content-type': 'application/json', 'x-dpop-proof': await page.proof(REFRESH, 'POST') };
    const body = JSON.stringify({ refreshToken, publicKeyJwk: page.key.publicKeyJwk });
    return page.send(REFRESH, { method: 'POST', headers, body, session, place: at[version] });
  }

  const logoutAt = (page, version) => page.send('/api/auth/logout', { method: 'POST', place: at[version] });

  test('a proof that was used here is good there, as often as one likes', async () => {
    const page = await login('new');
    const proof = await page.proof(ME);
    assert.equal(await call(page, 'new', { proof }), 200);
    assert.equal(await call(page, 'new', { proof }), 401);
    assert.equal(await call(page, 'old', { proof }), 200);
    assert.equal(await call(page, 'old', { proof }), 200);
  });

  test('a proof for another url is good there, and not here', async () => {
    const page = await login('new');
    assert.equal(await call(page, 'new', { path: '/elsewhere' }), 401);
    assert.equal(await call(page, 'old', { path: '/elsewhere' }), 200);
    assert.equal(await call(page, 'new'), 200);
  });

  test('a refresh token that was spent here is traded in there once more', async () => {
    const page = await login('new');
    const spent = { refreshToken: page.refreshToken, session: page.session };
    assert.equal((await refreshAt(page, 'new', spent)).status, 200);
    assert.equal((await refreshAt(page, 'new', spent)).status, 401);
    assert.equal((await refreshAt(page, 'old', spent)).status, 200);
  });

  test('a refresh token that was traded in there is not spent here', async () => {
    const page = await login('new');
    const used = { refreshToken: page.refreshToken, session: page.session };
    assert.equal((await refreshAt(page, 'old', used)).status, 200);
    assert.equal((await refreshAt(page, 'new', used)).status, 200);
    assert.equal((await refreshAt(page, 'new', used)).status, 401);
  });

  test('a refresh there leaves the session before alive, and its logout does not end that one', async () => {
    const page = await login('old');
    const before = { token: page.token, session: page.session };
    const { json } = await refreshAt(page, 'old');
    const { session } = page;
    assert.notEqual(session, before.session);
    await logoutAt(page, 'old');
    for (const version of ['old', 'new']) {
      assert.equal(await call(page, version, before), 200);
      assert.equal(await call(page, version, { token: json.token, session }), 401);
    }
  });

  test('a refresh here keeps the session, so its logout ends what came before too', async () => {
    const page = await login('old');
    const before = { token: page.token, session: page.session };
    const { json } = await refreshAt(page, 'new');
    assert.equal(await call(page, 'new', before), 200);
    await logoutAt(page, 'new');
    for (const version of ['old', 'new']) {
      assert.equal(await call(page, version, before), 401);
      assert.equal(await call(page, version, { ...before, token: json.token }), 401);
    }
  });

  test('without its cookie a token outlives its logout there, and not here', async () => {
    const page = await login('new');
    const { token, session } = page;
    assert.equal(await call(page, 'old', { token, session }), 200);
    await logoutAt(page, 'new');
    assert.equal(await call(page, 'old', { token, session }), 401);
    assert.equal(await call(page, 'old', { token, session: null }), 200);
    assert.equal(await call(page, 'new', { token, session: null }), 401);
  });

  test('with another session of user and key any token outlives its logout there, here only one of 3.0.1', async () => {
    for (const [signedBy, expected] of [['old', 200], ['new', 401]]) {
      const page = await login(signedBy);
      const { token, key } = page;
      await logoutAt(page, 'new');
      const again = await login('new', key);
      assert.equal(await call(page, 'old', { token, session: again.session }), 200, signedBy);
      assert.equal(await call(page, 'new', { token, session: again.session }), expected, signedBy);
    }
  });

  test('a refresh token works as an access token there, and not here', async () => {
    const page = await login('new');
    const { refreshToken: token } = page;
    assert.equal(await call(page, 'old', { token }), 200);
    assert.equal(await call(page, 'new', { token }), 401);
    assert.equal(await call(page, 'new'), 200);
  });
});
