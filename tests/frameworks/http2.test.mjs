// Over HTTP/2 a request has an :authority and no Host header.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { MemoryStore, sign } from 'secure-web-token';

import { frameworks } from './support/frameworks.mjs';

const { newKey, newProof, newSecret } = createRequire(import.meta.url)('../support/sessions.js');

const secret = newSecret();
const store = new MemoryStore();
const key = await newKey();
const { token, sessionId } = await sign({ userId: 'alice' }, secret, {
  store,
  fingerprint: true,
  clientPublicKey: key.publicKeyJwk,
});

// Express is not made for it.
for (const name of ['node:http', 'node:http with authenticate', 'Fastify', 'Koa', 'Hono']) {
  test(`${name}: a proof is compared with the authority`, async (t) => {
    const server = http2.createServer(await frameworks[name]({ secret, store }, ({ swt }) => swt.userId));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const origin = `http://127.0.0.1:${server.address().port}`;
    const session = http2.connect(origin);
    t.after(() => session.close());

    const statusOf = async (proofUrl, more) => {
      const headers = {
        authorization: `Bearer ${token}`,
        cookie: `swt_session=${sessionId}`,
        'x-dpop-proof': await newProof(key, proofUrl, 'GET', token),
      };
      const stream = session.request({ ':path': '/api/profile', ...headers, ...more });
      const [received] = await once(stream, 'response');
      stream.close();
      return received[':status'];
    };
    assert.equal(await statusOf(`${origin}/api/profile`), 200);
    assert.equal(await statusOf(`${origin.replace('http:', 'https:')}/api/profile`), 200);
    assert.equal(await statusOf('/api/profile'), 200);
    assert.equal(await statusOf('http://evil.example/api/profile'), 401);
    const authority = origin.slice('http://'.length);
    const naming = (host) => ({ ':authority': authority, host });
    assert.equal(await statusOf(`${origin}/api/profile`, naming(authority)), 200);
    assert.equal(await statusOf(`${origin}/api/profile`, naming('evil.example')), 401);
    // A request of the Fetch API tells a Host header, and not what else there was.
    if (name !== 'Hono') assert.equal(await statusOf('http://evil.example/api/profile', naming('evil.example')), 401);
    assert.equal(await statusOf('/api/profile', { 'x-dpop-proof': '' }), 401);
    assert.equal(await statusOf('/api/profile', { cookie: [`swt_session=${sessionId}`, 'swt_session=x'] }), 401);
  });
}
