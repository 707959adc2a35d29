'use strict';

const { optionsOf, OPTIONS_AT } = require('../project.js');

const LIFETIMES = ['expiresIn', 'refreshExpiresIn', 'ttl'];
const WITH_UNIT = /^[0-9]{1,15}(ms|s|m|h|d)$/;

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

function isGood(value) {
  return typeof value === 'string' ? WITH_UNIT.test(value) : Number.isSafeInteger(value) && value >= 1;
}

function refusedLifetimes({ source, calls }) {
  const findings = [];
  for (const call of calls.filter(({ name }) => name in OPTIONS_AT)) {
    const { members } = optionsOf(source, call);
    for (const member of LIFETIMES.filter((name) => members.has(name))) {
      const value = valueOf(source, members.get(member));
      if (value === undefined || isGood(value)) continue;
      findings.push({
        rule: 'lifetime',
        line: source.line(members.get(member)[0]),
        look: `${member} of ${call.name}`,
        differs: 'a text without a unit, a unit other than ms, s, m, h and d, zero, negative and fractional ones are refused',
        write: `a whole number of seconds, or a text such as "900s", "15m", "7d"`,
      });
    }
  }
  return findings;
}

module.exports = [refusedLifetimes];
