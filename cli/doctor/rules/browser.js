'use strict';

/** A path or an absolute url; what begins with ${ may be either. */
function isPageRelative(source, range) {
  const [start] = source.resolve(range);
  const token = source.tokens[start];
  if (token?.type !== 'text' && token?.type !== 'template') return false;
  return token.text !== '' && !/^\/|^[a-z][a-z0-9+.-]*:/i.test(token.text);
}

function pageRelativeUrl({ source, calls }) {
  return calls
    .filter(({ name, args }) => name === 'createDpopProof' && args.length > 2 && isPageRelative(source, args[2]))
    .map((call) => ({
      rule: 'page-relative-url',
      line: source.line(call.at),
      look: 'the url of createDpopProof(), which is relative to the page',
      differs: "version 3's client signs it as it stands there, which names no place, and it is refused",
      write: 'the path from the root, such as "/api/x"',
    }));
}

/** exportKey('jwk', pair.privateKey), and a key with d in an object. */
function privateKeyLeaves({ source, imports, calls }) {
  const lines = [];
  if (imports.any) {
    source.tokens.forEach(({ text }, i) => {
      const open = text === 'exportKey' && source.isName(i) ? source.callAfter(i) : -1;
      const [format, key] = open === -1 ? [] : source.parts(open);
      if (key === undefined || source.literal(format) !== 'jwk') return;
      if (/private/i.test(source.tokens[key[1] - 1].text)) lines.push(source.line(i));
    });
  }
  for (const call of calls.filter(({ name }) => name === 'sign' || name === 'refresh')) {
    const key = source.object(call.args[2]).members.get('clientPublicKey');
    if (key !== undefined && source.object(key).members.has('d')) lines.push(source.line(key[0]));
  }
  return lines.map((line) => ({
    rule: 'private-key',
    line,
    look: 'a client key with its private part',
    differs: 'a publicKeyJwk that has d is refused: the private key is to stay in the browser',
    write: 'the publicKeyJwk of generateDpopKey(); keep its privateKey as a CryptoKey in IndexedDB',
  }));
}

module.exports = [pageRelativeUrl, privateKeyLeaves];
