'use strict';

/** After these words a slash begins a regular expression; after every other word it divides. */
const BEFORE_REGEX = new Set(
  ['return', 'typeof', 'case', 'in', 'of', 'delete', 'void', 'throw', 'new', 'else', 'do', 'await', 'yield'],
);

const SPACE = /\s+/y;
const NAME = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /\.?\d[\w.]*/y;
const PUNCTUATOR = /=>|\?\.(?!\d)|\.\.\.|[=!]==?|\?\?=?|\|\|=?|&&=?|\+\+|--|[-+*/%&|^<>]=|[^]/y;

const ESCAPES = { n: '\n', r: '\r', t: '\t' };

/** Where a text in quotes ends, or -1: an apostrophe in JSX is none, and must not swallow the lines after it. */
function endOfQuoted(source, start) {
  const quote = source[start];
  for (let i = start + 1; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === quote) return i + 1;
    else if (source[i] === '\n') return -1;
  }
  return -1;
}

function endOfRegex(source, start) {
  let inClass = false;
  for (let i = start + 1; i < source.length && source[i] !== '\n'; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === '[') inClass = true;
    else if (source[i] === ']') inClass = false;
    else if (source[i] === '/' && !inClass) return i + 1;
  }
  return -1;
}

function endOfComment(source, start) {
  const line = source[start + 1] === '/';
  const end = source.indexOf(line ? '\n' : '*/', start + 2);
  if (end === -1) return source.length;
  return line ? end : end + 2;
}

/** The text of a template from here to its next ${ or its end. */
function endOfChunk(source, start) {
  for (let i = start; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === '`') return { end: i, next: i + 1, open: false };
    else if (source[i] === '$' && source[i + 1] === '{') return { end: i, next: i + 2, open: true };
  }
  return { end: source.length, next: source.length, open: false };
}

function unescaped(text) {
  return text.replace(/\\([^])/g, (_, char) => ESCAPES[char] ?? char);
}

function mayBeRegex(previous) {
  if (previous === undefined) return true;
  if (previous.type === 'name') return BEFORE_REGEX.has(previous.text);
  // After < it is the end of a JSX element.
  return previous.type === 'punctuator' && ![')', ']', '}', '<', '++', '--'].includes(previous.text);
}

/**
 * The tokens of a JavaScript or TypeScript source, without its comments. It knows no grammar: what it takes wrongly, in
 * JSX for instance, is wrong for a line and no further.
 *
 * @param {string} source
 * @returns {{ type: 'name' | 'text' | 'template' | 'number' | 'regex' | 'punctuator', text: string, line: number,
 *   first: boolean, whole?: boolean }[]} text: of a literal what it says; first: of its line; whole: a template
 *   without ${}
 */
function tokenize(source) {
  const tokens = [];
  const braces = [];
  const unended = {};
  let line = 1;
  let at = 0;
  let lastLine = 0;
  let newline = source.indexOf('\n');

  const pass = (end) => {
    for (at = end; newline !== -1 && newline < end; newline = source.indexOf('\n', newline + 1)) line++;
  };
  // What has no end on its line is not looked for again there: the time stays in proportion to the length.
  const endBy = (find, char) => {
    if (unended[char] === line) return -1;
    const end = find(source, at);
    if (end === -1) unended[char] = line;
    return end;
  };
  const push = (type, text, end, more) => {
    tokens.push({ type, text, line, first: line !== lastLine, ...more });
    pass(end);
    lastLine = line;
  };
  const match = (pattern) => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  const chunk = (start, head) => {
    const { end, next, open } = endOfChunk(source, start);
    push('template', unescaped(source.slice(start, end)), end, { whole: head && !open });
    if (!open) return pass(next);
    braces.push('${');
    return push('punctuator', '${', next);
  };

  while (at < source.length) {
    const char = source[at];
    const space = match(SPACE);
    if (space !== undefined) pass(at + space.length);
    else if (char === '/' && (source[at + 1] === '/' || source[at + 1] === '*')) pass(endOfComment(source, at));
    else if (char === '`') chunk(at + 1, true);
    else if (char === '}' && braces.pop() === '${') {
      push('punctuator', '}', at + 1);
      chunk(at, false);
    } else other(char);
  }

  function other(char) {
    const quoted = char === '"' || char === "'" ? endBy(endOfQuoted, char) : -1;
    if (quoted !== -1) return push('text', unescaped(source.slice(at + 1, quoted - 1)), quoted);
    const regex = char === '/' && mayBeRegex(tokens.at(-1)) ? endBy(endOfRegex, char) : -1;
    if (regex !== -1) return push('regex', source.slice(at, regex), regex);
    const name = match(NAME);
    if (name !== undefined) return push('name', name, at + name.length);
    const number = match(NUMBER);
    if (number !== undefined) return push('number', number, at + number.length);
    if (char === '{') braces.push('{');
    const punctuator = match(PUNCTUATOR);
    return push('punctuator', punctuator, at + punctuator.length);
  }
  return tokens;
}

module.exports = { tokenize };
