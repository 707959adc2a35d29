'use strict';

const FLAGS = ['httpOnly', 'secure', 'sameSite'];

function isOff(source, [start, end]) {
  return end - start === 1 && (source.is(start, 'false') || source.is(start, 'undefined'));
}

function missingFlags(source, range) {
  const { members, complete } = source.object(range);
  return FLAGS.filter((flag) => (members.has(flag) ? isOff(source, members.get(flag)) : complete));
}

/** res.cookie('swt_session', …) and reply.setCookie('swt_session', …), or with sessionId as the value. */
function setsSession(source, [name, value], { imports, cookies }) {
  if (value === undefined) return false;
  const literal = source.literal(source.resolve(name));
  if (cookies.has(literal)) return true;
  return imports.any && source.is(value[1] - 1, 'sessionId');
}

function cookieFlags({ source, imports }, { cookies }) {
  const findings = [];
  source.tokens.forEach(({ type, text }, i) => {
    if (type !== 'name' || (text !== 'cookie' && text !== 'setCookie') || !source.is(i - 1, '.')) return;
    const open = source.callAfter(i);
    const args = open === -1 ? [] : source.parts(open);
    if (!setsSession(source, args, { imports, cookies })) return;
    const missing = missingFlags(source, args[2]);
    if (missing.length === 0) return;
    findings.push({
      rule: 'cookie-flags',
      line: source.line(i),
      look: `the session cookie, without ${missing.join(', ')}`,
      differs: 'nothing, but scripts, plain http or other sites can get at the session id',
      write: "{ httpOnly: true, secure: true, sameSite: 'strict' }",
    });
  });
  return findings;
}

module.exports = [cookieFlags];
