'use strict';

/**
 * A bundle cannot hold the addon, which is a file for the system's loader. Nothing is required here, so that this much
 * works in every bundle.
 */
function bundledError() {
  return new Error(
    'secure-web-token was bundled, and its native addon cannot be: mark it as external ' +
      '(esbuild: --external:secure-web-token; vite: ssr.external), and install it where the bundle runs',
  );
}

module.exports = { bundledError };
