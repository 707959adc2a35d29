// secure-web-token doctor, on apps in a folder of their own: one that has nothing to look at, and that one with one
// thing changed for each finding.
import assert from 'node:assert/strict';
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { CLEAN, MANIFEST, SERVER, base, doctor, writeApp } from './app.mjs';
import tool from './command.js';

const { command } = tool;

function changed(file, from, to) {
  assert.ok(CLEAN[file].includes(from), from);
  return writeApp({ ...CLEAN, [file]: CLEAN[file].replace(from, () => to) });
}

const shortOf = ({ findings }) => findings.map(({ rule, file, line }) => `${rule} ${file}${line ? `:${line}` : ''}`);

/** The line of the clean file that holds a text. */
const lineOf = (file, text) => CLEAN[file].slice(0, CLEAN[file].indexOf(text)).split('\n').length;

describe('an app that has nothing to look at', () => {
  test('is told so', () => {
    const folder = writeApp(CLEAN);
    assert.deepEqual(doctor(folder).findings, []);
    const { code, out } = command(['doctor', folder]);
    assert.equal(code, 0);
    assert.match(out, /^addon +secure-web-token 4.*$/m);
    assert.match(out, /^app +secure-web-token \^3\.0\.1, redis \^5\.0\.0, express \^5\.1\.0$/m);
    assert.match(out, /\n\nnothing found\n$/);
  });

  test('is the folder where it is called, when none is named', () => {
    const { code, out } = command(['doctor'], { cwd: writeApp(CLEAN) });
    assert.equal(code, 0);
    assert.match(out, /looked at +2 source files/);
  });

  test('may be stateless, and may say that it means no store', () => {
    const stateless = `import { sign, verify } from 'secure-web-token';
      const { token } = await sign({ userId: 1 }, process.env.A); await verify(token, process.env.A);`;
    assert.deepEqual(doctor(writeApp({ ...CLEAN, 'src/server.js': stateless })).findings, []);
    const said = `${SERVER}\nverify(process.env.T, secret, { store: null }).then(console.log);`;
    assert.deepEqual(doctor(writeApp({ ...CLEAN, 'src/server.js': said })).findings, []);
  });

  test('may use names of ours that are not ours, and options that are not seen', () => {
    const other = `
      const { verify } = require('jsonwebtoken');
      const swt = require('secure-web-token');
      verify('t', 'short');
      function sign(a, b) { return sign(a, 'short'); }
      swt.verify('t', process.env.A, { ...shared, dpopProof: 'x' });
      swt.verify('t', process.env.A, options);
      swt.verify('t', publicKey, options);
      const ttl = { ttl: -1 };
      session({ secret: 'keyboard cat', cookie: { httpOnly: false } });
      class Own { async revokeSession(id) { return this.inner.revokeSession(id); } }
      const all = Promise.all(ids.map((id) => store.revokeSession(id)));
      store.revokeSession(1).catch(console.error);
    `;
    assert.deepEqual(doctor(writeApp({ ...CLEAN, 'src/server.js': other })).findings, []);
  });
});

/** Literals of sources. */
const GOOD = "'9q3J-vT0wXk2_ePzR7sLmB4hYcN8dUf1'";
const OF_THE_README = `"${['a_very_secure_and_extremely_long', '256_bit_signing_secret_key'].join('_')}"`;
const THREE_METHODS = '{ async registerSession(s) {}, getSession(id) {}, async revokeSession(id) {} }';

