'use strict';

const assert = require('node:assert/strict');
const { afterEach, describe, mock, test } = require('node:test');
const { inspect } = require('node:util');

const { MemoryStore, sign, swtMiddleware, verify } = require('secure-web-token');
const { assertFails, newSecret } = require('../support/sessions.js');

const SECRET = newSecret();
const ALICE = { userId: 'alice' };

afterEach(() => mock.timers.reset());

const tokenOf = async (options) => (await sign(ALICE, SECRET, options)).token;

/** What a guard with these expectations answers: 200, or the status and the challenge. */
function ask(options, token) {
  const request = { headers: { authorization: `Bearer ${token}` }, method: 'GET', url: '/' };
  return new Promise((resolve) => {
    const headers = {};
    const response = {
      setHeader: (name, value) => (headers[name] = value),
      end: (body) => resolve([response.statusCode, headers['WWW-Authenticate'], JSON.parse(body).error]),
    };
    swtMiddleware({ secret: SECRET, ...options })(request, response, () => resolve(200));
  });
}

/** The same of verify and of the middleware. */
async function assertRefused(token, options, code) {
  await assertFails(verify(token, SECRET, options), { code, kind: 'rejected', status: 401 });
  const [status, challenge, error] = await ask(options, token);
  assert.deepEqual([status, challenge], [401, 'DPoP error="invalid_token", algs="ES256"']);
  // Which expectation it was is for the log alone.
  assert.ok(['Unauthorized', 'Token expired'].includes(error));
}

async function assertAccepted(token, options) {
  assert.deepEqual((await verify(token, SECRET, options)).data, ALICE);
  assert.equal(await ask(options, token), 200);
}

describe('audience', () => {
  test('must have one in common, exactly', async () => {
    const token = await tokenOf({ audience: 'api' });
    for (const audience of ['api', ['api'], ['files', 'api']]) await assertAccepted(token, { audience });
    for (const audience of ['API', 'api ', 'ap', 'apis', ['files'], ['a', 'p', 'i']]) {
      await assertRefused(token, { audience }, 'token_audience');
    }
  });

  test('of several', async () => {
    const token = await tokenOf({ audience: ['api', 'files'] });
    for (const audience of ['api', 'files', ['x', 'files']]) await assertAccepted(token, { audience });
    await assertRefused(token, { audience: 'api,files' }, 'token_audience');
    assert.deepEqual((await verify(token, SECRET, { audience: 'api' })).aud, ['api', 'files']);
  });

  test('that is not expected is refused, and one that is expected must be there', async () => {
    await assertRefused(await tokenOf({ audience: 'api' }), {}, 'token_audience');
    await assertRefused(await tokenOf({}), { audience: 'api' }, 'token_audience');
    await assertAccepted(await tokenOf({}), {});
    await assertAccepted(await tokenOf({ audience: undefined }), { audience: undefined });
  });

  test('in the claims of the caller is no audience', async () => {
    const { token } = await sign({ ...ALICE, aud: 'api', iss: 'x', sub: 'y' }, SECRET);
    await assertFails(verify(token, SECRET, { audience: 'api' }), { code: 'token_audience' });
    await assertFails(verify(token, SECRET, { issuer: 'x' }), { code: 'token_issuer' });
    await assertFails(verify(token, SECRET, { subject: 'y' }), { code: 'token_subject' });
    await verify(token, SECRET);
  });

  test('are at most 16', async () => {
    const many = Array.from({ length: 16 }, (_, i) => `a${i}`);
    await assertAccepted(await tokenOf({ audience: many }), { audience: many });
    for (const audience of [[], [...many, 'x']]) {
      await assertFails(sign(ALICE, SECRET, { audience }), { code: 'argument', message: /1 to 16/ });
      await assertFails(verify('x', SECRET, { audience }), { code: 'argument', message: /1 to 16/ });
    }
  });

  test('is not what the array becomes later', async () => {
    const audience = ['api'];
    const guard = swtMiddleware({ secret: SECRET, audience });
    audience[0] = 'files';
    audience.push('more');
    const request = {
      headers: { authorization: `Bearer ${await tokenOf({ audience: 'api' })}` },
      method: 'GET',
      url: '/',
    };
    await new Promise((resolve, reject) => guard(request, { setHeader() {}, end: reject }, resolve));
    assert.deepEqual(request.swt, ALICE);
  });
});

