// Every row of the table "What is refused now" is tried: the refusal with the code that the row says, and what to do
// instead, which passes. And Express 4 goes on without Redis, as the two lines for it say.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';

import { MemoryStore, refresh, sign, verify } from 'secure-web-token';

import { legacyProof, seal } from '../reference/codec.mjs';
import { namesIn, programsOf, read, tableOf } from './documents.mjs';
import { Workshop } from './workshop.mjs';

const require = createRequire(import.meta.url);
const { freePort, startRedis } = require('../support/redis.js');
const { SyncStore, loadMapStore } = require('../support/own_stores.js');
const { assertFails, newKey, newProof, newSecret } = require('../support/sessions.js');

const DOCUMENT = 'docs/from-3.md';
const secret = newSecret();
const encryptionSecret = newSecret();
const store = new MemoryStore();
const MapStore = loadMapStore();

let key;
let bound; // a login of that key
before(async () => {
  key = await newKey();
  bound = await sign({ userId: 'alice' }, secret, { store, fingerprint: true, clientPublicKey: key.publicKeyJwk });
});

const pemOf = (kind, options) => generateKeyPairSync(kind, options).privateKey.export({ type: 'pkcs8', format: 'pem' });
const signs = (data, options, key = secret) => sign(data, key, options);
const binds = (clientPublicKey) => signs({ userId: 1 }, { store, fingerprint: true, clientPublicKey });
const login = (options) => sign({ userId: 'alice' }, secret, { store, ...options });
const nested = (levels) => (levels === 1 ? 1 : [nested(levels - 1)]);

async function refreshesIn(store, options) {
  const { refreshToken } = await login({ store, generateRefreshToken: true });
  return refresh(refreshToken, secret, { store, ...options });
}

/** A request of the bound login for GET /api/x?a=1. */
const requests = async (proof) =>
  verify(bound.token, secret, { store, sessionId: bound.sessionId, dpopProof: await proof, method: 'GET', url: '/api/x?a=1' });
const proof = (url = '/api/x?a=1', method = 'GET') => newProof(key, url, method);
const proofOfOldPage = (url) => legacyProof({ ...key, url, method: 'GET' });

const sealed = (header) => {
  const iat = Math.floor(Date.now() / 1000);
  return seal({ data: { userId: 'alice' }, iat, exp: iat + 60 }, { secret, header });
};

class User {
  userId = 'alice';
}