describe('what is found', () => {
  /** [what, file, in the clean app, changed to, finding, text of the line that it points to when it is another] */
  const CASES = [
    ['a short secret', 'src/server.js', 'process.env.SWT_SECRET', "'too short'", 'secret'],
    ['a placeholder of 32 characters', 'src/server.js', 'process.env.SWT_SECRET', '"your-256-bit-secret-goes-in-here-"', 'secret'],
    ['a short secret that stands in', 'src/server.js', 'process.env.SWT_SECRET', "process.env.SWT_SECRET || 'dev'", 'secret'],
    ['a short secret of a template', 'src/server.js', 'process.env.SWT_SECRET', '`dev`', 'secret'],
    ['a short encryption secret', 'src/server.js', '    expiresIn: 900', "    encryptionSecret: 'x'", 'secret'],
    ['a short secret of the middleware', 'src/server.js', 'guard({ secret, store })', "guard({ secret: 'x', store })", 'secret'],
    ['a good secret', 'src/server.js', 'process.env.SWT_SECRET', GOOD, 'secret-in-source'],
    ['a good secret that stands in', 'src/server.js', 'process.env.SWT_SECRET', `process.env.SWT_SECRET ?? ${GOOD}`,
      'secret-in-source'],
    ['a good secret of the middleware', 'src/server.js', 'guard({ secret, store })', `guard({ secret: ${GOOD}, store })`,
      'secret-in-source'],
    ['a good encryption secret', 'src/server.js', '    expiresIn: 900', `    encryptionSecret: ${GOOD}`, 'secret-in-source'],
    ['a private key', 'src/server.js', 'guard({ secret, store })',
      "guard({ secret: '-----BEGIN PRIVATE KEY-----', encryptionSecret: process.env.E, store })", 'secret-in-source'],
    ["the secret of 3.0.1's example", 'src/server.js', 'process.env.SWT_SECRET', OF_THE_README, 'public-secret'],
    ["the secret of 3.0.1's example, standing in", 'src/server.js', 'process.env.SWT_SECRET',
      `process.env.SWT_SECRET || ${OF_THE_README}`, 'public-secret'],
    ['a refresh with an object of three methods', 'src/server.js', "new RedisStore(client, { prefix: 'app:', ttl: '24h' })",
      THREE_METHODS, 'refresh-with-three-methods', 'await refresh('],
    ['a refresh with a class of three methods', 'src/server.js', "new RedisStore(client, { prefix: 'app:', ttl: '24h' })",
      `new Own(db);class Own ${THREE_METHODS.replaceAll(',', '')}`, 'refresh-with-three-methods', 'await refresh('],
    ['a PEM without encryptionSecret', 'src/server.js', 'guard({ secret, store })', 'guard({ secret: publicKey, store })',
      'pem-without-encryption-secret'],
    ['a proof that is not compared', 'src/server.js', ', method: req.method, url: req.originalUrl,', ',', 'proof-not-compared',
      'await verify('],
    ['verify without sessionId', 'src/server.js', 'store, sessionId: req.cookies.swt_session, dpopProof', 'store, dpopProof',
      'session-id-missing', 'await verify('],
    ['verify without a store', 'src/server.js', '    store, sessionId', '    sessionId', 'without-store', 'await verify('],
    ['a guard without a store', 'src/server.js', 'guard({ secret, store })', 'guard({ secret })', 'without-store'],
    ['sign without a store', 'src/server.js', '    store,\n', '\n', 'without-store', 'await sign('],
    ['a store by ?.', 'src/server.js', 'guard({ secret, store })', 'guard({ secret, store: config?.store })',
      'store-may-be-undefined'],
    ['a store by &&', 'src/server.js', 'const store = new', 'const store = client && new', 'store-may-be-undefined'],
    ['a store by let', 'src/server.js', 'const store = new', 'let store;\nstore = new', 'store-may-be-undefined'],
    ['a refresh without its session', 'src/server.js', 'refreshToken, secret, {\n    store, sessionId: req.cookies.swt_session,',
      'refreshToken, secret, {\n    store,', 'refresh-without-session', 'await refresh('],
    ['a lifetime of 0', 'src/server.js', 'expiresIn: 900', 'expiresIn: 0', 'lifetime'],
    ['a negative lifetime', 'src/server.js', 'expiresIn: 900', 'expiresIn: -900', 'lifetime'],
    ['a fractional lifetime', 'src/server.js', 'expiresIn: 900', 'expiresIn: 0.5', 'lifetime'],
    ['a lifetime without unit', 'src/server.js', 'expiresIn: 900', "expiresIn: '900'", 'lifetime'],
    ['a lifetime in words', 'src/server.js', "ttl: '24h'", "ttl: '1 day'", 'lifetime'],
    ['a logout that is not awaited', 'src/server.js', 'await store.revokeSession', 'store.revokeSession', 'revoke-not-awaited'],
    ['one after void', 'src/server.js', 'await store.revokeSession', 'void store.revokeSession', 'revoke-not-awaited'],
    ['one after if', 'src/server.js', 'await store.revokeSession', 'if (req.cookies) req.app.locals.store.revokeSession',
      'revoke-not-awaited'],
    ['a page-relative url', 'src/page.tsx', "'/api/x'", "'api/x'", 'page-relative-url'],
    ['a page-relative template', 'src/page.tsx', "'/api/x'", '`api/${id}`', 'page-relative-url'],
    ['a page-relative constant', 'src/page.tsx', '`${BASE}/api', '`api', 'page-relative-url', 'key.publicKeyJwk, url'],
    ['an exported private key', 'src/page.tsx', "'jwk', key.publicKey)", "'jwk', key.privateKey)", 'private-key'],
    ['a key with d', 'src/server.js', 'req.body.publicKeyJwk', '{ kty, crv, x, y, d }', 'private-key'],
    ['a cookie without flags', 'src/server.js', ", { httpOnly: true, secure: true, sameSite: 'strict' }", '', 'cookie-flags'],
    ['a cookie with a flag off', 'src/server.js', 'secure: true', 'secure: false', 'cookie-flags'],
    ['a cookie of another name', 'src/server.js', "cookie('swt_session', sessionId, { httpOnly: true, ",
      "cookie(NAME, sessionId, { ", 'cookie-flags'],
  ];
  for (const [what, file, from, to, rule, at = from] of CASES) {
    test(what, () => {
      const line = lineOf(file, at) + (at.startsWith('\n') ? 1 : 0);
      assert.deepEqual(shortOf(doctor(changed(file, from, to))), [`${rule} ${file}:${line}`]);
    });
  }

  test('what stands beside them is not: a public key, a store that has more, a choice that was made', () => {
    const publicKey = ['guard({ secret, store })',
      "guard({ secret: '-----BEGIN PUBLIC KEY-----', encryptionSecret: process.env.E, store })"];
    const store = "new RedisStore(client, { prefix: 'app:', ttl: '24h' })";
    const twins = [publicKey, [store, THREE_METHODS.replace('}', '}, ask(question) {}')],
      [store, THREE_METHODS.replace('}', '}, ...more')], [store, `new Own(db);class Own extends Base ${THREE_METHODS}`]];
    for (const [from, to] of twins) assert.deepEqual(doctor(changed('src/server.js', from, to)).findings, [], to);

    const chosen = SERVER.replace(store, THREE_METHODS).replace('refreshToken, secret, {', '$& insecureRefreshReuse: true,');
    assert.deepEqual(doctor(writeApp({ ...CLEAN, 'src/server.js': chosen })).findings, []);
  });

  test('a refresh that has nothing', () => {
    const bare = SERVER.replace(/refresh\(req[^]*?\}\)\);/, 'refresh(req.body.refreshToken, secret));');
    assert.notEqual(bare, SERVER);
    const line = lineOf('src/server.js', 'await refresh(');
    assert.deepEqual(shortOf(doctor(writeApp({ ...CLEAN, 'src/server.js': bare }))),
      [`refresh-without-session src/server.js:${line}`, `refresh-without-proof src/server.js:${line}`]);
  });

  test('by import and by names of the app, with types', () => {
    const typed = `
      import type { Store } from 'secure-web-token';
      import * as swt from 'secure-web-token';
      import { sign as issue, type SignOptions } from 'secure-web-token';
      const options: SignOptions = { expiresIn: '900' };
      issue<User>({ userId: 1 }, process.env.A!, options);
      swt.verify<User>('t', 'short');
      const check = require('secure-web-token').verify;
      check('t', 'shorter');
    `;
    assert.deepEqual(shortOf(doctor(writeApp({ ...CLEAN, 'src/server.js': '', 'a.mts': typed }))).sort(),
      ['lifetime a.mts:5', 'secret a.mts:7', 'secret a.mts:9']);
  });

  test('a call between elements of JSX is found', () => {
    const page = "import { verify } from 'secure-web-token';\nconst a = <div><p>its</p>{verify('t', 'short')}<br/></div>;";
    assert.deepEqual(shortOf(doctor(writeApp({ 'a.jsx': page }))), ['secret a.jsx:2']);
  });
});

