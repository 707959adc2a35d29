/**
 * Where the programs of the documents run: a folder inside of the package, so that its name leads to itself, with new
 * secrets and keys, and with a Redis of their own.
 */

import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { seal } from '../reference/codec.mjs';
import { startChildServer } from '../support/child_server.mjs';
import { root } from './documents.mjs';

const TIME_LIMIT_MS = 30_000;

const newSecret = () => randomBytes(32).toString('base64url');

/** What stands in for the application's own modules. */
const USERS = `
exports.checkPassword = async (name, password) =>
  password === 'correct horse' ? { id: 'user_' + name, role: 'reader' } : null;
`;

const realNow = Date.now;

/** A guard for JWTs (RFC 7519) with HS256, as an application has one. */
const OLD_AUTH = `
const { createHmac, timingSafeEqual } = require('node:crypto');
exports.oldAuth = (req, res, next) => {
  const [header, payload, mac] = req.get('authorization').slice('Bearer '.length).split('.');
  const expected = createHmac('sha256', process.env.JWT_SECRET).update(header + '.' + payload).digest('base64url');
  const good = mac.length === expected.length && timingSafeEqual(Buffer.from(mac), Buffer.from(expected));
  const isHs256 = JSON.parse(Buffer.from(header, 'base64url')).alg === 'HS256';
  if (!good || !isHs256) return res.status(401).json({ error: 'by the old guard' });
  req.auth = JSON.parse(Buffer.from(payload, 'base64url'));
  if (!(req.auth.exp > Date.now() / 1000)) return res.status(401).json({ error: 'by the old guard' });
  next();
};
`;

/** What npx does where the package is installed. */
const NPX = `#!/bin/sh
[ "$1" = secure-web-token ] || exit 2
shift
exec node '${join(root, 'bin', 'secure-web-token.js')}' "$@"
`;

/** A page's storage, where there is no IndexedDB. All tabs have the same. */
const KEYS = `
let stored;
exports.save = async (key) => void (stored = key);
exports.load = async () => stored;
`;

export class Workshop {
  #ahead = 0;

  constructor(redisUrl) {
    this.folder = mkdtempSync(join(root, 'tests', 'docs', 'run-'));
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.write('private.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }));
    this.write('public.pem', publicKey.export({ type: 'spki', format: 'pem' }));
    this.write('users.js', USERS);
    this.write('old-auth.js', OLD_AUTH);
    this.write('keys.js', KEYS);
    this.write('npx', NPX);
    chmodSync(join(this.folder, 'npx'), 0o755);
    this.write('clock', '0');
    const secret = newSecret();
    const iat = Math.floor(Date.now() / 1000);
    this.environment = {
      PATH: `${this.folder}:${dirname(process.execPath)}:${process.env.PATH}`,
      REDIS_URL: redisUrl,
      SWT_SECRET: secret,
      TOKEN_OF_3_0_1: seal({ data: { userId: 'alice' }, iat, exp: iat + 900 }, { secret }),
      SWT_OLD_SECRET: newSecret(),
      SWT_ENCRYPTION_SECRET: newSecret(),
    };
  }

  write(name, text) {
    const file = join(this.folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** @returns {string} the program's file: a CommonJS module where it says require */
  save(name, code) {
    return this.write(`${name}.${/\brequire\(/.test(code) ? 'cjs' : 'mjs'}`, code);
  }

  /** Runs a program, as runCommand. */
  run(name, code) {
    return this.runCommand(process.execPath, [this.save(name, code)]);
  }

  /** @returns {Promise<{ code: number | null, stdout: string, stderr: string }>} */
  runCommand(command, args) {
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, { cwd: this.folder, env: this.environment });
      const timer = setTimeout(() => child.kill('SIGKILL'), TIME_LIMIT_MS);
      const output = { stdout: '', stderr: '' };
      child.stdout.on('data', (bytes) => (output.stdout += bytes));
      child.stderr.on('data', (bytes) => (output.stderr += bytes));
      child.on('error', reject);
      child.on('close', (status) => {
        clearTimeout(timer);
        resolve({ code: status, ...output });
      });
    });
  }

  /** From now on it is later, for the servers and in this process. */
  advance(seconds) {
    this.#ahead += seconds * 1000;
    this.write('clock', String(this.#ahead));
    Date.now = () => realNow() + this.#ahead;
  }

  /** A server of a document: it listens on PORT, and says so. */
  async startServer(name, code, environment) {
    const file = this.save(name, code);
    const start = this.write(`start-${name}.mjs`, `
      import { readFileSync } from 'node:fs';
      process.chdir(${JSON.stringify(this.folder)});
      Object.assign(process.env, ${JSON.stringify({ ...this.environment, ...environment })});
      const { now } = Date;
      Date.now = () => now() + Number(readFileSync('clock', 'utf8'));
      process.stdin.resume().on('end', () => process.exit()); // the test is gone
      await import(${JSON.stringify(pathToFileURL(file).href)});
    `);
    return startChildServer(pathToFileURL(start), [], /listening/);
  }

  remove() {
    Date.now = realNow;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