describe('issuer', () => {
  test('must be one of the expected ones, exactly', async () => {
    const token = await tokenOf({ issuer: 'https://login.example' });
    await assertAccepted(token, {});
    for (const issuer of ['https://login.example', ['x', 'https://login.example']])
      await assertAccepted(token, { issuer });
    for (const issuer of ['https://login.example/', 'HTTPS://login.example', ['x'], 'login.example']) {
      await assertRefused(token, { issuer }, 'token_issuer');
    }
    await assertRefused(await tokenOf({}), { issuer: 'https://login.example' }, 'token_issuer');
  });

  test('of a token is one', async () => {
    await assertFails(sign(ALICE, SECRET, { issuer: ['a', 'b'] }), { code: 'argument', message: /^issuer / });
  });
});

describe('subject', () => {
  test('must be the expected one', async () => {
    const token = await tokenOf({ subject: 'alice' });
    await assertAccepted(token, {});
    await assertAccepted(token, { subject: 'alice' });
    for (const subject of ['Alice', 'alice ', 'bob']) await assertRefused(token, { subject }, 'token_subject');
    await assertRefused(await tokenOf({}), { subject: 'alice' }, 'token_subject');
    await assertFails(verify(token, SECRET, { subject: ['alice'] }), { code: 'argument' });
  });
});

describe('names', () => {
  const noNames = [
    null,
    '',
    0,
    7,
    true,
    false,
    {},
    [''],
    [7],
    [null],
    [undefined],
    [['a']],
    () => 'a',
    Symbol('a'),
    1n,
    'a\ud800',
    ['a\ud800'],
    new String('a'),
    new Array(3),
    { length: 1, 0: 'a' },
    /a/,
    'a'.repeat(2 ** 20),
  ];
  for (const name of noNames) {
    test(`${inspect(name).slice(0, 40)} is none: a failed look-up switches nothing off`, async () => {
      for (const option of ['audience', 'issuer', 'subject']) {
        const expected = { code: 'argument', kind: 'usage', message: new RegExp(`^${option} `) };
        await assertFails(sign(ALICE, SECRET, { [option]: name }), expected);
        await assertFails(verify('x', SECRET, { [option]: name }), expected);
        await assertFails(() => swtMiddleware({ secret: SECRET, [option]: name }), expected);
      }
    });
  }

  test('have up to 256 bytes in UTF-8', async () => {
    for (const option of ['audience', 'issuer', 'subject']) {
      for (const name of ['x'.repeat(256), 'é'.repeat(128), '🦉'.repeat(64), 'a\0b', '\u2028', '__proto__']) {
        const made = await sign(ALICE, SECRET, { [option]: name }).catch((error) => error);
        // A control character may be refused; what is accepted comes back as it was.
        if (made instanceof Error) assert.equal(made.kind, 'usage');
        else await assertAccepted(made.token, { [option]: name });
      }
      for (const name of ['x'.repeat(257), 'é'.repeat(129)]) {
        const expected = { code: 'argument', kind: 'usage', message: new RegExp(`^${option} .*256`) };
        await assertFails(sign(ALICE, SECRET, { [option]: name }), expected);
        await assertFails(verify('x', SECRET, { [option]: name }), expected);
        await assertFails(() => swtMiddleware({ secret: SECRET, [option]: name }), expected);
      }
    }
  });
});

