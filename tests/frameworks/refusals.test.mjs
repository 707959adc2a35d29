// Every framework refuses the same requests with the same answers, and lets their legitimate twins through.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { sign } from 'secure-web-token';

import { frameworks } from './support/frameworks.mjs';
import { BARE, DATA, EXPIRED, INVALID_PROOF, NO_HEADER, PATH, Protected } from './support/protected.mjs';

for (const [name, framework] of Object.entries(frameworks)) {
  describe(name, () => {
    let server;
    let grant;

    before(async () => {
      server = await Protected.start(framework);
      grant = await server.login();
    });
    after(() => server.stop());

    const credentials = (path, method) => server.credentials(grant, path, method);

    test('lets a good request through, with its data and its session', async () => {
      await server.assertPasses(await credentials(), { sees: { swt: DATA, sessionId: grant.sessionId } });
      assert.equal(server.events.at(-1).event, 'verify_success');
    });

    test('says what is missing when there is no Authorization header', async () => {
      const { Authorization, ...rest } = await credentials();
      await server.assertRefused(rest, { error: NO_HEADER, challenge: BARE, reason: NO_HEADER });
      await server.assertPasses({ ...rest, Authorization });
    });

    test('refuses every other form of an Authorization header', async () => {
      const { token } = grant;
      const headers = await credentials();
      for (const value of [
        `Basic ${token}`,
        'Basic YWxpY2U6c2VjcmV0',
        token,
        'Bearer',
        '',
        `Bearer  ${token}`,
        `Bearer\t${token}`,
        `Bearer ${token} ${token}`,
        `Bearer ${token}, Bearer ${token}`,
        `Bear ${token}`,
        `Bearer:${token}`,
      ]) {
        await server.assertRefused({ ...headers, Authorization: value }, { error: NO_HEADER });
      }
      await server.assertPasses(headers);
    });

    test('takes the scheme in any case', async () => {
      for (const scheme of ['bearer', 'BEARER', 'bEaReR']) {
        await server.assertPasses({ ...(await credentials()), Authorization: `${scheme} ${grant.token}` });
      }
    });

    test('refuses two Authorization headers, in either order and case', async () => {
      const { Authorization, ...rest } = await credentials();
      const other = `Bearer ${(await sign({ userId: 'mallory' }, server.secret)).token}`;
      for (const [first, second] of [
        [Authorization, other],
        [other, Authorization],
        [Authorization, Authorization],
        [Authorization, ''],
        ['', Authorization],
      ]) {
        const headers = [['Authorization', first], ['authorization', second], ...Object.entries(rest)];
        await server.assertRefused(headers, { error: NO_HEADER });
      }
      await server.assertPasses({ Authorization, ...rest });
    });

    test('looks for a token in the Authorization header alone', async () => {
      const { Authorization, ...rest } = await credentials();
      const Cookie = `${rest.Cookie}; token=${grant.token}; authorization=${Authorization}; swt=${grant.token}`;
      const path = `${PATH}&access_token=${grant.token}`;
      await server.assertRefused({ ...rest, Cookie }, { path, error: NO_HEADER, challenge: BARE });
      await server.assertPasses({ ...rest, Authorization, Cookie });
    });

    test('refuses two proofs, in two headers and in one, and an empty one', async () => {
      const { 'X-DPoP-Proof': good, ...rest } = await credentials();
      const { 'X-DPoP-Proof': second } = await credentials();
      const challenge = INVALID_PROOF;
      for (const other of [second, good, '']) {
        const twice = [['x-dpop-proof', good], ['X-DPOP-PROOF', other], ...Object.entries(rest)];
        await server.assertRefused(twice, { challenge });
      }
      await server.assertRefused({ ...rest, 'X-DPoP-Proof': `${good}, ${second}` }, { challenge });
      await server.assertRefused({ ...rest, 'X-DPoP-Proof': '' }, { challenge });
      await server.assertRefused(rest, { challenge, reason: 'DPoP proof required for this token' });
      await server.assertRefused({ ...rest, Cookie: `${rest.Cookie}; x-dpop-proof=${good}` }, { challenge });
      await server.assertPasses({ ...rest, 'X-DPoP-Proof': good });
    });

    test('accepts a proof once', async () => {
      const headers = await credentials();
      await server.assertPasses(headers);
      await server.assertRefused(headers, { challenge: INVALID_PROOF, reason: 'the DPoP proof was used before' });
    });

    test('compares the proof with what the client asked for', async () => {
      const challenge = INVALID_PROOF;
      await server.assertRefused(await credentials('/profile?open=1'), { challenge });
      await server.assertRefused(await credentials('/api/profile?open=2'), { challenge });
      await server.assertRefused(await credentials('/api/other'), { challenge });
      await server.assertRefused(await credentials('https://evil.example/api/profile'), { challenge });
      await server.assertRefused(await credentials(PATH, 'POST'), { challenge });
      const overridden = { ...(await credentials(PATH, 'POST')), 'X-HTTP-Method-Override': 'POST' };
      await server.assertRefused(overridden, { challenge });
      await server.assertPasses(await credentials('/api/profile'));
      await server.assertPasses(await credentials(server.origin + PATH));
      await server.assertPasses(await credentials(PATH, 'POST'), { method: 'POST' });
    });

    test('leaves the scheme open, since TLS may end before, and nothing else of the origin', async () => {
      const challenge = INVALID_PROOF;
      const Host = 'shop.example';
      const at = async (origin) => ({ ...(await credentials(`${origin}/api/profile`)), Host });
      await server.assertPasses(await at('https://shop.example'));
      await server.assertPasses(await at('https://shop.example:443'));
      await server.assertPasses(await at('http://SHOP.example'));
      await server.assertRefused(await at('https://shop.example:444'), { challenge });
      await server.assertRefused(await at('https://evil.example'), { challenge });
      await server.assertRefused(await at(server.origin), { challenge });
    });

    test('is not told another host by headers that anybody can send', async () => {
      const headers = await credentials('https://evil.example/api/profile');
      const host = 'evil.example';
      const forwarded = { 'X-Forwarded-Host': host, 'X-Forwarded-Proto': 'https', Forwarded: `host=${host}` };
      await server.assertRefused({ ...headers, ...forwarded }, { challenge: INVALID_PROOF });
      await server.assertPasses({ ...(await credentials()), ...forwarded });
    });

    test('needs the session of the token, from the cookie alone', async () => {
      const { sessionId: otherOfAlice } = await server.login();
      const { sessionId: ofMallory } = await server.login({ userId: 'mallory' });
      const { Cookie, ...rest } = await credentials();
      await server.assertRefused(rest, { reason: 'Session revoked or invalid' });
      for (const cookie of [
        `swt_session=${otherOfAlice}`,
        `swt_session=${ofMallory}`,
        'swt_session=',
        'swt_session',
        `Swt_session=${grant.sessionId}`,
        `xswt_session=${grant.sessionId}`,
        `swt_session=${grant.sessionId}x`,
        `swt_session=j%3A%5B%22${grant.sessionId}%22%5D`,
        `swt_session=j:["${grant.sessionId}"]`,
        `swt_session=s:${grant.sessionId}.x`,
        'swt_session=%00',
        'swt_session=%',
        `__proto__=x; constructor=${grant.sessionId}`,
        `__proto__=${grant.sessionId}; __proto__.swt_session=${grant.sessionId}`,
      ]) {
        await server.assertRefused({ ...rest, Cookie: cookie });
      }
      const path = `${PATH}&swt_session=${grant.sessionId}`;
      const elsewhere = { ...(await credentials(path)), Cookie: 'a=b', 'X-Session-Id': grant.sessionId };
      await server.assertRefused(elsewhere, { path });
      await server.assertPasses({ ...rest, Cookie: `__proto__=x; ${Cookie}; __proto__=y` });
    });

    test('refuses two cookies of the name, in either order and in two headers', async () => {
      const { Cookie, ...rest } = await credentials();
      const mine = `swt_session=${grant.sessionId}`;
      for (const other of ['swt_session=x', mine, 'swt_session=']) {
        await server.assertRefused({ ...rest, Cookie: `${mine}; ${other}` });
        await server.assertRefused({ ...rest, Cookie: `${other};${mine}` });
      }
      await server.assertRefused([['Cookie', mine], ['Cookie', mine], ...Object.entries(rest)]);
      await server.assertPasses({ ...rest, Cookie });
    });

    test('says of an expired token that it is', async (t) => {
      const expiring = await server.login(DATA, { expiresIn: 2 });
      const headers = await server.credentials(expiring);
      await server.assertPasses(headers);
      const { now } = Date;
      t.mock.method(Date, 'now', () => now() + 3000);
      await server.assertRefused(headers, { error: EXPIRED });
    });

    test('refuses garbage, and goes on', async () => {
      const headers = await credentials();
      const garbage = ['x', '..', 'null', `${grant.token}x`, '\u00ff'.repeat(50), '{}', 'a.b.c', '%00', '__proto__'];
      for (const value of garbage) {
        await server.assertRefused({ ...headers, Authorization: `Bearer ${value}` });
      }
      await server.assertPasses(headers);
    });

    test('treats OPTIONS and HEAD like every other method', async () => {
      const { Authorization, ...rest } = await credentials();
      const preflight = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'GET' };
      const missing = { error: NO_HEADER, challenge: BARE };
      await server.assertRefused({ ...rest, ...preflight }, { ...missing, method: 'OPTIONS' });
      await server.assertRefused(rest, { ...missing, method: 'HEAD' });
      await server.assertRefused(await credentials(), { challenge: INVALID_PROOF, method: 'HEAD' });
      await server.assertPasses(await credentials(PATH, 'OPTIONS'), { method: 'OPTIONS' });
      await server.assertPasses(await credentials(PATH, 'HEAD'), { method: 'HEAD' });
    });

    test('refuses after logout', async () => {
      const headers = await credentials();
      await server.store.revokeSession(grant.sessionId);
      await server.assertRefused(headers, { reason: 'Session revoked or invalid' });
    });
  });
}
