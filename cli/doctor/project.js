'use strict';

const { callsOf, importsOf } = require('./imports.js');
const { Source } = require('./source.js');

/** Where each export takes its options. */
const OPTIONS_AT = { sign: 2, verify: 2, refresh: 2, swtMiddleware: 0, RedisStore: 1, MemoryStore: 0 };

/** The members of a call's options: `members`, and whether these are `complete`. */
function optionsOf(source, call) {
  return source.object(call.args[OPTIONS_AT[call.name]]);
}

function usesStore({ source, calls }) {
  if (calls.some(({ name }) => name === 'RedisStore' || name === 'MemoryStore')) return true;
  return calls.some((call) => {
    const store = call.name in OPTIONS_AT ? optionsOf(source, call).members.get('store') : undefined;
    return store !== undefined && !source.is(store[0], 'null');
  });
}

/** The cookies that hold a session: the usual one, and those that a cookieName names. */
function sessionCookies(files) {
  const names = new Set(['swt_session']);
  for (const { source, calls } of files) {
    for (const call of calls.filter(({ name }) => name === 'swtMiddleware')) {
      const range = optionsOf(source, call).members.get('cookieName');
      const name = range === undefined ? undefined : source.literal(source.resolve(range));
      if (name !== undefined) names.add(name);
    }
  }
  return names;
}

/** What the rules want to know of an app, beyond the one file that they look at. */
function readProject(sources, packages) {
  const files = sources.map(({ name, text }) => {
    const source = new Source(name, text);
    const imports = importsOf(source);
    return { source, imports, calls: callsOf(source, imports) };
  });
  return { files, packages, hasStore: files.some(usesStore), cookies: sessionCookies(files) };
}

module.exports = { readProject, optionsOf, OPTIONS_AT };
