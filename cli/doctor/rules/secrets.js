'use strict';

const { isPublished } = require('../../../js/keys/published.js');
const { whySecretIsRefused } = require('../core.js');
const { optionsOf } = require('../project.js');

const TAKES_SECRET = new Set(['sign', 'verify', 'refresh']);
const TAKES_KEYS = new Set([...TAKES_SECRET, 'swtMiddleware']);
const PEM_NAME = /pem|private_?key|public_?key/i;

function secretOf(source, call) {
  return TAKES_SECRET.has(call.name) ? call.args[1] : optionsOf(source, call).members.get('secret');
}

/** The text that stands in the source as a secret, also as what stands in for a missing variable: a ?? 'text'. */
function literalSecret(source, range) {
  const [start, end] = source.resolve(range);
  const whole = source.literal([start, end]);
  if (whole !== undefined) return { text: whole, at: start };
  const stands = end - start > 2 && (source.is(end - 2, '||') || source.is(end - 2, '??'));
  const text = stands ? source.literal([end - 1, end]) : undefined;
  return text === undefined ? undefined : { text, at: end - 1 };
}

const isPem = (text) => text.includes('-----BEGIN');
const isPublicPem = (text) => isPem(text) && !text.includes('PRIVATE KEY');

const CHANGE = 'process.env.SWT_SECRET, and a new secret: docs/keys.md#changing-a-key';

/** What is wrong with a secret that stands in the source. */
async function whatIsWrong(text) {
  if (isPublished(text)) {
    return { rule: 'public-secret', look: "the secret of the example in 3.0.1's README",
      differs: 'it is public: everybody can make tokens', write: CHANGE };
  }
  const look = 'a secret in the source';
  const reason = isPem(text) ? undefined : await whySecretIsRefused(text);
  if (reason !== undefined) {
    return { rule: 'secret', look, differs: `it is refused: ${reason}`,
      write: 'process.env.SWT_SECRET, with the output of: npx secure-web-token secret' };
  }
  return { rule: 'secret-in-source', look, differs: 'whoever can read the source can make tokens', write: CHANGE };
}

/** Every secret that is a text in the source, whether version 4 refuses it or not. */
async function secretsInSource({ source, calls }) {
  const findings = [];
  for (const call of calls.filter(({ name }) => TAKES_KEYS.has(name))) {
    for (const range of [secretOf(source, call), optionsOf(source, call).members.get('encryptionSecret')]) {
      const literal = range === undefined ? undefined : literalSecret(source, range);
      if (literal === undefined || isPublicPem(literal.text)) continue;
      findings.push({ line: source.line(literal.at), ...(await whatIsWrong(literal.text)) });
    }
  }
  return findings;
}

function looksLikePem(source, range) {
  const literal = literalSecret(source, range);
  if (literal !== undefined) return isPem(literal.text);
  const [start, end] = range;
  return source.isName(end - 1) && PEM_NAME.test(source.tokens[end - 1].text) && !source.is(start, 'await');
}

/** A PEM signs and seals nothing: what encrypts must be given beside it. */
function pemWithoutEncryptionSecret({ source, calls }) {
  return calls
    .filter(({ name }) => TAKES_KEYS.has(name))
    .filter((call) => {
      const { members, complete } = optionsOf(source, call);
      const secret = secretOf(source, call);
      return complete && !members.has('encryptionSecret') && secret !== undefined && looksLikePem(source, secret);
    })
    .map((call) => ({
      rule: 'pem-without-encryption-secret',
      line: source.line(call.at),
      look: `the key of ${call.name}, if it is a PEM`,
      differs: 'a PEM without encryptionSecret is refused, in verify and in the middleware too',
      write: 'encryptionSecret: process.env.SWT_ENCRYPTION_SECRET, the one that the tokens were made with',
    }));
}

module.exports = [secretsInSource, pemWithoutEncryptionSecret];
