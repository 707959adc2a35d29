// The reference pages, by doxygen. A warning is a failure: a function without documentation, a name that leads nowhere.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { root, step } = require('./step');

function buildDocs({ header, folder }) {
  const pages = path.resolve(root, folder);
  fs.rmSync(pages, { recursive: true, force: true });
  fs.mkdirSync(pages, { recursive: true });

  const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const env = { SWT_VERSION: version, SWT_DOCS_HEADER: header, SWT_DOCS_FOLDER: pages };
  // Doxygen does not look at how its filter ended, so the filter is asked first.
  const commands = [
    [process.execPath, 'docs/reference/filter.js', header, '--check'],
    ['doxygen', 'docs/reference/Doxyfile'],
  ];
  step('docs', 'making the reference pages', commands, { env });
}

module.exports = { buildDocs };
