'use strict';

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { execFileSync, spawnSync } = require('node:child_process');
const { generateKeyPairSync } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { describe, test } = require('node:test');
const { isPromise } = require('node:util').types;
const { Worker } = require('node:worker_threads');

const native = require('../../js/addon/native.js');
const { KeyRing, MemoryStore, createKey, refresh, sign, swtMiddleware, verify } = require('secure-web-token');
const { assertFails, newKey, newProof, newSecret } = require('../support/sessions.js');

const SECRET = newSecret();
const SEAL = newSecret();
const ALICE = { userId: 'alice' };
const REQUEST = { method: 'GET', url: '/' };

function newPem(type = 'rsa') {
  return generateKeyPairSync(type, {
    modulusLength: 2048,
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

const pem = newPem();

/** Runs a script as a process of its own, which must end by itself, in order, and without a word of a crash. */
function runScript(body, { args = [], env = {}, code = 0 } = {}) {
  const script = `
    const { KeyRing, MemoryStore, createKey, refresh, sign, verify } = require('secure-web-token');
    const { Worker } = require('node:worker_threads');
    const { newKey, newProof } = require('../support/sessions.js');
    const SECRET = ${JSON.stringify(SECRET)};
    const key = createKey(${JSON.stringify(pem.privateKey)}, { encryptionSecret: SECRET });
    ${body}`;
  const options = { cwd: __dirname, encoding: 'utf8', env: { ...process.env, ...env }, timeout: 60_000 };
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['--no-warnings', ...args, '-e', script],
    options,
  );
  assert.deepEqual({ status, signal, stderr }, { status: code, signal: null, stderr: '' });
  return stdout;
}

describe('what runs on another thread', () => {
  const NOW = Date.now();
  const DATA = JSON.stringify(ALICE);
  const engineOf = (secret, seal) => native.createEngine(native.createKey(secret, seal, false), native.REMEMBERING_STORE, 0);
  const signWith = (engine, more) => native.sign(engine, DATA, undefined, 900, 900, false, NOW, more);
  const verifyWith = (engine, token, proof) =>
    native.verify(engine, token, undefined, proof, 'GET', '/', undefined, NOW, undefined, undefined);
  const refreshWith = (engine, refreshToken, proof) =>
    native.refresh(engine, {
      refreshToken,
      proof,
      sessionId: undefined,
      method: 'GET',
      url: '/',
      host: undefined,
      attempt: undefined,
      clientKeyJwk: undefined,
      dataJson: undefined,
      lifetimeSeconds: 900,
      refreshLifetimeSeconds: 900,
      nowMs: NOW,
      insecureReuse: false,
    });

  test('is what a public key or a proof is needed for, and nothing else', async () => {
    const secret = engineOf(SECRET, undefined);
    for (const plain of [signWith(secret), verifyWith(secret, 'x'), refreshWith(secret, 'x')]) {
      assert.equal(isPromise(plain), false);
    }
    const withProof = { proof: 'x', method: 'GET', url: '/', host: undefined };
    const elsewhere = [signWith(secret, withProof), verifyWith(secret, 'x', 'x'), refreshWith(secret, 'x', 'x')];
    for (const { privateKey, publicKey } of [pem, newPem('ec')]) {
      for (const text of [privateKey, publicKey]) {
        const engine = engineOf(text, SEAL);
        elsewhere.push(signWith(engine), verifyWith(engine, 'x'), refreshWith(engine, 'x'));
      }
    }
    for (const promise of elsewhere) assert.equal(isPromise(promise), true);
    // None is ever rejected: each gives a pending operation, or a status with its sentence.
    for (const outcome of await Promise.all(elsewhere)) {
      assert.ok(native.isPending(outcome) || (outcome.status > 100 && typeof outcome.detail === 'string'));
    }
  });

  test('is told of a ring by the keys that it has now', () => {
    const engineOfRing = (...texts) => {
      const ring = native.createKeyRing();
      texts.forEach((text, i) =>
        native.addToKeyRing(ring, native.createKey(text, SEAL, false), `k${i}`, false, native.NO_END),
      );
      return [native.createEngine(ring, native.NO_STORE, 0), ring];
    };
    const [engine, secretRing] = engineOfRing(SECRET);
    const [, mixedRing] = engineOfRing(SECRET, pem.publicKey);
    assert.equal(isPromise(verifyWith(engine, 'x')), false);
    assert.equal(native.setKeyRing(engine, mixedRing), 0);
    assert.equal(isPromise(verifyWith(engine, 'x')), true);
    assert.equal(native.setKeyRing(engine, secretRing), 0);
    assert.equal(isPromise(verifyWith(engine, 'x')), false);
    const [empty] = [native.createKeyRing()];
    assert.notEqual(native.setKeyRing(engine, empty), 0);
    assert.equal(isPromise(verifyWith(engine, 'x')), false);
  });

  test('waits for that thread and holds nothing else up', { skip: process.platform === 'win32' }, () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'swt-test-fifo-'));
    const fifo = path.join(dir, 'fifo');
    execFileSync('mkfifo', [fifo]);
    try {
      // The pool's one thread waits for somebody to open the other end of the pipe.
      const output = runScript(
        `
        const fs = require('node:fs');
        const turns = async () => { for (let i = 0; i < 50; i++) await new Promise(setImmediate); };
        (async () => {
          const held = new Promise((resolve) => fs.open(${JSON.stringify(fifo)}, 'r', resolve));
          let done = 0;
          const slow = Array.from({ length: 20 }, () => sign({ userId: 1 }, key).then(() => done++));
          slow.push(verify('x', SECRET, { dpopProof: 'x' }).catch(() => done++));
          await turns();
          const { token } = await sign({ userId: 1 }, SECRET);
          await verify(token, SECRET);
          await turns();
          console.log(done);
          fs.openSync(${JSON.stringify(fifo)}, 'w');
          await Promise.all([held, ...slow]);
          console.log(done);
          process.exit(0);
        })();`,
        { env: { UV_THREADPOOL_SIZE: '1' } },
      );
      assert.deepEqual(output.trim().split('\n'), ['0', '21']);
    } finally {
      fs.rmSync(dir, { recursive: true });
    }
  });
});

