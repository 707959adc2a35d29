'use strict';

const assert = require('node:assert/strict');
const { fork } = require('node:child_process');
const { randomUUID } = require('node:crypto');
const path = require('node:path');
const { describe, test } = require('node:test');

const { refresh, sign, verify } = require('secure-web-token');
const { loadMapStore, noAnswers } = require('../support/own_stores.js');
const { assertFails, newKey, newProof, newSecret } = require('../support/sessions.js');

const SECRET = newSecret();
const ALICE = { userId: 'alice' };
const REQUEST = { method: 'GET', url: '/api/profile' };
const MapStore = loadMapStore();

async function boundLogin(store, more) {
  const key = await newKey();
  const options = { store, fingerprint: true, clientPublicKey: key.publicKeyJwk, ...more };
  const grant = await sign(ALICE, SECRET, options);
  const proof = (token = grant.token) => newProof(key, REQUEST.url, REQUEST.method, token);
  return { ...grant, key, proof };
}

/** The store of the guide, with a way in between. */
function storeThat(answer) {
  const inner = new MapStore();
  const asked = [];
  const ask = (question) => {
    asked.push(structuredClone(question));
    return answer(question, () => inner.ask(question));
  };
  return { ask, asked, inner };
}

describe('the store of docs/stores.md', () => {
  test('keeps sessions until they are ended', async () => {
    const store = new MapStore();
    const { token, sessionId } = await sign(ALICE, SECRET, { store });
    assert.deepEqual((await verify(token, SECRET, { store, sessionId })).data, ALICE);
    assert.deepEqual(store.ask({ type: 'revoke', sessionId }), { result: 'ok' });
    await assertFails(verify(token, SECRET, { store, sessionId }), { code: 'session_revoked' });
  });

  test('spends a proof once, also when it comes twice at a time', async () => {
    const store = new MapStore();
    const { token, sessionId, proof } = await boundLogin(store);
    const options = { store, sessionId, dpopProof: await proof(), ...REQUEST };
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => verify(token, SECRET, options)));
    const codes = outcomes.map(({ reason }) => reason?.code);
    assert.deepEqual(codes.sort(), ['proof_replayed', 'proof_replayed', undefined]);
    await verify(token, SECRET, { ...options, dpopProof: await proof() });
  });

  test('tells one session from another', async () => {
    const store = new MapStore();
    const alice = await sign(ALICE, SECRET, { store });
    const mallory = await sign({ userId: 'mallory' }, SECRET, { store });
    for (const sessionId of [mallory.sessionId, randomUUID()]) {
      await assertFails(verify(alice.token, SECRET, { store, sessionId }), { kind: 'rejected' });
    }
    await verify(alice.token, SECRET, { store, sessionId: alice.sessionId });
  });

  const skip = refresh === undefined && 'no refresh';
  test('refreshes, and ends the session when a token comes back', { skip }, async () => {
    const store = new MapStore();
    const login = await sign(ALICE, SECRET, { store, generateRefreshToken: true });
    const { sessionId } = login;
    const trade = (token) => refresh(token, SECRET, { store, sessionId });
    const second = await trade(login.refreshToken);
    await assertFails(trade(login.refreshToken), { code: 'refresh_superseded' });
    const third = await trade(second.refreshToken);
    await verify(third.token, SECRET, { store, sessionId });
    await assertFails(trade(login.refreshToken), { code: 'refresh_reused' });
    await assertFails(verify(third.token, SECRET, { store, sessionId }), { code: 'session_revoked' });
  });
});

/** Its answers to what the core asks in a refresh. */
describe('the store of docs/stores.md, when a refresh token comes', () => {
  const record = '{"sessionId":"x","userId":"alice"}';
  const rotation = (presentedHash, successorHash, more) => ({
    type: 'rotate',
    sessionId: 'x',
    record,
    proof: null,
    presentedHash,
    successorHash,
    graceSeconds: 10,
    lifeSeconds: 604800,
    legacy: false,
    ...more,
  });
  function storeWith(refreshHash) {
    const store = new MapStore();
    store.ask({ type: 'register', sessionId: 'x', record, lifeSeconds: 86400, refreshHash });
    return store;
  }

  test('takes each once', () => {
    const store = storeWith('a');
    assert.deepEqual(store.ask(rotation('a', 'b')), { result: 'ok', record });
    assert.deepEqual(store.ask(rotation('a', 'b')), { result: 'ok', record }, 'the same question twice');
    assert.deepEqual(store.ask(rotation('a', 'c')), { result: 'superseded' });
    assert.deepEqual(store.ask(rotation('b', 'c')), { result: 'ok', record });
    assert.deepEqual(store.ask(rotation('a', 'd')), { result: 'reused' });
    assert.deepEqual(store.ask(rotation('c', 'd')), { result: 'revoked' });
  });

  test('after the grace the one before is a theft', (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 });
    const store = storeWith('a');
    store.ask(rotation('a', 'b'));
    t.mock.timers.tick(10_000);
    assert.deepEqual(store.ask(rotation('a', 'c')), { result: 'superseded' });
    t.mock.timers.tick(1);
    assert.deepEqual(store.ask(rotation('a', 'c')), { result: 'reused' });
  });

  test('puts the end of the session off', (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 });
    const store = storeWith('a');
    t.mock.timers.tick(86_399_000);
    assert.deepEqual(store.ask(rotation('a', 'b')), { result: 'ok', record });
    t.mock.timers.tick(604_799_000);
    assert.deepEqual(store.ask({ type: 'lookup', sessionId: 'x' }), { result: 'ok', record });
    t.mock.timers.tick(1000);
    assert.deepEqual(store.ask({ type: 'lookup', sessionId: 'x' }), { result: 'missing' });
  });

  test('changes nothing for who names another user, has no token there, or one of version 3', () => {
    const other = record.replace('alice', 'mallory');
    const store = storeWith('a');
    assert.deepEqual(store.ask(rotation('z', 'y', { record: other })), { result: 'mismatch', record });
    assert.deepEqual(store.ask(rotation('z', 'y', { legacy: true })), { result: 'mismatch', record });
    assert.deepEqual(store.ask(rotation('a', 'b')), { result: 'ok', record });
    assert.deepEqual(storeWith(null).ask(rotation('a', 'b')), { result: 'missing' });
  });
});

