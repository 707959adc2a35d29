/**
 * One process of the fleet. The application is the same whichever package it stands on: only the import differs.
 *
 *     node server.mjs old|new <port> <redis url> <keys and settings as JSON>
 *
 * SIGTERM drains it: it stops accepting, finishes what has begun, and ends.
 */

import cookieParser from 'cookie-parser';
import express from 'express';
import { createClient } from 'redis';

const [version, port, redisUrl, config] = process.argv.slice(2);
const { signingKey, verifyingKey, encryptionSecret, refreshTokensNameTheirKey } = JSON.parse(config);

const swt = await import(version === 'new' ? 'secure-web-token' : './version_3.mjs');
const { sign, refresh, swtMiddleware, RedisStore } = swt;
if (version === 'old') swt.settings.refreshTokensNameTheirKey = refreshTokensNameTheirKey;

const client = createClient({ url: redisUrl });
client.on('error', (error) => console.error('redis:', error.message));
await client.connect();
const store = new RedisStore(client, { prefix: 'auth:session:', ttl: 86_400 });

let unanswered = 0;

const app = express();
app.use((req, res, next) => {
  unanswered += 1;
  res.on('finish', () => (unanswered -= 1));
  res.set('x-answered-by', version);
  // A connection that is kept could be closed just when the next request is written to it.
  res.set('connection', 'close');
  next();
});
app.use(express.json());
app.use(cookieParser());

function grant(res, { token, refreshToken, sessionId }) {
  res.cookie('swt_session', sessionId, { httpOnly: true, secure: true, sameSite: 'strict' });
  res.json({ token, refreshToken });
}

/** A name of digits stands for a user whose id is a number. */
const userIdOf = (name) => (/^[0-9]+$/.test(name) ? Number(name) : name);

app.post('/api/auth/login', async (req, res) => {
  const { username, publicKeyJwk } = req.body;
  const binding = { fingerprint: true, clientPublicKey: publicKeyJwk };
  const options = { ...binding, store, expiresIn: 900, generateRefreshToken: true, encryptionSecret };
  grant(res, await sign({ userId: userIdOf(username), name: username }, signingKey, options));
});

app.post('/api/auth/refresh', async (req, res) => {
  const further = version === 'new' ? { method: req.method, url: req.originalUrl, encryptionSecret } : {};
  const options = {
    store, sessionId: req.cookies.swt_session, dpopProof: req.get('x-dpop-proof'),
    clientPublicKey: req.body.publicKeyJwk, ...further,
  };
  try {
    grant(res, await refresh(req.body.refreshToken, signingKey, options));
  } catch (error) {
    res.status(error.status ?? 401).json({ error: error.message });
  }
});

app.post('/api/auth/logout', async (req, res) => {
  await store.revokeSession(req.cookies.swt_session);
  res.clearCookie('swt_session').json({});
});

const guard = swtMiddleware({ secret: verifyingKey, store, encryptionSecret });
app.all('/api/me', guard, (req, res) => res.json({ user: req.swt, sessionId: req.sessionId }));

const server = app.listen(Number(port), '127.0.0.1', () => console.log('listening'));

process.on('SIGTERM', () => {
  server.close(async () => {
    await client.close();
    console.log(`drained, ${unanswered} unanswered`);
    process.exit();
  });
});
process.stdin.resume().on('end', () => process.exit()); // the test is gone
