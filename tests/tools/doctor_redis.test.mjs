// secure-web-token doctor --redis, through the clients that an app may have, of real servers.
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { CLEAN, doctor, writeApp } from './app.mjs';

const { startRedis } = createRequire(import.meta.url)('../support/redis.js');
const root = fileURLToPath(new URL('../..', import.meta.url));

describe('--redis', () => {
  const NAMES = { redis: ['redis', 'redis4', 'redis5'], ioredis: ['ioredis', 'ioredis5'] };

  /** An app in which a version of a client is installed under its own name. */
  function appWith(name, installed) {
    const folder = writeApp(CLEAN);
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(join(root, 'node_modules', installed), join(folder, 'node_modules', name));
    return folder;
  }

  for (const [name, versions] of Object.entries(NAMES)) {
    for (const installed of versions) {
      test(`through ${installed}, of a server that fits and of one that does not`, async (t) => {
        const redis = await startRedis();
        t.after(() => redis.stop());
        const folder = appWith(name, installed);
        const good = doctor(folder, '--redis', redis.url);
        assert.deepEqual(good.findings, []);
        assert.deepEqual([good.redis.client, good.redis.policy], [name, 'noeviction']);
        assert.match(good.redis.version, /^\d+\./);

        const evicting = await startRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] });
        t.after(() => evicting.stop());
        const [{ rule, look }, ...more] = doctor(folder, '--redis', evicting.url).findings;
        assert.deepEqual([rule, look, more], ['redis', 'maxmemory-policy, which is allkeys-lru', []]);
      });
    }
  }

  test('of a user who may run no scripts, or nothing', async (t) => {
    const redis = await startRedis({ args: [
      ...['--user', 'app', 'on', '>pass', '~*', '+@all', '-eval', '-evalsha'],
      ...['--user', 'none', 'on', '>pass'],
    ] });
    t.after(() => redis.stop());
    const folder = appWith('redis', 'redis');
    const as = (user) => doctor(folder, '--redis', redis.url.replace('//', `//${user}@`)).findings.map(({ look, differs }) => look + differs);
    const [evaluate, evalSha, ...more] = as('app:pass');
    assert.match(evaluate, /EVAL answered NOPERM/);
    assert.match(evalSha, /EVALSHA answered NOPERM/);
    assert.deepEqual(more, []);
    assert.equal(as('none:pass').length, 1);
    const wrong = as('app:hunter2');
    assert.equal(wrong.length, 1);
    assert.ok(!wrong[0].includes('hunter2'));
  });

  test('of a server that accepts and does not answer', async (t) => {
    const redis = await startRedis();
    t.after(() => redis.stop());
    process.kill(redis.pid, 'SIGSTOP');
    for (const [name, [installed]] of Object.entries(NAMES)) {
      const [{ look, differs }, ...more] = doctor(appWith(name, installed), '--redis', redis.url).findings;
      assert.deepEqual([look, more], ['the connection to Redis', []]);
      assert.match(differs, /connecting: no answer in 5000 ms/);
    }
  });

  test('of nobody, or without a client in the app', async () => {
    for (const name of ['redis', 'ioredis']) {
      const [{ rule, look }, ...more] = doctor(appWith(name, name), '--redis', 'redis://127.0.0.1:1').findings;
      assert.deepEqual([rule, look, more], ['redis', 'the connection to Redis', []]);
    }
    const [{ differs }] = doctor(writeApp(CLEAN), '--redis', 'redis://127.0.0.1:1').findings;
    assert.match(differs, /neither redis nor ioredis/);
  });
});
