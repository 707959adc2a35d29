'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { randomUUID } = require('node:crypto');
const { EventEmitter } = require('node:events');
const net = require('node:net');
const { after, afterEach, before, beforeEach, describe, test } = require('node:test');
const { inspect } = require('node:util');

const ioredis = require('ioredis');
const nodeRedis = require('redis');

const { RedisStore, sign, swtMiddleware, verify } = require('secure-web-token');
const { assertFails, newSecret } = require('../support/sessions.js');
const { assertUnavailableInTime, eventually, OUTAGE, TIMEOUT_MS } = require('../support/outage.js');
const { startRedis } = require('../support/redis.js');
const { one } = require('../support/redis_clients.js');

const SECRET = newSecret();
const ALICE = { userId: 'alice' };

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));
after(() => assert.deepEqual(unhandled, []));

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const ignore = () => {};

/** The forms that differ in how they meet an outage; every other version: tests/store-suite/outage.test.js. */
const clients = {
  redis: (url) => one['node-redis 6']([url]),
  'redis, pool': (url) => one['node-redis 6, pool']([url]),
  ioredis: (url) => one['ioredis 6']([url]),
};

for (const [kind, make] of Object.entries(clients)) {
  describe(kind, { timeout: 120_000 }, () => {
    let server;
    let client;
    let connected;
    let close;
    let store;
    let grant;

    beforeEach(async () => {
      server = await startRedis();
      ({ client, connected, close } = make(server.url));
      await connected;
      store = new RedisStore(client);
      grant = await sign(ALICE, SECRET, { store });
    });
    afterEach(async () => {
      close();
      await server.stop();
    });

    const check = () => verify(grant.token, SECRET, { store, sessionId: grant.sessionId });
    const keys = async () => {
      const admin = new ioredis.Redis(server.url);
      const found = (await admin.keys('swt:session:*')).filter((key) => !key.includes('c:{'));
      admin.disconnect();
      return found;
    };

    test('a frozen server does not fill the memory with commands that nobody waits for', async () => {
      process.kill(server.pid, 'SIGSTOP');
      const calls = Array.from({ length: 10_100 }, () => assertFails(store.getSession(randomUUID()), OUTAGE));
      const errors = await Promise.all(calls);
      process.kill(server.pid, 'SIGCONT');
      assert.equal(errors.filter(({ message }) => /too many commands/.test(message)).length, 100);
      await eventually(check);
    });

    test('a login that timed out leaves no session', async () => {
      const before = await keys();
      process.kill(server.pid, 'SIGSTOP');
      await Promise.all(
        Array.from({ length: 20 }, () => assertUnavailableInTime(() => sign(ALICE, SECRET, { store }))),
      );
      process.kill(server.pid, 'SIGCONT');
      await eventually(check);
      await pause(200);
      assert.deepEqual(await keys(), before);
    });

    test('not even the first login, when the clock of the server is still unknown', async () => {
      const unused = new RedisStore(client);
      const before = await keys();
      process.kill(server.pid, 'SIGSTOP');
      await Promise.all(
        Array.from({ length: 20 }, () => assertUnavailableInTime(() => sign(ALICE, SECRET, { store: unused }))),
      );
      await pause(2000);
      process.kill(server.pid, 'SIGCONT');
      await eventually(check);
      await pause(200);
      assert.deepEqual(await keys(), before);
    });

    test('what needs no store is still refused, as what it is', async () => {
      await server.stop();
      await assertFails(verify('x', SECRET, { store, sessionId: grant.sessionId }), { code: 'token_malformed' });
      await assertFails(verify(grant.token, newSecret(), { store, sessionId: grant.sessionId }), {
        code: 'token_authentication',
      });
      await assertFails(verify(grant.token, SECRET, { store }), { code: 'session_missing' });
      assert.equal(await store.revokeSession('x'), undefined);
    });

    test('a busy process is no outage: what has arrived meanwhile counts', async () => {
      await check();
      const pending = check();
      // By now the question is on its way, and its answer comes while nobody reads it.
      await new Promise(setImmediate);
      const until = performance.now() + 2 * TIMEOUT_MS;
      while (performance.now() < until);
      assert.deepEqual((await pending).data, ALICE);
    });

    test('no listeners pile up while it is away', async () => {
      const names = ['ready', 'connect', 'error', 'end', 'close'];
      const count = () => names.reduce((sum, name) => sum + client.listenerCount(name), 0);
      await server.stop();
      await assertFails(check(), OUTAGE);
      const before = count();
      for (let round = 0; round < 3; round++) {
        await Promise.allSettled(Array.from({ length: 100 }, check));
      }
      assert.ok(count() <= before + 1, `${before} listeners became ${count()}`);
    });

    test('the middleware answers 503 and tells to come back', async () => {
      const middleware = swtMiddleware({ secret: SECRET, store });
      await server.stop();
      const headers = {};
      const response = { setHeader: (name, value) => (headers[name] = value), end: (body) => (response.body = body) };
      const request = {
        method: 'GET',
        url: '/',
        headers: { authorization: `Bearer ${grant.token}`, cookie: `swt_session=${grant.sessionId}` },
      };
      await middleware(request, response, () => assert.fail('next was called'));
      assert.equal(response.statusCode, 503);
      assert.equal(response.body, '{"error":"Service unavailable"}');
      assert.equal(headers['Retry-After'], '1');
      assert.equal(headers['Cache-Control'], 'no-store');
      assert.equal(headers['WWW-Authenticate'], undefined);
    });
  });
}