describe('Express 4', () => {
  const manifest = (more) => JSON.stringify({ ...MANIFEST, dependencies: { ...MANIFEST.dependencies, express: '~4.21.0', ...more } });
  const with4 = (server, more) => writeApp({ ...CLEAN, 'package.json': manifest(more), 'src/server.js': server });

  test('does not catch what its handlers reject', () => {
    const lines = ['await sign(', 'await refresh(', 'await store.revokeSession('].map((text) => lineOf('src/server.js', text));
    assert.deepEqual(shortOf(doctor(with4(SERVER))), lines.map((line) => `express4-without-catch src/server.js:${line}`));
  });

  test('is fine where they catch, or something catches for them', () => {
    const caught = SERVER.replace(/async \(req, res\) => \{([^]*?)\n\}\);/g,
      'async (req, res, next) => {\n  try {$1\n  } catch (error) { next(error); }\n});');
    assert.equal(caught.match(/try/g).length, 4);
    assert.deepEqual(doctor(with4(caught)).findings, []);
    const wrapped = SERVER.replace(/async \(req, res\) => \{[^]*?\n\}/g, 'wrap($&)');
    assert.equal(wrapped.match(/wrap/g).length, 4);
    assert.deepEqual(doctor(with4(wrapped)).findings, []);
    assert.deepEqual(doctor(with4(SERVER, { 'express-async-errors': '^3.1.1' })).findings, []);
  });
});

