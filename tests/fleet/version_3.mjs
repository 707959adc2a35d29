/**
 * secure-web-token 3.0.1, as far as a fleet of it and of this package meets it: what it writes, what it accepts and
 * what it answers, as its wire format and its surface are described, over the reference codec. It is as lax as 3.0.1:
 * a proof may come twice and be for any request, a refresh token is not spent, and without a session id nobody asks
 * whether the session is alive.
 *
 * The names are those of the package, so that one server can be run with either.
 */

import { createPublicKey, randomUUID, sign as signBytes } from 'node:crypto';

import { open, openProof, seal, sessionRecord, thumbprint } from '../reference/codec.mjs';

const ACCESS_SECONDS = 900;
const REFRESH_SECONDS = 604_800;
const PROOF_WINDOW_SECONDS = 300;

const MESSAGES = {
  token_malformed: 'Invalid token format',
  token_expired: 'Token expired',
  token_authentication: 'Invalid signature',
};

const seconds = () => Math.floor(Date.now() / 1000);
const isPem = (secret) => secret.includes('-----BEGIN');

// ---------------------------------------------------------------------------------------------------------- tokens

function sealed(payload, typ, secret, encryptionSecret) {
  if (!isPem(secret)) return seal(payload, { typ, secret, encryptionSecret });
  if (!encryptionSecret) throw new Error('encryptionSecret is required with a PEM key');

  // The codec signs with secrets only. RS256 is what 3.0.1 writes for every PEM, also for an EC one.
  const token = seal(payload, { typ, header: { alg: 'RS256' }, secret: encryptionSecret, encryptionSecret });
  const signed = token.slice(0, token.lastIndexOf('.'));
  return `${signed}.${signBytes('sha256', Buffer.from(signed), secret).toString('base64url')}`;
}

/** 3.0.1 takes the algorithm from the key and does not ask which of the two kinds of token it was given. */
function opened(token, secret, encryptionSecret) {
  try {
    const { alg, typ } = JSON.parse(Buffer.from(String(token).split('.')[0], 'base64url'));
    const pem = isPem(secret) ? { alg, publicKey: createPublicKey(secret) } : undefined;
    return open(token, { secret, encryptionSecret, pem, typ });
  } catch (error) {
    throw new Error(MESSAGES[error.code] ?? MESSAGES.token_malformed);
  }
}

function checkProof(proof, jkt) {
  if (!proof) throw new Error('DPoP proof required for this token');
  const { payload, thumbprint: signer } = openProof(proof);
  if (signer !== jkt) throw new Error('DPoP key does not match');
  if (Math.abs(seconds() - payload.timestamp) > PROOF_WINDOW_SECONDS) throw new Error('DPoP proof expired');
}

// --------------------------------------------------------------------------------------------------------- surface

/**
 * Whether refresh tokens say which key they are bound to is left open by the description, so both can be had.
 */
export const settings = { refreshTokensNameTheirKey: false };

export async function sign(data, secret, options = {}) {
  const { fingerprint, clientPublicKey, store, encryptionSecret, generateRefreshToken } = options;
  const iat = seconds();
  const cnf = fingerprint ? { jkt: thumbprint(clientPublicKey) } : undefined;
  const sessionId = store ? randomUUID() : undefined;
  if (store) await store.registerSession({ sessionId, userId: data.userId, jkt: cnf?.jkt });

  const access = { data, iat, exp: iat + (options.expiresIn ?? ACCESS_SECONDS), cnf };
  const token = sealed(access, 'SWT', secret, encryptionSecret);
  if (!generateRefreshToken) return { token, sessionId, refreshToken: undefined };

  const exp = iat + (options.refreshExpiresIn ?? REFRESH_SECONDS);
  const kept = settings.refreshTokensNameTheirKey ? cnf : undefined;
  const next = { data: { userId: data.userId }, iat, exp, cnf: kept, isRefresh: true };
  return { token, sessionId, refreshToken: sealed(next, 'SWT-Refresh', secret, encryptionSecret) };
}

export async function verify(token, secret, { sessionId, store, dpopProof, encryptionSecret } = {}) {
  const payload = opened(token, secret, encryptionSecret);
  if (store && sessionId) {
    const session = await store.getSession(sessionId);
    if (!session) throw new Error('Session revoked or invalid');
    if (session.userId !== payload.data.userId) throw new Error('User mismatch');
    if (payload.cnf && session.jkt !== payload.cnf.jkt) throw new Error('Session key does not match');
  }
  if (payload.cnf) checkProof(dpopProof, payload.cnf.jkt);
  return payload;
}

/** A new session; the one before lives on. It takes no encryptionSecret, so a PEM key cannot refresh. */
export async function refresh(refreshToken, secret, { store, sessionId, dpopProof, clientPublicKey }) {
  const { data, isRefresh } = await verify(refreshToken, secret, { store, sessionId, dpopProof });
  if (!isRefresh) throw new Error(MESSAGES.token_malformed);
  const binding = clientPublicKey ? { fingerprint: true, clientPublicKey } : {};
  return sign({ userId: data.userId }, secret, { store, generateRefreshToken: true, ...binding });
}

export function swtMiddleware({ secret, store, cookieName = 'swt_session', encryptionSecret }) {
  return async (req, res, next) => {
    const [scheme, token] = (req.headers.authorization ?? '').split(' ');
    if (scheme !== 'Bearer' || !token) {
      res.status(401).json({ error: 'Missing or invalid Authorization header' });
      return;
    }
    const sessionId = req.cookies[cookieName];
    try {
      const options = { store, sessionId, dpopProof: req.headers['x-dpop-proof'], encryptionSecret };
      req.swt = (await verify(token, secret, options)).data;
    } catch (error) {
      res.status(401).json({ error: error.message });
      return;
    }
    req.sessionId = sessionId;
    next();
  };
}

/** Over a client of "redis"; SET … EX, GET and DEL are all that 3.0.1 asks of it. */
export class RedisStore {
  constructor(client, { prefix = 'swt:session:', ttl = 86_400 } = {}) {
    Object.assign(this, { client, prefix, ttl });
  }

  async registerSession(session) {
    const { key, value } = sessionRecord({ ...session, prefix: this.prefix });
    await this.client.set(key, value, { EX: this.ttl });
  }

  async getSession(sessionId) {
    const value = await this.client.get(this.prefix + sessionId);
    try {
      return JSON.parse(value);
    } catch {
      return null;
    }
  }

  async revokeSession(sessionId) {
    await this.client.del(this.prefix + sessionId);
  }
}
