'use strict';

const { majorOf } = require('../packages.js');

const ROUTE_METHODS = new Set(['get', 'post', 'put', 'patch', 'delete', 'all', 'use']);

/** Whether what is awaited at i stands in an async arrow of a route, outside of any try that catches. */
function isUncaughtInRoute(source, i) {
  for (let open = source.parent[i]; open !== -1; open = source.parent[open]) {
    if (!source.is(open, '{')) continue;
    if (source.is(open - 1, 'try') && source.is(source.partner[open] + 1, 'catch')) return false;
    const call = source.parent[open];
    if (isRouteCall(source, call) && isFunctionBody(source, open)) return true;
    if (source.is(open - 1, '=>')) return false; // a function of its own, and its caller's concern
  }
  return false;
}

/** app.get( */
function isRouteCall(source, open) {
  const isMemberCall = open > 1 && source.is(open, '(') && source.is(open - 2, '.');
  return isMemberCall && ROUTE_METHODS.has(source.tokens[open - 1].text);
}

/** (req, res) => {   or   function (req, res) { */
function isFunctionBody(source, open) {
  if (source.is(open - 1, '=>')) return true;
  const parameters = source.is(open - 1, ')') ? source.partner[open - 1] : -1;
  return parameters > 1 && (source.is(parameters - 1, 'function') || source.is(parameters - 2, 'function'));
}

function isAwaited(source, start, open) {
  return source.is(start - 1, 'await') && !source.is(source.partner[open] + 1, '.');
}

/** Express 4 does not look at a handler's promise: the request hangs, and the rejection ends the process. */
function uncaughtInExpress4({ source, calls }, { packages }) {
  if (majorOf(packages.versions.express) !== 4 || 'express-async-errors' in packages.asked) return [];

  const rejecting = calls.filter(({ name }) => name === 'sign' || name === 'refresh').map(({ at }) => at);
  source.tokens.forEach(({ text }, i) => {
    if (text === 'revokeSession' && source.is(i - 1, '.')) rejecting.push(i);
  });

  return rejecting
    .filter((at) => source.callAfter(at) !== -1 && isAwaited(source, source.startOfMember(at), source.callAfter(at)))
    .filter((at) => isUncaughtInRoute(source, at))
    .map((at) => ({
      rule: 'express4-without-catch',
      line: source.line(at),
      look: `await ${source.tokens[at].text}() in a handler of Express 4, without catch`,
      differs: 'it rejects when the store did not confirm, and Express 4 does not catch that',
      write: 'try { … } catch (error) { next(error); }, or Express 5',
    }));
}

module.exports = [uncaughtInExpress4];
