'use strict';

const { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } = require('node:crypto');
const { readFileSync } = require('node:fs');

const { CallError, readArgs } = require('../call-error.js');

const usage = `Usage: secure-web-token secret [--pem ec | --pem rsa | --public]

Prints a new secret of 32 random bytes as base64url, and nothing else:

  echo "SWT_SECRET=$(npx secure-web-token secret)" >> .env

  --pem ec    a new private key on P-256 (ES256), in PEM
  --pem rsa   a new private RSA key of 3072 bits (RS256), in PEM
  --public    the public key of the private PEM on standard input
`;

const SECRET_SIZE = 32;
const MAX_PEM_SIZE = 32768; // what the core takes

const KEYS = {
  ec: ['ec', { namedCurve: 'P-256' }],
  rsa: ['rsa', { modulusLength: 3072 }],
};

function newPrivatePem(kind) {
  if (!Object.hasOwn(KEYS, kind)) throw new CallError(`--pem takes ${Object.keys(KEYS).join(' or ')}`);
  const { privateKey } = generateKeyPairSync(...KEYS[kind]);
  return privateKey.export({ type: 'pkcs8', format: 'pem' });
}

/** createPublicKey would take a public key too, and say nothing of the mistake. */
function publicPemOf(pem) {
  if (pem.length > MAX_PEM_SIZE) throw new CallError('standard input is no private key in PEM');
  try {
    return createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'pem' });
  } catch {
    throw new CallError('standard input is no private key in PEM');
  }
}

function run(args) {
  const { values } = readArgs(args, { pem: { type: 'string' }, public: { type: 'boolean' } });
  if (values.public && values.pem !== undefined) throw new CallError('--pem and --public exclude each other');

  if (values.public) process.stdout.write(publicPemOf(readFileSync(0)));
  else if (values.pem !== undefined) process.stdout.write(newPrivatePem(values.pem));
  else process.stdout.write(`${randomBytes(SECRET_SIZE).toString('base64url')}\n`);
  return 0;
}

module.exports = { usage, run };
