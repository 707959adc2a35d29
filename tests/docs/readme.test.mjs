// The options that README.md names are those that there are, with their defaults.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';

import { MemoryStore, RedisStore, refresh, sign, swtMiddleware, verify } from 'secure-web-token';
import { createClient } from 'redis';

import { namesIn, read } from './documents.mjs';

const require = createRequire(import.meta.url);
const { newSecret } = require('../support/sessions.js');

const secret = newSecret();
const options = /\n## Options\n([^]*?)\n## /.exec(read('README.md'))[1];
const [, ofSign, ofVerify, ofRefresh, ofAll, ofStores] =
  /([^]*?)(?=\*\*`verify)([^]*?)(?=\*\*`refresh)([^]*?)(?=\| all of these)([^]*?)(?=\| store \|)([^]*)/.exec(options);

const SUBJECTS = {
  sign: [ofSign, (settings) => sign({ userId: 1 }, secret, settings)],
  verify: [ofVerify, (settings) => verify('x', secret, settings)],
  swtMiddleware: [ofVerify, async (settings) => swtMiddleware({ secret, ...settings })],
  refresh: [ofRefresh, (settings) => refresh('x', secret, settings)],
  RedisStore: [ofStores, async (settings) => new RedisStore(createClient(), settings)],
  MemoryStore: [ofStores, async (settings) => new MemoryStore(settings)],
};

/** What is for the days of a change, or for those who read docs/refresh.md, has no place in an overview. */
const ELSEWHERE = ['insecureShortSecret', 'insecureRefreshReuse'];

/** A name that is like no other is answered with all that there are. */
async function optionsOf(call) {
  const error = await call({ ['?'.repeat(20)]: 1 }).catch((reason) => reason);
  return /it has (.*)$/.exec(error.message)[1].split(', ');
}

describe('README.md', () => {
  const known = new Set();
  for (const [name, [text, call]] of Object.entries(SUBJECTS)) {
    test(`names all options of ${name}`, async () => {
      const there = await optionsOf(call);
      there.forEach((option) => known.add(option));
      const words = new Set(`${text} ${name.endsWith('Store') ? '' : ofAll}`.match(/\w+/g));
      assert.deepEqual(there.filter((option) => !words.has(option) && !ELSEWHERE.includes(option)), []);
    });
  }

  test('names no other options', () => {
    const rows = options.split('\n').filter((line) => /^\| `(?!new )/.test(line));
    const named = rows.flatMap((row) => namesIn(row.split('|')[1]));
    assert.deepEqual(named.filter((option) => !known.has(option)), []);
    assert.ok(named.length > 15);
  });

  test('says how long tokens live', async () => {
    const { token, refreshToken } = await sign({ userId: 1 }, secret, { generateRefreshToken: true });
    const { iat } = await verify(token, secret);
    const lifeOf = (text) => JSON.parse(Buffer.from(text.split('.')[0], 'base64url')).exp - iat;
    assert.match(ofSign, new RegExp(`^\\| \`expiresIn\` \\| \`${lifeOf(token)}\` `, 'm'));
    assert.match(ofSign, new RegExp(`^\\| .*\`refreshExpiresIn\` \\| .*\`${lifeOf(refreshToken)}\` `, 'm'));
  });
});
