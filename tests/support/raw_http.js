'use strict';

/** HTTP byte by byte: headers twice, in any order and spelling, which fetch would not send. */

const { once } = require('node:events');
const http = require('node:http');
const net = require('node:net');

function withoutChunks(text) {
  const lineEnd = text.indexOf('\r\n');
  const size = Number.parseInt(text.slice(0, lineEnd), 16) || 0;
  const start = lineEnd + 2;
  return size === 0 ? '' : text.slice(start, start + size) + withoutChunks(text.slice(start + size + 2));
}

function parse(text) {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine, ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const rest = text.slice(end + 4);
  const body = headers['transfer-encoding'] === 'chunked' ? withoutChunks(rest) : rest;
  return { status: Number(statusLine.split(' ')[1]), headers, body };
}

/** A server on a free loopback port, and requests to it. */
class RawServer {
  constructor(listener) {
    this.http = http.createServer(listener);
  }

  async start() {
    this.http.listen(0, '127.0.0.1');
    await once(this.http, 'listening');
    this.port = this.http.address().port;
    return this;
  }

  stop() {
    this.http.closeAllConnections();
    this.http.close();
  }

  /** @param {object | string[][]} headers sent exactly as they are given; a Host is added where none is */
  async send(headers, { method = 'GET', path = '/' } = {}) {
    const lines = [`${method} ${path} HTTP/1.1`];
    const pairs = Array.isArray(headers) ? headers : Object.entries(headers);
    if (!pairs.some(([name]) => name.toLowerCase() === 'host')) lines.push(`Host: 127.0.0.1:${this.port}`);
    if (!pairs.some(([name]) => name.toLowerCase() === 'connection')) lines.push('Connection: close');
    for (const [name, value] of pairs) lines.push(`${name}: ${value}`);
    const socket = net.connect(this.port, '127.0.0.1');
    // Not end: a server may take a connection that is half closed for one that is gone.
    socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    const chunks = [];
    for await (const chunk of socket) chunks.push(chunk);
    return parse(Buffer.concat(chunks).toString('latin1'));
  }
}

module.exports = { RawServer };
