'use strict';

const fs = require('node:fs');
const path = require('node:path');

const EXTENSIONS = /\.(js|mjs|cjs|jsx|ts|mts|cts|tsx)$/;
const NOT_SOURCE = /\.min\.[cm]?js$|\.d\.[cm]?ts$/;
const SKIPPED = new Set(['node_modules', 'dist', 'build', 'out', 'coverage', 'vendor']);

const MAX_ENTRIES = 50_000;
const MAX_FILES = 5000;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The source files of a folder. Links are not followed, and what is hidden, installed or made is left out.
 *
 * @returns {{ files: { name: string, text: string }[], large: string[], complete: boolean }} large: not read for their
 *   size; complete: whether the limits were enough
 */
function readSources(folder) {
  const found = { files: [], large: [], complete: true };
  const folders = [''];
  let entries = 0;
  let bytes = 0;

  while (folders.length > 0) {
    const inside = folders.pop();
    for (const entry of fs.readdirSync(path.join(folder, inside), { withFileTypes: true })) {
      if (++entries > MAX_ENTRIES) return { ...found, complete: false };
      const name = path.join(inside, entry.name);
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name) && !entry.name.startsWith('.')) folders.push(name);
        continue;
      }
      if (!entry.isFile() || !EXTENSIONS.test(entry.name) || NOT_SOURCE.test(entry.name)) continue;

      const { size } = fs.statSync(path.join(folder, name));
      if (size > MAX_FILE_BYTES) {
        found.large.push(name);
        continue;
      }
      bytes += size;
      if (found.files.length === MAX_FILES || bytes > MAX_BYTES) return { ...found, complete: false };
      found.files.push({ name, text: fs.readFileSync(path.join(folder, name), 'utf8') });
    }
  }
  found.files.sort((a, b) => (a.name < b.name ? -1 : 1));
  return found;
}

module.exports = { readSources };
