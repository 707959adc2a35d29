'use strict';

/**
 * A real Redis Cluster of three masters without replicas: in memory only, on free loopback ports, each server ended by
 * its pid. Starting it takes a second or two, so one serves a whole test file.
 *
 *     const cluster = await startRedisCluster();
 *     …                                   // cluster.urls, cluster.admin, cluster.nodes, cluster.masterOf(key)
 *     await cluster.stop();
 */

const net = require('node:net');

const ioredis = require('ioredis');

const { startRedis } = require('./redis.js');

const MASTERS = 3;
const SLOTS = 16384;
const BUS_DISTANCE = 10_000; // from a server's port to the one that the others reach it at
const READY_DEADLINE_MS = 20_000;
const ATTEMPTS = 10;

/** Both ports of a server stay below those that the system gives to outgoing connections. */
const FIRST_PORT = 10_100;
const LAST_PORT = 22_000;

/** A dead master is noticed within a second, and the slots of the others are served on. */
const CLUSTER_ARGS = [
  ...['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--cluster-node-timeout', '1000'],
  ...['--cluster-require-full-coverage', 'no', '--cluster-allow-reads-when-down', 'no'],
];

/**
 * @typedef {{ port: number, url: string, pid: number, id: string, admin: ioredis.Redis, stop: () => Promise<void> }} Node
 *
 * @returns {Promise<{ nodes: Node[], urls: string[], admin: ioredis.Cluster, masterOf: (key: string) => Promise<Node>,
 *   stop: () => Promise<void> }>}
 */
async function startRedisCluster() {
  const nodes = [];
  const admins = [];
  const stop = async () => {
    for (const admin of admins) admin.disconnect();
    await Promise.all(nodes.map((node) => node.stop()));
  };

  try {
    for (let i = 0; i < MASTERS; i++) {
      const server = await startMaster();
      const admin = new ioredis.Redis(server.url).on('error', () => {});
      admins.push(admin);
      nodes.push({ ...server, admin, id: await admin.cluster('MYID') });
    }
    await join(nodes);
    const urls = nodes.map(({ url }) => url);
    const admin = new ioredis.Cluster(urls).on('error', () => {});
    admins.push(admin);
    return { nodes, urls, admin, masterOf: (key) => masterOf(nodes, key), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Between finding a pair of ports and using it another process may have taken one. */
async function startMaster() {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startRedis({ port: await freePair(), args: CLUSTER_ARGS });
    } catch (error) {
      if (!/Address already in use/.test(error.message) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function join(nodes) {
  const [first, ...others] = nodes;
  for (const [i, { admin }] of nodes.entries()) {
    await admin.cluster('SET-CONFIG-EPOCH', i + 1);
    await admin.cluster('ADDSLOTSRANGE', firstSlot(i), firstSlot(i + 1) - 1);
  }
  for (const { port } of others) await first.admin.cluster('MEET', '127.0.0.1', port);
  await Promise.all(nodes.map(isServing));
}

const firstSlot = (i) => Math.floor((i * SLOTS) / MASTERS);

/** All of them must know all slots: a client may ask any. */
async function isServing({ admin, port }) {
  const deadline = Date.now() + READY_DEADLINE_MS;
  for (;;) {
    const info = await admin.cluster('INFO');
    if (info.includes('cluster_state:ok') && info.includes(`cluster_slots_ok:${SLOTS}`)) return;
    if (Date.now() > deadline) throw new Error(`the cluster did not form; ${port} says:\n${info}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** By the first server's view of the slots as they were at the start. */
async function masterOf(nodes, key) {
  const slot = await nodes.find(({ admin }) => admin.status === 'ready').admin.cluster('KEYSLOT', key);
  return nodes.findLast((node, i) => firstSlot(i) <= slot);
}

async function freePair() {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
    if ((await isFree(port)) && (await isFree(port + BUS_DISTANCE))) return port;
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.on('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

module.exports = { startRedisCluster };