describe('versions', () => {
  const app = (more) => ({ ...CLEAN, 'package.json': JSON.stringify({ ...MANIFEST, ...more }) });

  test('that are too old', () => {
    const dependencies = { redis: '^3.1.2', ioredis: '4.28.5', express: '3.x' };
    const { findings } = doctor(writeApp(app({ engines: { node: '^18.0.0' }, dependencies })));
    assert.deepEqual(findings.map(({ rule }) => rule), ['version', 'version', 'version', 'version']);
    assert.match(findings.map(({ look }) => look).join(), /engines.node.*redis.*ioredis.*express/);
  });

  test('that are new enough, under other names too', () => {
    const dependencies = { redis: 'npm:redis@^4.7.1', ioredis: 'v6.0.0', express: '>=4' };
    assert.deepEqual(doctor(writeApp({ ...app({ dependencies }), 'src/server.js': '' })).findings, []);
  });

  test('as locked, and before that as installed', () => {
    const lock = JSON.stringify({ packages: { 'node_modules/redis': { version: '3.0.0' } } });
    const locked = { ...CLEAN, 'package-lock.json': lock };
    assert.equal(doctor(writeApp(locked)).versions.redis, '3.0.0');
    const installed = { ...locked, 'node_modules/redis/package.json': '{"version":"5.8.0"}' };
    assert.deepEqual(doctor(writeApp(installed)).findings, []);
  });

  test('in a package.json that is none', () => {
    for (const text of ['', '[]', 'null', '{"dependencies":7,"engines":[]}', '{"dependencies":{"redis":{}}}']) {
      assert.deepEqual(doctor(writeApp({ ...CLEAN, 'package.json': text })).findings, [], text);
    }
  });
});

