// The C guide says what the examples do, and the reference pages hold all of swt.h.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { translate } = require('../../docs/reference/filter.js');
const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (...names) => readFileSync(join(root, ...names), 'utf8');
const header = read('include', 'swt', 'swt.h');
const declared = [...header.matchAll(/^SWT_API .*?(swt_[a-z0-9_]+)\(/gm)].map(([, name]) => name);

describe('docs/c.md', () => {
  const guide = read('docs', 'c.md');
  const examples = readdirSync(join(root, 'examples', 'c')).map((name) => read('examples', 'c', name));

  it('shows code that stands in an example, letter by letter', () => {
    const blocks = [...guide.matchAll(/^```c\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
    assert.ok(blocks.length > 3, 'the blocks were not found');
    const strays = blocks.filter((code) => !examples.some((example) => `\n${example}`.includes(`\n${code}`)));
    assert.deepEqual(strays, []);
  });

  it('names only what swt.h has', () => {
    const named = [...guide.matchAll(/\b(?:swt_[a-z0-9_]+[a-z0-9]|SWT_[A-Z0-9_]+[A-Z0-9])\b/g)].map(([name]) => name);
    const others = ['swt_core', 'SWT_BUILD_TESTS']; // CMake's
    assert.deepEqual(named.filter((name) => !header.includes(name) && !others.includes(name)), []);
  });

  it('links to files that exist', () => {
    const links = [...guide.matchAll(/\]\((\.\.[^)]*)\)/g)].map(([, link]) => link);
    assert.deepEqual(links.filter((link) => !existsSync(join(root, 'docs', link))), []);
  });
});

describe('the filter for doxygen', () => {
  it('finds documentation for every function', () => {
    const { text, errors } = translate(header);
    assert.deepEqual(errors, []);
    assert.ok(declared.length > 50 && declared.every((name) => text.includes(`${name}(`)));
  });

  it('names a function that has none', () => {
    const lone = header.replace('#define SWT_THUMBPRINT_LEN 43\n', '$&\nSWT_API void swt_lone_function(void);\n');
    assert.deepEqual(translate(lone).errors, ['swt_lone_function is not documented']);
  });

  it('takes what a comment says of arguments, errors and other functions', () => {
    const { text } = translate(header);
    assert.match(text, /@param encryption_secret not given: the secret serves for both/);
    assert.match(text, /@par Errors\n#SWT_ERR_KEY, #SWT_ERR_SECRET_TOO_SHORT/);
    assert.match(text, /#define SWT_ERR_STATE 102 +\/\*\*< a handle used out of turn/);
  });
});

const hasDoxygen = spawnSync('doxygen', ['--version']).status === 0;
describe('npm run docs', { skip: hasDoxygen ? false : 'doxygen is not installed' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'swt-docs-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('makes pages that hold every function, the guide and a search', () => {
    const code = `require('./scripts/lib/docs').buildDocs({ header: 'include/swt/swt.h', folder: ${JSON.stringify(folder)} })`;
    const { status, stderr } = spawnSync(process.execPath, ['-e', code], { cwd: root, encoding: 'utf8', timeout: 120_000 });
    assert.equal(status, 0, stderr);

    const html = join(folder, 'html');
    const topics = readdirSync(html).filter((name) => name.startsWith('group__'));
    const pages = topics.map((name) => readFileSync(join(html, name), 'utf8')).join('');
    assert.deepEqual(declared.filter((name) => !pages.includes(`>${name}</`)), []);
    for (const name of ['index.html', 'guide.html', 'search/search.js']) assert.ok(existsSync(join(html, name)), name);
  });
});
