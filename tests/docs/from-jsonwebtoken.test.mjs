// The tables of docs/from-jsonwebtoken.md: an option that has no counterpart is refused by name, one that has is taken;
// lifetimes and errors are what the tables say.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';

import { sign, verify } from 'secure-web-token';

import { seal } from '../reference/codec.mjs';
import { namesIn, tableOf } from './documents.mjs';

const require = createRequire(import.meta.url);
const { assertFails, newSecret } = require('../support/sessions.js');

const DOCUMENT = 'docs/from-jsonwebtoken.md';
const ALICE = { userId: 'alice' };
const secret = newSecret();
const { token } = await sign(ALICE, secret);

/** A good value for each option that there is. */
const VALUES = {
  expiresIn: '15m', audience: 'a', issuer: 'i', subject: 's', clockTolerance: 5, maxTokenAge: 60,
};

const operations = {
  sign: (options) => sign(ALICE, secret, options),
  verify: async (options) => {
    const { audience, issuer, subject } = options ?? {};
    return verify((await sign(ALICE, secret, { audience, issuer, subject })).token, secret, options);
  },
};

for (const [operation, attempt] of Object.entries(operations)) {
  // The section's heading names the operation; the tables have the same heading.
  const table = tableOf(DOCUMENT, ['jsonwebtoken', 'here', ''], `## Options of ${operation}`);
  describe(`options of ${operation}`, () => {
    for (const [theirs, ours] of table) {
      const counterparts = ours === 'the same' ? namesIn(theirs) : namesIn(ours).filter((name) => name !== 'kid');
      const gone = namesIn(theirs).filter((name) => !counterparts.includes(name));
      for (const name of counterparts) {
        test(`${name} is taken`, async () => assert.ok(await attempt({ [name]: VALUES[name] })));
      }
      for (const name of gone) {
        test(`${name} is refused by name`, async () => {
          await assertFails(() => attempt({ [name]: true }), { code: 'argument', message: new RegExp(`"${name}"`) });
        });
      }
    }
    test('were found', () => assert.ok(table.length >= 9));
  });
}

describe('lifetimes', () => {
  const values = (cell) => namesIn(cell).map((text) => (text.startsWith("'") ? text.slice(1, -1) : Number(text)));
  for (const [given, , here] of tableOf(DOCUMENT, ['`expiresIn`', 'jsonwebtoken', 'here'])) {
    test(`${given}: ${here}`, async () => {
      const cases = given === 'nothing' ? [undefined] : given.startsWith('`0`') ? [0, -1] : values(given);
      assert.notEqual(cases.length, 0);
      for (const expiresIn of cases) {
        if (here.startsWith('refused')) {
          await assertFails(() => sign(ALICE, secret, { expiresIn }), { code: 'lifetime' });
          continue;
        }
        const { iat, exp } = await verify((await sign(ALICE, secret, { expiresIn })).token, secret);
        const expected = here === '900 seconds' ? 900 : { '15m': 900, '24h': 86400, '7d': 604800 }[expiresIn];
        assert.equal(exp - iat, expected);
      }
    });
  }
});

describe('errors', () => {
  const now = Math.floor(Date.now() / 1000);
  const sealed = (times, header) => seal({ data: ALICE, iat: now, exp: now + 900, ...times }, { secret, header });
  const ATTEMPTS = {
    token_expired: () => verify(sealed({ iat: now - 60, exp: now - 1 }), secret),
    token_age: () => verify(sealed({ iat: now - 60 }), secret, { maxTokenAge: 30 }),
    token_malformed: () => verify(undefined, secret),
    token_authentication: () => verify(token, newSecret()),
    token_algorithm: () => verify(sealed({}, { alg: 'none' }), secret),
    token_audience: () => verify(token, secret, { audience: 'a' }),
    token_issuer: () => verify(token, secret, { issuer: 'i' }),
    token_subject: () => verify(token, secret, { subject: 's' }),
    token_not_yet_valid: () => verify(sealed({ iat: now + 600 }), secret),
  };
  const told = tableOf(DOCUMENT, ['jsonwebtoken', '`error.code`']).flatMap(([, code]) => namesIn(code));

  test('that the table names are those that are tried', () => assert.deepEqual(told, Object.keys(ATTEMPTS)));
  for (const code of told) test(code, () => assertFails(ATTEMPTS[code], { code }));
  test('and a good token has none', async () => assert.deepEqual((await verify(token, secret)).data, ALICE));
});
