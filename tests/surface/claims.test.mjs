/**
 * What the documentation of 3.0.1 claims, one row for each claim, in our own words, and each tried on the real thing:
 * who reads that documentation and installs this package gets what it says. What is not there yet is a row too, and is
 * skipped with its reason.
 */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { closeWorld, openWorld } from './world.mjs';

/** The parts of that documentation, in its order, and the files that hold their claims. */
const SECTIONS = {
  'what it is for': 'purpose',
  'the way of a login': 'login',
  'the way of a request': 'request',
  'getting started': 'getting_started',
  'compared with JWT': 'comparison',
  RedisStore: 'redis_store',
  sign: 'sign',
  verify: 'verify',
  refresh: 'refresh',
  swtMiddleware: 'middleware',
  'the audit log': 'audit',
  'the commands': 'commands',
  'questions and answers': 'questions',
  'messages that applications compare with': 'messages',
  'options that do not exist': 'unknown_options',
};

const sections = [];
for (const [section, file] of Object.entries(SECTIONS)) {
  const { default: rows } = await import(`./sections/${file}.mjs`);
  sections.push({ section, rows });
}

describe('the claims', { timeout: 120_000 }, () => {
  before(openWorld);
  after(closeWorld);

  for (const { section, rows } of sections) {
    describe(section, () => {
      for (const { claim, skip, test: tried } of rows) test(claim, { skip }, tried);
    });
  }
});

test('every section has claims that are tried, and each row is one claim', (context) => {
  const claims = new Set();
  for (const { section, rows } of sections) {
    assert.ok(rows.some((row) => row.skip === undefined), `nothing is tried of "${section}"`);
    for (const { claim, skip, test: tried, ...rest } of rows) {
      assert.equal(typeof claim, 'string');
      assert.equal(typeof (skip ?? tried), skip === undefined ? 'function' : 'string', claim);
      assert.deepEqual(rest, {}, claim);
      assert.ok(!claims.has(`${section}: ${claim}`), `"${claim}" stands twice`);
      claims.add(`${section}: ${claim}`);
    }
  }
  const skipped = sections.flatMap(({ rows }) => rows.filter((row) => row.skip !== undefined));
  context.diagnostic(`${claims.size} claims in ${sections.length} sections, ${skipped.length} of them skipped`);
  for (const { claim, skip } of skipped) context.diagnostic(`skipped: ${claim}: ${skip}`);
});
