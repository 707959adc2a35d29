'use strict';

/** What callers pass to a store that is no session, and no id of one. */

const { randomUUID } = require('node:crypto');

/** An id that could be one, in what is no session all the same. */
const id = randomUUID();

const NO_SESSIONS = [
  undefined,
  null,
  'x',
  7,
  [],
  new Map(),
  {},
  { sessionId: id },
  { userId: 'alice' },
  { sessionId: 'x', userId: 'alice' },
  { sessionId: id.toUpperCase(), userId: 'alice' },
  { sessionId: [id], userId: 'alice' },
  { sessionId: id, userId: '' },
  { sessionId: id, userId: null },
  { sessionId: id, userId: 0 },
  { sessionId: id, userId: {} },
  { sessionId: id, userId: 'alice', jkt: 'short' },
  { sessionId: id, userId: 'alice', jkt: null },
  { sessionId: id, userId: 'alice', admin: true },
  { sessionId: id, userId: 'a\u0000b' },
];

const IMPOSSIBLE_IDS = [
  undefined,
  null,
  true,
  7,
  '',
  'x',
  [],
  {},
  [id],
  { toString: () => id },
  Symbol('x'),
  '*',
  'c:{x}',
  '\ud800',
  '\r\nDEL x',
  'a'.repeat(2 ** 20),
  id.toUpperCase(),
];

module.exports = { NO_SESSIONS, UNREGISTERED_ID: id, IMPOSSIBLE_IDS };