describe('clockTolerance', () => {
  const at = (ms) => mock.timers.setTime(ms);

  test('lets a token live longer, by at most 300 seconds', async () => {
    const start = 1_800_000_000_000;
    mock.timers.enable({ apis: ['Date'], now: start });
    const token = await tokenOf({ expiresIn: 60 });
    at(start + 59_000);
    await assertAccepted(token, {});
    at(start + 69_000);
    await assertRefused(token, {}, 'token_expired');
    await assertRefused(token, { clockTolerance: 5 }, 'token_expired');
    await assertAccepted(token, { clockTolerance: 10 });
    await assertAccepted(token, { clockTolerance: '10s' });
    at(start + 359_000);
    await assertAccepted(token, { clockTolerance: 300 });
    at(start + 361_000);
    await assertRefused(token, { clockTolerance: 300 }, 'token_expired');
  });

  test('beyond 300 seconds is refused for every token, good or bad, also when a guard is made', async () => {
    const token = await tokenOf({});
    for (const clockTolerance of [301, '6m', 2 ** 52]) {
      const expected = { code: 'argument', kind: 'usage', message: /^clockTolerance .*300/ };
      for (const any of [token, 'x']) await assertFails(verify(any, SECRET, { clockTolerance }), expected);
      await assertFails(() => swtMiddleware({ secret: SECRET, clockTolerance }), expected);
    }
    await verify(token, SECRET, { clockTolerance: 300 });
  });

  test('is a length of time', async () => {
    for (const clockTolerance of [-1, 0.5, NaN, Infinity, '5', '-5s', null, {}, [5], 5n, true, '1500ms']) {
      await assertFails(verify('x', SECRET, { clockTolerance }), { code: 'argument', message: /^clockTolerance / });
    }
    await assertAccepted(await tokenOf({}), { clockTolerance: 0 });
  });
});

describe('maxTokenAge', () => {
  test('refuses a token that is older, whatever its own end', async () => {
    const start = 1_800_000_000_000;
    mock.timers.enable({ apis: ['Date'], now: start });
    const token = await tokenOf({ expiresIn: '1d' });
    mock.timers.setTime(start + 59_000);
    await assertAccepted(token, { maxTokenAge: '1m' });
    mock.timers.setTime(start + 62_000);
    await assertRefused(token, { maxTokenAge: 60 }, 'token_age');
    await assertAccepted(token, { maxTokenAge: 60, clockTolerance: 5 });
    await assertAccepted(token, {});
  });

  test('is a lifetime: 0 and what is none do not switch it off', async () => {
    for (const maxTokenAge of [0, -1, 1.5, NaN, Infinity, '60', null, {}, [], 60n, '0s']) {
      await assertFails(verify('x', SECRET, { maxTokenAge }), { code: 'lifetime', message: /^maxTokenAge / });
    }
  });
});

describe('all of them', () => {
  test('hold together, with a session', async () => {
    const store = new MemoryStore();
    const made = { audience: ['api', 'files'], issuer: 'login', subject: 'alice' };
    const { token, sessionId } = await sign(ALICE, SECRET, { store, ...made });
    const expected = {
      store,
      sessionId,
      audience: 'api',
      issuer: ['login'],
      subject: 'alice',
      maxTokenAge: 60,
      clockTolerance: 1,
    };
    await verify(token, SECRET, expected);
    await assertFails(verify(token, SECRET, { ...expected, audience: 'x' }), { code: 'token_audience' });
    await assertFails(verify(token, SECRET, { ...expected, issuer: 'x' }), { code: 'token_issuer' });
    await assertFails(verify(token, SECRET, { ...expected, subject: 'x' }), { code: 'token_subject' });
    await store.revokeSession(sessionId);
    await assertFails(verify(token, SECRET, expected), { code: 'session_revoked' });
  });

  test('come from the options alone and not from Object.prototype', async () => {
    const token = await tokenOf({ audience: 'api' });
    const plain = await tokenOf({});
    for (const name of ['audience', 'audiences', 'issuer', 'issuers', 'subject']) Object.prototype[name] = 'api';
    Object.prototype.clockTolerance = 300;
    Object.prototype.leewaySeconds = 300;
    try {
      await assertFails(verify(token, SECRET, {}), { code: 'token_audience' });
      await verify(plain, SECRET, {});
      await verify(token, SECRET, { audience: 'api' });
      await assertFails(verify(await tokenOf({}), SECRET, { audience: 'api' }), { code: 'token_audience' });
    } finally {
      const names = ['audience', 'audiences', 'issuer', 'issuers', 'subject', 'clockTolerance', 'leewaySeconds'];
      for (const name of names) delete Object.prototype[name];
    }
  });
});
