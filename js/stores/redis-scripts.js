'use strict';

const { createHash } = require('node:crypto');

const native = require('../addon/native.js');

/** The scripts of the core, by number, each with the SHA-1 that Redis knows it by. */
const scripts = native.redisScripts().map((source) => ({
  source,
  sha: createHash('sha1').update(source).digest('hex'),
}));

module.exports = { scripts };
