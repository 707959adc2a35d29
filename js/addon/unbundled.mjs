// Loaded before the rest of the package, which in a bundle that is an ES module fails in words of the bundler.
import { existsSync } from 'node:fs';

import bundled from './bundled.js';

const here = import.meta.url;

// Where a bundle is made as CommonJS there is no url.
if (here === undefined || !existsSync(new URL('native.js', here))) throw bundled.bundledError();
