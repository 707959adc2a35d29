#!/usr/bin/env node
'use strict';

/** Each takes the arguments after its name and returns an exit code, or a promise of one. Loaded when it is called. */
const COMMANDS = {
  build: ['compiles the native addon on this machine, where none is prebuilt', () => require('./build/command.js')],
};

function usage() {
  const lines = Object.entries(COMMANDS).map(([name, [what]]) => `  ${name.padEnd(8)} ${what}`);
  return ['usage: npx secure-web-token <command>', '', ...lines].join('\n');
}

async function main([name, ...args]) {
  if (name === '--help' || name === '-h') {
    console.log(usage());
    return 0;
  }
  if (name === undefined || !Object.hasOwn(COMMANDS, name)) {
    console.error(usage());
    return 2;
  }
  const [, load] = COMMANDS[name];
  return load().run(args);
}

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
