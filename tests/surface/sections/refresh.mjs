import assert from 'node:assert/strict';

import { refresh, sign, verify } from 'secure-web-token';
import { generateDpopKey } from 'secure-web-token/client';

import { open } from '../../reference/codec.mjs';
import {
  ALICE, ENCRYPTION_SECRET, PEM_KEYS, SECRET, headerOf, login, newStore, proofBy, recorder, refused, requestOf,
} from '../world.mjs';

const loginWithRefresh = (options) => login({ generateRefreshToken: true, ...options });

/** What refresh is given for a page of this login, by the options that are documented. */
async function tradeOf({ key, store, sessionId }, changes = {}) {
  const dpopProof = await proofBy(key, '/refresh', 'POST');
  return { store, sessionId, dpopProof, clientPublicKey: key.publicKeyJwk, ...changes };
}

const pemKeys = Object.entries(PEM_KEYS).map(([alg, { privateKey }]) => ({
  claim: `the secret may be a private key in PEM: ${alg}`,
  async test() {
    const encryptionSecret = ENCRYPTION_SECRET;
    const alice = await loginWithRefresh({ secret: privateKey, encryptionSecret });
    const next = await refresh(alice.refreshToken, privateKey, await tradeOf(alice, { encryptionSecret }));
    assert.equal(headerOf(next.token).alg, alg);
    await verify(next.token, privateKey, await requestOf(alice, { encryptionSecret }));
  },
}));

export default [
  {
    claim: 'a good refresh token is traded for another access token and another refresh token',
    async test() {
      const alice = await loginWithRefresh();
      const next = await refresh(alice.refreshToken, SECRET, await tradeOf(alice));
      assert.deepEqual(Object.keys(next), ['token', 'sessionId', 'refreshToken']);
      assert.notEqual(next.token, alice.token);
      assert.notEqual(next.refreshToken, alice.refreshToken);
      assert.deepEqual((await verify(next.token, SECRET, await requestOf({ ...alice, ...next }))).data, ALICE);
      await refresh(next.refreshToken, SECRET, await tradeOf({ ...alice, ...next }));
    },
  },
  {
    claim: 'the session goes on under its id, and the claims with it',
    async test() {
      const alice = await loginWithRefresh();
      const next = await refresh(alice.refreshToken, SECRET, await tradeOf(alice));
      assert.equal(next.sessionId, alice.sessionId);
      assert.deepEqual(open(next.token, { secret: SECRET }).data, ALICE);
    },
  },
  {
    claim: 'rotated means that the one before is spent',
    async test() {
      const alice = await loginWithRefresh();
      const next = await refresh(alice.refreshToken, SECRET, await tradeOf(alice));
      await refused(refresh(alice.refreshToken, SECRET, await tradeOf(alice)), { code: 'refresh_superseded' });
      await refresh(next.refreshToken, SECRET, await tradeOf(alice));
    },
  },
  {
    claim: 'an access token is no refresh token, nor the other way round',
    async test() {
      const alice = await loginWithRefresh();
      await refused(refresh(alice.token, SECRET, await tradeOf(alice)), { code: 'token_type' });
      await refused(verify(alice.refreshToken, SECRET, await requestOf(alice)), { code: 'token_type' });
    },
  },
  ...pemKeys,
  {
    claim: 'store: the session has to be alive',
    async test() {
      const alice = await loginWithRefresh();
      await alice.store.revokeSession(alice.sessionId);
      await refused(refresh(alice.refreshToken, SECRET, await tradeOf(alice)), { code: 'session_revoked' });
    },
  },
  {
    claim: 'store: without one there is nothing to rotate',
    async test() {
      const { refreshToken } = await sign(ALICE, SECRET, { generateRefreshToken: true });
      await refused(() => refresh(refreshToken, SECRET), { code: 'store_required', kind: 'usage' });
    },
  },
  {
    claim: "sessionId: the token's own session and no other",
    async test() {
      const [alice, again] = [await loginWithRefresh(), await loginWithRefresh()];
      const trade = await tradeOf(alice, { sessionId: again.sessionId });
      await refused(refresh(alice.refreshToken, SECRET, trade), { code: 'session_mismatch' });
      await refresh(alice.refreshToken, SECRET, await tradeOf(alice));
    },
  },
  {
    claim: 'dpopProof: needed where the token is bound to a key, and by that key',
    async test() {
      const alice = await loginWithRefresh();
      const thief = await generateDpopKey();
      const none = await tradeOf(alice, { dpopProof: undefined });
      await refused(refresh(alice.refreshToken, SECRET, none), { code: 'proof_missing' });
      const dpopProof = await proofBy(thief, '/refresh', 'POST');
      const thiefs = await tradeOf(alice, { dpopProof, clientPublicKey: undefined });
      await refused(refresh(alice.refreshToken, SECRET, thiefs), { code: 'proof_binding' });
      await refresh(alice.refreshToken, SECRET, await tradeOf(alice));
    },
  },
  {
    claim: 'clientPublicKey: an object, its JSON text, or left out',
    async test() {
      for (const form of [(jwk) => jwk, JSON.stringify, () => undefined]) {
        const alice = await loginWithRefresh();
        const clientPublicKey = form(alice.key.publicKeyJwk);
        await refresh(alice.refreshToken, SECRET, await tradeOf(alice, { clientPublicKey }));
      }
    },
  },
  {
    claim: 'clientPublicKey: another key than that of the session is refused',
    async test() {
      const alice = await loginWithRefresh();
      const { publicKeyJwk } = await generateDpopKey();
      const trade = await tradeOf(alice, { clientPublicKey: publicKeyJwk });
      await refused(refresh(alice.refreshToken, SECRET, trade), { kind: 'rejected' });
      await refresh(alice.refreshToken, SECRET, await tradeOf(alice));
    },
  },
  {
    claim: 'a session without a key refreshes without a proof',
    async test() {
      const store = newStore();
      const { refreshToken, sessionId } = await sign(ALICE, SECRET, { store, generateRefreshToken: true });
      assert.equal((await refresh(refreshToken, SECRET, { store, sessionId })).sessionId, sessionId);
    },
  },
  {
    claim: 'the new tokens live for 900 and 604800 seconds unless said otherwise',
    async test() {
      const lifetimes = ({ token, refreshToken }) => {
        const payloads = [open(token, { secret: SECRET }), open(refreshToken, { secret: SECRET, typ: 'SWT-Refresh' })];
        return payloads.map(({ iat, exp }) => exp - iat);
      };
      const alice = await loginWithRefresh();
      const next = await refresh(alice.refreshToken, SECRET, await tradeOf(alice));
      assert.deepEqual(lifetimes(next), [900, 604_800]);
      const further = await tradeOf(alice, { expiresIn: 60, refreshExpiresIn: 3600 });
      assert.deepEqual(lifetimes(await refresh(next.refreshToken, SECRET, further)), [60, 3600]);
    },
  },
  {
    claim: 'auditLogger is told',
    async test() {
      const { events, auditLogger } = recorder();
      const alice = await loginWithRefresh();
      const trade = await tradeOf(alice, { auditLogger, method: 'POST', url: '/refresh' });
      await refresh(alice.refreshToken, SECRET, trade);
      assert.deepEqual(events.map(({ event }) => event), ['verify_success', 'sign', 'refresh']);
    },
  },
];