describe('a client that is not connected', () => {
  test('is said to need its connect(), at once', async () => {
    const store = new RedisStore(nodeRedis.createClient().on('error', ignore));
    const started = performance.now();
    await assertFails(sign(ALICE, SECRET, { store }), { ...OUTAGE, code: 'store_connection', message: /connect\(\)/ });
    assert.ok(performance.now() - started < 50);
  });

  test('what was given up before it could be sent is never sent', async () => {
    class Connecting extends EventEmitter {
      isOpen = true;
      isReady = false;
      socketEpoch = 0;
      sent = 0;
      sendCommand() {}
      eval() {}
      evalSha() {
        this.sent += 1;
        return new Promise(() => {});
      }
    }
    const client = new Connecting();
    const store = new RedisStore(client);
    await Promise.all(Array.from({ length: 20 }, () => assertUnavailableInTime(() => sign(ALICE, SECRET, { store }))));
    client.isReady = true;
    client.emit('ready');
    await pause(10);
    assert.equal(client.sent, 0);
  });
});

/** Stands before a real server and answers its scripts itself, always in the same way. */
async function startParrot(redisPort, reply) {
  const sockets = new Set();
  const parrot = net.createServer((socket) => {
    const upstream = net.connect(redisPort, '127.0.0.1');
    for (const end of [socket, upstream]) sockets.add(end.on('error', ignore));
    upstream.pipe(socket);
    socket.on('data', (data) => {
      if (/\r\nEVAL/i.test(data.toString('latin1'))) socket.write(reply);
      else upstream.write(data);
    });
  });
  await new Promise((resolve) => parrot.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    parrot.close();
  };
  return { port: parrot.address().port, stop };
}

