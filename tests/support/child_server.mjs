/**
 * Runs a script that serves HTTP as a real process of its own, ended by its pid.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const START_DEADLINE_MS = 10_000;
const STOP_DEADLINE_MS = 3_000;
const running = new Set();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * @param {URL} script
 * @param {string[]} args
 * @param {RegExp} ready what the script prints when it listens
 * @param {string[]} [command] what runs the script, when it is not this node
 * @returns {Promise<{ pid: number, output: () => string, alive: () => boolean, stop: () => Promise<void> }>}
 */
export async function startChildServer(script, args, ready, command = [process.execPath]) {
  // The script is to end when its standard input does: so it ends with the test, however that ends.
  const [program, ...first] = command;
  const child = spawn(program, [...first, fileURLToPath(script), ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  running.add(child);

  let output = '';
  const gone = once(child, 'exit').then(() => running.delete(child));
  const alive = () => running.has(child);
  const listening = new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${fileURLToPath(script)} ${why}:\n${output}`));
    const collect = (bytes) => {
      output += bytes;
      if (ready.test(output)) resolve();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('exit', (code, signal) => fail(`ended with ${code ?? signal}`));
    setTimeout(() => fail(`was not ready in ${START_DEADLINE_MS} ms`), START_DEADLINE_MS).unref();
  });

  async function stop() {
    if (alive()) child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
    await gone;
    clearTimeout(timer);
  }

  try {
    await listening;
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: child.pid, output: () => output, alive, stop };
}
