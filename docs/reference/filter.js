// filter.js <file> [--check]: doxygen's INPUT_FILTER. The header is set by hand, to be read as it is; here its comments become what
// doxygen understands. Nothing is invented but what rule 1 of the header says of all handles alike.
//
//   the comment at the top        the main page
//   a banner (--- Title ---)      a topic, with the text under the title; what follows belongs to it
//   a comment before a paragraph  documentation of each declaration in it (a paragraph ends at an empty line)
//   a comment after a declaration its documentation
//
// A function without documentation of its own, of its paragraph or of its topic is named, and the exit code is 1; --check does only that.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

// What is said of functions that need no comment in the header, since a rule or a topic says it of all of them.
const BY_RULE = [
  [/^swt_\w+_free$/, () => 'Releases the handle, and takes NULL.'],
  [/^swt_(\w+)_new$/, ([, noun]) => `Makes a new, empty swt_${noun}.`],
  [/^swt_(\w+)_begin$/, ([, verb]) => `The first of two steps of swt_${verb}: it refuses what is refused without asking a store.`],
  [/^swt_(\w+)_complete$/, ([, verb]) => `The last of two steps of swt_${verb}: it judges what the store answered.`],
];

const DECLARATION = /\b(swt_[a-z0-9_]+)\(/;
const names = (text) => new Set(text.match(/\b(?:swt_[a-z0-9_]+[a-z0-9]|SWT_[A-Z0-9_]+[A-Z0-9])\b/g));

// ---------------------------------------------------------------------------------------------------------------------
// Text
// ---------------------------------------------------------------------------------------------------------------------

// prose makes text safe for doxygen, and links the names of the interface.
function prose(text, known, own) {
  return text
    .replace(/[\\@<>#%&]/g, (sign) => `\\${sign}`)
    .replace(/"/g, '\\"')
    .replace(/(?<!\w)_|_(?![\w…])/g, '\\_') // at a word's edge it would begin or end emphasis
    .replace(/\bswt_[a-z0-9_]+[a-z0-9]\b|\bSWT_[A-Z0-9_]+[A-Z0-9]\b/g, (name, at, whole) => {
      if (/^[_…*]/.test(whole.slice(at + name.length))) return name; // the beginning of names: SWT_LEGACY_…
      if (name === own) return `<b>${name}</b>`;
      if (!known.has(name)) return name;
      // "#name(…" would be read as one of several functions of that name.
      return /^\([^)]/.test(whole.slice(at + name.length)) ? `@ref ${name} "${name}"` : `#${name}`;
    });
}

// lines takes the stars off a comment; the indentation that is left is the author's.
function lines(comment) {
  return comment
    .replace(/^\/\*/, '  ')
    .replace(/\s*\*\/$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, (start) => (start.includes('*') ? '' : start.length >= 3 ? '' : start)))
    .map((line) => line.replace(/\s+$/, ''));
}

// body turns the lines into paragraphs. What is indented is a table: of arguments when it names them, or set as it is.
// A numbered list stays one.
function body(texts, { known, own, parameters = [] }) {
  const out = [];
  let verbatim = [];
  let inParameter = false;
  let inList = false;
  const flush = () => {
    while (verbatim.length && verbatim.at(-1) === '') verbatim.pop();
    if (verbatim.length) {
      const indent = Math.min(...verbatim.filter(Boolean).map((line) => line.search(/\S/)));
      out.push('\\verbatim', ...verbatim.map((line) => line.slice(indent)), '\\endverbatim');
    }
    verbatim = [];
  };

  for (const line of texts) {
    const parameter = /^ {2,}([a-z_]+) {2,}(\S.*)$/.exec(line);
    if (line === '') {
      if (verbatim.length) verbatim.push('');
      else out.push('');
      inParameter = false;
    } else if (/^ *\d+\. /.test(line)) {
      flush();
      inList = true;
      out.push(prose(line.trim(), known, own));
    } else if (inList && /^ {3,}/.test(line)) {
      out.push(`    ${prose(line.trim(), known, own)}`);
    } else if (parameter && parameters.includes(parameter[1])) {
      flush();
      inParameter = true;
      out.push(`@param ${parameter[1]} ${prose(parameter[2], known, own)}`);
    } else if (inParameter && /^ {6,}/.test(line) && !/^ {6,}\S+:\/\//.test(line)) {
      out.push(prose(line.trim(), known, own));
    } else if (/^ {2,}\S/.test(line)) {
      verbatim.push(line);
    } else {
      flush();
      inParameter = false;
      inList = false;
      const errors = /^Errors: (.*)$/.exec(line);
      out.push(errors ? `\n@par Errors\n${prose(errors[1], known, own)}` : prose(line, known, own));
    }
  }
  flush();
  return out.join('\n').trim();
}

// ---------------------------------------------------------------------------------------------------------------------
// The header, piece by piece: comments, and what stands between them
// ---------------------------------------------------------------------------------------------------------------------

const BANNER = /^\/\* -{20,}\n([\s\S]*?)\n \* -+ \*\/$/;

function translate(source) {
  const known = names(source.replace(/\/\*[\s\S]*?\*\//g, ''));
  const errors = [];
  const topics = [];
  const out = [];
  let topic = null;
  const paragraphs = joinComments(source.split(/\n(?:[ \t]*\n)+/));

  paragraphs.forEach((paragraph, index) => {
    const banner = BANNER.exec(paragraph);
    if (index === 0) {
      const end = paragraph.indexOf('*/') + 2;
      out.push(mainPage(paragraph.slice(0, end), known), paragraph.slice(end));
    } else if (banner) {
      if (topic) out.push('/** @} */');
      topic = openTopic(banner[1], known);
      topics.push(topic);
      out.push(topic.text);
    } else if (topic && /^#ifdef __cplusplus/.test(paragraph)) {
      out.push('/** @} */', paragraph);
      topic = null;
    } else {
      out.push(topic ? declarations(paragraph, topic, known, errors) : paragraph);
    }
  });
  return { text: out.join('\n\n').replace(/^SWT_API (?:SWT_MUST_USE )?/gm, ''), errors, topics };
}

// A comment may hold empty lines: what was cut inside one is put together again.
function joinComments(pieces) {
  const joined = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const isOpen = last !== undefined && last.lastIndexOf('/*') > last.lastIndexOf('*/');
    const isStruct = last !== undefined && /\{[^}]*$/.test(last.replace(/\/\*[\s\S]*?\*\//g, '')) && !/extern "C"/.test(last);
    if (isOpen || isStruct) joined[joined.length - 1] = `${last}\n\n${piece}`;
    else joined.push(piece);
  }
  return joined;
}

function mainPage(comment, known) {
  const [, ...texts] = lines(comment);
  const title = texts.shift();
  const text = texts.map((line) => (/^The rules that/.test(line) ? `@section rules ${line}` : line));
  const at = text.findIndex((line) => line.startsWith('@section'));
  const [head, section, rules] = [text.slice(0, at), text[at], text.slice(at + 1)];
  return `/** @mainpage ${title}\n\n${body(head, { known })}\n\n${section}\n\n${body(rules, { known })}\n*/`;
}

function openTopic(text, known) {
  const [title, ...rest] = lines(`/*\n${text}`).filter((line, index) => index > 0 || line.trim() !== '');
  const id = `topic_${title.toLowerCase().replace(/[:,].*/, '').replace(/[^a-z]+/g, '_')}`;
  const described = body(rest, { known });
  return {
    id,
    title,
    hasText: described !== '',
    text: `/** @defgroup ${id} ${title}\n\n${described}\n*/\n/** @addtogroup ${id}\n@{ */`,
  };
}

// declarations documents each declaration of a paragraph.
function declarations(paragraph, topic, known, errors) {
  const leading = /^\/\*[\s\S]*?\*\/\n?/.exec(paragraph);
  const rest = leading ? paragraph.slice(leading[0].length) : paragraph;
  const comment = leading ? lines(leading[0].trim()) : null;
  if (rest.trim() === '') return leading ? `/* ${'-'.repeat(3)} */` : '';
  if (/^typedef struct \w+ \{/.test(rest)) return document(comment, rest, structBody(rest, known), topic, known, errors);
  return split(rest).map((one) => document(comment, one, trailing(one, known), topic, known, errors)).join('\n');
}

// split cuts a paragraph into declarations: each begins at the margin.
function split(text) {
  return text.split(/\n(?=(?:SWT_API|typedef|#define)\b)/);
}

function document(comment, code, translated, topic, known, errors) {
  const define = /^#define (\w+)/.exec(code);
  const callable = !define && !/^typedef/.test(code) ? DECLARATION.exec(code) : null;
  const own = callable?.[1] ?? define?.[1] ?? /(swt_\w+)\)?\s*[;(]/.exec(code)?.[1];
  const parameters = callable ? [...code.matchAll(/(\w+)(?:\[[^\]]*\])?\s*[,)]/g)].map(([, name]) => name) : [];
  const hasTrailing = translated !== code && !/^typedef struct \w+ \{/.test(code);

  let text = comment && body(comment, { known, own, parameters });
  if (hasTrailing && define) text = null; // it says more about this one than what stands above all of them
  if (!text && callable && !hasTrailing) {
    for (const [pattern, say] of BY_RULE) {
      const match = pattern.exec(own);
      if (match && !text) text = prose(say(match), known);
    }
    if (!text && topic.hasText) text = `See @ref ${topic.id} "${topic.title}".`;
    if (!text) errors.push(`${own} is not documented`);
  }
  if (!text && !callable && !hasTrailing) {
    const initialiser = `${/^typedef struct (\w+) \{/.exec(code)?.[1].toUpperCase()}_INIT`;
    if (known.has(initialiser)) text = `Set one to #${initialiser} first, then what you need of it.`;
    else if (/_INIT$/.test(own)) text = 'Sets struct_size, and leaves everything else not given.';
    else text = `See @ref ${topic.id} "${topic.title}".`;
  }
  return text ? `/** ${text} */\n${translated}` : translated;
}

// trailing marks a comment after a declaration as being about it.
function trailing(code, known) {
  return code.replace(/\/\*((?:(?!\*\/)[\s\S])*)\*\//g, (_, text) => `/**< ${prose(text.trim().replace(/\n\s+/g, ' '), known)} */`);
}

// In a struct a comment alone on its line is about what follows it.
function structBody(code, known) {
  return code.replace(/(^[ \t]*|[ \t]+)\/\*((?:(?!\*\/)[\s\S])*)\*\//gm, (_, before, text, at) => {
    const startsLine = at === 0 || code[at - 1] === '\n';
    const said = prose(text.trim().replace(/\n[\s*]+/g, ' '), known);
    return `${before}${startsLine ? '/**' : '/**<'} ${said} */`;
  });
}

// A link to a file of the repository leads nowhere from the pages: its name is left.
const guide = (source) => source.replace(/\[([^\]]+)\]\((?!https?:)[^)]*\)/g, '$1');

function main(file, isCheck) {
  const source = fs.readFileSync(file, 'utf8');
  if (path.extname(file) === '.md') return process.stdout.write(guide(source));
  const { text, errors } = translate(source);
  if (!isCheck) process.stdout.write(`/** @file */\n${text}\n`);
  for (const error of errors) console.error(`${file}: ${error}`);
  if (errors.length > 0) process.exitCode = 1;
}

if (require.main === module) main(process.argv[2], process.argv[3] === '--check');
module.exports = { translate };
