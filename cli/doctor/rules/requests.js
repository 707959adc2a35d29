'use strict';

const { optionsOf } = require('../project.js');

const REQUEST = 'method: req.method, url: req.originalUrl';

/** A proof that is checked without the request that it was made for. */
function proofNotCompared({ source, calls }) {
  return calls
    .filter(({ name }) => name === 'verify' || name === 'refresh')
    .filter((call) => {
      const { members, complete } = optionsOf(source, call);
      return complete && members.has('dpopProof') && !(members.has('method') && members.has('url'));
    })
    .map((call) => ({
      rule: 'proof-not-compared',
      line: source.line(call.at),
      look: `${call.name}() with a proof, and without method and url`,
      differs: 'it is accepted only while acceptLegacy is on: a proof made for one request is good for any other',
      write: `${REQUEST}, host: req.headers.host ?? ''`,
    }));
}

/** Version 3 skipped the check of the session where no id was given. */
function sessionIdMissing({ source, calls }) {
  return calls
    .filter(({ name }) => name === 'verify')
    .filter((call) => {
      const { members, complete } = optionsOf(source, call);
      const store = members.get('store');
      return complete && store !== undefined && !source.is(store[0], 'null') && !members.has('sessionId');
    })
    .map((call) => ({
      rule: 'session-id-missing',
      line: source.line(call.at),
      look: 'verify() with a store and without sessionId',
      differs: 'with a store, a request without its session id is refused',
      write: 'sessionId: req.cookies.swt_session',
    }));
}

const NEEDED_BY_REFRESH = {
  sessionId: 'sessionId: req.cookies.swt_session',
  dpopProof: `dpopProof: req.get('x-dpop-proof'), ${REQUEST}`,
};

function refreshWithoutProof({ source, calls }) {
  const findings = [];
  for (const call of calls.filter(({ name }) => name === 'refresh')) {
    const { members, complete } = optionsOf(source, call);
    for (const [member, write] of Object.entries(NEEDED_BY_REFRESH)) {
      if (!complete || members.has(member)) continue;
      findings.push({
        rule: `refresh-without-${member === 'sessionId' ? 'session' : 'proof'}`,
        line: source.line(call.at),
        look: `refresh() without ${member}`,
        differs: 'a refresh token is held to its session, and a bound one to a proof of its key',
        write,
      });
    }
  }
  return findings;
}

module.exports = [proofNotCompared, sessionIdMissing, refreshWithoutProof];