describe('what is read', () => {
  const bad = "const { verify } = require('secure-web-token');\nverify('t', 'short');\n";

  test('is source that is the app\'s own', () => {
    const files = { ...CLEAN };
    for (const name of ['node_modules/x/a.js', 'dist/a.js', 'src/build/a.js', '.git/a.js', '.next/a.js', 'a.min.js', 'a.d.ts', 'a.txt']) {
      files[name] = bad;
    }
    const folder = writeApp(files);
    symlinkSync(base, join(folder, 'loop'));
    assert.deepEqual(doctor(folder).findings, []);
    const all = ['a.js', 'deep/er/b.mjs', 'c.cjs', 'd.ts', 'e.tsx', 'f.jsx', 'g.mts', 'h.cts'];
    const found = doctor(writeApp(Object.fromEntries(all.map((name) => [name, bad]))));
    assert.deepEqual(shortOf(found), all.map((name) => `secret ${name}:2`).sort());
  });

  test('is not what is too large, and that is said', () => {
    const result = doctor(writeApp({ ...CLEAN, 'big.js': bad + ' '.repeat(1024 * 1024) }));
    assert.deepEqual([result.findings.length, result.scanned.large], [0, 1]);
  });

  test('may be anything, in a time that its size explains', () => {
    const hostile = ['`'.repeat(9999), '${'.repeat(9999), '`${'.repeat(9999), '(['.repeat(9999), ')}'.repeat(9999),
      '/'.repeat(9999), '\'"'.repeat(9999), '\\'.repeat(9999), '/*', 'verify<'.repeat(9999), 'const a = '.repeat(9999),
      'a.revokeSession('.repeat(9999), '\u{10ffff}\ud800\0', "require('secure-web-token')", "from 'secure-web-token'",
      "const a = a; require('secure-web-token').verify(a, a, a)"];
    const files = Object.fromEntries(hostile.map((text, i) => [`${i}.js`, `${bad}${text}`]));
    assert.ok(shortOf(doctor(writeApp(files))).filter((entry) => entry.startsWith('secret')).length >= hostile.length);
  });

  test('is left as it was, and not run', () => {
    const folder = writeApp({ ...CLEAN, 'run.js': "require('fs').writeFileSync(__dirname + '/ran', '')",
      'node_modules/redis/index.js': "require('fs').writeFileSync(__dirname + '/ran', '')" });
    const before = readdirSync(folder, { recursive: true });
    assert.equal(doctor(folder).scanned.files, 3);
    assert.deepEqual(readdirSync(folder, { recursive: true }), before);
  });
});

describe('the report', () => {
  test('names place, difference and remedy, and quotes nothing of the source', () => {
    const folder = writeApp({ ...CLEAN, 'evil\u001b[2J.js': "require('secure-web-token').verify('t', 'hunter2')",
      'b.js': "const { verify } = require('secure-web-token');\nverify('t', 'hunter2', { store: null });" });
    const { code, out } = command(['doctor', folder]);
    assert.equal(code, 1);
    assert.match(out, /^b\.js:2 {2}look at a secret in the source\n {4}in 4: .*32 bytes.*\n {4}write: .*npx secure-web-token secret$/m);
    assert.match(out, /^evil\?\[2J\.js:1 {2}look at/m);
    assert.match(out, /\n3 things to look at\n$/);
    assert.ok(!out.includes('hunter2') && !out.includes('\u001b'));
  });

  test('of a wrong call is the usage, with 2', () => {
    const folder = writeApp(CLEAN);
    for (const args of [['/does/not/exist'], [join(folder, 'package.json')], [folder, folder], ['--jsn'], ['--redis'],
      [folder, '--redis', 'localhost'], [folder, '--redis', 'http://localhost']]) {
      const { code, out, err } = command(['doctor', ...args]);
      assert.deepEqual([code, out], [2, ''], args.join(' '));
      assert.match(err, /^secure-web-token doctor: [^]*Usage: secure-web-token doctor/);
    }
    assert.equal(command(['doctor', '--help']).code, 0);
  });
});
