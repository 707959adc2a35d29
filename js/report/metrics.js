'use strict';

const native = require('../addon/native.js');
const { kindOf } = require('./errors.js');

const OPERATIONS = 'swt_operations_total';
const LEGACY = 'swt_legacy_accepted_total';

const HELP = {
  [OPERATIONS]: 'Operations by what came of them.',
  [LEGACY]: 'Things of version 3 that were accepted because of acceptLegacy.',
};

/** Each operation's counts by status: the numbers of the core are few, so neither grows with what clients send. */
const operations = { sign: new Map(), verify: new Map(), refresh: new Map(), revoke: new Map() };
const legacy = new Map();

function increment(counts, key) {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** @param {'sign' | 'verify' | 'refresh' | 'revoke'} operation */
function countOperation(operation, status) {
  increment(operations[operation], status);
}

function countLegacy(what) {
  increment(legacy, what);
}

function operationCounters() {
  return Object.entries(operations).flatMap(([operation, counts]) =>
    [...counts].map(([status, value]) => {
      const outcome = status === 0 ? 'ok' : kindOf(status);
      const code = status === 0 ? 'ok' : native.statusName(status);
      return { name: OPERATIONS, labels: { operation, outcome, code }, value };
    }),
  );
}

function legacyCounters() {
  return [...legacy].map(([what, value]) => ({ name: LEGACY, labels: { what }, value }));
}

/**
 * What happened in this process, or in this worker thread, since it started.
 *
 * @returns {import('../index.js').Counter[]}
 */
function counters() {
  return [...operationCounters(), ...legacyCounters()];
}

function sampleOf({ name, labels, value }) {
  // Labels are names of our own, without anything that would need to be escaped.
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
  return `${name}{${pairs.join(',')}} ${value}`;
}

/** The counters in the text format that Prometheus reads (version 0.0.4). */
function text() {
  const all = counters();
  const lines = Object.entries(HELP).flatMap(([name, help]) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} counter`,
    ...all.filter((counter) => counter.name === name).map(sampleOf),
  ]);
  return `${lines.join('\n')}\n`;
}

module.exports = { metrics: { counters, text }, countOperation, countLegacy };
