'use strict';

/** Stores as an application writes them. */

const fs = require('node:fs');
const path = require('node:path');

const GUIDE = path.join(__dirname, '..', '..', 'docs', 'stores.md');

/** The store of docs/stores.md, letter by letter. */
function loadMapStore() {
  const [code] = /^const MAX_SESSIONS[\s\S]*?^}$/m.exec(fs.readFileSync(GUIDE, 'utf8'));
  return new Function(`${code}\nreturn MapStore;`)();
}

/** Three methods over a Map, as in version 3. `called` lists what was asked for. */
class SyncStore {
  sessions = new Map();
  called = [];

  registerSession(session) {
    this.called.push(['registerSession', session]);
    this.sessions.set(session.sessionId, session);
  }

  getSession(sessionId) {
    this.called.push(['getSession', sessionId]);
    return this.sessions.get(sessionId);
  }

  revokeSession(sessionId) {
    this.called.push(['revokeSession', sessionId]);
    this.sessions.delete(sessionId);
  }
}

/** The same as a database's driver would do it: inherited methods that give promises, and null for nothing. */
class AsyncStore extends SyncStore {
  async registerSession(session) {
    await new Promise(setImmediate);
    super.registerSession(session);
  }

  async getSession(sessionId) {
    await new Promise(setImmediate);
    return super.getSession(sessionId) ?? null;
  }

  async revokeSession(sessionId) {
    await new Promise(setImmediate);
    super.revokeSession(sessionId);
  }
}

/** An object without a class. */
function plainStore() {
  const store = new SyncStore();
  return {
    sessions: store.sessions,
    called: store.called,
    registerSession: (session) => store.registerSession(session),
    getSession: (sessionId) => store.getSession(sessionId),
    revokeSession: (sessionId) => store.revokeSession(sessionId),
  };
}

/** Values that are no answer to anything: of other types, or hostile to whoever looks at them. */
function* noAnswers() {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const thrower = () => {
    throw new Error('a password');
  };
  yield* ['', 'ok', 0, 1, true, false, 7n, Symbol('s'), [], {}, () => ({ result: 'ok' }), new Map()];
  yield new Proxy({}, { get: (target, name) => (name === 'then' ? undefined : thrower()) });
  yield revoked.proxy;
  yield Object.defineProperty({}, 'then', { get: thrower });
  yield { then: thrower };
}

module.exports = { SyncStore, AsyncStore, plainStore, loadMapStore, noAnswers };