/** What the row calls a use of 3.0.1, and its twin that passes. Both may be several. */
const ROWS = {
  'a secret, or encryption secret, under 32 bytes': {
    refused: [() => signs({ userId: 1 }, {}, 'q7!short'), () => signs({ userId: 1 }, { encryptionSecret: 'q7!short' })],
    passes: [() => signs({ userId: 1 }, {}, newSecret()), () => signs({ userId: 1 }, { insecureShortSecret: true }, 'q7!short')],
  },
  'a placeholder, or one pattern repeated, as secret': {
    refused: [() => signs({ userId: 1 }, {}, 'your-256-bit-secret-goes-here-and-nowhere-else'), () => signs({ userId: 1 }, {}, 'a'.repeat(64))],
    passes: [() => signs({ userId: 1 }, {}, newSecret())],
  },
  'a PEM key on another curve than P-256, or RSA under 2048 bits': {
    refused: [
      () => signs({ userId: 1 }, { encryptionSecret }, pemOf('ec', { namedCurve: 'P-384' })),
      () => signs({ userId: 1 }, { encryptionSecret }, pemOf('rsa', { modulusLength: 1024 })),
    ],
    passes: [
      () => signs({ userId: 1 }, { encryptionSecret }, pemOf('ec', { namedCurve: 'P-256' })),
      () => signs({ userId: 1 }, { encryptionSecret }, pemOf('rsa', { modulusLength: 2048 })),
    ],
  },
  'a PEM key without `encryptionSecret`': {
    refused: [() => signs({ userId: 1 }, {}, pemOf('ec', { namedCurve: 'P-256' }))],
    passes: [() => signs({ userId: 1 }, { encryptionSecret }, pemOf('ec', { namedCurve: 'P-256' }))],
  },
  'a `userId` that is 0, a fraction, over 2^53, true, an object, or over 256 bytes': {
    refused: [0, 1.5, 2 ** 53, true, {}, 'x'.repeat(257)].map((userId) => () => signs({ userId })),
    passes: [1, 2 ** 53 - 1, 'x'.repeat(256), '0', '1.5'].map((userId) => () => signs({ userId })),
  },
  'data that is an instance of a class': {
    refused: [() => signs(new User())],
    passes: [() => signs({ ...new User() })],
  },
  'U+0000 or a lone surrogate in data': {
    refused: ['\u0000', '\ud800'].map((name) => () => signs({ userId: 1, name })),
    passes: ['\u0001', '\ud800'.toWellFormed()].map((name) => () => signs({ userId: 1, name })),
  },
  'data over 8192 bytes, or deeper than 16 levels': {
    refused: [() => signs({ userId: 1, text: 'x'.repeat(8192) }), () => signs({ userId: 1, list: nested(17) })],
    passes: [() => signs({ userId: 1, text: 'x'.repeat(8000) }), () => signs({ userId: 1, list: nested(16) })],
  },
  'an `expiresIn` of 0 or less, or with a fraction': {
    refused: [0, -1, 1.5].map((expiresIn) => () => signs({ userId: 1 }, { expiresIn })),
    passes: [1, '15m'].map((expiresIn) => () => signs({ userId: 1 }, { expiresIn })),
  },
  'an option that does not exist, a misspelt one': {
    refused: [() => signs({ userId: 1 }, { fingerprnt: true }), () => signs({ userId: 1 }, { algorithm: 'HS256' })],
    passes: [() => signs({ userId: 1 }, { fingerprint: false })],
  },
  '`store: undefined`': {
    refused: [() => signs({ userId: 1 }, { store: undefined })],
    passes: [() => signs({ userId: 1 }, { store: null }), () => signs({ userId: 1 }, {})],
  },
  'a client key that is private, or not on P-256': {
    refused: [
      () => binds(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })),
      () => binds(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' })),
    ],
    passes: [() => binds(key.publicKeyJwk)],
  },
  'a request without its session id, where there is a store': {
    refused: [
      async () => verify((await login()).token, secret, { store }),
      async () => verify((await signs({ userId: 'alice' })).token, secret, { store }),
    ],
    passes: [
      async () => verify((await signs({ userId: 'alice' })).token, secret),
      async () => {
        const { token, sessionId } = await login();
        return verify(token, secret, { store, sessionId });
      },
    ],
  },
  'a session id that `sign` did not make': {
    refused: [
      async () => verify((await login()).token, secret, { store, sessionId: randomUUID().toUpperCase() }),
      async () => {
        const { token, sessionId } = await login();
        return verify(token, secret, { store, sessionId: sessionId.toUpperCase() });
      },
    ],
    passes: [
      async () => {
        const { token, sessionId } = await login();
        return verify(token, secret, { store, sessionId });
      },
    ],
  },
  'a token with another session of the same user': {
    refused: [async () => verify((await login()).token, secret, { store, sessionId: (await login()).sessionId })],
    passes: [
      async () => {
        const { token, sessionId } = await login();
        return verify(token, secret, { store, sessionId });
      },
    ],
  },
  'a proof for another url, or for the same path with another query': {
    refused: ['/api/y', '/api/x?a=2'].map((url) => () => requests(proof(url))),
    passes: ['/api/x?a=1', '/api/x'].map((url) => () => requests(proof(url))),
  },
  'a proof for a url relative to the page, `api/x`': {
    refused: [() => requests(proofOfOldPage('api/x'))],
    passes: [() => requests(proofOfOldPage('/api/x')), () => requests(proof('/api/x'))],
  },
  'a proof for another method': {
    refused: [() => requests(proof(undefined, 'POST'))],
    passes: [() => requests(proof(undefined, 'GET'))],
  },
  'a proof that was used': {
    refused: [
      async () => {
        const once = await proof();
        await requests(once);
        return requests(once);
      },
    ],
    passes: [
      async () => {
        await requests(proof());
        return requests(proof());
      },
    ],
  },
  'a proof that is padded, or not strictly base64url and JSON': {
    refused: [
      async () => requests(`${await proof()}=`),
      async () => requests(Buffer.from(`${Buffer.from(await proof(), 'base64url')} x`).toString('base64url')),
    ],
    passes: [() => requests(proof())],
  },
  'a token that is padded, has other members in its header, or lacks some': {
    refused: [
      () => verify(`${sealed()}=`, secret),
      () => verify(sealed({ cty: 'JWT' }), secret),
      () => verify(sealed({ typ: undefined }), secret),
    ],
    passes: [() => verify(sealed(), secret)],
  },
  'a token whose header names another algorithm than its key has': {
    refused: [() => verify(sealed({ alg: 'RS256' }), secret)],
    passes: [() => verify(sealed(), secret)],
  },
  'a refresh token as an access token': {
    refused: [async () => verify((await signs({ userId: 1 }, { generateRefreshToken: true })).refreshToken, secret)],
    passes: [async () => verify((await signs({ userId: 1 }, { generateRefreshToken: true })).token, secret)],
  },
  '`refresh` without a store, or with one of three methods': {
    refused: [
      async () => refresh((await signs({ userId: 1 }, { generateRefreshToken: true })).refreshToken, secret),
      () => refreshesIn(new SyncStore()),
    ],
    passes: [
      () => refreshesIn(new MapStore()),
      () => refreshesIn(new SyncStore(), { insecureRefreshReuse: true }),
      async () => refresh((await login({ generateRefreshToken: true })).refreshToken, secret, { store }),
      async () =>
        refresh((await signs({ userId: 1 }, { generateRefreshToken: true })).refreshToken, secret, { insecureRefreshReuse: true }),
    ],
  },
  'a refresh token used twice': {
    refused: [
      async () => {
        const { refreshToken } = await login({ generateRefreshToken: true });
        await refresh(refreshToken, secret, { store });
        return refresh(refreshToken, secret, { store });
      },
    ],
    passes: [
      async () => {
        const first = await login({ generateRefreshToken: true });
        const second = await refresh(first.refreshToken, secret, { store });
        return refresh(second.refreshToken, secret, { store });
      },
    ],
  },
};

