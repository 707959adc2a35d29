'use strict';

const { CallError } = require('./call-error.js');

/** Each has { usage, run(args): the exit code, or a promise of it }, and is loaded when it is called. */
const COMMANDS = {
  secret: {
    says: 'print a new secret, or a key in PEM',
    load: () => require('./commands/secret.js'),
  },
  doctor: {
    says: 'look at what an app meets on the way from version 3 to 4',
    load: () => require('./commands/doctor.js'),
  },
  build: {
    says: 'compile the native addon on this machine, where none is prebuilt',
    load: () => require('./commands/build.js'),
  },
};

function usage() {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(([name, { says }]) => `  ${name.padEnd(width)}  ${says}`);
  return [
    'Usage: secure-web-token <command> [options]\n',
    ...lines,
    '\nMore about one: secure-web-token <command> --help\n',
  ].join('\n');
}

/** What cannot be read is the caller's to know; all else is a bug of ours. */
function complaintOf(error) {
  if (error instanceof CallError) return error.message;
  if (error.syscall !== undefined) return `${error.code} ${error.path ?? ''}`.trim();
  throw error;
}

/**
 * Runs the command line tool.
 *
 * @param {string[]} args without node and the script
 * @returns {Promise<number>} the exit code: 0, 1 when the command has something to report, 2 for a wrong call
 */
async function main([name, ...args]) {
  if (name === '--help' || name === '-h') {
    process.stdout.write(usage());
    return 0;
  }
  if (!Object.hasOwn(COMMANDS, name ?? '')) {
    process.stderr.write(usage());
    return 2;
  }

  const command = COMMANDS[name].load();
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(command.usage);
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    process.stderr.write(`secure-web-token ${name}: ${complaintOf(error)}\n\n${command.usage}`);
    return 2;
  }
}

module.exports = { main };