test('a question has what the store needs, and is its own to change', async () => {
  const store = storeThat((question, ask) => {
    const answer = ask();
    for (const name of Object.keys(question)) delete question[name];
    return answer;
  });
  const { token, sessionId, proof } = await boundLogin(store, { generateRefreshToken: true });
  await verify(token, SECRET, { store, sessionId, dpopProof: await proof(), ...REQUEST });
  const [register, check] = store.asked;
  assert.deepEqual(Object.keys(register), ['type', 'sessionId', 'record', 'lifeSeconds', 'refreshHash']);
  assert.deepEqual([register.type, register.sessionId, register.lifeSeconds], ['register', sessionId, 604800]);
  assert.deepEqual(Object.keys(JSON.parse(register.record)), ['sessionId', 'userId', 'jkt']);
  assert.deepEqual(Object.keys(check), ['type', 'sessionId', 'record', 'proof']);
  assert.equal(check.record, register.record);
  assert.deepEqual([check.proof.lifeSeconds, check.proof.max], [1200, 4096]);
});

describe('an answer', () => {
  /** What verify makes of what the store answers then. */
  async function verifiedBy(answer) {
    const store = storeThat((question, ask) => (question.type === 'verify' ? answer(ask()) : ask()));
    const { token, sessionId } = await sign(ALICE, SECRET, { store });
    return verify(token, SECRET, { store, sessionId });
  }

  test('may come later, with more members, or from an instance of a class', async () => {
    await verifiedBy((answer) => answer);
    await verifiedBy(async (answer) => ({ ...answer, took: 1n }));
    class Row {
      #answer;
      constructor(answer) { this.#answer = answer; }
      get result() { return this.#answer.result; }
      get record() { return this.#answer.record; }
    }
    await verifiedBy((answer) => new Row(answer));
  });

  const cases = {
    session_revoked: [
      () => ({ result: 'missing' }),
      () => ({ result: 'revoked', record: 'x' }),
      (answer) => ({ ...answer, result: 'mismatch' }),
      () => ({ result: 'mismatch' }),
      () => ({ result: 'ok', record: '' }),
      () => ({ result: 'ok', record: '{}' }),
      ({ record }) => ({ result: 'ok', record: record.slice(1) }),
      ({ record }) => ({ result: 'ok', record: record.replace(/[0-9a-f]{36}/, 'x') + ' x' }),
    ],
    session_user: [
      ({ record }) => ({ result: 'ok', record: record.replace('alice', 'mallory') }),
      ({ record }) => ({ result: 'mismatch', record: record.replace('alice', 'mallory') }),
      ({ record }) => ({ result: 'ok', record: record.replace('"alice"', '7') }),
    ],
    session_binding: [({ record }) => ({ result: 'ok', record: record.replace('}', `,"jkt":"${'A'.repeat(43)}"}`) })],
    proof_replayed: [() => ({ result: 'proof_used' })],
    store_full: [() => ({ result: 'full' })],
    store_protocol: [
      () => undefined,
      () => null,
      (answer) => JSON.stringify(answer),
      (answer) => [answer],
      (answer) => ({ ...answer, result: 'OK' }),
      (answer) => ({ ...answer, result: ['ok'] }),
      (answer) => ({ ...answer, result: 1 }),
      (answer) => ({ ...answer, result: '__proto__' }),
      (answer) => ({ ...answer, result: 'taken' }),
      (answer) => ({ ...answer, result: 'superseded' }),
      (answer) => ({ ...answer, result: 'reused' }),
      () => ({ result: 'ok' }),
      () => ({ result: 'ok', record: null }),
      ({ record }) => ({ result: 'ok', record: JSON.parse(record) }),
      ({ record }) => ({ result: 'ok', record: Buffer.from(record) }),
      () => ({ result: 'ok', record: 'x'.repeat(2 ** 20) }),
      () => ({ result: 'ok', record: 'x'.repeat(2 ** 17) }),
    ],
  };
  for (const [code, answers] of Object.entries(cases)) {
    answers.forEach((answer, i) => {
      const name = `${code}: ${answer.toString().replace(/\s+/g, ' ')} (${i})`;
      test(name, () => assertFails(verifiedBy(answer), { code }));
    });
  }

  test('that is unknown is named as that, for logs', async () => {
    const message = /the session store answered something that is no answer to the question$/;
    await assertFails(verifiedBy(() => ({ result: 'OK', record: 'x' })), { code: 'store_protocol', message });
  });

  test('that is none is none', async () => {
    for (const value of noAnswers()) {
      const error = await assertFails(verifiedBy(() => value), { kind: 'unavailable', message: /^(?!.*password)/ });
      assert.match(error.code, /^store_(protocol|connection)$/);
    }
  });

  test('that the store throws is unavailable', async () => {
    for (const fail of [() => { throw new Error('hunter2'); }, () => Promise.reject(new Error('hunter2'))]) {
      await assertFails(verifiedBy(fail), { code: 'store_connection', message: /^(?!.*hunter2)/ });
    }
  });

  test('that never comes is unavailable in the end', async () => {
    await assertFails(verifiedBy(() => new Promise(() => {})), { code: 'store_timeout', kind: 'unavailable' });
  });

  test('about a login: taken is a mistake, full an outage, and neither gives a token', async () => {
    const withAnswer = (result) => sign(ALICE, SECRET, { store: { ask: () => ({ result }) } });
    assert.equal(typeof (await withAnswer('ok')).token, 'string');
    await assertFails(withAnswer('taken'), { code: 'state', kind: 'usage' });
    await assertFails(withAnswer('revoked'), { code: 'state', kind: 'usage' });
    await assertFails(withAnswer('full'), { code: 'store_full', kind: 'unavailable' });
    await assertFails(withAnswer('missing'), { code: 'store_protocol', kind: 'unavailable' });
  });

  test('a login that failed is taken back', async () => {
    const asked = [];
    let takenBack;
    const revoked = new Promise((resolve) => { takenBack = resolve; });
    const ask = async (question) => {
      asked.push(question);
      if (question.type === 'revoke') return takenBack();
      throw new Error('the reply was lost');
    };
    await assertFails(sign(ALICE, SECRET, { store: { ask } }), { code: 'store_connection' });
    await revoked;
    assert.deepEqual(asked[1], { type: 'revoke', sessionId: asked[0].sessionId });
  });
});

/** Two processes of a service, and a database between them: this process, with the store of the guide. */
describe('in two processes', () => {
  const store = new MapStore();

  function startProcess(t) {
    const child = fork(path.join(__dirname, '..', 'support', 'ask_client.js'));
    t.after(() => child.kill());
    let settle;
    child.on('message', ({ id, question, done, failed }) => {
      if (question !== undefined) child.send({ id, answer: store.ask(question) });
      else if (failed !== undefined) settle.reject({ code: failed });
      else settle.resolve(done);
    });
    child.on('exit', () => settle?.reject({ code: 'the process ended' }));
    return (task, input) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        child.send({ task, secret: SECRET, ...input });
      });
  }

  test('a session of one is known to the other, and a proof works in one of them', async (t) => {
    const [first, second] = [startProcess(t), startProcess(t)];
    const key = await newKey();
    const loginOptions = { fingerprint: true, clientPublicKey: key.publicKeyJwk };
    const { token, sessionId } = await first('sign', { data: ALICE, options: loginOptions });
    const request = async () => {
      const dpopProof = await newProof(key, REQUEST.url, REQUEST.method, token);
      return { token, options: { sessionId, dpopProof, ...REQUEST } };
    };

    assert.deepEqual((await second('verify', await request())).data, ALICE);
    const same = await request();
    const outcomes = await Promise.allSettled([first('verify', same), second('verify', same)]);
    assert.deepEqual(outcomes.map(({ reason }) => reason?.code).sort(), ['proof_replayed', undefined]);

    store.ask({ type: 'revoke', sessionId });
    await assert.rejects(first('verify', await request()), { code: 'session_revoked' });
    await assert.rejects(second('verify', await request()), { code: 'session_revoked' });
  });
});

test('what a polluted Object.prototype offers is no answer', async () => {
  const answering = (answer) => sign({ userId: 'alice' }, newSecret(), { store: { ask: () => answer } });
  const answers = [{}, new (class Answer {})(), 'ok', 7];
  Object.defineProperty(Object.prototype, 'result', { value: 'ok', configurable: true });
  try {
    for (const answer of answers) await assertFails(answering(answer), { code: 'store_protocol', kind: 'unavailable' });
    assert.equal(typeof (await answering({ result: 'ok' })).token, 'string');
  } finally {
    delete Object.prototype.result;
  }
});
