'use strict';

const KEYWORDS = new Set(['return', 'await', 'yield', 'case', 'typeof', 'new', 'throw', 'in', 'of']);

/** Whether the expression that begins here is a statement: nobody takes its promise. */
function isStatement(source, start) {
  const before = source.tokens[start - 1];
  if (before === undefined || source.is(start - 1, 'void') || source.is(start - 1, 'else')) return true;
  if (before.type === 'punctuator') {
    if ([';', '{', '}', ')'].includes(before.text)) return true;
    return before.text === ']' && source.tokens[start].first;
  }
  return source.tokens[start].first && !KEYWORDS.has(before.text);
}

function revokeNotAwaited({ source }) {
  const findings = [];
  source.tokens.forEach(({ type, text }, i) => {
    if (type !== 'name' || text !== 'revokeSession' || !(source.is(i - 1, '.') || source.is(i - 1, '?.'))) return;
    const open = source.callAfter(i);
    if (open === -1 || source.is(source.partner[open] + 1, '.')) return;
    if (!isStatement(source, source.startOfMember(i))) return;
    findings.push({
      rule: 'revoke-not-awaited',
      line: source.line(i),
      look: 'revokeSession() that nobody waits for',
      differs: 'it rejects when the store did not confirm: the session may be alive, and nobody is told',
      write: 'await store.revokeSession(sessionId), before the answer is sent',
    });
  });
  return findings;
}

module.exports = [revokeNotAwaited];
