'use strict';

/**
 * Arguments that JavaScript allows and nobody means well with. Whatever is passed: a refusal, never a token, a session
 * or an accepted request, and no crash.
 */

const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const { EventEmitter } = require('node:events');
const { after, describe, test } = require('node:test');
const vm = require('node:vm');

const {
  KeyRing,
  MemoryStore,
  RedisStore,
  SwtError,
  computeJwkThumbprint,
  createAuthenticator,
  createKey,
  createSwt,
  refresh,
  sign,
  swtMiddleware,
  verify,
} = require('secure-web-token');
const { failed } = require('../../js/report/errors.js');
const native = require('../../js/addon/native.js');
const { settle } = require('../../js/operations/operation.js');
const { ASK } = require('../../js/stores/protocol.js');
const { assertFails, newKey, newProof, newSecret } = require('../support/sessions.js');

const SECRET = newSecret();
const ALICE = { userId: 'alice' };
const REQUEST = { method: 'GET', url: '/' };

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));
after(() => assert.deepEqual(unhandled, []));

class Boom extends Error {}
const boom = () => {
  throw new Boom('boom');
};

/** Conversions that nobody asked for: each would count. */
let conversions = 0;
function converting(result) {
  const convert = () => {
    conversions++;
    return result;
  };
  return { [Symbol.toPrimitive]: convert, toString: convert, valueOf: convert };
}

function allTraps(trap) {
  return Object.fromEntries(
    Reflect.ownKeys(Reflect)
      .filter((name) => typeof name === 'string')
      .map((name) => [name, trap]),
  );
}

