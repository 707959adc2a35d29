/**
 * A fleet is upgraded from 3.0.1 to this package one process at a time, and rolled back again, while pages use
 * it: real processes, real HTTP, one Redis. Nobody who did not log out is refused once, and who did stays out.
 *
 * Asserted, while the two versions answer by turns and after each change of a process:
 * - a login, a call, a refresh and a logout of an honest page are answered 200, by whichever process, with the page's
 *   own user, as a text or as a number, and its own session. Only a process that takes no connection is passed over.
 * - tokens, sessions and refresh tokens of each version are good at both: the counts of all combinations are above 0.
 * - after a logout at either version the token and the refresh token are refused with the session's cookie, at every
 *   process, also at one that was started later, as either version.
 *
 * Not asserted, since 3.0.1 cannot keep it: see not_promised.test.mjs.
 */

import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';

import { createClient } from 'redis';
import { RedisStore } from 'secure-web-token';

import { Crowd } from './crowd.mjs';
import { Fleet } from './fleet.mjs';
import { RedisStore as OldRedisStore } from './version_3.mjs';

const { startRedis } = createRequire(import.meta.url)('../support/redis.js');

const VERSIONS = ['old', 'new'];
const PAST_TO_ASK = 10;
const PREFIX = 'auth:session:';

function pem(type, options) {
  const { privateKey, publicKey } = generateKeyPairSync(type, options);
  return {
    signingKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    verifyingKey: publicKey.export({ type: 'spki', format: 'pem' }),
    encryptionSecret: randomBytes(32).toString('hex'),
  };
}

function secret() {
  const text = randomBytes(32).toString('hex');
  return { signingKey: text, verifyingKey: text };
}

/** 3.0.1's refresh takes no encryptionSecret: with a PEM key only this package can refresh, also tokens of 3.0.1. */
const fleets = {
  'a secret': { size: 4, keys: secret(), refreshes: true },
  'an RSA key': { size: 4, keys: pem('rsa', { modulusLength: 2048 }), refreshes: false },
  'an EC key, which 3.0.1 calls RS256': { size: 2, keys: pem('ec', { namedCurve: 'P-256' }), refreshes: false },
};

describe('processes, upgraded and rolled back', { timeout: 120_000 }, () => {
  let redis;
  let client;

  before(async () => {
    redis = await startRedis();
    client = createClient({ url: redis.url });
    client.on('error', () => {});
    await client.connect();
  });

  after(async () => {
    client?.destroy();
    await redis?.stop();
  });

  /** Both versions read the records of both, and read the same. */
  async function assertRecordsAgree(crowd) {
    const readers = [new OldRedisStore(client, { prefix: PREFIX }), new RedisStore(client, { prefix: PREFIX })];
    for (const { browser, habit } of crowd.pages) {
      if (habit !== 'stays') continue; // the others may be changing theirs
      const [old, ours] = await Promise.all(readers.map((store) => store.getSession(browser.session)));
      assert.equal(ours.userId, browser.userId);
      for (const member of ['sessionId', 'userId', 'jkt']) assert.equal(ours[member], old[member], member);
      const left = await client.ttl(PREFIX + browser.session);
      assert.ok(left > 80_000 && left <= 86_400, `lives for ${left} s`);
    }
  }

  async function replaceAll(fleet, crowd, version) {
    for (const place of fleet.places) {
      await Promise.race([fleet.replace(place, version), crowd.failed]);
      await crowd.assertAllOut(place, PAST_TO_ASK);
      await crowd.rounds(1);
      await assertRecordsAgree(crowd);
    }
  }

  for (const [name, { size, keys, refreshes }] of Object.entries(fleets)) {
    test(`${size} that sign with ${name}: nobody is logged out, and who logged out stays so`, async (context) => {
      const fleet = new Fleet(redis.url, keys);
      const crowd = new Crowd(fleet, { refreshes });
      try {
        await fleet.start(Array(size).fill('old'));
        crowd.join(1, ['stays', 'refreshes', 'comes and goes']);
        await crowd.rounds(2);

        await replaceAll(fleet, crowd, 'new');
        crowd.join(2, ['stays', 'refreshes']);
        await crowd.rounds(2);

        await replaceAll(fleet, crowd, 'old');
        await crowd.rounds(2);
        await crowd.end();
        for (const place of fleet.places) await crowd.assertAllOut(place, crowd.pages.length);
      } finally {
        await fleet.stop();
      }
      report(context, fleet, crowd);
      assertTravelled(crowd);
    });
  }

  function assertTravelled(crowd) {
    const refreshedAt = crowd.refreshes ? VERSIONS : ['new'];
    for (const from of VERSIONS) {
      for (const to of VERSIONS) {
        for (const what of ['token', 'session', 'logout']) {
          assert.ok(crowd.count(what, from, to) > 0, `no ${what} of ${from} came to ${to}`);
        }
        if (!refreshedAt.includes(to)) continue;
        assert.ok(crowd.count('refresh token', from, to) > 0, `no refresh token of ${from} came to ${to}`);
      }
    }
  }

  function report(context, fleet, crowd) {
    const seen = [...crowd.seen].sort().map(([line, count]) => `${count} × ${line}`);
    context.diagnostic(`${fleet.restarts} processes replaced, ${fleet.retries} requests sent on to another process`);
    context.diagnostic(`${crowd.pages.length} pages, ${crowd.past.length} logouts; ${seen.join('; ')}`);
  }
});