describe('two hundred at once', () => {
  test('good and bad proofs', async () => {
    const store = new MemoryStore();
    const key = await newKey();
    const thief = await newKey();
    const { token, sessionId } = await sign(ALICE, SECRET, {
      store,
      fingerprint: true,
      clientPublicKey: key.publicKeyJwk,
    });
    const makers = [
      [undefined, () => newProof(key, '/', 'GET', token)],
      ['proof_url', () => newProof(key, '/x', 'GET', token)],
      ['proof_method', () => newProof(key, '/', 'POST', token)],
      ['proof_token', () => newProof(key, '/', 'GET', 'another')],
      ['proof_binding', () => newProof(thief, '/', 'GET', token)],
      ['proof_malformed', () => 'x'],
      ['proof_malformed', () => ''],
      ['proof_missing', () => undefined],
    ];
    const proofs = await Promise.all(Array.from({ length: 200 }, (_, i) => makers[i % makers.length][1]()));
    const results = await Promise.allSettled(
      proofs.map((dpopProof) => verify(token, SECRET, { store, sessionId, dpopProof, ...REQUEST })),
    );
    results.forEach(({ status, value, reason }, i) => {
      const [code] = makers[i % makers.length];
      if (code === undefined) assert.deepEqual([status, value?.data], ['fulfilled', ALICE], reason?.stack);
      else if (proofs[i] === '') assert.equal(reason.kind, 'rejected');
      else assert.equal(reason.code, code);
    });
  });

  test('one proof: one of them passes', async () => {
    const store = new MemoryStore();
    const key = await newKey();
    const { token, sessionId } = await sign(ALICE, SECRET, {
      store,
      fingerprint: true,
      clientPublicKey: key.publicKeyJwk,
    });
    const dpopProof = await newProof(key, '/', 'GET', token);
    const request = { store, sessionId, dpopProof, ...REQUEST };
    const results = await Promise.allSettled(Array.from({ length: 200 }, () => verify(token, SECRET, request)));
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    const lost = results.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.code);
    assert.deepEqual(new Set(lost), new Set(['proof_replayed']));
  });

  test('each of its own user, with private and public keys', async () => {
    const ec = newPem('ec');
    const keys = [pem, ec].map(({ privateKey, publicKey }) =>
      [privateKey, publicKey].map((text) => createKey(text, { encryptionSecret: SEAL })),
    );
    const grants = await Promise.all(Array.from({ length: 200 }, (_, i) => sign({ userId: i + 1 }, keys[i % 2][0])));
    const payloads = await Promise.all(grants.map(({ token }, i) => verify(token, keys[i % 2][1])));
    payloads.forEach(({ data }, i) => assert.deepEqual(data, { userId: i + 1 }));
    const wrong = await Promise.allSettled(grants.map(({ token }, i) => verify(token, keys[(i + 1) % 2][1])));
    for (const { reason } of wrong) assert.equal(reason.kind, 'rejected');
  });

  test('mistakes, each with its own sentence', async () => {
    const key = createKey(pem.privateKey, { encryptionSecret: SEAL });
    const publicKey = createKey(pem.publicKey, { encryptionSecret: SEAL });
    // Each as it is said on this thread, of a secret, where no other call comes between.
    const mistakes = [
      (secret) => sign({ userId: 0 }, secret),
      (secret) => sign({ userId: 'a', text: 'x'.repeat(9000) }, secret),
      (secret) => sign({ userId: 'a', lone: '\ud800' }, secret),
      (secret) => sign({ userId: 'a', nul: '\0' }, secret),
      (secret) => sign(ALICE, secret, { issuer: 'a\0b' }),
      (secret) => sign(ALICE, secret, { expiresIn: 2 ** 53 - 1 }),
      (secret) => refresh('x', secret),
    ];
    const sentenceOf = (error) => [error.code, error.message];
    const alone = [];
    for (const make of mistakes) alone.push(await make(SECRET).then(() => assert.fail(), sentenceOf));
    assert.ok(new Set(alone.map(String)).size >= 5, alone.join('\n'));
    const publicSign = await sign(ALICE, publicKey).then(() => assert.fail(), sentenceOf);
    assert.match(publicSign[1], /a public key cannot sign/);
    mistakes.push(() => sign(ALICE, publicKey));
    alone.push(publicSign);
    const many = Array.from({ length: 200 }, (_, i) => mistakes[i % mistakes.length](key));
    const results = await Promise.allSettled(many);
    results.forEach(({ reason }, i) => assert.deepEqual([reason.code, reason.message], alone[i % mistakes.length]));
  });

  test('under a ring that changes meanwhile', async () => {
    const secrets = { encryptionSecret: SEAL };
    const other = newPem('ec');
    const one = { kid: 'one', secret: createKey(pem.privateKey, secrets) };
    const two = { kid: 'two', secret: createKey(other.privateKey, secrets) };
    const ring = new KeyRing({ signer: one, accepted: [two] });
    const work = [];
    for (let i = 0; i < 100; i++) {
      work.push(sign({ userId: i + 1 }, ring));
      ring.replace(i % 2 === 0 ? { signer: two, accepted: [one] } : { signer: one, accepted: [two] });
    }
    const grants = await Promise.all(work);
    const payloads = await Promise.all(grants.map(({ token }) => verify(token, ring)));
    payloads.forEach(({ data }, i) => assert.deepEqual(data, { userId: i + 1 }));
    ring.kill('one');
    for (const { token } of grants) {
      const { kid } = JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));
      if (kid === 'one') await assertFails(verify(token, ring), { code: 'token_key' });
      else await verify(token, ring);
    }
  });
});

