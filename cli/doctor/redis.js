'use strict';

const { createRequire } = require('node:module');
const path = require('node:path');

const TIMEOUT_MS = 5000;
const OLDEST_MAJOR = 5;

/** The app's own client, with nothing but what is needed here: connect(), send(command, …args) and close(). */
const CLIENTS = {
  redis: ({ createClient }, url) => {
    const client = createClient({ url, socket: { connectTimeout: TIMEOUT_MS, reconnectStrategy: false } });
    client.on('error', () => {}); // connect rejects with it
    const end = client.destroy ?? client.disconnect; // the name of it before version 5
    return {
      connect: () => client.connect(),
      send: (...command) => client.sendCommand(command),
      close: () => end.call(client),
    };
  },
  ioredis: (module, url) => {
    const Redis = module.Redis ?? module.default ?? module;
    const settings = { lazyConnect: true, connectTimeout: TIMEOUT_MS, retryStrategy: null, maxRetriesPerRequest: 0 };
    const client = new Redis(url, settings);
    client.on('error', () => {});
    return {
      connect: () => client.connect(),
      send: (...command) => client.call(...command),
      close: () => client.disconnect(),
    };
  },
};

function load(folder) {
  const appRequire = createRequire(path.join(folder, 'package.json'));
  for (const name of Object.keys(CLIENTS)) {
    try {
      return { name, module: appRequire(name) };
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return undefined;
}

class LateError extends Error {}

function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new LateError(`${what}: no answer in ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** An error's code, or the word that a reply of Redis begins with: the rest may quote what was sent. */
function reasonOf(error) {
  if (error instanceof LateError) return error.message;
  return error.code ?? /^[A-Z]{3,20}\b/.exec(error.message)?.[0] ?? error.name;
}

const finding = (look, differs, write) => ({ rule: 'redis', look, differs, write });

async function questions({ send }) {
  const findings = [];
  const info = async (section) => String(await within(send('INFO', section), 'INFO'));
  const field = (text, name) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(text)?.[1];

  const version = field(await info('server'), 'redis_version');
  if (!(parseInt(version, 10) >= OLDEST_MAJOR)) {
    findings.push(finding('the version of Redis', `it needs Redis ${OLDEST_MAJOR} or newer`, 'update the server'));
  }

  const policy = field(await info('memory'), 'maxmemory_policy');
  if (policy !== 'noeviction') {
    findings.push(finding(`maxmemory-policy, which is ${policy ?? 'not told'}`,
      'a server that drops keys forgets revocations and spent proofs', 'maxmemory-policy noeviction'));
  }

  for (const command of [['EVAL', 'return 1', '0'], ['EVALSHA', '0'.repeat(40), '0']]) {
    const refusal = await within(send(...command), command[0]).then(() => undefined, reasonOf);
    if (refusal !== undefined && refusal !== 'NOSCRIPT') {
      findings.push(finding(`the rights of this user: ${command[0]} answered ${refusal}`,
        'sessions and proofs are checked in one step, by a script', 'ACL SETUSER … +eval +evalsha'));
    }
  }
  return { version, policy, findings };
}

/** One that waits for an answer keeps the process alive; one that is closed already has nothing more to say. */
async function close(connection) {
  try {
    await connection?.close();
  } catch {
    // It was closed already.
  }
}

/**
 * Asks a Redis server, through the app's own client, whether version 4 can work with it. It writes nothing.
 *
 * @param {string} folder of the app
 * @param {string} url redis:// or rediss://; it is not part of any message, since it may hold a password
 */
async function checkRedis(folder, url) {
  let connection;
  try {
    const client = load(folder);
    if (client === undefined) {
      const missing = 'neither redis nor ioredis is installed there';
      return { findings: [finding('the packages of the app', missing, 'npm install redis')] };
    }
    connection = CLIENTS[client.name](client.module, url);
    await within(connection.connect(), 'connecting');
    return { client: client.name, ...(await questions(connection)) };
  } catch (error) {
    const failed = `it failed: ${reasonOf(error)}`;
    return { findings: [finding('the connection to Redis', failed, 'the url that the app uses')] };
  } finally {
    await close(connection);
  }
}

module.exports = { checkRedis };
