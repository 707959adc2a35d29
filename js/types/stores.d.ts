/** Where sessions and spent proofs are kept. */

import type { AuditLogger, Lifetime, verify } from './tokens.js';

/** A session as a store keeps it. */
export interface Session {
  /** A lower-case UUID. */
  sessionId: string;
  userId: string | number;
  /** The thumbprint of the key that it is bound to, 43 characters. */
  jkt?: string;
}

/** Where sessions and spent proofs are kept: a store of this package, or one of your own. See docs/stores.md. */
export type Store = RedisStore | MemoryStore | SessionKeeper | AskedStore;

/**
 * A store of your own that keeps sessions, as in version 3. Its methods may be inherited, and may give promises. What
 * they throw or reject, and what comes after 5 seconds, is 'unavailable'.
 *
 * Proofs are then spent in each process by itself, and `refresh` is refused unless `insecureRefreshReuse` allows it. A
 * warning says so once.
 */
export interface SessionKeeper {
  /** Keeps a session under its id, which is new. */
  registerSession(session: Session): unknown;
  /**
   * The session with this id; null or undefined when there is none, or not any more. Members besides these three are
   * not looked at.
   */
  getSession(sessionId: string): MaybePromise<FoundSession | null | undefined>;
  /** Ends it: a `getSession` that starts afterwards finds nothing. An unknown id is no error. */
  revokeSession(sessionId: string): unknown;
}

export interface FoundSession {
  sessionId: string;
  /** Of the type that was registered: the user "7" is not the user 7. */
  userId: string | number;
  jkt?: string | null;
}

/** A store of your own that can do all that RedisStore does. It is asked everything; other methods are not called. */
export interface AskedStore {
  /**
   * Does what is asked in one step that is atomic for all who use the database, and says what was found. What it throws
   * or rejects, and what comes after 5 seconds, is 'unavailable'.
   */
  ask(question: StoreQuestion): MaybePromise<StoreAnswer>;
}

/** What AskedStore is asked. Ids are lower-case UUIDs; docs/stores.md says what each type asks for. */
export type StoreQuestion =
  | {
      type: 'register';
      sessionId: string;
      /** The text to keep. */
      record: string;
      /** How long to keep it, unless your sessions live for another time. */
      lifeSeconds: number;
      /** Of the refresh token that goes with the session; null when there is none. */
      refreshHash: string | null;
    }
  | ({ type: 'verify' } & RequestQuestion)
  | ({
      type: 'rotate';
      presentedHash: string;
      successorHash: string;
      /** For how long after a rotation the one before is 'superseded', and not 'reused'. */
      graceSeconds: number;
      /** How long the session lives from now on, at least. */
      lifeSeconds: number;
      /** A refresh token of version 3, which was never registered. */
      legacy: boolean;
    } & RequestQuestion)
  | { type: 'revoke'; sessionId: string }
  | { type: 'lookup'; sessionId: string };

export interface RequestQuestion {
  sessionId: string;
  /** What the kept text must be, byte for byte; else nothing is spent, and the answer is 'mismatch'. */
  record: string;
  /** To be spent last; null when there is none. */
  proof: {
    id: string;
    /** The name of the request: the same proof of the same request is no replay. */
    attempt: string;
    /** How long to remember it. */
    lifeSeconds: number;
    /** How many of one session to remember; past it the answer is 'full'. */
    max: number;
  } | null;
}

export interface StoreAnswer {
  result: 'ok' | 'missing' | 'revoked' | 'mismatch' | 'proof_used' | 'taken' | 'superseded' | 'reused' | 'full';
  /** The text that is kept: with 'ok' to verify, rotate and lookup, and with 'mismatch'. */
  record?: string;
}

export type MaybePromise<Value> = Value | PromiseLike<Value>;

export interface MemoryStoreOptions {
  /** How long a session lives. Default: 86400 seconds, or as long as its refresh token if that is longer. */
  ttl?: Lifetime;
  /** Sessions and remembered revocations together. When it is full, logins are 'unavailable'. Default: 100000. */
  maxSessions?: number;
  /** Gets the event `revoke`. */
  auditLogger?: AuditLogger | null;
}

export interface RedisStoreOptions {
  /** What the keys begin with, at most 128 bytes. Default: "swt:session:". */
  prefix?: string;
  /** How long a session lives. Default: 86400 seconds, or as long as its refresh token if that is longer. */
  ttl?: Lifetime;
  /** How long an operation may take, connecting included, in milliseconds. Default: 250. */
  timeout?: number;
  /** Gets the event `revoke`. */
  auditLogger?: AuditLogger | null;
}

export interface SessionStore {
  /**
   * Registers a session. `sign` does this for its own ones.
   *
   * @throws {SwtError} kind 'usage' for what is no session and for an id that is taken, 'unavailable' when the store
   *   did not confirm: the session may have been registered all the same, so try again under a new id
   */
  registerSession(session: Session): Promise<void>;

  /**
   * Looks a session up; null when there is none.
   *
   * @throws {SwtError} kind 'unavailable' when the store could not tell
   */
  getSession(sessionId: string): Promise<Session | null>;

  /**
   * Ends a session. Once this has resolved, every verification that starts is refused. A session that is unknown or has
   * ended, and an id that cannot be one, is no error.
   *
   * @throws {SwtError} kind 'unavailable' when the store did not confirm: the session may still be alive
   */
  revokeSession(sessionId: string): Promise<void>;
}

/**
 * Sessions and spent proofs in Redis, over the application's own client of "redis" or "ioredis": a single one, a pool
 * or a cluster. One round trip for each verification.
 *
 * When Redis does not answer in time, or answers anything but what is expected, the operation fails as 'unavailable':
 * never as valid, and never as logged out.
 *
 * @example
 * const client = createClient();
 * await client.connect();
 * const store = new RedisStore(client, { prefix: 'auth:session:', ttl: '24h' });
 */
export class RedisStore implements SessionStore {
  /** @throws {SwtError} kind 'usage' for another client, or options that cannot work */
  constructor(client: object, options?: RedisStoreOptions);
  registerSession(session: Session): Promise<void>;
  getSession(sessionId: string): Promise<Session | null>;
  revokeSession(sessionId: string): Promise<void>;
  #private;
}

/**
 * Sessions and spent proofs in the memory of this process, for a first run, for tests, and for a service of one
 * process. It is bounded, and when it is full it answers 'unavailable': it never forgets a session, a revocation or a
 * spent proof early.
 */
export class MemoryStore implements SessionStore {
  /** @throws {SwtError} kind 'usage' for options that cannot work */
  constructor(options?: MemoryStoreOptions);
  registerSession(session: Session): Promise<void>;
  getSession(sessionId: string): Promise<Session | null>;
  revokeSession(sessionId: string): Promise<void>;
  #private;
}
