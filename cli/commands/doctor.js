'use strict';

const fs = require('node:fs');
const path = require('node:path');

const { CallError, readArgs } = require('../call-error.js');
const { readSources } = require('../doctor/files.js');
const { checkVersions, readPackages } = require('../doctor/packages.js');
const { readProject } = require('../doctor/project.js');
const { checkRedis } = require('../doctor/redis.js');
const { asText } = require('../doctor/report.js');
const rules = require('../doctor/rules/index.js');
const { checkRuntime } = require('../doctor/runtime.js');

const usage = `Usage: secure-web-token doctor [folder] [--redis <url>] [--json]

Looks at an app (default: this folder) for what version 4 does differently from version 3, and at this machine. It runs
nothing of the app, writes nothing, and contacts nobody. What it finds is a place to look at, and no verdict; what it
does not find may be there all the same.

  --redis <url>  asks this server too, through the redis or ioredis that is installed in the app: its version, its
                 maxmemory-policy, and whether scripts are permitted
  --json         the same for machines

Exit code: 0 nothing found, 1 something to look at, 2 a wrong call
`;

const OPTIONS = { redis: { type: 'string' }, json: { type: 'boolean' } };

async function findingsIn(project) {
  const findings = new Map();
  for (const file of project.files) {
    for (const rule of rules) {
      for (const finding of await rule(file, project)) {
        const entry = { ...finding, file: file.source.file };
        findings.set(`${entry.file}:${entry.line}:${entry.rule}:${entry.look}`, entry);
      }
    }
  }
  return [...findings.values()].sort((a, b) => (a.file === b.file ? a.line - b.line : 0));
}

function checkFolder(folder) {
  const isFolder = fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory();
  if (!isFolder) throw new CallError('the folder does not exist');
}

function checkUrl(url) {
  const good = URL.canParse(url) && ['redis:', 'rediss:'].includes(new URL(url).protocol);
  if (!good) throw new CallError('--redis takes a url that begins with redis:// or rediss://');
}

const TOO_MUCH = {
  rule: 'not-everything-read',
  look: 'the folder: it has more than is read',
  differs: 'nothing is known of the rest',
  write: 'doctor <folder>, for each part of the app',
};

async function run(args) {
  const { values, positionals } = readArgs(args, OPTIONS, { positionals: 1 });
  const folder = path.resolve(positionals[0] ?? '.');
  checkFolder(folder);
  if (values.redis !== undefined) checkUrl(values.redis);

  const packages = readPackages(folder);
  const { files, large, complete } = readSources(folder);
  const { runtime, findings: ofRuntime } = checkRuntime();
  const ofSources = await findingsIn(readProject(files, packages));
  const { findings: ofRedis = [], ...redis } = values.redis === undefined ? {} : await checkRedis(folder, values.redis);

  const result = {
    runtime,
    versions: packages.versions,
    scanned: { files: files.length, large: large.length, complete },
    redis: values.redis === undefined ? undefined : redis,
    findings: [...ofRuntime, ...checkVersions(packages), ...(complete ? [] : [TOO_MUCH]), ...ofSources, ...ofRedis],
  };
  process.stdout.write(values.json ? `${JSON.stringify(result, undefined, 2)}\n` : asText(result));
  return result.findings.length === 0 ? 0 : 1;
}

module.exports = { usage, run };
