// Loaded before everything else of the package: in a bundle that is an ES module the rest fails in words of the bundler.
import { existsSync } from 'node:fs';

import bundled from './bundled.js';

const here = import.meta.url;

// Where a bundle is made as CommonJS there is no url.
if (here === undefined || !existsSync(new URL('native.js', here))) throw bundled.bundledError();
