'use strict';

/**
 * A real redis-server for one test file: in memory only, on a free loopback port, ended by its pid.
 *
 *     const redis = await startRedis();
 *     …                                   // redis.url, redis.port, redis.pid
 *     await redis.stop();
 */

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');

const START_DEADLINE_MS = 10_000;
const STOP_DEADLINE_MS = 3_000;
const ATTEMPTS = 5;
const NOT_INSTALLED = 'redis-server is not installed: this test needs a real one (Debian: redis-server)';

const running = new Set();

// An orderly end of the test process, also by an uncaught error.
process.on('exit', () => {
  for (const server of running) server.killNow();
});

/**
 * @param {{ args?: string[], port?: number }} [options] args: further arguments of redis-server; port: a fixed port,
 *   to start again where another one was stopped
 * @returns {Promise<{ port: number, url: string, pid: number, stop: () => Promise<void> }>}
 */
async function startRedis({ args = [], port } = {}) {
  for (let attempt = 1; ; attempt += 1) {
    const server = launch(port ?? (await freePort()), args);
    try {
      await server.ready();
      return { port: server.port, url: `redis://127.0.0.1:${server.port}`, pid: server.pid, stop: () => server.stop() };
    } catch (error) {
      await server.stop();
      // Between finding a port and using it another process may have taken it.
      const portTaken = /Address already in use/.test(error.message) && port === undefined;
      if (!portTaken || attempt === ATTEMPTS) throw error;
    }
  }
}

function launch(port, args) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'swt-test-redis-'));
  const logFile = path.join(dir, 'redis.log');
  const standard = ['--save', '', '--appendonly', 'no', '--bind', '127.0.0.1', '--port', String(port)];
  const child = spawn('redis-server', [...standard, '--dir', dir, '--logfile', logFile, ...args], { stdio: 'ignore' });
  child.unref(); // a test that forgets stop() still ends

  let spawnError = null;
  let over = false;
  const ended = new Promise((resolve) => {
    const end = () => {
      over = true;
      resolve();
    };
    child.once('exit', end);
    child.once('error', (error) => {
      spawnError = error;
      end();
    });
  });

  const watchdog = child.pid === undefined ? null : startWatchdog(child.pid, dir);
  const log = () => (fs.existsSync(logFile) ? fs.readFileSync(logFile, 'utf8').trim() : '');

  async function ready() {
    const deadline = Date.now() + START_DEADLINE_MS;
    for (;;) {
      if (await answersAs(child.pid, port, log)) return;
      if (spawnError?.code === 'ENOENT') throw new Error(NOT_INSTALLED);
      if (spawnError) throw new Error(`redis-server could not be started: ${spawnError.message}`);
      if (over) throw new Error(`redis-server ended at once:\n${log()}`);
      if (Date.now() > deadline) throw new Error(`redis-server was not ready in ${START_DEADLINE_MS} ms:\n${log()}`);
      await pause(20);
    }
  }

  function cleanUp() {
    running.delete(server);
    watchdog?.stdin.end('done\n');
    fs.rmSync(dir, { recursive: true, force: true });
  }

  let stopping = null;
  async function stopOnce() {
    if (!over) {
      child.ref();
      child.kill('SIGTERM');
      child.kill('SIGCONT'); // a test may have frozen it
      await Promise.race([ended, pause(STOP_DEADLINE_MS)]);
    }
    if (!over) {
      child.kill('SIGKILL');
      await ended;
    }
    cleanUp();
  }

  function killNow() {
    if (!over) child.kill('SIGKILL');
    cleanUp();
  }

  const server = { port, pid: child.pid, ready, killNow, stop: () => (stopping ??= stopOnce()) };
  running.add(server);
  return server;
}

/**
 * A test process that is killed runs no exit hook. Its end closes this pipe, and the watchdog then does the work.
 */
function startWatchdog(pid, dir) {
  const script = 'read -r word; [ "$word" = done ] && exit; kill -9 "$1"; rm -rf "$2"';
  const watchdog = spawn('/bin/sh', ['-c', script, 'sh', String(pid), dir], {
    detached: true, // Ctrl-C in the terminal goes to the whole process group
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.on('error', () => {});
  watchdog.stdin.on('error', () => {});
  watchdog.stdin.unref?.();
  watchdog.unref();
  return watchdog;
}

/** Asks for the pid too: another server may be answering on a port that ours did not get. */
async function answersAs(pid, port, log) {
  const reply = await ask(port, 'PING\r\nINFO server\r\n', /process_id:\d+|-NOAUTH/);
  if (reply.includes('-NOAUTH')) return /Ready to accept connections/.test(log()); // with a password it tells no pid
  return reply.includes(`process_id:${pid}\r`);
}

function ask(port, commands, enough) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    let reply = '';
    const done = () => {
      socket.destroy();
      resolve(reply);
    };
    socket.setTimeout(500, done);
    socket.on('error', done);
    socket.on('close', done);
    socket.on('connect', () => socket.write(commands));
    socket.on('data', (bytes) => {
      reply += bytes;
      if (enough.test(reply)) done();
    });
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

module.exports = { startRedis, freePort };
