// An application as a user writes it: main.mjs <redis url> <number of workers>. One line for each check that passed.
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

import { checks } from './checks/index.mjs';

async function runChecks(redisUrl, say) {
  for (const [name, check] of Object.entries(checks)) {
    await check(redisUrl);
    say(name);
  }
}

function runInWorker(redisUrl) {
  return new Promise((resolve, reject) => {
    const passed = [];
    const worker = new Worker(new URL(import.meta.url), { workerData: { redisUrl } });
    worker.on('message', (name) => passed.push(name));
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 ? resolve(passed) : reject(new Error(`a worker ended with ${code}`))));
  });
}

if (isMainThread) {
  const [redisUrl, workers] = process.argv.slice(2);
  await runChecks(redisUrl, (name) => console.log(`main: ${name}`));

  const inWorkers = await Promise.all(Array.from({ length: Number(workers) }, () => runInWorker(redisUrl)));
  for (const passed of inWorkers) console.log(`worker: ${passed.join(' + ')}`);
} else {
  await runChecks(workerData.redisUrl, (name) => parentPort.postMessage(name));
}