describe('replies that are none', { timeout: 120_000 }, () => {
  const errors = [
    'LOADING Redis is loading',
    "READONLY You can't write",
    'NOPERM no permissions',
    'OOM command not allowed',
    'MISCONF Redis is configured',
    'NOAUTH Authentication required',
    'BUSY Redis is busy',
    'MASTERDOWN Link is down',
    'NOREPLICAS Not enough',
    'EXECABORT Transaction',
    'ERR unknown command',
    'WRONGTYPE Operation',
    'NOSCRIPT No matching script',
    'CROSSSLOT Keys',
    'TRYAGAIN Multiple keys',
    'CLUSTERDOWN The cluster is down',
    'UNKILLABLE script',
  ];
  const shapes = [
    '$-1\r\n',
    '*-1\r\n',
    ':1\r\n',
    ':0\r\n',
    '+OK\r\n',
    '$0\r\n\r\n',
    '$2\r\nOK\r\n',
    '*0\r\n',
    '*1\r\n:1\r\n',
    '*2\r\n:1\r\n$0\r\n\r\n',
    '*4\r\n:1\r\n$0\r\n\r\n:1\r\n:1\r\n',
    '*3\r\n:1\r\n$-1\r\n:1\r\n',
    '*3\r\n$-1\r\n$0\r\n\r\n:1\r\n',
    '*3\r\n:7\r\n$0\r\n\r\n:1\r\n',
    '*3\r\n:-99\r\n$0\r\n\r\n:1\r\n',
    '*3\r\n$3\r\nyes\r\n$0\r\n\r\n:1\r\n',
    '*3\r\n$1\r\n \r\n$0\r\n\r\n:1\r\n',
    '*3\r\n*0\r\n$0\r\n\r\n:1\r\n',
    '*3\r\n:1\r\n*1\r\n:1\r\n:1\r\n',
    '*3\r\n:9007199254740993\r\n$0\r\n\r\n:1\r\n',
  ];

  let server;
  before(async () => {
    server = await startRedis();
  });
  after(() => server.stop());

  async function askParrot(t, kind, reply) {
    const parrot = await startParrot(server.port, reply);
    const { client, close, connected } = clients[kind](`redis://127.0.0.1:${parrot.port}`);
    t.after(() => {
      close();
      parrot.stop();
    });
    await connected;
    return new RedisStore(client);
  }

  for (const kind of ['redis', 'ioredis']) {
    for (const error of errors) {
      const [code] = error.split(' ');
      test(`${kind}: ${code} is no answer`, async (t) => {
        const store = await askParrot(t, kind, `-${error}\r\n`);
        for (const act of [
          () => store.getSession(randomUUID()),
          () => store.revokeSession(randomUUID()),
          () => sign({ userId: 'a-private-name' }, SECRET, { store }),
        ]) {
          const failed = await assertFails(act, { ...OUTAGE, code: 'store_protocol' });
          assert.ok(failed.message.includes(code), failed.message);
          assert.ok(!inspect(failed, { depth: 10, showHidden: true }).includes('a-private-name'));
        }
      });
    }

    for (const shape of shapes) {
      test(`${kind}: ${JSON.stringify(shape)} is no answer`, async (t) => {
        const store = await askParrot(t, kind, shape);
        const { token } = await sign(ALICE, SECRET);
        const sessionId = randomUUID();
        const expected = { ...OUTAGE, code: 'store_protocol' };
        await assertFails(verify(token, SECRET, { store, sessionId }), expected);
        await assertFails(store.getSession(sessionId), expected);
        await assertFails(sign(ALICE, SECRET, { store }), expected);
      });
    }
  }
});

describe('the process', () => {
  test('ends when nothing else is left, although a login was taken back', async (t) => {
    const server = await startRedis();
    t.after(() => server.stop());
    const script = `
      const { createClient } = require('redis');
      const { RedisStore, sign } = require('secure-web-token');
      (async () => {
        const client = createClient({ url: '${server.url}' }).on('error', () => {});
        await client.connect();
        const store = new RedisStore(client);
        process.kill(${server.pid}, 'SIGSTOP');
        setTimeout(() => process.kill(${server.pid}, 'SIGKILL'), 100);
        const error = await sign({ userId: 1 }, 'a secret of more than thirty-two bytes', { store }).catch((e) => e);
        client.destroy();
        console.log(error.code);
      })();
    `;
    const started = performance.now();
    const output = execFileSync(process.execPath, ['-e', script], {
      cwd: __dirname,
      encoding: 'utf8',
      timeout: 20_000,
    });
    assert.equal(output, 'store_connection\n');
    assert.ok(performance.now() - started < 3000);
  });
});

test('fake timers do not stop the time limit', async (t) => {
  const server = await startRedis();
  const client = nodeRedis.createClient({ url: server.url }).on('error', ignore);
  await client.connect();
  const store = new RedisStore(client);
  const { token, sessionId } = await sign(ALICE, SECRET, { store });
  process.kill(server.pid, 'SIGSTOP');
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate'] });
  try {
    await assertUnavailableInTime(() => verify(token, SECRET, { store, sessionId }), { code: 'store_timeout' });
  } finally {
    t.mock.timers.reset();
    process.kill(server.pid, 'SIGCONT');
    client.destroy();
    await server.stop();
  }
});
