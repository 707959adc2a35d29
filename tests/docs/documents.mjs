/**
 * The documents for users of the npm package, and what the tests take out of them: blocks of code and tables.
 *
 * Every block of JavaScript is marked as one that is run: "js run" is a program of its own, and all blocks "js run=name"
 * of a document together are one. What a program prints stands behind its console.log as a comment, "// → text".
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export const documents = [
  'README.md', 'docs/from-3.md', 'docs/from-jsonwebtoken.md', 'docs/keys.md', 'docs/refresh.md', 'docs/errors.md',
  'docs/stores.md',
];

export const read = (name) => readFileSync(join(root, name), 'utf8');

/** @returns {{ info: string, code: string }[]} every fenced block, in order */
export function blocksOf(document) {
  return [...read(document).matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, info, code]) => ({ info, code }));
}

/** @returns {Map<string, string>} the programs of a document by their names; those without one are numbered */
export function programsOf(document) {
  const programs = new Map();
  for (const { info, code } of blocksOf(document)) {
    const [, marker] = /^js (run(?:=[a-z-]+)?)$/.exec(info) ?? [];
    if (marker === undefined) continue;
    const name = marker === 'run' ? `${programs.size + 1}` : marker.slice('run='.length);
    programs.set(name, (programs.get(name) ?? '') + code);
  }
  return programs;
}

/** What a program is to print, by its comments. */
export function promisedOutput(code) {
  return [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, text]) => text);
}

/**
 * The rows of the table whose heading has these cells. Cells keep their code marks.
 *
 * @param {string} document
 * @param {string[]} heading
 * @param {string} [after] the line after which it stands, where several tables have the same heading
 */
export function tableOf(document, heading, after) {
  const lines = read(document).split('\n');
  const start = after === undefined ? 0 : lines.indexOf(after);
  const first = lines.indexOf(`|${heading.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`, start);
  if (start === -1 || first === -1) throw new Error(`${document} has no table ${heading.join(' | ')}`);
  const rest = lines.slice(first + 2);
  const rows = rest.slice(0, rest.findIndex((line) => !line.startsWith('|')));
  return rows.map((row) => row.slice(1, -1).split('|').map((cell) => cell.trim()));
}

/** A document's text between its fenced blocks. */
export const proseOf = (document) => read(document).replaceAll(/^```[\s\S]*?^```$/gm, '');

/** The names in code marks. */
export const namesIn = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
