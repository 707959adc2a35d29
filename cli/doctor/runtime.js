'use strict';

/** Whether the addon works on this machine, and what it is made of. */
function checkRuntime() {
  const runtime = { node: process.versions.node, platform: `${process.platform}-${process.arch}` };
  try {
    return { runtime: { ...runtime, addon: require('../../js/addon/native.js').versionDetails() }, findings: [] };
  } catch (error) {
    const finding = {
      rule: 'addon',
      look: 'the installation of secure-web-token',
      differs: error.message,
      write: 'npm install on a platform that it has an addon for, or npm run build in its repository',
    };
    return { runtime, findings: [finding] };
  }
}

module.exports = { checkRuntime };
