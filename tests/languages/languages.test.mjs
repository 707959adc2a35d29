// The wrappers for other languages, each by its own test, against the libswt.so that was built; or against the one that
// SWT_LIBRARY names, with libswt.so beside it. A language that is not installed is skipped, and the reason is said.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const library = process.env.SWT_LIBRARY || join(root, 'build', 'core', 'libswt.so.0');
const folder = dirname(library);

// Go takes quotes around what has spaces. It gets a cache of its own: the user's home is not ours to write to.
const goEnvironment = {
  CGO_ENABLED: '1',
  CGO_CFLAGS: `-g -O1 '-I${join(root, 'include')}'`,
  CGO_LDFLAGS: `'-L${folder}' -lswt '-Wl,-rpath,${folder}'`,
  GOCACHE: join(root, 'build', 'go', 'cache'),
  GOPATH: join(root, 'build', 'go', 'path'),
  GOENV: 'off',
  GOFLAGS: '-buildvcs=false',
  GOPROXY: 'off',
};

// probe: a command that succeeds where all is there that the test needs. passed: the line, or the lines, that count.
const LANGUAGES = [
  {
    name: 'python',
    probe: ['python3', '-c', 'import ctypes, unittest'],
    needs: 'python3',
    command: ['python3', 'bindings/python/test_swt.py'],
    passed: /^Ran (\d+) tests? in/m,
  },
  {
    name: 'ruby',
    probe: ['ruby', '-e', 'require "ffi"; require "minitest"'],
    needs: 'ruby with ffi and minitest (Debian: ruby ruby-ffi)',
    command: ['ruby', 'bindings/ruby/test_swt.rb'],
    passed: /^(\d+) runs, /m,
  },
  {
    name: 'php',
    probe: ['php', '-d', 'ffi.enable=1', '-r', 'exit(extension_loaded("FFI") ? 0 : 1);'],
    needs: 'php 8 with FFI (Debian: php-cli)',
    command: ['php', '-d', 'ffi.enable=1', 'bindings/php/test_swt.php'],
    passed: /\b(\d+) (?:tests?\b|passed\b)/,
  },
  {
    name: 'lua',
    probe: ['luajit', '-v'],
    needs: 'luajit',
    command: ['luajit', 'bindings/lua/test_swt.lua'],
    passed: /^lua: (\d+) tests passed/m,
  },
  {
    name: 'go',
    probe: ['go', 'version'],
    needs: 'go 1.19 or later (Debian: golang-go)',
    command: ['go', 'test', '-v', '-count=1', '-timeout=120s', './...'],
    cwd: 'bindings/go',
    env: goEnvironment,
    passed: /^--- PASS: /gm,
    limitSeconds: 400, // the first build of all
  },
];

describe('the wrapper for', () => {
  for (const language of LANGUAGES) {
    it(language.name, { skip: whyNot(language) }, async (t) => {
      assert.ok(existsSync(library), `${library} is missing: npm run build`);
      const { end, output } = await run(language);
      assert.equal(end, 'exit code 0', `${language.command.join(' ')}: ${end}\n${output}`);

      const count = countPassed(output, language.passed);
      assert.ok(count > 0, `${language.command.join(' ')} does not say that it ran a test:\n${output}`);
      t.diagnostic(`${language.name}: ${count} tests`);
      for (const line of output.split('\n').filter(saysSkipped)) t.diagnostic(line.trim());
    });
  }
});

function whyNot({ probe: [command, ...args], needs }) {
  const { status } = spawnSync(command, args, { env: environment(), stdio: 'ignore', timeout: 60_000 });
  return status === 0 ? false : `not installed: ${needs}`;
}

const saysSkipped = (line) => /skip/i.test(line) && !/\b0 skip/.test(line);

function countPassed(output, pattern) {
  if (pattern.global) return output.match(pattern)?.length ?? 0;
  return Number(pattern.exec(output)?.[1] ?? 0);
}

function environment(more = {}) {
  return { ...process.env, SWT_LIBRARY: library, PYTHONDONTWRITEBYTECODE: '1', ...more };
}

/** Runs a language's test to its end, or to the limit: then it is ended with all that it has started. */
function run({ command: [command, ...args], cwd = '.', env, limitSeconds = 150 }) {
  return new Promise((resolve, reject) => {
    const options = { cwd: join(root, cwd), env: environment(env), stdio: ['ignore', 'pipe', 'pipe'], detached: true };
    const child = spawn(command, args, options);
    const endGroup = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // it has ended by itself
      }
    };
    let output = '';
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      endGroup();
    }, limitSeconds * 1000);
    process.once('exit', endGroup);

    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => (output += text));
    }
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(limit);
      process.off('exit', endGroup);
      const ended = signal ? `ended by ${signal}` : `exit code ${code}`;
      resolve({ end: late ? `not done after ${limitSeconds} s` : ended, output });
    });
  });
}