describe('what JavaScript does meanwhile', () => {
  test('to what it passed changes nothing: all of it was copied', async () => {
    const key = createKey(pem.privateKey, { encryptionSecret: SEAL });
    const data = { userId: 'alice', list: [1, 2] };
    const audience = ['api'];
    const options = { audience, issuer: 'me' };
    const promise = sign(data, key, options);
    data.userId = 'mallory';
    data.list.length = 0;
    audience[0] = 'evil';
    options.issuer = 'evil';
    const { token } = await promise;
    const payload = await verify(token, key, { audience: 'api', issuer: 'me' });
    assert.deepEqual(payload.data, { userId: 'alice', list: [1, 2] });
  });

  test('the engine is collected while it works', () => {
    const output = runScript(
      `
      (async () => {
        const pemText = ${JSON.stringify(pem.privateKey)};
        let results = [];
        for (let round = 0; round < 5; round++) {
          const work = Array.from({ length: 20 }, (_, i) => {
            const own = createKey(pemText, { encryptionSecret: SECRET });
            const ring = new KeyRing({ signer: { kid: 'k', secret: own } });
            return sign({ userId: i + 1 }, i % 2 ? own : ring);
          });
          for (let i = 0; i < 5; i++) { gc(); await new Promise(setImmediate); }
          results = await Promise.all(work);
          gc();
        }
        for (const [i, { token }] of results.entries()) {
          const { data } = await verify(token, key);
          if (data.userId !== i + 1) throw new Error('wrong user');
        }
        console.log('right');
      })();`,
      { args: ['--expose-gc'] },
    );
    assert.equal(output, 'right\n');
  });

  test('nothing is left behind by much work', () => {
    const grown = runScript(
      `
      (async () => {
        const run = async (n) => {
          for (let i = 0; i < n; i++) {
            await Promise.allSettled(Array.from({ length: 50 }, () => verify('x', SECRET, { dpopProof: 'x' })));
            if (i % 20 === 0) gc();
          }
          gc();
          return process.memoryUsage().rss;
        };
        await run(200);
        const before = await run(100);
        console.log(await run(400) - before);
      })();`,
      { args: ['--expose-gc'] },
    );
    assert.ok(Number(grown) < 16 * 2 ** 20, `${grown} bytes after 20000 more`);
  });

  test('the asynchronous context of the caller goes on', async () => {
    const context = new AsyncLocalStorage();
    const key = createKey(pem.privateKey, { encryptionSecret: SEAL });
    const { token } = await sign(ALICE, key);
    const guard = swtMiddleware({ secret: key });
    const seen = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        context.run(i, async () => {
          await verify(token, key);
          await verify('x', key).catch(() => {});
          const request = { headers: { authorization: `Bearer ${token}` }, ...REQUEST };
          const inHandler = await new Promise((resolve, reject) => {
            guard(request, { setHeader() {}, end: reject }, () => resolve(context.getStore()));
          });
          return [context.getStore(), inHandler];
        }),
      ),
    );
    assert.deepEqual(
      seen,
      Array.from({ length: 20 }, (_, i) => [i, i]),
    );
  });

  test('the script ends: the work is still done', () => {
    const output = runScript(`
      process.on('exit', (code) => console.log('exit', code));
      for (let i = 0; i < 20; i++) sign({ userId: 1 }, key).then(({ token }) => console.log(typeof token));`);
    assert.equal(output, `${'string\n'.repeat(20)}exit 0\n`);
  });
});

