'use strict';

/**
 * The server of the documented getting-started example, with the same calls, options and names, so that the tests prove
 * that the example works as it is written. Only the port and the address of Redis come from outside.
 *
 *     node getting_started_server.js <port> <redis url>
 */

const express = require('express');
const cookieParser = require('cookie-parser');
const { createClient } = require('redis');
const { sign, swtMiddleware, RedisStore } = require('secure-web-token');

const [port, redisUrl] = process.argv.slice(2);

const app = express();
app.use(express.json());
app.use(cookieParser());

const SECRET = 'a_very_secure_and_extremely_long_256_bit_signing_secret_key';

const redisClient = createClient({ url: redisUrl });
const sessionStore = new RedisStore(redisClient, {
  prefix: 'auth:session:',
  ttl: 86400,
});

redisClient.connect().then(() => console.log('Redis connected successfully.'));

app.post('/api/auth/login', async (req, res) => {
  const { username, password, publicKeyJwk } = req.body;
  const user = { id: userIdOf(username, password), username };

  try {
    const { token, sessionId } = await sign(
      { userId: user.id, username: user.username },
      SECRET,
      {
        fingerprint: true,
        clientPublicKey: publicKeyJwk,
        store: sessionStore,
        expiresIn: 900,
      },
    );

    res.cookie('swt_session', sessionId, {
      httpOnly: true,
      secure: true,
      sameSite: 'strict',
      maxAge: 24 * 60 * 60 * 1000,
    });

    res.json({ token });
  } catch (error) {
    res.status(500).json({ error: 'Failed to issue token: ' + error.message });
  }
});

app.get(
  '/api/profile',
  swtMiddleware({
    secret: SECRET,
    store: sessionStore,
    cookieName: 'swt_session',
  }),
  (req, res) => {
    handlerCalls += 1;
    res.json({
      message: 'Access granted to secure profile!',
      user: req.swt,
    });
  },
);

app.post('/api/auth/logout', async (req, res) => {
  const sessionId = req.cookies.swt_session;
  if (sessionId) {
    await sessionStore.revokeSession(sessionId);
  }
  res.clearCookie('swt_session');
  res.json({ message: 'Successfully logged out.' });
});

// What the tests need beyond the example.

/** Every name is a user of its own, so that one test can have several. */
function userIdOf(username) {
  return `user_${username}`;
}

let handlerCalls = 0;

function protectedHandler(req, res) {
  handlerCalls += 1;
  res.json({ path: req.path, method: req.method, user: req.swt, sessionId: req.sessionId });
}

const guard = swtMiddleware({ secret: SECRET, store: sessionStore, cookieName: 'swt_session' });
app.get('/api/orders', guard, protectedHandler);
app.post('/api/profile', guard, protectedHandler);

app.post('/test/short-login', async (req, res) => {
  const { username, publicKeyJwk } = req.body;
  const { token, sessionId } = await sign({ userId: userIdOf(username), username }, SECRET, {
    fingerprint: true, clientPublicKey: publicKeyJwk, store: sessionStore, expiresIn: 2,
  });
  res.cookie('swt_session', sessionId, { httpOnly: true, secure: true, sameSite: 'strict' });
  res.json({ token });
});

app.get('/test/handler-calls', (req, res) => res.json({ handlerCalls }));

process.stdin.resume().on('end', () => process.exit()); // the test is gone

app.listen(Number(port), '127.0.0.1', () => console.log(`Server running on port ${port}`));
