// The package runs on Node.js 20 and later; building and testing it takes what its tools take. Loaded before everything
// else, and written so that an old node can read it.
'use strict';

const version = process.versions.node.split('.').map(Number);
const good =
  (version[0] === 20 && version[1] >= 17) || (version[0] === 22 && version[1] >= 9) || version[0] > 22;

if (!good) {
  console.error('setup: Node.js 20.17 or later in 20, 22.9 or later in 22, or newer is needed; this is ' + process.version);
  process.exit(1);
}
if (process.platform !== 'linux') {
  console.error('setup: this builds on Linux; this is ' + process.platform);
  process.exit(1);
}
