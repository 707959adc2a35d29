'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { describe, test } = require('node:test');
const { Worker } = require('node:worker_threads');

const native = require('../../js/addon/native.js');
const { newSecret } = require('../support/sessions.js');

const SECRET = newSecret();
const DATA = '{"userId":"alice"}';
const NOW = Date.now();

const newKey = (secret = SECRET) => native.createKey(secret, undefined, false);
const newEngine = (external = false) => {
  const storeKind = external ? native.REMEMBERING_STORE : native.NO_STORE;
  return native.createEngine(newKey(), storeKind, 0);
};
const newStore = () => native.createMemoryStore(0, 0, 0);
const newPending = () => native.sign(newEngine(true), DATA, undefined, 900, 900, false, NOW);

/** Calls by hostile or mistaken JavaScript: each is a TypeError, and none reaches the library. */
describe('wrong receivers', () => {
  const impostors = [
    undefined,
    null,
    7,
    'engine',
    {},
    [],
    Object.create(newEngine()),
    new Proxy(newEngine(), {}),
    { ...newEngine() },
    () => {},
    Symbol('x'),
    1n,
  ];

  const callsWithEngine = [
    (engine) => native.sign(engine, DATA, undefined, 900, 900, false, NOW),
    (engine) => native.verify(engine, 'x', undefined, undefined, undefined, undefined, undefined, NOW),
  ];
  const callsWithPending = [
    (pending) => native.needsStore(pending),
    (pending) => native.redisCall(pending, 'p:', undefined, 1, 0),
    (pending) => native.question(pending),
    (pending) => native.ask(pending, newStore()),
    (pending) => native.askWith(pending, native.createHostStore()),
    (pending) => native.answer(pending),
    (pending) => native.unavailable(pending, 401),
    (pending) => native.complete(pending, NOW),
  ];

  test('an engine is an engine', () => {
    for (const call of callsWithEngine) {
      for (const impostor of [...impostors, newPending(), newStore()]) assert.throws(() => call(impostor), TypeError);
    }
  });

  test('a pending operation is one', () => {
    for (const call of callsWithPending) {
      for (const impostor of [...impostors, newEngine(), newStore()]) assert.throws(() => call(impostor), TypeError);
    }
    for (const impostor of [...impostors, newEngine()]) assert.equal(native.isPending(impostor), false);
    assert.equal(native.isPending(newPending()), true);
  });

  test('a memory store is one', () => {
    for (const impostor of [...impostors, newEngine()]) {
      assert.throws(() => native.ask(newPending(), impostor), TypeError);
    }
  });

  test('a host store is one', () => {
    for (const impostor of [...impostors, newEngine(), newStore()]) {
      assert.throws(() => native.askWith(newPending(), impostor), TypeError);
    }
  });
});