describe(`${DOCUMENT}: what is refused now`, () => {
  const table = tableOf(DOCUMENT, ['a use of 3.0.1', 'code', 'why', 'what to do']);

  test('every row is tried here, and nothing else', () => {
    assert.deepEqual(table.map(([use]) => use), Object.keys(ROWS));
  });

  for (const [use, code] of table) {
    test(use, async () => {
      const [expected] = namesIn(code);
      for (const attempt of ROWS[use].refused) await assertFails(attempt, { code: expected });
      for (const attempt of ROWS[use].passes) assert.ok(await attempt());
    });
  }

  test('the messages that stay are those of the errors', async () => {
    const said = namesIn(/The messages that apps compare with: ([\s\S]*?)\. Better/.exec(read(DOCUMENT))[1].replaceAll(/\s+/g, ' '));
    const native = require('../../js/addon/native.js');
    const known = Array.from({ length: 600 }, (_, status) => native.statusMessage(status));
    const ofTheMiddleware = 'Missing or invalid Authorization header';
    assert.deepEqual(said.filter((message) => !known.includes(message) && message !== ofTheMiddleware), []);
    assert.equal(said.length, 7);
  });
});

describe(`${DOCUMENT}: Express 4, while Redis is down`, { timeout: 60_000 }, () => {
  let workshop;
  let redisUrl;
  before(async () => {
    const redis = await startRedis();
    redisUrl = redis.url;
    await redis.stop();
    workshop = new Workshop(redisUrl);
  });
  after(() => workshop?.remove());

  /** An app whose route is the document's, and somebody's POST to it. */
  async function logoutOf(name, route, act) {
    const app = `
      const express = require('express4');
      const { createClient } = require('redis');
      const { RedisStore } = require('secure-web-token');
      const redis = createClient({ url: process.env.REDIS_URL }).on('error', () => {});
      redis.connect().catch(() => {});
      const store = new RedisStore(redis);
      const app = express();
      app.use(require('cookie-parser')());
      ${route}
      app.listen(process.env.PORT, () => console.log('listening'));
    `;
    const port = await freePort();
    const server = await workshop.startServer(name, app, { PORT: String(port), NODE_ENV: 'production' });
    const headers = { cookie: `swt_session=${randomUUID()}` };
    const post = () => fetch(`http://127.0.0.1:${port}/logout`, { method: 'POST', headers });
    try {
      await act({ post, server });
    } finally {
      await server.stop();
    }
  }

  const route = programsOf(DOCUMENT).get('caught');

  test('a logout is answered with 503, and the process goes on', async () => {
    await logoutOf('caught', route, async ({ post, server }) => {
      assert.equal((await post()).status, 503);
      assert.equal((await post()).status, 503);
      assert.ok(server.alive());
    });
  });

  test('without the two lines it ends the process', async () => {
    const bare = route.replace(/^const caught.*$/m, 'const caught = (handler) => handler;');
    assert.notEqual(bare, route);
    await logoutOf('uncaught', bare, async ({ post, server }) => {
      await assert.rejects(post());
      assert.match(server.output(), /SwtError/);
    });
  });
});
