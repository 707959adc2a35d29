// npm run sanitize: builds the library and its C++ tests with sanitizers, in build/asan (bad memory accesses, leaks, undefined
// behaviour) and build/tsan (data races), and runs them there. Takes minutes, so it is no part of npm test.
// npm run sanitize -- asan, or tsan: only that one.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');

require('./lib/node-version');
const { root, run, step, Stop } = require('./lib/step');
const { installSystemPackages } = require('./lib/system');

const variants = {
  asan: {
    sanitizer: 'address',
    targets: ['swt', 'swt_abuse_tests', 'swt_manners_tests', 'swt_unit_tests', 'swt_stores_tests'],
    programs: ['swt_abuse_tests', 'swt_manners_tests', 'swt_unit_tests', 'swt_stores_tests'],
    // malloc must fail like everybody's, with NULL and no report: huge sizes are among what is tested.
    env: { ASAN_OPTIONS: 'allocator_may_return_null=1:detect_leaks=1', UBSAN_OPTIONS: 'print_stacktrace=1' },
  },
  tsan: {
    sanitizer: 'thread',
    targets: ['swt', 'swt_manners_tests', 'swt_stores_tests'],
    programs: ['swt_manners_tests', 'swt_stores_tests'],
    env: { TSAN_OPTIONS: 'halt_on_error=1' },
    // Not what ends in the middle, and not a second libswt.so: it says nothing of races in the first.
    filter: '-Exit.*:Loading.*',
  },
};

function build(name, { sanitizer, targets }) {
  const folder = path.join('build', name);
  const settings = [
    ...['-DCMAKE_BUILD_TYPE=Debug', '-DCMAKE_CXX_FLAGS_DEBUG=-O1 -g1', '-DCMAKE_C_FLAGS_DEBUG=-O1 -g1'],
    ...['-DSWT_BUILD_TESTS=ON', `-DSWT_SANITIZE=${sanitizer}`],
  ];
  step(name, `building with -fsanitize=${sanitizer}`, [
    ['cmake', '-S', '.', '-B', folder, ...settings],
    ['cmake', '--build', folder, '--parallel', String(os.availableParallelism()), '--target', ...targets],
  ]);
}

// The programs' own last lines are the result, so their output goes straight through, without each test's own.
function test(name, { programs, env, filter }) {
  const failed = [];
  for (const program of programs) {
    const file = path.join(root, 'build', name, program);
    if (!fs.existsSync(file)) continue;
    console.log(`${name}: ${program}`);
    const args = ['--gtest_brief=1', ...(filter ? [`--gtest_filter=${filter}`] : [])];
    // The kernel may lay a program out where a sanitizer of threads keeps its own memory.
    const command = name === 'tsan' ? ['setarch', os.machine(), '--addr-no-randomize', file] : [file];
    const result = spawnSync(command[0], [...command.slice(1), ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (result.error) console.error(`${name}: ${program}: ${result.error.message}`);
    if (result.status !== 0) failed.push(`${name} ${program}`);
  }
  return failed;
}

run(() => {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !Object.hasOwn(variants, name));
  if (unknown !== undefined) throw new Stop(`sanitize: ${unknown} is none of ${Object.keys(variants).join(', ')}`);

  installSystemPackages(['build', 'test']);
  const failed = [];
  for (const [name, variant] of Object.entries(variants)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    build(name, variant);
    failed.push(...test(name, variant));
  }
  if (failed.length > 0) throw new Stop(`sanitize: FAILED in ${failed.join(', ')}`);
});