describe('arguments', () => {
  const noTexts = [null, 7, true, {}, [], ['x'], { toString: () => 'x' }, Symbol('x'), 1n, new String('x')];

  test('texts are texts and are not converted', () => {
    const engine = newEngine();
    for (const value of [undefined, ...noTexts]) {
      assert.throws(() => native.sign(engine, value, undefined, 900, 900, false, NOW), TypeError);
      assert.throws(() => native.revokeBegin(value), TypeError);
      assert.throws(() => native.jwkThumbprint(value), TypeError);
    }
    for (const value of noTexts) {
      assert.throws(
        () => native.verify(engine, 'x', value, undefined, undefined, undefined, undefined, NOW),
        TypeError,
      );
    }
  });

  test('numbers and flags too', () => {
    const engine = newEngine();
    for (const value of [undefined, null, '900', true, {}, 900n]) {
      assert.throws(() => native.sign(engine, DATA, undefined, value, 900, false, NOW), TypeError);
    }
    for (const value of [undefined, null, 'true', 1]) {
      assert.throws(() => native.sign(engine, DATA, undefined, 900, 900, value, NOW), TypeError);
    }
    for (const value of [-1, 2 ** 32, 1e300]) assert.throws(() => native.createMemoryStore(1, value, 1), TypeError);
  });

  test('missing ones are undefined', () => {
    const takesNone = new Set([
      ...['lastErrorMessage', 'versionDetails', 'redisScripts', 'newAttempt', 'isPending'],
      ...['createKeyRing', 'createHostStore'],
    ]);
    for (const name of Object.keys(native)) {
      if (typeof native[name] !== 'function' || takesNone.has(name)) continue;
      assert.throws(() => native[name](), TypeError, name);
    }
  });

  test('a text of a megabyte is refused and never cut', () => {
    assert.throws(() => native.revokeBegin('a'.repeat(2 ** 20 + 1)), TypeError);
    assert.throws(() => native.revokeBegin('é'.repeat(2 ** 19 + 1)), TypeError);
    assert.ok(native.isPending(native.revokeBegin('a'.repeat(2 ** 20))));
  });

  test('texts around the size of the buffer on the stack arrive whole', () => {
    const engine = newEngine();
    for (const filler of ['x', 'é', '名', '🦉']) {
      for (let bytes = 2030; bytes < 2066; bytes++) {
        const text = filler.repeat(Math.ceil(bytes / Buffer.byteLength(filler)));
        const token = native.sign(engine, JSON.stringify({ userId: 'a', text }), undefined, 900, 900, false, NOW);
        const payload = native.verify(engine, token, undefined, undefined, undefined, undefined, undefined, NOW);
        assert.equal(JSON.parse(payload).data.text, text);
      }
    }
  });

  test('so do those around the size of the smaller buffers', () => {
    for (const filler of ['x', 'é', '名', '🦉']) {
      for (let bytes = 240; bytes < 260; bytes++) {
        const issuer = filler.repeat(Math.floor(bytes / Buffer.byteLength(filler)));
        if (Buffer.byteLength(issuer) > 256) continue; // the core's limit
        const more = { issuer };
        const token = native.sign(newEngine(), DATA, undefined, 900, 900, false, NOW, more);
        const payload = native.verify(newEngine(), token, undefined, undefined, undefined, undefined, undefined, NOW);
        assert.equal(JSON.parse(payload).iss, issuer);
      }
    }
  });

  test('a secret in a shared, detached or resized buffer does no harm', () => {
    const create = newKey;
    const shared = new Uint8Array(new SharedArrayBuffer(32)).map((_, i) => i);
    assert.equal(typeof create(shared), 'object');

    const detached = new Uint8Array(32).map((_, i) => i);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    assert.equal(typeof create(detached), 'number');

    const resizable = new ArrayBuffer(64, { maxByteLength: 64 });
    const view = new Uint8Array(resizable, 0, 48).map((_, i) => i);
    const fixed = new Uint8Array(resizable, 0, 48);
    fixed.set(view);
    resizable.resize(16);
    assert.equal(typeof create(fixed), 'number');
  });
});

describe('what was released', () => {
  test('is of no use any more, and does no harm', () => {
    const key = newKey();
    const engine = native.createEngine(key, native.NO_STORE, native.NO_END);
    const other = native.createEngine(key, native.NO_STORE, native.NO_END);
    const signBy = (by) => native.sign(by, DATA, undefined, 900, 900, false, NOW);
    for (let i = 0; i < 2; i++) {
      native.release(engine);
      native.release(key);
      assert.equal(typeof signBy(engine), 'number');
      assert.equal(typeof native.createEngine(key, native.NO_STORE, native.NO_END), 'number');
      assert.equal(typeof native.killKey(engine, 'kid'), 'number');
    }
    assert.equal(typeof signBy(other), 'string'); // an engine does without the object of its key
  });

  test('stays for what has begun', () => {
    const engine = newEngine();
    const token = native.sign(engine, DATA, undefined, 900, 900, false, NOW);
    const verifying = native.verify(engine, token, undefined, 'x', undefined, undefined, undefined, NOW); // elsewhere
    native.release(engine);
    return verifying.then((outcome) => assert.equal(typeof outcome, 'string'));
  });
});

