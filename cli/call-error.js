'use strict';

const { parseArgs } = require('node:util');

/** A call of the command line tool that makes no sense: answered with the usage and exit code 2. */
class CallError extends Error {}

/** parseArgs of node:util; what it refuses is a CallError. */
function readArgs(args, options, { positionals = 0 } = {}) {
  let read;
  try {
    read = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new CallError(error.message);
  }
  if (read.positionals.length > positionals) throw new CallError(`too many arguments: at most ${positionals}`);
  return read;
}

module.exports = { CallError, readArgs };
