'use strict';

const { tokenize } = require('./tokens.js');

const CLOSES = { ')': ['('], ']': ['['], '}': ['{', '${'] };
const OPENS = new Set(['(', '[', '{', '${']);

/** Nothing that people write is deeper; what is, is not paired. */
const MAX_DEPTH = 500;

/** For each bracket its other half, and for each token the bracket that it stands in; -1 where there is none. */
function pairBrackets(tokens) {
  const partner = new Int32Array(tokens.length).fill(-1);
  const parent = new Int32Array(tokens.length).fill(-1);
  const open = [];
  tokens.forEach(({ type, text }, i) => {
    const closes = type === 'punctuator' ? CLOSES[text] : undefined;
    if (closes !== undefined) {
      const depth = open.findLastIndex((at) => closes.includes(tokens[at].text));
      if (depth !== -1) {
        partner[open[depth]] = i;
        partner[i] = open[depth];
        open.length = depth;
      }
    }
    parent[i] = open.at(-1) ?? -1;
    if (type === 'punctuator' && OPENS.has(text) && open.length < MAX_DEPTH) open.push(i);
  });
  return { partner, parent };
}

/** One source file, to ask for its calls, options and values. A range is [start, end) of tokens. */
class Source {
  constructor(file, text) {
    this.file = file;
    this.tokens = tokenize(text);
    Object.assign(this, pairBrackets(this.tokens));
  }

  is(i, text) {
    const token = this.tokens[i];
    return token !== undefined && token.text === text && (token.type === 'punctuator' || token.type === 'name');
  }

  isName(i) {
    return this.tokens[i]?.type === 'name';
  }

  /** The ranges between brackets that commas separate. */
  parts(open) {
    const end = this.partner[open];
    const parts = [];
    let start = open + 1;
    for (let i = open + 1; i <= end; i++) {
      if (i === end || (this.is(i, ',') && this.parent[i] === open)) {
        if (i > start) parts.push([start, i]);
        start = i + 1;
      }
    }
    return parts;
  }

  /** The bracket that opens the arguments of a call by the name at i, type arguments between them or not; else -1. */
  callAfter(i) {
    let at = i + 1;
    if (this.is(at, '?.')) at++;
    if (this.is(at, '<')) at = this.#afterTypeArguments(at);
    return this.is(at, '(') && this.partner[at] !== -1 ? at : -1;
  }

  #afterTypeArguments(at) {
    const MAX_TOKENS = 60;
    let depth = 0;
    for (let i = at; i < at + MAX_TOKENS; i++) {
      if (this.is(i, '<')) depth++;
      else if (this.is(i, '>') && --depth === 0) return i + 1;
      else if (this.is(i, ';') || this.is(i, '&&') || this.is(i, '||')) return -1;
    }
    return -1;
  }

  /** Where the expression begins that ends in the member name at i, as store in store.revokeSession. */
  startOfMember(i) {
    let at = i;
    for (let links = 0; links < MAX_DEPTH && (this.is(at - 1, '.') || this.is(at - 1, '?.')); links++) {
      at -= 2;
      if (this.is(at, '!')) at--;
      while ((this.is(at, ')') || this.is(at, ']')) && this.partner[at] > 0) {
        at = this.partner[at];
        if (this.isName(at - 1) || this.is(at - 1, ')') || this.is(at - 1, ']')) at--;
        else break;
      }
    }
    return at;
  }

  /** What a constant of this file was given; the range itself where it is no constant's name. */
  resolve(range) {
    const [start, end] = range;
    if (end - start !== 1 || !this.isName(start)) return range;
    return this.#constants().get(this.tokens[start].text) ?? range;
  }

  /** Names that are declared twice say nothing. */
  #constants() {
    if (this.constants !== undefined) return this.constants;
    this.constants = new Map();
    this.tokens.forEach(({ text }, i) => {
      if (text !== 'const' || !this.isName(i) || !this.isName(i + 1)) return;
      let at = i + 2;
      if (this.is(at, ':')) while (at < i + 20 && !this.is(at, '=')) at++;
      if (!this.is(at, '=')) return;
      const name = this.tokens[i + 1].text;
      this.constants.set(name, this.constants.has(name) ? undefined : [at + 1, this.#endOfExpression(at + 1)]);
    });
    return this.constants;
  }

  /** Where let or var declares a name and gives it nothing; -1 where nothing does. */
  declaredWithoutValue(name) {
    this.unset ??= this.#unsetNames();
    return this.unset.get(name) ?? -1;
  }

  #unsetNames() {
    const names = new Map();
    this.tokens.forEach(({ type, text }, i) => {
      if (type !== 'name' || !(this.is(i - 1, 'let') || this.is(i - 1, 'var'))) return;
      const end = this.#endOfExpression(i);
      const given = this.tokens.slice(i, Math.min(end, i + 20)).some((_, offset) => this.is(i + offset, '='));
      if (!given && !names.has(text)) names.set(text, i);
    });
    return names;
  }

  #endOfExpression(start) {
    const depth = this.parent[start];
    const joins = (token) => token.type === 'punctuator' && ![')', ']', '}', '{', '(', '['].includes(token.text);
    const end = depth === -1 ? this.tokens.length : this.partner[depth];
    for (let i = start; i < end; i++) {
      if (this.parent[i] !== depth) continue;
      if (this.is(i, ';') || this.is(i, ',')) return i;
      // Without a semicolon it ends with the line, unless an operator goes on.
      if (i > start && this.tokens[i].first && !joins(this.tokens[i]) && !joins(this.tokens[i - 1])) return i;
    }
    return end;
  }

  /**
   * The members of an object literal, or of the constant that holds it.
   *
   * @returns {{ members: Map<string, [number, number]>, complete: boolean }} complete: whether these are all
   */
  object(range) {
    const members = new Map();
    if (range === undefined) return { members, complete: true };
    const [start] = this.resolve(range);
    if (!this.is(start, '{') || this.partner[start] === -1) return { members, complete: false };

    let complete = true;
    for (const [from, to] of this.parts(start)) {
      const { type, text } = this.tokens[from];
      if (type !== 'name' && type !== 'text') complete = false;
      else if (this.is(from + 1, ':')) members.set(text, [from + 2, to]);
      else members.set(text, [from, to]);
    }
    return { members, complete };
  }

  /** What a literal says, or undefined. */
  literal([start, end]) {
    const token = this.tokens[start];
    const isLiteral = token?.type === 'text' || (token?.type === 'template' && token.whole);
    return end - start === 1 && isLiteral ? token.text : undefined;
  }

  line(i) {
    return this.tokens[i].line;
  }
}

module.exports = { Source };