describe('a pending operation', () => {
  test('is over after complete', () => {
    const pending = newPending();
    native.ask(pending, newStore());
    assert.equal(typeof native.complete(pending, NOW).token, 'string');
    assert.throws(() => native.complete(pending, NOW), TypeError);
    assert.throws(() => native.ask(pending, newStore()), TypeError);
  });

  test('gives nothing without an answer', () => {
    assert.equal(typeof native.complete(newPending(), NOW), 'number');
  });

  test('reports the failure of a step before it', () => {
    for (const step of [
      (pending) => native.unavailable(pending, 401),
      (pending) => native.unavailable(pending, 0),
      (pending) => native.unavailable(pending, 205),
      (pending) => native.answer(pending),
      (pending) => native.answer(pending, '', '', ''),
      (pending) => native.answer(pending, 'OK', '', '1'),
      (pending) => native.answer(pending, '1'.repeat(1000), '', '1'),
    ]) {
      const pending = newPending();
      step(pending);
      const status = native.complete(pending, NOW);
      assert.equal(typeof status, 'number');
      assert.ok(native.statusClass(status) !== 0 && native.statusClass(status) !== 2, String(status));
    }
  });

  test('has a question until it is answered', () => {
    const pending = newPending();
    const { type, sessionId } = JSON.parse(native.question(pending));
    assert.equal(type, 'register');
    native.ask(pending, newStore());
    assert.equal(native.question(pending), '');
    assert.equal(native.complete(pending, NOW).sessionId, sessionId);
    assert.throws(() => native.question(pending), TypeError);
  });

  test('is compared with what a host store found', () => {
    const store = native.createHostStore();
    const id = '11111111-2222-4333-8444-555555555555';
    const lookUp = (found) => {
      const pending = native.lookupBegin(id);
      native.askWith(pending, store, found);
      return native.complete(pending, NOW);
    };
    const session = `{"sessionId":"${id}","userId":"alice"}`;
    assert.equal(lookUp(session), session);
    assert.equal(lookUp(undefined), null, 'what was found for one question is not there for the next');
    assert.equal(lookUp(''), null);
    assert.equal(lookUp(session.replace('1111', '9999')), null);
    assert.equal(native.statusName(lookUp(session + ' '.repeat(4096))), 'store_protocol');
  });

  test('an answer has three parts or none', () => {
    assert.throws(() => native.answer(newPending(), '1'), TypeError);
    assert.throws(() => native.answer(newPending(), '1', '', undefined), TypeError);
    assert.throws(() => native.answer(newPending(), 1, '', '1'), TypeError);
  });

  test('left alone it is collected', () => {
    const script = `
      const native = require('../../js/addon/native.js');
      const key = native.createKey('a secret of more than thirty-two bytes', undefined, false);
      const engine = native.createEngine(key, native.REMEMBERING_STORE, 0);
      const begin = () => native.sign(engine, '{"userId":1}', undefined, 900, 900, false, Date.now());
      const run = (n) => { for (let i = 0; i < n; i++) begin(); };
      (async () => {
        const turn = async () => { gc(); await new Promise(setImmediate); };
        for (let i = 0; i < 20; i++) { run(2000); await turn(); }
        const before = process.memoryUsage().rss;
        for (let i = 0; i < 40; i++) { run(2000); await turn(); }
        console.log(process.memoryUsage().rss - before);
      })();
    `;
    const grown = Number(
      execFileSync(process.execPath, ['--expose-gc', '-e', script], { cwd: __dirname, encoding: 'utf8' }),
    );
    assert.ok(grown < 16 * 2 ** 20, `${grown} bytes after 80000 operations`);
  });
});

describe('worker threads', () => {
  const work = `
    const { sign, verify, MemoryStore } = require('secure-web-token');
    const { parentPort, workerData } = require('node:worker_threads');
    (async () => {
      const store = new MemoryStore();
      do {
        for (let i = 0; i < 200; i++) {
          const { token, sessionId } = await sign({ userId: i + 1 }, workerData.secret, { store });
          const { data } = await verify(token, workerData.secret, { store, sessionId });
          if (data.userId !== i + 1) throw new Error('wrong user');
        }
        parentPort.postMessage('done');
      } while (workerData.forever);
    })();
  `;
  const start = (forever) => new Worker(work, { eval: true, workerData: { secret: SECRET, forever } });
  const ended = (worker) => new Promise((resolve, reject) => worker.once('error', reject).once('exit', resolve));

  test('eight at once, each with an engine of its own', { timeout: 60_000 }, async () => {
    const codes = await Promise.all(Array.from({ length: 8 }, () => ended(start(false))));
    assert.deepEqual(codes, Array(8).fill(0));
  });

  test('ended in the middle of their work', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 3; round++) {
      const workers = Array.from({ length: 4 }, () => start(true));
      await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
    const codes = await Promise.all([ended(start(false))]);
    assert.deepEqual(codes, [0]);
  });

  test('a process that exits while they work', () => {
    const script = `
      const { Worker } = require('node:worker_threads');
      const workerData = { secret: ${JSON.stringify(SECRET)}, forever: true };
      const worker = new Worker(${JSON.stringify(work)}, { eval: true, workerData });
      worker.once('message', () => process.exit(7));
    `;
    assert.throws(() => execFileSync(process.execPath, ['-e', script], { cwd: __dirname, stdio: 'pipe' }), {
      status: 7,
      signal: null,
    });
  });
});