describe('an end while work is under way', () => {
  const START = `
    const store = new MemoryStore();
    const start = () => {
      for (let i = 0; i < 40; i++) {
        sign({ userId: 1 }, key, { store }).catch(() => {});
        verify('x', key).catch(() => {});
        verify('x', SECRET, { dpopProof: 'x' }).catch(() => {});
        refresh('x', key, { store }).catch(() => {});
      }
    };`;

  test('of the process', () => {
    runScript(`${START} start(); process.exit(0);`);
    runScript(`${START} start(); process.exit(3);`, { code: 3 });
    runScript(`${START} start(); setImmediate(() => process.exit(0));`);
    runScript(`${START} start(); verify('x', key).catch(() => { start(); process.exit(0); });`);
    runScript(`${START} process.on('exit', start); start(); process.exit(0);`);
    runScript(`${START} start(); process.on('beforeExit', () => process.exit(4));`, { code: 4 });
  });

  test('of a worker by its own hand, and of the process with a worker', () => {
    const worker = (body) => `
      new Worker(${JSON.stringify(`
        const { MemoryStore, createKey, refresh, sign, verify } = require('secure-web-token');
        const { parentPort } = require('node:worker_threads');
        const SECRET = ${JSON.stringify(SECRET)};
        const key = createKey(${JSON.stringify(pem.privateKey)}, { encryptionSecret: SECRET });
        ${START} ${body}`)}, { eval: true })`;
    const own = `${worker('start(); process.exit(0);')}.once('exit', (code) => console.log('worker', code));`;
    assert.equal(runScript(own), 'worker 0\n');
    runScript(`${worker("start(); parentPort.postMessage('go');")}.once('message', () => process.exit(0));`);
    const first = `${worker(`sign({ userId: 1 }, key).then(({ token }) => console.log(typeof token));`)};`;
    assert.equal(runScript(first), 'string\n');
  });

  const everything = `
    const { KeyRing, MemoryStore, createKey, refresh, sign, verify } = require('secure-web-token');
    const { newKey, newProof } = require(${JSON.stringify(path.join(__dirname, '../support/sessions.js'))});
    const { parentPort, workerData } = require('node:worker_threads');
    const { secret, pem, rounds } = workerData;
    const key = createKey(pem, { encryptionSecret: secret });
    const ring = new KeyRing({ signer: { kid: 'a', secret: key }, accepted: [{ kid: 'b', secret }] });
    (async () => {
      const device = await newKey();
      for (let round = 0; round < rounds; round++) {
        const store = new MemoryStore();
        const work = Array.from({ length: 10 }, async (_, i) => {
          const options = { store, fingerprint: true, clientPublicKey: device.publicKeyJwk, generateRefreshToken: true };
          const first = await sign({ userId: i + 1 }, [key, ring, secret][i % 3], options);
          const request = async (token) => ({ store, dpopProof: await newProof(device, '/', 'GET', token), method: 'GET', url: '/' });
          const next = await refresh(first.refreshToken, [key, ring, secret][i % 3], await request(first.refreshToken));
          const mine = { ...(await request(next.token)), sessionId: next.sessionId };
          const { data } = await verify(next.token, [key, ring, secret][i % 3], mine);
          if (data.userId !== i + 1) throw new Error('wrong user');
          await store.revokeSession(next.sessionId);
          await verify(next.token, [key, ring, secret][i % 3], { ...(await request(next.token)), sessionId: next.sessionId }).then(
            () => { throw new Error('accepted after its end'); },
            (error) => { if (error.code !== 'session_revoked') throw error; },
          );
          parentPort.postMessage('going');
        });
        await Promise.all(work);
      }
    })();`;
  const startWorker = (rounds) =>
    new Worker(everything, { eval: true, workerData: { secret: SECRET, pem: pem.privateKey, rounds } });
  const ended = (worker) => new Promise((resolve, reject) => worker.once('error', reject).once('exit', resolve));

  test('eight workers do everything at once, to the end', { timeout: 60_000 }, async () => {
    const codes = await Promise.all(Array.from({ length: 8 }, () => ended(startWorker(2))));
    assert.deepEqual(codes, Array(8).fill(0));
  });

  test('fifty workers are terminated in the middle', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 10; round++) {
      const workers = Array.from({ length: 5 }, () => startWorker(1e9));
      await Promise.all(
        workers.map(
          (worker) => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject)),
        ),
      );
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
    assert.deepEqual(await ended(startWorker(1)), 0);
  });
});
