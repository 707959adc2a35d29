// A C program and a Node.js application share the sessions of one Redis: what one makes, the other checks and ends.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { createClient } from 'redis';
import { RedisStore, sign, verify } from 'secure-web-token';

import { Refused, open } from '../reference/codec.mjs';

const { startRedis } = createRequire(import.meta.url)('../support/redis.js');

const program = fileURLToPath(new URL('../../build/core/swt_c_session', import.meta.url));
const SECRET = 'Vt4.shared_by_C_and_node~8Qm2+Zs71-Hq';
const CLASS = { ok: 0, session: 3 };

let redis;
let client;
let store;

// inC runs the C program; its lines, and the class of its status as exit code.
const inC = (...args) => inCWith(SECRET, ...args);

function inCWith(secret, ...args) {
  return new Promise((resolve, reject) => {
    execFile(program, [redis.url, secret, ...args], { timeout: 30_000 }, (error, stdout) => {
      if (error && typeof error.code !== 'number') return reject(error);
      return resolve({ code: error ? error.code : 0, lines: stdout.trimEnd().split('\n') });
    });
  });
}

async function signInC(data, command = 'sign') {
  const { code, lines } = await inC(command, data);
  assert.equal(code, CLASS.ok, lines.join(' '));
  const [token, sessionId, refreshToken] = lines;
  return { token, sessionId, refreshToken };
}

const verifyInNode = ({ token, sessionId }) => verify(token, SECRET, { store, sessionId });

before(async () => {
  redis = await startRedis();
  client = await createClient({ url: redis.url }).on('error', () => {}).connect();
  store = new RedisStore(client);
});
after(async () => {
  client?.destroy();
  await redis?.stop();
});

describe('a session made in C', () => {
  test('is good in Node.js until Node.js revokes it, and then in neither', async () => {
    const made = await signInC('{"userId":"alice","role":"admin"}');
    assert.deepEqual((await verifyInNode(made)).data, { userId: 'alice', role: 'admin' });
    assert.equal((await inC('verify', made.token, made.sessionId)).code, CLASS.ok);

    await store.revokeSession(made.sessionId);
    await assert.rejects(verifyInNode(made), { message: 'Session revoked or invalid' });
    const refused = await inC('verify', made.token, made.sessionId);
    assert.deepEqual(refused, { code: CLASS.session, lines: ['session_revoked'] });
  });

  test('goes on after a refresh, in both', async () => {
    const made = await signInC('{"userId":7,"city":"Zürich"}');
    const next = await signInC(made.refreshToken, 'refresh');
    assert.equal(next.sessionId, made.sessionId);
    assert.deepEqual((await verifyInNode(next)).data, { userId: 7, city: 'Zürich' });
    assert.deepEqual(await inC('refresh', made.refreshToken), { code: CLASS.session, lines: ['refresh_superseded'] });
  });
});

describe('a session made in Node.js', () => {
  test('is good in C until C revokes it, and then in neither', async () => {
    const made = await sign({ userId: 'bob', team: 'blue' }, SECRET, { store });
    assert.deepEqual(await inC('verify', made.token, made.sessionId), {
      code: CLASS.ok,
      lines: ['{"userId":"bob","team":"blue"}'],
    });
    assert.equal((await inC('revoke', made.sessionId)).code, CLASS.ok);
    assert.equal((await inC('verify', made.token, made.sessionId)).code, CLASS.session);
    await assert.rejects(verifyInNode(made), { message: 'Session revoked or invalid' });
  });

  test('is refreshed in C with its refresh token', async () => {
    const made = await sign({ userId: 'carol' }, SECRET, { store, generateRefreshToken: true });
    const next = await signInC(made.refreshToken, 'refresh');
    assert.equal(next.sessionId, made.sessionId);
    assert.deepEqual((await verifyInNode(next)).data, { userId: 'carol' });
  });
});

describe('tokens of PEM keys, made in C', () => {
  const encryptionSecret = 'a secret of its own, to seal with';
  const kinds = { RS256: ['rsa', { modulusLength: 2048 }], ES256: ['ec', { namedCurve: 'P-256' }] };
  for (const [alg, [type, options]] of Object.entries(kinds)) {
    test(`open in the reference codec: ${alg}`, async () => {
      const { privateKey, publicKey } = generateKeyPairSync(type, options);
      const other = generateKeyPairSync(type, options).publicKey;
      const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
      for (let i = 0; i < 20; i++) {
        const { code, lines } = await inCWith(pem, 'sign', `{"userId":"dora","n":${i}}`);
        assert.equal(code, CLASS.ok, lines.join(' '));
        const [token, sessionId, refreshToken] = lines;
        const payload = open(token, { encryptionSecret, pem: { alg, publicKey } });
        assert.deepEqual([payload.data, payload.sid], [{ userId: 'dora', n: i }, sessionId]);
        assert.equal(open(refreshToken, { encryptionSecret, pem: { alg, publicKey }, typ: 'SWT-Refresh' }).sid, sessionId);
        assert.throws(() => open(token, { encryptionSecret, pem: { alg, publicKey: other } }), Refused);
      }
    });
  }
});
