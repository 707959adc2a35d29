import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';

import { MemoryStore, SwtError, computeJwkThumbprint, verify } from 'secure-web-token';

import { Refused, open, openProof, thumbprint } from '../reference/codec.mjs';
import { vectorsText } from './own/generate.mjs';

const text = readFileSync(new URL('own/vectors.json', import.meta.url), 'utf8');
const { defaults, tokens, cases, refreshTokens, sessions, thumbprints } = JSON.parse(text);

const at = (seconds) => mock.timers.enable({ apis: ['Date'], now: (seconds ?? defaults.now) * 1000 });
afterEach(() => mock.timers.reset());

test('vectors.json is what generate.mjs makes', () => {
  assert.equal(vectorsText(), text);
});

async function verifyCase(vector) {
  const { token, secret = defaults.secret, sessions: held, proof, payload, code, name, now, ...options } = vector;
  if (proof !== undefined) options.dpopProof = proof;
  if (held !== undefined) options.store = new MemoryStore();
  for (const session of held ?? []) await options.store.registerSession(session);
  return verify(tokens[token] ?? token, secret, options);
}

describe('the package accepts, and gives the payload', () => {
  for (const vector of cases.filter((one) => one.payload)) {
    test(vector.name, async () => {
      at(vector.now);
      assert.deepEqual(await verifyCase(vector), vector.payload);
    });
  }
});

describe('the package refuses', () => {
  for (const vector of cases.filter((one) => one.code)) {
    test(`${vector.name}: ${vector.code}`, async () => {
      at(vector.now);
      await assert.rejects(verifyCase(vector), (error) => {
        assert.ok(error instanceof SwtError, error.stack);
        assert.equal(error.code, vector.code);
        assert.equal(error.kind, 'rejected');
        return true;
      });
    });
  }
});

describe('the reference codec', () => {
  test('decides alike about the tokens that come without a session', () => {
    for (const { name, secret = defaults.secret, encryptionSecret, token, now = defaults.now, ...rest } of cases) {
      if (rest.sessionId !== undefined || rest.sessions !== undefined) continue;
      const opened = () => open(token, { secret, encryptionSecret, now });
      if (rest.payload) assert.deepEqual(opened(), rest.payload, name);
      else assert.throws(opened, (error) => error instanceof Refused && error.code === rest.code, name);
    }
  });

  test('reads the proofs of the accepted cases', () => {
    for (const { proof, payload } of cases.filter((one) => one.proof && one.payload)) {
      assert.equal(openProof(proof).thumbprint, payload.cnf.jkt);
    }
  });
});

describe('refresh tokens', () => {
  beforeEach(() => at());

  for (const { name, token, payload } of refreshTokens) {
    test(`${name}: no access token, and opened to the exact payload`, async () => {
      await assert.rejects(verify(token, defaults.secret, {}), { code: 'token_type' });
      assert.deepEqual(open(token, { secret: defaults.secret, typ: 'SWT-Refresh', now: defaults.now }), payload);
    });
  }
});

describe('sessions', () => {
  for (const { members, value } of sessions) {
    test(`of ${JSON.stringify(members.userId)}: the record gives the members`, async () => {
      assert.deepEqual(JSON.parse(value), members);
      const store = new MemoryStore();
      await store.registerSession(members);
      assert.deepEqual(await store.getSession(members.sessionId), members);
    });
  }
});

test('thumbprints', async () => {
  for (const { jwk, jkt } of thumbprints) {
    assert.equal(await computeJwkThumbprint(jwk), jkt);
    assert.equal(thumbprint(jwk), jkt);
  }
});
