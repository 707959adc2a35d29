import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const { scripts } = createRequire(import.meta.url)('../../../package.json');

const runsDemo = () => promisify(execFile)(process.execPath, ['demo_attack.js'], { cwd: root, timeout: 60_000 });
let demo;

/** Node's own scripts are files that are there and can be read as JavaScript. */
function assertRuns(script) {
  assert.match(scripts[script] ?? '', /^node scripts\/[a-z]+\.js$/, script);
  const [, file] = scripts[script].split(' ');
  execFileSync(process.execPath, ['--check', file], { cwd: root });
}

/** Lines of the demo in which a theft was tried; each of them has to say that it was blocked, and with 401. */
async function assertBlocked(...tries) {
  const { stdout } = await (demo ??= runsDemo());
  const lines = stdout.split('\n');
  for (const tried of tries) {
    const found = lines.filter((line) => line.includes(tried));
    assert.ok(found.length > 0, `the demo does not try: ${tried}`);
    for (const line of found) assert.match(line, /^ +blocked 401 /);
  }
}

export default [
  { claim: 'npm run build is there', test: () => assertRuns('build') },
  { claim: 'npm test is there', test: () => assertRuns('test') },
  {
    claim: 'node demo_attack.js plays the attacks and ends well, and its owner gets in',
    async test() {
      assert.ok(existsSync(`${root}demo_attack.js`));
      const { stdout } = await (demo ??= runsDemo());
      assert.match(stdout, /All [1-9][0-9]* attacks were blocked\./);
      assert.match(stdout, /works +200 logs in/);
      assert.doesNotMatch(stdout, /GOT IN|FAILED/);
    },
  },
  {
    claim: 'it shows a stolen session blocked',
    test: () => assertBlocked('sends the stolen token ', 'sends the stolen token and cookie'),
  },
  {
    claim: 'it shows another device blocked, which has everything but the key',
    test: () => assertBlocked('adds a proof by his own key'),
  },
  {
    claim: 'it shows the token of a session blocked that has logged out',
    test: () => assertBlocked('uses the logged-out token'),
  },
];
