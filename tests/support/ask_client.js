'use strict';

/** One of several processes of a service. Its store is the parent's, over the channel between them. */

const { sign, verify } = require('secure-web-token');

const waiting = new Map();
let asked = 0;

const store = {
  ask(question) {
    const id = ++asked;
    process.send({ id, question });
    return new Promise((resolve) => waiting.set(id, resolve));
  },
};

const tasks = {
  sign: ({ data, secret, options }) => sign(data, secret, { ...options, store }),
  verify: ({ token, secret, options }) => verify(token, secret, { ...options, store }),
};

process.on('message', async ({ id, answer, task, ...input }) => {
  if (task === undefined) {
    waiting.get(id)(answer);
    return;
  }
  try {
    process.send({ done: await tasks[task](input) });
  } catch (error) {
    process.send({ failed: error.code ?? String(error) });
  }
});
