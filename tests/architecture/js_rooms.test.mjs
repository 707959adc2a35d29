// The rooms of js/ depend on each other in one direction, as those of src/ do.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const js = fileURLToPath(new URL('../../js', import.meta.url));

// What each room may require, besides itself, Node.js and clock.js. '.' is js itself: the exports.
const ALLOWED = {
  addon: [],
  report: ['addon'],
  input: ['addon', 'report'],
  keys: ['addon', 'report', 'input'],
  stores: ['addon', 'report', 'input'],
  operations: ['addon', 'report', 'input', 'keys', 'stores'],
  guards: ['addon', 'report', 'input', 'keys', 'stores', 'operations'],
  '.': ['addon', 'report', 'input', 'keys', 'stores', 'operations', 'guards'],
  testing: ['.', 'report', 'input'], // for applications; nothing requires it
};

const files = readdirSync(js, { recursive: true }).filter((name) => /\.m?js$/.test(name));

function requiredBy(file) {
  // Comments name types by import('…').
  const source = readFileSync(join(js, file), 'utf8').replace(/^ *(\/\*\*|\*|\/\/).*$/gm, '');
  const found = source.matchAll(/(?:require\(|from |import |import\()'(\.[^']+)'/g);
  return [...found].map(([, path]) => normalize(join(dirname(file), path)));
}

describe('the rooms of js', () => {
  it('are the ones that are known here', () => {
    assert.ok(files.length > 40, `only ${files.length} files were found`);
    assert.deepEqual([...new Set(files.map((file) => dirname(file)))].sort(), Object.keys(ALLOWED).sort());
  });

  it('require only what lies before them', () => {
    const breaches = files.flatMap((file) =>
      requiredBy(file)
        .filter((path) => path !== 'clock.js' && dirname(path) !== dirname(file))
        .filter((path) => !ALLOWED[dirname(file)].includes(dirname(path)))
        .map((path) => `${file} requires ${path}`),
    );
    assert.deepEqual(breaches, []);
    assert.ok(requiredBy('index.js').includes('operations/sign.js'), 'the requires were not read');
  });
});
