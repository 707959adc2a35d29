'use strict';

const { whyLifetimeIsRefused } = require('../core.js');
const { optionsOf, OPTIONS_AT } = require('../project.js');

const LIFETIMES = ['expiresIn', 'refreshExpiresIn', 'ttl'];

/** A number or a text as it stands there; undefined for anything else. */
function valueOf(source, range) {
  const [start, end] = source.resolve(range);
  const text = source.literal([start, end]);
  if (text !== undefined) return text;
  const negative = source.is(start, '-');
  const number = source.tokens[negative ? start + 1 : start];
  if (number?.type !== 'number' || end - start !== (negative ? 2 : 1)) return undefined;
  return (negative ? -1 : 1) * Number(number.text.replaceAll('_', ''));
}

function refusedLifetimes({ source, calls }) {
  const findings = [];
  for (const call of calls.filter(({ name }) => name in OPTIONS_AT)) {
    const { members } = optionsOf(source, call);
    for (const member of LIFETIMES.filter((name) => members.has(name))) {
      const value = valueOf(source, members.get(member));
      const reason = value === undefined ? undefined : whyLifetimeIsRefused(value, member);
      if (reason === undefined) continue;
      findings.push({
        rule: 'lifetime',
        line: source.line(members.get(member)[0]),
        look: `${member} of ${call.name}`,
        differs: `it is refused: ${reason}`,
        write: `${member}: '15m', for example`,
      });
    }
  }
  return findings;
}

module.exports = [refusedLifetimes];