function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function detached() {
  const bytes = new Uint8Array(32).fill(7);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

/** Each is made anew for each use. None of them means anything to any function of the package. */
const HOSTILE = {
  true: () => true,
  'a number': () => -0.5,
  NaN: () => NaN,
  'a BigInt': () => 10n,
  'a Symbol': () => Symbol('x'),
  'a lone surrogate': () => 'x\ud800',
  'a boxed text': () => new String(SECRET),
  'what converts to a text': () => converting(SECRET),
  'what converts to a number': () => converting(900),
  'an array of a text': () => [['x']],
  'an array with holes': () => new Array(3),
  'an array-like': () => ({ length: 32, 0: 'x' }),
  'a Map': () => new Map([['userId', 1]]),
  'a Date that is none': () => new Date(NaN),
  'an ArrayBuffer': () => new ArrayBuffer(32),
  'a SharedArrayBuffer': () => new SharedArrayBuffer(32),
  'a DataView': () => new DataView(new ArrayBuffer(32)),
  'a Float64Array': () => new Float64Array(32),
  'detached bytes': detached,
  'a typed array by its prototype alone': () => Object.create(Uint8Array.prototype),
  'a Proxy of bytes': () => new Proxy(new Uint8Array(32), {}),
  'an object whose getters throw': () => ({
    get userId() {
      return boom();
    },
    get kty() {
      return boom();
    },
  }),
  'a Proxy whose traps throw': () => new Proxy({}, allTraps(boom)),
  'a Proxy that was revoked': () => revoked({}),
  'a Proxy of an array that was revoked': () => revoked([]),
  'a Proxy that has everything': () =>
    new Proxy({}, { has: () => true, get: (_, name) => name, ownKeys: () => ['a', 'b'] }),
  'a promise': () => Promise.resolve('x'),
  'a thenable': () => ({ then: boom }),
  'a generator': () => (function* () {})(),
  'an object of another realm': () => vm.runInNewContext('({ a: 1n })'),
  'a circular object': () => {
    const object = { userId: 1 };
    object.self = object;
    return object;
  },
  'an object nested a hundred thousand deep': () => {
    let object = {};
    for (let i = 0; i < 100_000; i++) object = { object };
    return object;
  },
  'what toJSON throws of': () => ({ userId: 'a', toJSON: boom }),
  'what toJSON makes a text of': () => ({ userId: 'a', toJSON: () => 'a' }),
  'what toJSON makes nothing of': () => ({ userId: 'a', toJSON: () => undefined }),
};

/** An error that says no, whatever it was that was passed. */
function isRefusal(error) {
  if (error instanceof SwtError) return ['usage', 'rejected'].includes(error.kind);
  return error instanceof TypeError || error instanceof Boom;
}

async function assertRefused(action, what) {
  let result;
  try {
    result = await action();
  } catch (error) {
    assert.ok(isRefusal(error), `${what}: ${error?.stack}`);
    return;
  }
  assert.fail(`${what} was accepted: ${typeof result}`);
}

/** A login whose every option matters, and what its owner sends. */
async function boundLogin() {
  const store = new MemoryStore();
  const key = await newKey();
  const options = { store, fingerprint: true, clientPublicKey: key.publicKeyJwk, generateRefreshToken: true };
  const grant = await sign(ALICE, SECRET, options);
  const owner = async (token) => ({
    store,
    sessionId: grant.sessionId,
    dpopProof: await newProof(key, '/', 'GET', token),
    ...REQUEST,
  });
  return { ...grant, store, key, owner };
}

const LIFETIMES = ['expiresIn', 'refreshExpiresIn'];
const FOR_ALL = ['store', 'encryptionSecret', 'auditLogger', 'acceptLegacy', 'insecureShortSecret'];
const EXPECTED = ['audience', 'issuer', 'subject', 'clockTolerance', 'maxTokenAge'];

/** For each function: how it is called with one thing changed, and what can be changed. */
const callers = {
  sign: {
    names: [
      'data',
      'secret',
      'options',
      ...FOR_ALL,
      ...LIFETIMES,
      'fingerprint',
      'clientPublicKey',
      'dpopProof',
      'generateRefreshToken',
      'audience',
      'issuer',
      'subject',
      'method',
      'url',
      'host',
    ],
    prepare: async () => {
      const { store, key } = await boundLogin();
      const dpopProof = await newProof(key, '/', 'GET');
      const usual = { store, fingerprint: true, clientPublicKey: key.publicKeyJwk, dpopProof, ...REQUEST };
      return ({ data = ALICE, secret = SECRET, options, ...change }) =>
        sign(data, secret, options ?? { ...usual, ...change });
    },
  },
  verify: {
    names: ['token', 'secret', 'options', ...FOR_ALL, ...EXPECTED, 'sessionId', 'dpopProof', 'method', 'url', 'host'],
    prepare: async () => {
      const { token, owner } = await boundLogin();
      const usual = await owner(token);
      return (given) => {
        const { token: one = token, secret = SECRET, options, ...change } = given;
        return verify(one, secret, options ?? { ...usual, ...change });
      };
    },
  },
  refresh: {
    names: [
      'refreshToken',
      'secret',
      'options',
      ...FOR_ALL,
      ...LIFETIMES,
      'sessionId',
      'dpopProof',
      'clientPublicKey',
      'method',
      'url',
      'host',
      'data',
      'insecureRefreshReuse',
    ],
    prepare: async () => {
      const { refreshToken, owner } = await boundLogin();
      const usual = await owner(refreshToken);
      return ({ refreshToken: one = refreshToken, secret = SECRET, options, ...change }) =>
        refresh(one, secret, options ?? { ...usual, ...change });
    },
  },
  createKey: {
    names: ['secret', 'options', 'encryptionSecret', 'insecureShortSecret'],
    prepare:
      () =>
      ({ secret = SECRET, options, ...change }) =>
        createKey(secret, options ?? change),
  },
  KeyRing: {
    names: ['definition', 'signer', 'accepted', 'kid', 'secret', 'encryptionSecret', 'insecureShortSecret', 'until'],
    prepare: () => (given) => {
      if ('definition' in given) return new KeyRing(given.definition);
      const signer = 'signer' in given ? given.signer : { kid: 'a', secret: newSecret() };
      const accepted = 'accepted' in given ? given.accepted : [{ kid: 'b', secret: newSecret(), ...given }];
      return new KeyRing({ signer, accepted });
    },
  },
  'kill and replace': {
    names: ['kill', 'replace'],
    prepare: () => (given) => {
      const ring = new KeyRing({ signer: { kid: 'a', secret: newSecret() } });
      return 'kill' in given ? ring.kill(given.kill) : ring.replace(given.replace);
    },
  },
  swtMiddleware: {
    names: ['secret', 'options', ...FOR_ALL, ...EXPECTED, 'cookieName'],
    prepare:
      () =>
      ({ options, ...change }) =>
        swtMiddleware(options ?? { secret: SECRET, ...change }),
  },
  createAuthenticator: {
    names: ['secret', 'options', ...FOR_ALL, ...EXPECTED, 'cookieName', 'optional', 'getToken'],
    prepare:
      () =>
      ({ options, ...change }) =>
        createAuthenticator(options ?? { secret: SECRET, ...change }),
  },
  createSwt: {
    names: ['secret', 'options', ...FOR_ALL, ...EXPECTED, ...LIFETIMES, 'cookieName', 'optional', 'getToken'],
    prepare:
      () =>
      ({ options, ...change }) =>
        createSwt(options ?? { secret: SECRET, store: null, ...change }),
  },
  MemoryStore: {
    names: ['options', 'ttl', 'maxSessions', 'auditLogger'],
    prepare:
      () =>
      ({ options, ...change }) =>
        new MemoryStore(options ?? change),
  },
  RedisStore: {
    names: ['client', 'options', 'prefix', 'ttl', 'timeout', 'auditLogger'],
    prepare: () => {
      const client = Object.assign(new EventEmitter(), { isCluster: false, options: {}, status: 'ready' });
      for (const name of ['defineCommand', 'call', 'evalsha', 'eval']) client[name] = boom;
      new RedisStore(client);
      return ({ client: one = client, options, ...change }) => new RedisStore(one, options ?? change);
    },
  },
  computeJwkThumbprint: {
    names: ['jwk'],
    prepare:
      () =>
      ({ jwk }) =>
        computeJwkThumbprint(jwk),
  },
  'the methods of a store': {
    names: ['registerSession', 'sessionId'],
    prepare: () => (given) => {
      const store = new MemoryStore();
      if ('registerSession' in given) return store.registerSession(given.registerSession);
      return store.registerSession({ sessionId: randomUUID(), userId: 'alice', jkt: 'A'.repeat(43), ...given });
    },
  },
};

/** What means something after all. */
const MEANT = {
  // Text that is compared with nothing, since the proofs here name no host.
  host: ['a lone surrogate'],
  insecureShortSecret: ['true'],
  insecureRefreshReuse: ['true'],
  fingerprint: ['true'],
  generateRefreshToken: ['true'],
  acceptLegacy: ['true'],
  optional: ['true'],
};

describe('hostile arguments', () => {
  for (const [owner, { names, prepare }] of Object.entries(callers)) {
    for (const name of names) {
      test(`${owner}: ${name}`, async () => {
        const call = await prepare();
        conversions = 0;
        for (const [what, make] of Object.entries(HOSTILE)) {
          if (MEANT[name]?.includes(what)) continue;
          await assertRefused(async () => call({ [name]: make() }), `${owner}, ${name}: ${what}`);
        }
        assert.equal(conversions, 0, 'something was converted');
      });
    }

    test(`${owner}: nothing wrong is accepted`, async () => {
      const call = await prepare();
      if (owner === 'computeJwkThumbprint') assert.equal(typeof call({ jwk: (await newKey()).publicKeyJwk }), 'string');
      else if (owner === 'kill and replace') call({ kill: 'b' });
      else await call({});
    });
  }

  test('an id of any type is no session', async () => {
    const store = new MemoryStore();
    const { sessionId } = await sign(ALICE, SECRET, { store });
    for (const [what, make] of Object.entries(HOSTILE)) {
      assert.equal(await store.getSession(make()), null, what);
      assert.equal(await store.revokeSession(make()), undefined, what);
    }
    assert.equal((await store.getSession(sessionId)).userId, 'alice');
  });

  test('methods of a store without their store', async () => {
    const { registerSession, getSession, revokeSession } = MemoryStore.prototype;
    const session = { sessionId: randomUUID(), userId: 1 };
    for (const receiver of [undefined, {}, Object.create(MemoryStore.prototype), new Proxy(new MemoryStore(), {})]) {
      await assert.rejects(async () => registerSession.call(receiver, session), TypeError);
      await assert.rejects(async () => getSession.call(receiver, session.sessionId), TypeError);
      await assert.rejects(async () => revokeSession.call(receiver, session.sessionId), TypeError);
    }
    for (const store of [Object.create(MemoryStore.prototype), new Proxy(new MemoryStore(), {})]) {
      await assertRefused(() => sign(ALICE, SECRET, { store }), 'a store by its prototype alone');
    }
  });

  test('texts of half a gigabyte', async () => {
    const huge = 'x'.repeat(2 ** 29 - 24);
    const store = new MemoryStore();
    for (const use of [
      () => verify(huge, SECRET),
      () => verify('x', SECRET, { dpopProof: huge }),
      () => verify('x', SECRET, { method: huge, url: huge }),
      () => verify('x', SECRET, { audience: huge }),
      () => refresh(huge, SECRET, { store }),
      () => sign(ALICE, huge),
      () => sign(ALICE, SECRET, { encryptionSecret: huge, expiresIn: 60 }),
      () => sign(ALICE, SECRET, { expiresIn: huge }),
      () => sign(ALICE, SECRET, { [huge]: 1 }),
      () => createKey(huge),
      () => computeJwkThumbprint(huge),
      () => new KeyRing({ signer: { kid: huge, secret: SECRET } }),
      () => swtMiddleware({ secret: SECRET, cookieName: huge }),
      () => new MemoryStore({ ttl: huge }),
    ]) {
      const error = await Promise.resolve()
        .then(use)
        .then(
          () => assert.fail(String(use)),
          (thrown) => thrown,
        );
      assert.ok(isRefusal(error), error.stack);
      assert.ok(error.message.length < 1000);
    }
    assert.equal(await store.getSession(huge), null);
  });
});

describe('code that runs inside of a call', () => {
  test('toJSON and getters may call the package again', async () => {
    const inner = [];
    const store = new MemoryStore();
    const data = {
      userId: 'outer',
      toJSON() {
        inner.push(
          sign({ userId: 'inner' }, SECRET, { store }),
          verify('x', newSecret()).catch((error) => error.code),
        );
        assert.throws(() => createKey('short'), { code: 'secret_too_short' });
        return { userId: 'outer' };
      },
    };
    const options = {
      get store() {
        inner.push(sign({ userId: 'innermost' }, SECRET));
        return store;
      },
    };
    const { token, sessionId } = await sign(data, SECRET, options);
    assert.equal((await verify(token, SECRET, { store, sessionId })).data.userId, 'outer');
    const [fromGetter, fromJson, code] = await Promise.all(inner);
    assert.equal((await verify(fromJson.token, SECRET, { store, sessionId: fromJson.sessionId })).data.userId, 'inner');
    assert.equal((await verify(fromGetter.token, SECRET)).data.userId, 'innermost');
    assert.equal(code, 'token_malformed');
  });

  test('what a getter says the second time does not count', async () => {
    const events = [];
    const users = ['alice', 'mallory', 'mallory', 'mallory'];
    const data = {
      get userId() {
        return users.shift();
      },
    };
    const store = new MemoryStore();
    const auditLogger = (event) => events.push(event.userId);
    const { token, sessionId } = await sign(data, SECRET, { store, auditLogger });
    assert.equal((await verify(token, SECRET, { store, sessionId })).data.userId, 'alice');
    assert.equal((await store.getSession(sessionId)).userId, 'alice');
    assert.deepEqual(events, ['alice']);

    const lifetimes = [60, 'never', 1e9];
    const short = await sign(ALICE, SECRET, {
      get expiresIn() {
        return lifetimes.shift();
      },
    });
    const payload = await verify(short.token, SECRET);
    assert.equal(payload.exp - payload.iat, 60);
  });

  test('a logger may call the package again', async () => {
    const inner = [];
    const auditLogger = ({ event }) => {
      if (event === 'verify_failure') inner.push(verify('y', SECRET).catch((error) => error.code));
    };
    await assertFails(verify('x', SECRET, { auditLogger }), { code: 'token_malformed' });
    assert.deepEqual(await Promise.all(inner), ['token_malformed']);
  });

  test('a request whose members throw reaches no handler', async () => {
    const { token } = await sign(ALICE, SECRET);
    const guard = swtMiddleware({ secret: SECRET });
    const good = { headers: { authorization: `Bearer ${token}` }, method: 'GET', url: '/' };
    const requests = [
      undefined,
      null,
      7,
      'x',
      {},
      new Proxy({}, allTraps(boom)),
      revoked({}),
      Object.freeze({ ...good }),
      { ...good, headers: null },
      { ...good, headers: new Proxy({}, allTraps(boom)) },
      { ...good, rawHeaders: [null, null] },
      Object.defineProperty({ ...good }, 'swt', { set: boom, get: boom }),
      { ...good, cookies: new Proxy({}, allTraps(boom)) },
    ];
    for (const request of requests) {
      const answer = await new Promise((resolve) => {
        const response = { setHeader() {}, end: () => resolve(response.statusCode) };
        guard(request, response, () => resolve('next'));
      });
      assert.equal(answer, 500);
    }
    await new Promise((resolve, reject) => guard(good, { setHeader() {}, end: reject }, resolve));
  });
});

describe('what an operation gave', () => {
  test('is a failure by its own status alone', () => {
    for (const result of [undefined, null, 'token', {}, [], { payload: '{}' }, Object.create({ status: 401 }), true]) {
      assert.equal(failed(result), undefined);
    }
    assert.deepEqual(failed(401), { status: 401, detail: undefined });
    assert.deepEqual(failed({ status: 401, detail: 'x' }), { status: 401, detail: 'x' });
  });

  test('is never a success because a status says so', () => {
    const bug = { status: native.INTERNAL_BUG, detail: undefined };
    for (const result of [
      0,
      -0,
      NaN,
      { status: 0 },
      { status: undefined },
      { status: null },
      { status: 0, payload: '{}' },
    ]) {
      assert.deepEqual(failed(result), bug);
    }
  });

  test('stays what it is on its way: nothing is pending by its looks', async () => {
    const looks = [
      { status: 0 },
      { pending: true },
      Object.create(native.revokeBegin(randomUUID())),
      'x',
      7,
      undefined,
    ];
    const store = { [ASK]: boom };
    for (const outcome of looks) {
      assert.equal(await settle(outcome, store), outcome);
      assert.equal(await settle(Promise.resolve(outcome), store), outcome);
    }
  });

  const answers = {
    nothing: async () => {},
    'nothing, at once': () => undefined,
    'a status of 0': async () => ({ status: 0 }),
    'a payload': async () => ({ payload: JSON.stringify({ data: { userId: 'admin' } }) }),
    'a thenable of a payload': () => ({ then: (resolve) => resolve('{"data":{"userId":"admin"}}') }),
    'the pending operation': async (pending) => pending,
    'its completion': async (pending) => native.complete(pending, Date.now()),
    'an answer of nonsense': async (pending) => native.answer(pending, '1', '{"userId":"alice"}', '1'),
    'an answer of too much': async (pending) => native.answer(pending, '1', 'x'.repeat(2 ** 19), 'x'),
    'an error': async () => boom(),
    'an error, at once': boom,
  };
  for (const [what, ask] of Object.entries(answers)) {
    test(`a store that gives ${what} lets nobody in`, async () => {
      const good = new MemoryStore();
      const { token, sessionId, refreshToken } = await sign(ALICE, SECRET, { store: good, generateRefreshToken: true });
      const store = { [ASK]: ask };
      for (const use of [
        () => verify(token, SECRET, { store, sessionId }),
        () => refresh(refreshToken, SECRET, { store }),
        () => verify(token, createKey(SECRET), { store, sessionId }),
      ]) {
        await assert.rejects(async () => use());
      }
      const request = {
        headers: { authorization: `Bearer ${token}`, cookie: `swt_session=${sessionId}` },
        method: 'GET',
        url: '/',
      };
      const answer = await new Promise((resolve) => {
        const response = { setHeader() {}, end: () => resolve(response.statusCode) };
        swtMiddleware({ secret: SECRET, store })(request, response, () => resolve('next'));
      });
      assert.ok([401, 500, 503].includes(answer), String(answer));
      assert.equal(request.swt, undefined);
      await verify(token, SECRET, { store: good, sessionId });
    });
  }
});

describe('__proto__ in a payload', () => {
  const text = '{"userId":"alice","__proto__":{"admin":true,"status":0},"constructor":{"prototype":{"admin":true}}}';

  test('is a member like any other, in verify, in a guard and after a refresh', async () => {
    const data = JSON.parse(text);
    const { token, refreshToken } = await sign(data, SECRET, { generateRefreshToken: true });
    const next = await refresh(refreshToken, SECRET, { insecureRefreshReuse: true });
    const request = { headers: { authorization: `Bearer ${token}` }, method: 'GET', url: '/' };
    await new Promise((resolve, reject) =>
      swtMiddleware({ secret: SECRET })(request, { setHeader() {}, end: reject }, resolve),
    );
    for (const read of [(await verify(token, SECRET)).data, (await verify(next.token, SECRET)).data, request.swt]) {
      assert.ok(Object.hasOwn(read, '__proto__'));
      assert.equal(Object.getPrototypeOf(read), Object.prototype);
      assert.equal(JSON.stringify(read), text);
      assert.equal(read.admin, undefined);
    }
    assert.equal({}.admin, undefined);
    assert.equal({}.status, undefined);
  });

  test('among options and in a session is refused', async () => {
    const options = JSON.parse('{"__proto__":{"insecureShortSecret":true}}');
    await assertFails(sign(ALICE, 'short', options), { code: 'argument', message: /no option "__proto__"/ });
    await assertFails(() => new KeyRing(JSON.parse('{"__proto__":{}}')), { code: 'argument' });
    const session = JSON.parse(`{"sessionId":"${randomUUID()}","userId":1,"__proto__":{"jkt":"x"}}`);
    await assertFails(new MemoryStore().registerSession(session), { kind: 'usage' });
  });
});
