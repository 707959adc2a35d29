'use strict';

const { optionsOf } = require('../project.js');

const DIFFERS = {
  sign: 'its token names no session, and is refused wherever a store is configured',
  verify: 'a token is accepted after its session was revoked: nobody asks',
  swtMiddleware: 'a token is accepted after its session was revoked: nobody asks',
};

/** Only in an app that has a store: one without any has nothing to revoke, and knows it. */
function withoutStore({ source, calls }, { hasStore }) {
  if (!hasStore) return [];
  return calls
    .filter((call) => {
      if (!Object.hasOwn(DIFFERS, call.name)) return false;
      const { members, complete } = optionsOf(source, call);
      return complete && !members.has('store');
    })
    .map((call) => ({
      rule: 'without-store',
      line: source.line(call.at),
      look: `${call.name}() without a store, in an app that has one`,
      differs: DIFFERS[call.name],
      write: 'store, or store: null where no session is meant',
    }));
}

/** Where it is seen that a value may be undefined: in a?.b, a && b, condition ? a : undefined, let store; else -1. */
function whereUndefined(source, [start, end]) {
  for (let i = start; i < end; i++) {
    if (source.parent[i] !== source.parent[start]) continue;
    if (source.is(i, 'undefined') || source.is(i, '?.') || source.is(i, '&&')) return i;
  }
  if (end - start !== 1 || !source.isName(start)) return -1;
  return source.declaredWithoutValue(source.tokens[start].text);
}

function storeMayBeUndefined({ source, calls }) {
  const findings = [];
  for (const call of calls.filter(({ name }) => Object.hasOwn(DIFFERS, name) || name === 'refresh')) {
    const store = optionsOf(source, call).members.get('store');
    const at = store === undefined ? -1 : whereUndefined(source, source.resolve(store));
    if (at === -1) continue;
    findings.push({
      rule: 'store-may-be-undefined',
      line: source.line(at),
      look: 'a store that may be undefined',
      differs: 'an undefined store is refused, since it would switch revocation off in silence',
      write: 'make the store before it is used, or pass null for none',
    });
  }
  return findings;
}

/** The braces of the class of this name in this file, unless it inherits; else -1. */
function classBody(source, name) {
  const at = source.tokens.findIndex(({ text }, i) => text === name && source.isName(i) && source.is(i - 1, 'class'));
  return at !== -1 && source.is(at + 1, '{') ? at + 1 : -1;
}

/** The braces of the object or class that a store was made of; -1 where this file does not show them. */
function bodyOfStore(source, range) {
  const [start] = source.resolve(range);
  if (source.is(start, '{')) return start;
  return source.is(start, 'new') && source.isName(start + 1) ? classBody(source, source.tokens[start + 1].text) : -1;
}

function hasThreeMethods(source, range) {
  const open = bodyOfStore(source, range);
  if (open === -1 || source.partner[open] === -1) return false;
  const members = source.tokens.slice(open + 1, source.partner[open]).filter((_, i) => source.parent[open + 1 + i] === open);
  if (members.some(({ type, text }) => type === 'punctuator' && text.startsWith('..'))) return false; // more than is seen
  return members.some(({ text }) => text === 'registerSession');
}

function refreshWithThreeMethods({ source, calls }) {
  if (source.tokens.some(({ type, text }) => type === 'name' && text === 'ask')) return [];
  return calls
    .filter((call) => {
      if (call.name !== 'refresh') return false;
      const { members, complete } = optionsOf(source, call);
      const store = members.get('store');
      return complete && store !== undefined && !members.has('insecureRefreshReuse') && hasThreeMethods(source, store);
    })
    .map((call) => ({
      rule: 'refresh-with-three-methods',
      line: source.line(call.at),
      look: 'refresh() with a store of three methods',
      differs: 'it is refused with store_required: such a store cannot remember that a refresh token was used',
      write: 'RedisStore, or ask() for this store: docs/stores.md#ask; until then insecureRefreshReuse: true',
    }));
}

module.exports = [withoutStore, storeMayBeUndefined, refreshWithThreeMethods];
