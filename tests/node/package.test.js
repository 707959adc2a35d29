'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { describe, test } = require('node:test');

const swt = require('secure-web-token');
const { assertFails, newKey, newSecret } = require('../support/sessions.js');

const NAMES = [
  ...['sign', 'verify', 'refresh', 'createSwt'],
  ...['swtMiddleware', 'swtFastify', 'swtKoa', 'swtHono', 'createAuthenticator'],
  ...['RedisStore', 'MemoryStore', 'createKey', 'KeyRing', 'computeJwkThumbprint', 'metrics', 'SwtError'],
];

describe('the exports', () => {
  test('are these, from require', () => assert.deepEqual(Object.keys(swt), NAMES));

  test('and the same ones from import, by name and as the default', async () => {
    const imported = await import('secure-web-token');
    assert.deepEqual(Object.keys(imported).sort(), [...NAMES, 'default'].sort());
    assert.equal(imported.default, swt);
    for (const name of NAMES) assert.equal(imported[name], swt[name]);
  });

  test('nothing below is reachable', () => {
    assert.throws(() => require('secure-web-token/js/addon/native.js'), { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' });
  });
});

describe('SwtError', () => {
  test('is an Error with name, code, kind and status', async () => {
    const error = await assertFails(swt.verify('x', newSecret()), {
      code: 'token_malformed',
      kind: 'rejected',
      status: 401,
    });
    assert.ok(error instanceof Error);
    assert.equal(String(error), 'SwtError: Invalid token format');
    assert.deepEqual(Object.keys(error), ['code', 'kind', 'status']);
  });

  test('has a stack where the program is wrong, none where a request is refused', async () => {
    const limit = Error.stackTraceLimit;
    const usage = await assertFails(swt.sign({}, newSecret()), { kind: 'usage' });
    assert.match(usage.stack, /sign\.js/);
    const rejected = await assertFails(swt.verify('x', newSecret()), { kind: 'rejected' });
    assert.equal(rejected.stack, 'SwtError: Invalid token format');
    assert.equal(Error.stackTraceLimit, limit);
  });

  test('works where the intrinsics are frozen', () => {
    const script = `
      const { verify } = require('secure-web-token');
      Object.freeze(Error);
      verify('x', 'a secret of more than thirty-two bytes').catch((error) => console.log(error.code));
    `;
    assert.equal(
      execFileSync(process.execPath, ['-e', script], { cwd: __dirname, encoding: 'utf8' }),
      'token_malformed\n',
    );
  });
});

describe('computeJwkThumbprint', () => {
  // The public half of the client key of RFC 9449, whose thumbprint is in its section 6.
  const RFC9449 = {
    kty: 'EC',
    x: 'l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs',
    y: '9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA',
    crv: 'P-256',
  };
  const THUMBPRINT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';

  test('gives the one of the RFC, for an object and for its text, with and without await', async () => {
    assert.equal(swt.computeJwkThumbprint(RFC9449), THUMBPRINT);
    assert.equal(await swt.computeJwkThumbprint(JSON.stringify(RFC9449)), THUMBPRINT);
    assert.equal(swt.computeJwkThumbprint({ ...RFC9449, kid: 'x', alg: 'ES256', use: 'sig' }), THUMBPRINT);
  });

  test('refuses everything else', async () => {
    const bad = [
      undefined,
      null,
      '',
      '{',
      7,
      [],
      {},
      [RFC9449],
      new Map(),
      { ...RFC9449, d: RFC9449.x },
      { ...RFC9449, crv: 'P-384' },
    ];
    for (const jwk of bad)
      await assertFails(() => swt.computeJwkThumbprint(jwk), { code: 'client_key', kind: 'usage' });
  });

  test('is the jkt of a session that is bound to the key', async () => {
    const store = new swt.MemoryStore();
    const { publicKeyJwk: clientPublicKey } = await newKey();
    const { sessionId } = await swt.sign({ userId: 1 }, newSecret(), { store, fingerprint: true, clientPublicKey });
    assert.equal((await store.getSession(sessionId)).jkt, swt.computeJwkThumbprint(clientPublicKey));
  });
});
