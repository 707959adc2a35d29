'use strict';

const PACKAGE = 'secure-web-token';
const CLIENT = 'secure-web-token/client';

/** { sign, verify: check } of require, { sign, verify as check } of import. */
function addNames(source, open, names) {
  for (const [start, end] of source.parts(open)) {
    const from = source.is(start, 'type') && end - start > 1 ? start + 1 : start;
    if (source.isName(end - 1)) names.set(source.tokens[end - 1].text, source.tokens[from].text);
  }
}

function readImport(source, from, found) {
  for (let i = from - 1; i >= 0 && !source.is(i, 'import'); i--) {
    if (!source.isName(i) && !['{', '}', ',', '*'].some((text) => source.is(i, text))) return;
    if (source.is(i, 'export')) return;
    if (source.is(i, '}') && source.partner[i] !== -1) {
      i = source.partner[i];
      addNames(source, i, found.names);
    } else if (source.isName(i) && !source.is(i, 'as') && !source.is(i, 'type')) {
      found.namespaces.add(source.tokens[i].text);
    }
  }
}

function readRequire(source, open, found) {
  const close = source.partner[open];
  let i = open - 2;
  while (source.is(i, 'await') || source.is(i, '(')) i--;
  if (!source.is(i, '=')) return;
  const member = source.is(close + 1, '.') ? source.tokens[close + 2]?.text : undefined;
  if (source.is(i - 1, '}') && source.partner[i - 1] !== -1) addNames(source, source.partner[i - 1], found.names);
  else if (source.isName(i - 1) && member !== undefined) found.names.set(source.tokens[i - 1].text, member);
  else if (source.isName(i - 1)) found.namespaces.add(source.tokens[i - 1].text);
}

/** What a source calls the exports of this package. */
function importsOf(source) {
  const found = { names: new Map(), namespaces: new Set(), any: false };
  source.tokens.forEach(({ type, text }, i) => {
    if (type !== 'text' || (text !== PACKAGE && text !== CLIENT)) return;
    const called = source.is(i - 1, '(') && (source.is(i - 2, 'require') || source.is(i - 2, 'import'));
    if (source.is(i - 1, 'from')) readImport(source, i - 1, found);
    else if (called) readRequire(source, i - 1, found);
    else return;
    found.any = true;
  });
  return found;
}

/** Whether require('secure-web-token') ends here. */
function isRequired(source, close) {
  const open = source.is(close, ')') ? source.partner[close] : -1;
  return source.is(open - 1, 'require') && close === open + 2 && source.tokens[open + 1].text === PACKAGE;
}

/** Every call of an export: its name, the token where it stands, and the ranges of its arguments. */
function callsOf(source, { names, namespaces }) {
  const calls = [];
  source.tokens.forEach(({ type, text }, i) => {
    if (type !== 'name') return;
    const member = source.is(i - 1, '.');
    if (member && !namespaces.has(source.tokens[i - 2]?.text) && !isRequired(source, i - 2)) return;
    const name = member ? text : names.get(text);
    if (name === undefined || source.is(i - 1, 'function')) return;
    const open = source.callAfter(i);
    if (open !== -1) calls.push({ name, at: i, args: source.parts(open) });
  });
  return calls;
}

module.exports = { importsOf, callsOf };
