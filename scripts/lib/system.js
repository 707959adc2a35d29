// The tools and libraries that are not npm's. On Debian and its relatives what is missing is installed; elsewhere it is
// named.
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const { NEEDS: NEEDS_TO_BUILD, command, library, output } = require('../../cli/build/needs');
const { step, Stop } = require('./step');

const runs = (name, ...args) => () => output(name, args) !== null;

// Debian's package, what it is elsewhere, and how to see that it is there without asking dpkg.
const NEEDS = {
  build: NEEDS_TO_BUILD,
  test: [
    ['libgtest-dev', 'GoogleTest', library('gtest')],
    ['redis-server', 'redis-server', command('redis-server')],
    ['openssl', 'the openssl command', command('openssl')],
    ['abigail-tools', 'abidw and abidiff (libabigail)', command('abidiff')],
    ['doxygen', 'doxygen 1.9 or later', command('doxygen')],
    // For the wrappers of bindings/.
    ['python3', 'Python 3', command('python3')],
    ['ruby', 'Ruby 3', command('ruby')],
    ['ruby-minitest', 'the gem minitest', runs('ruby', '-e', 'require "minitest"')],
    ['ruby-ffi', 'the gem ffi', runs('ruby', '-e', 'require "ffi"')],
    ['php-cli', 'PHP 8 with FFI', runs('php', '-r', 'exit(extension_loaded("FFI") ? 0 : 1);')],
    ['luajit', 'LuaJIT 2.1', command('luajit')],
    ['golang-go', 'Go 1.19 or later', command('go')],
  ],
  docs: [['doxygen', 'doxygen 1.9 or later', command('doxygen')]],
};

function installSystemPackages(purposes) {
  const missing = findMissing(purposes.flatMap((purpose) => NEEDS[purpose]));
  if (missing.length === 0) return;

  const packages = missing.map(([name]) => name);
  if (!command('apt-get')() || !command('dpkg-query')()) {
    throw new Stop(`setup: these are needed and were not found: ${missing.map(([, what]) => what).join(', ')}`);
  }
  const asRoot = howToBecomeRoot();
  if (asRoot === null) {
    throw new Stop(`setup: these Debian packages are needed, and installing them takes root: ${packages.join(' ')}`);
  }
  install(packages, asRoot);
}

// dpkg-query answers for all packages at once; only what it does not know is looked for in other ways, so that a
// compiler or a CMake from elsewhere will do.
function findMissing(needs) {
  const installed = installedPackages(needs.map(([name]) => name));
  return needs.filter(([name, , isThere]) => !installed.has(name) && !isThere());
}

function installedPackages(names) {
  // dpkg-query fails when one of the packages is unknown, and still lists the others.
  const format = '${db:Status-Status} ${Package}\n';
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', format, ...names], { encoding: 'utf8' });
  const lines = (stdout || '').split('\n').filter((line) => line.startsWith('installed '));
  return new Set(lines.map((line) => line.split(' ')[1]));
}

// howToBecomeRoot returns what to put before a command: nothing for root, sudo where it works, null where nothing does.
function howToBecomeRoot() {
  if (process.getuid() === 0) return [];
  if (output('sudo', ['-n', 'true']) !== null) return ['sudo', '-n'];
  // sudo may ask for a password only where somebody can answer.
  return command('sudo')() && process.stdin.isTTY ? ['sudo'] : null;
}

function install(packages, asRoot) {
  // The package redis-server starts a server, and at every boot again. The tests start their own, on their own ports,
  // and nobody asked for another: RUNLEVEL=1 (single user) keeps System V init from it, and where systemd runs, which
  // does not look at that, the unit is ended. Without an init, as in a container, Debian starts none.
  const environment = ['DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1'];
  const apt = [...asRoot, 'env', ...environment, 'apt-get', '-o', 'DPkg::Lock::Timeout=120'];
  const commands = [
    [...apt, 'update'],
    [...apt, 'install', '-y', '--no-install-recommends', ...packages],
  ];
  if (packages.includes('redis-server') && fs.existsSync('/run/systemd/system')) {
    commands.push([...asRoot, 'systemctl', 'disable', '--now', 'redis-server.service']);
  }
  step('setup', `installing ${packages.join(' ')}`, commands, { stdin: 'inherit' });
}

module.exports = { installSystemPackages };
