'use strict';

/**
 * A login, what its owner does with it, and what a thief tries, over real HTTP against a real Express server on a free
 * loopback port. Exit status 1 when an attack got through, or when the owner was refused.
 *
 *     npm run demo
 */

const { randomBytes } = require('node:crypto');
const { once } = require('node:events');

const express = load('express', 'npm install');
const { sign, swtMiddleware, MemoryStore } = load('secure-web-token', 'npm run build');

/** A stack trace helps nobody who has only not built the package yet. */
function load(name, remedy) {
  try {
    return require(name);
  } catch (error) {
    const missing = (error.cause ?? error).code === 'MODULE_NOT_FOUND';
    const [reason] = error.message.split('\n');
    console.error(missing ? `${name} is not ready: run "${remedy}" first.` : `${name} could not be loaded: ${reason}`);
    process.exit(1);
  }
}

// --------------------------------------------------------------------------------------------------------- the server

const SECRET = randomBytes(32).toString('hex');
const store = new MemoryStore();

/** What the server's audit log is told; clients only ever see "Unauthorized". */
let lastReason;
const auditLogger = ({ event, reason }) => {
  if (event === 'verify_failure') lastReason = reason;
};

/** How often a protected handler ran: a refusal counts only when none did. */
let handlerCalls = 0;

function application() {
  const app = express();
  app.use(express.json());

  app.post('/login', async (req, res) => {
    const { token, sessionId } = await sign({ userId: 'alice', plan: 'gold' }, SECRET, {
      fingerprint: true, clientPublicKey: req.body.publicKeyJwk, store, expiresIn: 900,
    });
    res.cookie('swt_session', sessionId, { httpOnly: true, secure: true, sameSite: 'strict' });
    res.json({ token });
  });

  const answer = (req, res) => {
    handlerCalls += 1;
    res.json({ user: req.swt });
  };
  const guard = swtMiddleware({ secret: SECRET, store, auditLogger });
  app.get('/account', guard, answer);
  app.delete('/account', guard, answer);
  app.get('/messages', guard, answer);

  app.post('/logout', guard, async (req, res) => {
    await store.revokeSession(req.sessionId);
    res.json({});
  });
  return app;
}

// ----------------------------------------------------------------------------------------------------------- the wire

let origin;

/** One request with what its sender holds; what he does not hold is not sent. */
async function send({ token, cookie, proof, path = '/account', method = 'GET', body }) {
  const headers = {};
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  if (cookie !== undefined) headers.cookie = `swt_session=${cookie}`;
  if (proof !== undefined) headers['x-dpop-proof'] = proof;
  if (body !== undefined) headers['content-type'] = 'application/json';

  const signal = AbortSignal.timeout(10_000);
  const response = await fetch(origin + path, { method, headers, body: JSON.stringify(body), signal });
  const [setCookie = ''] = response.headers.getSetCookie();
  return { status: response.status, cookie: /^swt_session=([^;]*)/.exec(setCookie)?.[1], body: await response.json() };
}

// --------------------------------------------------------------------------------------------------------- the report

const inColour = process.stdout.isTTY === true && !process.env.NO_COLOR;
const paint = (code) => (text) => (inColour ? `\x1b[${code}m${text}\x1b[0m` : text);
const green = paint(32);
const red = paint(31);
const dim = paint(2);
const bold = paint(1);

const COLUMNS = { verdict: 11, tried: 34, holds: 23 };
let attacks = 0;
let failures = 0;

function line(good, verdict, { tried, holds = '', reason = '' }) {
  if (!good) failures += 1;
  const cells = [
    (good ? green : red)(verdict.padEnd(COLUMNS.verdict)),
    tried.padEnd(COLUMNS.tried),
    holds.padEnd(COLUMNS.holds),
    reason && dim(reason),
  ];
  console.log(`  ${cells.join(' ')}`.trimEnd());
}

function chapter(title, explanation, columns) {
  console.log(`\n  ${bold(title)}\n  ${explanation}\n`);
  if (columns === undefined) return;
  const width = COLUMNS.verdict + 1 + COLUMNS.tried;
  console.log(dim(`  ${''.padEnd(width)} ${columns.holds.padEnd(COLUMNS.holds)} ${columns.reason}`));
}

/** What the owner does must work. */
async function works(tried, request) {
  const response = await send(request);
  const good = response.status === 200;
  line(good, `${good ? 'works' : 'FAILED'}   ${response.status}`, { tried, reason: good ? '' : lastReason });
  return response;
}

/** What the thief does must end in a 401, before any handler. */
async function blocked(tried, holds, request) {
  attacks += 1;
  lastReason = '';
  const callsBefore = handlerCalls;
  const { status } = await send(request);
  const good = status === 401 && handlerCalls === callsBefore;
  line(good, `${good ? 'blocked' : 'GOT IN '} ${status}`, { tried, holds, reason: lastReason });
}

// ---------------------------------------------------------------------------------------------------------- the story

async function story() {
  const { generateDpopKey, createDpopProof } = await import('secure-web-token/client');
  const key = await generateDpopKey();
  const thiefKey = await generateDpopKey();
  const proofBy = ({ privateKey, publicKeyJwk }, path = '/account', method = 'GET') =>
    createDpopProof(privateKey, publicKeyJwk, path, method);

  chapter('Alice', 'Her browser makes a key pair; the private key cannot be copied out of it.');
  const login = await works('logs in', { path: '/login', method: 'POST', body: { publicKeyJwk: key.publicKeyJwk } });
  const { token } = login.body;
  const { cookie } = login;
  const request = async (path, method) => ({ token, cookie, path, method, proof: await proofBy(key, path, method) });

  const answered = await request();
  const unsent = await request('/messages');
  await works('opens her account', answered);

  const columns = { holds: 'holding', reason: 'what only the audit log is told' };
  chapter('A thief', 'He has copied what travels and what can be read in the page: all but the private key.', columns);
  await blocked('sends the stolen token', 'token', { token });
  await blocked('adds a proof by his own key', 'token', { token, proof: await proofBy(thiefKey) });
  await blocked('sends the stolen token and cookie', 'token, cookie', { token, cookie });
  await blocked('adds a proof by his own key', 'token, cookie', { token, cookie, proof: await proofBy(thiefKey) });
  await blocked('replays a request', 'an answered request', answered);
  await blocked('sends a request to another url', 'a request not yet sent', { ...unsent, path: '/account' });
  await blocked('turns a GET into a DELETE', 'a request not yet sent', { ...(await request()), method: 'DELETE' });
  await blocked('changes the token', 'a request not yet sent', { ...(await request()), token: tampered(token) });

  chapter('Alice', 'None of that has disturbed her: the request that the thief misused is still good in its place.');
  await works('reads her messages', unsent);
  await works('opens her account again', await request());
  await works('logs out', await request('/logout', 'POST'));

  chapter('A thief at her keyboard', 'He has everything she had, and her browser signs for him.', columns);
  await blocked('uses the logged-out token', 'token, cookie, her key', await request());
}

function tampered(token) {
  const middle = Math.floor(token.length / 2);
  return token.slice(0, middle) + (token[middle] === 'A' ? 'B' : 'A') + token.slice(middle + 1);
}

async function main() {
  const server = application().listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${server.address().port}`;
  try {
    await story();
  } finally {
    server.closeAllConnections();
    server.close();
  }

  const verdict = failures === 0 ? green(`All ${attacks} attacks were blocked.`) : red(`${failures} steps went wrong.`);
  console.log(`\n  ${verdict}\n`);
  process.exitCode = failures === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(`The demo could not be finished: ${error.message}`);
  process.exitCode = 1;
});
