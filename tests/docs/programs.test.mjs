// Every block of JavaScript in the documents is run. The servers and pages among them have tests of their own.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { blocksOf, documents, programsOf, promisedOutput, read, root } from './documents.mjs';
import { Workshop } from './workshop.mjs';

const require = createRequire(import.meta.url);
const { startRedis } = require('../support/redis.js');

/** Programs that wait for somebody: site.test.mjs, from-3.test.mjs and stores.test.mjs bring them together. */
const DRIVEN = new Set(['server', 'users', 'page', 'both', 'caught', 'three-methods']);

let redis;
let workshop;

before(async () => {
  redis = await startRedis();
  workshop = new Workshop(redis.url);
});

after(async () => {
  workshop?.remove();
  await redis?.stop();
});

for (const document of documents) {
  describe(document, { timeout: 120_000 }, () => {
    for (const [name, code] of programsOf(document)) {
      if (DRIVEN.has(name)) continue;
      test(`program ${name} prints what it says`, async () => {
        const promised = promisedOutput(code);
        assert.notEqual(promised.length, 0, 'a program that promises nothing shows nothing');
        const { code: status, stdout, stderr } = await workshop.run(`${document.replaceAll(/\W/g, '-')}-${name}`, code);
        assert.equal(status, 0, stderr);
        assert.deepEqual(stdout.split('\n').slice(0, -1), promised);
      });
    }

    for (const line of commandsOf(document)) {
      test(`\`${line}\` is a command that there is`, async () => {
        const { code, stderr } = await workshop.runCommand('/bin/sh', ['-c', line]);
        assert.equal(stderr, '');
        assert.ok(code === 0 || (code === 1 && line.includes('doctor')), 'the doctor may have found something');
      });
    }

    test('has no code that nobody runs', () => {
      const known = /^(js run(=[a-z-]+)?|html|text|sh)$/; // site.test.mjs opens the pages
      assert.deepEqual(blocksOf(document).map(({ info }) => info).filter((info) => !known.test(info)), []);
    });

    test('says how its programs are run, and what they take from the environment', () => {
      const code = [...programsOf(document).values()].join('');
      const taken = new Set([...code.matchAll(/process\.env\.(\w+)/g)].map(([, name]) => name));
      const text = read(document).replaceAll(/process\.env\.\w+/g, '');
      assert.match(text, /node --env-file=\.env \w+\.m?js/);
      assert.deepEqual([...taken].filter((name) => !new RegExp(`\\b${name}\\b`).test(text)), []);
    });

    test('links to files and headings that exist', () => {
      const links = [...read(document).matchAll(/\]\((?!https?:)([^)#]*)(#[^)]*)?\)/g)];
      const broken = links.filter(([, file, heading]) => {
        const target = file === '' ? document : join(dirname(document), file);
        return !existsSync(join(root, target)) || (heading !== undefined && !headingsOf(target).includes(heading.slice(1)));
      });
      assert.deepEqual(broken.map(([link]) => link), []);
    });

    test('has short lines', () => {
      const long = read(document).split('\n').filter((line) => line.length > 130 && !line.startsWith('|'));
      assert.deepEqual(long, []);
    });
  });
}

/** The lines of a shell that call this package's command; installing and building are tested elsewhere. */
function commandsOf(document) {
  const shell = blocksOf(document).filter(({ info }) => info === 'sh').flatMap(({ code }) => code.trim().split('\n'));
  return shell.filter((line) => line.includes('npx secure-web-token'));
}

function headingsOf(document) {
  const headings = [...read(document).matchAll(/^#+ (.*)$/gm)].map(([, text]) => text.toLowerCase());
  return headings.map((text) => text.replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-'));
}
