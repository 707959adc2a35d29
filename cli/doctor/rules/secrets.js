'use strict';

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

/** A secret in the source that version 4 refuses. */
async function refusedSecrets({ source, calls }) {
  const findings = [];
  for (const call of calls.filter(({ name }) => TAKES_KEYS.has(name))) {
    for (const range of [secretOf(source, call), optionsOf(source, call).members.get('encryptionSecret')]) {
      const literal = range === undefined ? undefined : literalSecret(source, range);
      if (literal === undefined || isPem(literal.text)) continue;
      const reason = await whySecretIsRefused(literal.text);
      if (reason === undefined) continue;
      findings.push({
        rule: 'secret',
        line: source.line(literal.at),
        look: 'a secret in the source',
        differs: `it is refused: ${reason}`,
        write: 'process.env.SWT_SECRET, with the output of: npx secure-web-token secret',
      });
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

module.exports = [refusedSecrets, pemWithoutEncryptionSecret];
