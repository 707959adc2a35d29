/**
 * JSON as the wire format wants it: RFC 8259 in valid UTF-8 without a byte order mark, and no duplicate member, no
 * U+0000, no lone surrogate, no number that a double cannot hold, no more than maxDepth levels.
 *
 * JSON.parse decides the grammar; a walk over the tokens decides what it would let pass.
 */
export function parseStrictJson(bytes, { maxDepth = 17 } = {}) {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const value = JSON.parse(text, refuseInfinity);

  const open = [];
  let lastString = null;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : null);
      if (open.length > maxDepth) throw new SyntaxError('nested too deeply');
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ':') {
      const names = open.at(-1);
      if (names.has(lastString)) throw new SyntaxError('duplicate member');
      names.add(lastString);
    } else {
      lastString = JSON.parse(token);
      if (lastString.includes('\0')) throw new SyntaxError('U+0000');
      if (!lastString.isWellFormed()) throw new SyntaxError('lone surrogate');
    }
  }
  return value;
}

function refuseInfinity(name, value) {
  if (value === Infinity || value === -Infinity) throw new SyntaxError('number out of range');
  return value;
}
