/**
 * secure-web-token: encrypted session tokens, bound to a key that the client holds and to a session that can be ended.
 */

/** A client's public P-256 key as a JWK (RFC 7517). Other members than these four are allowed, private ones are not. */
export interface PublicJwk {
  kty: 'EC' | (string & {});
  crv: 'P-256' | (string & {});
  x: string;
  y: string;
  [member: string]: unknown;
}

/**
 * A secret of at least 32 bytes, best 32 random ones in hex, in base64, or as they are; or a key in PEM (RFC 7468): RSA of
 * 2048 to 8192 bits or EC on P-256, PKCS#8, PKCS#1, SEC1 or SubjectPublicKeyInfo, not encrypted. A private key signs and
 * checks, a public key checks. Whatever has a PEM block in it is a PEM and never a secret.
 *
 * One byte repeated and well-known placeholders are refused.
 */
export type SecretText = string | Uint8Array;

/** What tokens are signed and sealed with, wherever it is asked for. */
export type Secret = SecretText | Key | KeyRing;

export interface KeyOptions {
  /** A secret of its own for the encryption. Mandatory with a PEM. Default: the secret serves for both; two are better. */
  encryptionSecret?: SecretText;
  /**
   * Accepts a secret under 32 bytes, which can be guessed from one token. For the time in which an application changes
   * its secret, and no longer. Default: false.
   */
  insecureShortSecret?: boolean;
}

/** A key that was prepared by createKey. Nothing of it can be read back. */
declare class Key {
  private constructor();
  #private;
}
export type { Key };

/**
 * Prepares a secret or a PEM key once. What it gives can stand wherever a secret is asked for, and keeps no text of it.
 *
 * @throws {SwtError} kind 'usage', with a sentence that says what is wrong with the key
 *
 * @example
 * const key = createKey(readFileSync('private.pem'), { encryptionSecret: process.env.SWT_ENCRYPTION_SECRET });
 */
export function createKey(secret: SecretText, options?: KeyOptions): Key;

/** One key of a ring. With a Key as `secret`, its options were given to createKey. */
export interface RingKey extends KeyOptions {
  /**
   * The name that tokens say in their header: 1 to 128 visible ASCII characters but " and \. Chosen by you; it must tell
   * nothing of the key (RFC 7515 section 4.1.4).
   */
  kid: string;
  secret: SecretText | Key;
}

export interface AcceptedKey extends RingKey {
  /** Its tokens are accepted until this moment. Default: without end. */
  until?: Date;
}

/** At most four secrets and at most four PEM keys. */
export interface KeyRingDefinition {
  /** The key that signs; it is accepted too. Without one the ring can only verify. */
  signer?: RingKey;
  /** Keys whose tokens are accepted. A token without kid, from before there was a ring, is tried with them in this order. */
  accepted?: AcceptedKey[];
}

/**
 * Several keys under their names: one signs, the others are accepted, each until its date. So a key is changed without
 * logging anybody out. A change reaches everything that uses the ring, a middleware too.
 *
 * To change a key: the new one as signer, the old one accepted until the last token that it signed has expired. Where
 * processes take that up one after the other, first accept the new key everywhere, then let it sign.
 *
 * @example
 * const keys = new KeyRing({
 *   signer: { kid: '2026-11', secret: process.env.SWT_SECRET },
 *   accepted: [{ kid: '2026-05', secret: process.env.SWT_OLD_SECRET, until: new Date('2026-12-01') }],
 * });
 */
export class KeyRing {
  /** @throws {SwtError} kind 'usage' for an empty ring, a kid that is malformed or there twice, a key that is none */
  constructor(definition: KeyRingDefinition);
  /**
   * Other keys from now on. What has begun is completed with the keys of its begin.
   *
   * @throws {SwtError} kind 'usage' for what is no good ring, or one with a killed key; nothing has changed then
   */
  replace(definition: KeyRingDefinition): void;
  /**
   * Stops accepting a key now and for good, for one that got out, also one that the ring does not have. When it is the
   * signer's, nothing is signed until the ring is replaced. It is known in this process, or worker thread, only.
   *
   * @throws {SwtError} code 'key_id' for what cannot be a kid
   */
  kill(kid: string): void;
  #private;
}

/** A number of seconds, or a text with its unit: "900s", "15m", "24h", "7d", "5000ms". Whole seconds, at least one. */
export type Lifetime = number | string;

/** The claims of the caller. As JSON at most 8192 bytes and 16 levels deep. */
export interface TokenData {
  /** A text of 1 to 256 bytes, or a safe integer other than 0. */
  userId: string | number;
  [claim: string]: any;
}

/** A userId is asked for wherever the type says which members there are. */
type WithUserId<Data> = string extends keyof Data ? unknown : Pick<TokenData, 'userId'>;

/** What a token holds. Times are seconds since 1970. */
export interface TokenPayload<Data extends object = TokenData> {
  data: Data;
  /** When it was issued. */
  iat: number;
  /** When it expires. */
  exp: number;
  /** The key that it is bound to: the SHA-256 thumbprint (RFC 7638) of its JWK. */
  cnf?: { jkt: string };
  /** The session that it belongs to. */
  sid?: string;
  /** The token's own id. */
  jti?: string;
  /** Who issued it, whom it is about, whom it is for (RFC 7519 section 4.1). */
  iss?: string;
  sub?: string;
  aud?: string | string[];
  [claim: string]: unknown;
}

/** A session as a store keeps it. */
export interface Session {
  /** A lower-case UUID. */
  sessionId: string;
  userId: string | number;
  /** The thumbprint of the key that it is bound to, 43 characters. */
  jkt?: string;
}

/** What happened, for an audit log. It never holds a secret, a token or a proof. */
export interface AuditEvent {
  /**
   * A `refresh` comes with the `verify_success` of the refresh token and the `sign` of the next ones before it.
   * `legacy_accepted` says that something of version 3 was accepted because of `acceptLegacy`; its reason says what.
   */
  event: 'sign' | 'verify_success' | 'verify_failure' | 'refresh' | 'revoke' | 'legacy_accepted';
  userId?: string | number;
  /** On failures what the request claimed, when it has the form of an id. */
  sessionId?: string;
  /** On failures the message of the error. */
  reason?: string;
  /** Milliseconds since 1970. */
  timestamp: number;
}

/** Is called and not waited for. What it throws, and a promise that it rejects, changes nothing. */
export type AuditLogger = (event: AuditEvent) => unknown;

/**
 * Whether to accept what version 3 wrote and version 4 would refuse: tokens that do not name their session, proofs
 * without `jti`, and proofs that are checked without method and url. `{ until }` accepts it up to that moment.
 */
export type AcceptLegacy = boolean | { until: Date };

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

interface FoundSession {
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

interface RequestQuestion {
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

type MaybePromise<Value> = Value | PromiseLike<Value>;

interface OperationOptions extends KeyOptions {
  /** Default: true. Turn it off when the audit log shows no `legacy_accepted` any more. */
  acceptLegacy?: AcceptLegacy;
  auditLogger?: AuditLogger | null;
}

/** The HTTP request that a proof came with, and must have been made for. */
interface RequestTarget {
  /**
   * The request's method as it came. Together with `url`; without them a proof is good for any request while
   * `acceptLegacy` is on, and refused when it is off.
   */
  method?: string;
  /** The request's target as it came: path and query, or an absolute http or https url. */
  url?: string;
  /**
   * The request's Host header, to compare with a proof that was made for an absolute url. Only with `url`. Pass
   * `request.headers.host ?? ''`: an empty one matches no absolute url, and without any they are compared by path.
   */
  host?: string;
}

/** What a token must say to be accepted, beyond being good. */
export interface Expectations {
  /** Its `aud` must hold one of these, 1 to 16. Without this it must have no `aud` (RFC 7519 section 4.1.3). */
  audience?: string | string[];
  /** Its `iss` must be one of these. Default: any, or none. */
  issuer?: string | string[];
  /** Its `sub` must be this. Default: any, or none. */
  subject?: string;
  /**
   * How long past its end a token is still good, up to 300 seconds: for machines whose clocks differ. 0 is none.
   * Default: 0.
   */
  clockTolerance?: Lifetime;
  /** How long ago it may have been issued. Default: as long as it lives. */
  maxTokenAge?: Lifetime;
}

export interface SignOptions extends OperationOptions, RequestTarget {
  /** Binds the token and its session to the client's key. Needs `store`, and a key or a proof. Default: false. */
  fingerprint?: boolean;
  /** The client's public key, as an object or as JSON text. Only used with `fingerprint`. */
  clientPublicKey?: PublicJwk | object | string | null;
  /**
   * The login request's own proof: shows that the login comes from the holder of the key, which `clientPublicKey` alone
   * does not. Only used with `fingerprint`; pass `method` and `url` of the login.
   */
  dpopProof?: string | null;
  /** Registers a session, so that it can be ended. `null` says "none"; undefined is refused. Default: null. */
  store?: Store | null;
  /** The lifetime of the access token. Default: 900 seconds. */
  expiresIn?: Lifetime;
  /** Makes a refresh token as well. Default: false. */
  generateRefreshToken?: boolean;
  /** The lifetime of the refresh token. Default: 604800 seconds. */
  refreshExpiresIn?: Lifetime;
  /** Whom the token is for: `aud`. Whoever verifies it must expect one of these. */
  audience?: string | string[];
  /** Who issues it: `iss`. */
  issuer?: string;
  /** Whom it is about: `sub`. */
  subject?: string;
}

export interface SignResult<SessionId = string | undefined, RefreshToken = string | undefined> {
  token: string;
  /** For the session cookie; undefined without a store. */
  sessionId: SessionId;
  /** Undefined unless `generateRefreshToken` asks for it. */
  refreshToken: RefreshToken;
}

type WithStore = { store: Store };
type WithRefreshToken = { generateRefreshToken: true };

export interface VerifyOptions extends OperationOptions, RequestTarget, Expectations {
  /** The session id of the request's cookie. Needed with a store. Anything but a session id is refused. */
  sessionId?: string | null;
  /** `null` says "none"; undefined is refused. Without a store nothing can be revoked. Default: null. */
  store?: Store | null;
  /** The request's x-dpop-proof header. Needed when the token is bound to a key. */
  dpopProof?: string | null;
}

export interface RefreshOptions extends OperationOptions, RequestTarget {
  /** Where the session is. `null` says "none"; undefined is refused. Default: null. */
  store?: Store | null;
  /** The session id of the cookie. Optional: a token of version 4 names its session, and this must then be that one. */
  sessionId?: string | null;
  /** The request's x-dpop-proof header. Needed when the token is bound to a key. */
  dpopProof?: string | null;
  /** The client's key, where it is told: it must be the one that the token is bound to. It proves nothing. */
  clientPublicKey?: PublicJwk | object | string | null;
  /** The claims from now on, of the same user. Default: as they were. */
  data?: object;
  /** The lifetime of the next access token. Default: 900 seconds. */
  expiresIn?: Lifetime;
  /** The lifetime of the next refresh token. Default: 604800 seconds. */
  refreshExpiresIn?: Lifetime;
  /**
   * Refreshes although nothing remembers which refresh tokens were used: without a store, or with one of three methods.
   * A stolen refresh token then works beside its owner's, unseen, until it expires. Default: false.
   */
  insecureRefreshReuse?: boolean;
}

export interface RefreshResult<SessionId = string | undefined> {
  token: string;
  /** As it was; undefined without a store. */
  sessionId: SessionId;
  /** The next one; the one that was traded in is spent. */
  refreshToken: string;
}

/** What guards requests: the options of createAuthenticator, swtMiddleware, swtFastify, swtKoa and swtHono. */
export interface GuardOptions extends OperationOptions, Expectations {
  secret: Secret;
  /** `null` says "none"; undefined is refused. Without a store nothing can be revoked. Default: null. */
  store?: Store | null;
  /** The cookie that holds the session id. Default: "swt_session". */
  cookieName?: string;
  /**
   * Lets a request through as anonymous when it brings no token at all: no Authorization header, or nothing that
   * `getToken` found. A token that is not good, and any other Authorization header, is refused all the same.
   * Default: false.
   */
  optional?: boolean;
  /**
   * Finds the token where it is not in the Authorization header, which is then not looked at. It is given what the
   * framework calls a request: Express's and Fastify's request, Koa's ctx, Hono's c; with createAuthenticator what that
   * is given. undefined says "none"; anything else but a good token is refused. When it throws, the answer is 500.
   */
  getToken?: (request: any) => string | undefined | Promise<string | undefined>;
}

export type AuthenticatorOptions = GuardOptions;

export interface MiddlewareOptions extends GuardOptions {
  /**
   * - `answer`: a refused request is answered by the middleware
   * - `next`: it calls `next(error)` with an SwtHttpError, and the application's error handler answers
   *
   * Default: "answer".
   */
  onRefusal?: 'answer' | 'next';
}

/** A request that brought what it must. */
export interface Authenticated<Data extends object = TokenData> {
  ok: true;
  anonymous: false;
  payload: TokenPayload<Data>;
  /** The data that was signed. */
  data: Data;
  /** The session that was checked; undefined without a store. */
  sessionId: string | undefined;
}

/** A request that brought no token, where that is allowed. */
export interface Anonymous {
  ok: true;
  anonymous: true;
  payload: undefined;
  data: undefined;
  sessionId: undefined;
}

/** A request that must not pass. `status`, `headers` and `body` are what the client is told, and all of it. */
export interface Refused {
  ok: false;
  status: 401 | 500 | 503;
  /** With a challenge (401) or Retry-After (503), Cache-Control, and the Content-Type of the body as JSON. */
  headers: Record<string, string>;
  body: { error: string };
  /** Which check failed: for logs, since it would help an attacker. Its cause is what `getToken` threw. */
  error: SwtError;
}

export type AuthenticationResult<Data extends object = TokenData> = Authenticated<Data> | Anonymous | Refused;

/** A request of node:http, or what is like it. Names of headers are in lower case, as Node.js gives them. */
export interface NodeRequest {
  method?: string | undefined;
  /** Path and query. */
  url?: string | undefined;
  /** What the client asked for, where a router has shortened `url`. */
  originalUrl?: string | undefined;
  headers: { readonly [name: string]: string | readonly string[] | undefined };
  /** Tells whether a header came twice. */
  rawHeaders?: readonly string[] | undefined;
}

/** A Request of the Fetch API. */
export interface FetchRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers: { get(name: string): string | null };
}

/**
 * Says of a request whether it may pass, and what to answer when not. It never rejects, and answers nothing itself.
 *
 * The object stands for one request: when it is given again, it is the second guard of the same request, which may bring
 * the same proof. So do not use one object for several requests, as a pool of them would.
 */
export type Authenticator<Result> = (request: NodeRequest | FetchRequest) => Promise<Result>;

/** What `onRefusal: 'next'` gives to the error handler: with the members that Express and http-errors know. */
export interface SwtHttpError extends SwtError {
  readonly statusCode: 401 | 500 | 503;
  /** The message says which check failed, so it is not for the client. */
  readonly expose: false;
  /** The challenge or Retry-After, and Cache-Control. */
  readonly headers: Record<string, string>;
  /** What the client may be told. */
  readonly body: { error: string };
}

/**
 * What a guard puts on a request that passes, for Hono among the variables of the context, for Koa on its state. With
 * `optional`, both are undefined for an anonymous one.
 *
 * @example
 * const { swt: user } = req as SwtRequest<User>;
 * const app = new Hono<{ Variables: SwtRequest<User> }>();
 */
export interface SwtRequest<Data = any> {
  /** The data that was signed. */
  swt: Data;
  /** The session that was checked; undefined without a store. */
  sessionId?: string | undefined;
}

/**
 * For Express 4 and 5, and for node:http. Answers the request, or calls `next` once: without arguments, or with
 * `onRefusal: 'next'` with the error of a refusal. The promise is never rejected.
 */
export type SwtMiddleware = (request: any, response: any, next: (error?: any) => unknown) => Promise<void>;

/** A hook for Fastify, best as `onRequest`. */
export type SwtFastifyHook = (request: any, reply: any) => Promise<unknown>;

/** Middleware for Koa. */
export type SwtKoaMiddleware = (ctx: any, next: () => Promise<any>) => Promise<any>;

/** Middleware for Hono. */
export type SwtHonoMiddleware = (c: any, next: () => Promise<void>) => Promise<any>;

declare global {
  namespace Express {
    interface Request {
      /** The data that was signed. swtMiddleware sets it when the request passes, and deletes it when not. */
      swt?: any;
      /** The session that was checked. swtMiddleware sets it when the request passes and there is a store. */
      sessionId?: string;
    }
  }
}

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

interface SessionStore {
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

/** The stable names of what can go wrong. New ones may be added. */
export type SwtErrorCode =
  | 'argument'
  | 'state'
  | 'unsupported'
  | 'handle'
  | 'key'
  | 'secret_too_short'
  | 'user_id'
  | 'data'
  | 'data_too_large'
  | 'lifetime'
  | 'client_key'
  | 'store_required'
  | 'key_id'
  | 'token_malformed'
  | 'token_algorithm'
  | 'token_key'
  | 'token_authentication'
  | 'token_expired'
  | 'token_not_yet_valid'
  | 'token_audience'
  | 'token_type'
  | 'token_claims'
  | 'token_legacy'
  | 'token_issuer'
  | 'token_subject'
  | 'token_age'
  | 'proof_missing'
  | 'proof_malformed'
  | 'proof_signature'
  | 'proof_binding'
  | 'proof_method'
  | 'proof_url'
  | 'proof_time'
  | 'proof_replayed'
  | 'proof_token'
  | 'proof_legacy'
  | 'session_missing'
  | 'session_revoked'
  | 'session_mismatch'
  | 'session_user'
  | 'session_binding'
  | 'refresh_superseded'
  | 'refresh_reused'
  | 'store_timeout'
  | 'store_connection'
  | 'store_protocol'
  | 'store_full'
  | 'store_refused'
  | 'internal_memory'
  | 'internal_crypto'
  | 'internal_bug'
  | (string & {});

/**
 * Every error of this package. The message says which check failed and is for logs: what a client is told should not
 * help an attacker.
 */
export class SwtError extends Error {
  private constructor();
  readonly name: 'SwtError';
  /** The stable name of what went wrong. */
  readonly code: SwtErrorCode;
  /**
   * - `usage`: a mistake in the program: an argument, an option, a secret
   * - `rejected`: the token, the proof or the session is not good
   * - `unavailable`: the store could not tell: neither valid nor logged out
   * - `internal`: memory, cryptography, a bug
   */
  readonly kind: 'usage' | 'rejected' | 'unavailable' | 'internal';
  /** The HTTP status that fits: 401 when rejected, 503 when unavailable, else 500. */
  readonly status: 401 | 500 | 503;
}

/**
 * Makes an encrypted, signed token; with a store also a session that can be ended, and with `fingerprint` a token that
 * is of use only to the client that holds the private key.
 *
 * @throws {SwtError} kind 'usage' for a mistake in the call, 'unavailable' when the store could not register the
 *   session: then there is no token either
 *
 * @example
 * const { token, sessionId } = await sign({ userId: user.id }, secret, {
 *   fingerprint: true,
 *   clientPublicKey: req.body.publicKeyJwk,
 *   store,
 *   expiresIn: '15m',
 * });
 */
export function sign<Data extends object>(
  data: Data & WithUserId<Data>,
  secret: Secret,
  options: SignOptions & WithStore & WithRefreshToken,
): Promise<SignResult<string, string>>;
export function sign<Data extends object>(
  data: Data & WithUserId<Data>,
  secret: Secret,
  options: SignOptions & WithStore,
): Promise<SignResult<string>>;
export function sign<Data extends object>(
  data: Data & WithUserId<Data>,
  secret: Secret,
  options?: SignOptions,
): Promise<SignResult>;

/**
 * Checks an access token, the proof that came with it, and its session. What the request brought may be anything: what
 * is no token, proof or session id is refused as one that is not good.
 *
 * @returns the whole payload
 * @throws {SwtError} kind 'rejected' when the token, the proof or the session is not good, 'unavailable' when the store
 *   could not tell, 'usage' for a mistake in the call
 *
 * @example
 * const { data } = await verify(token, secret, {
 *   store,
 *   sessionId: req.cookies.swt_session,
 *   dpopProof: req.get('x-dpop-proof'),
 *   method: req.method,
 *   url: req.originalUrl,
 * });
 */
export function verify<Data extends object = TokenData>(
  token: string,
  secret: Secret,
  options?: VerifyOptions,
): Promise<TokenPayload<Data>>;

/**
 * Trades a refresh token for the next access token and the next refresh token. The session, its id, its key and its claims
 * go on; the session lives on for the store's `ttl`, by default at least as long as the new refresh token.
 *
 * A refresh token is good once. Within ten seconds of its use another try is refused and no more (code
 * 'refresh_superseded'), as when two tabs refresh at once: use what the other one got. Later it is 'refresh_reused':
 * somebody else holds a copy, and the session is ended (RFC 9700 section 4.14.2).
 *
 * @throws {SwtError} kind 'rejected' when the token, the proof or the session is not good, or the token was used before;
 *   'unavailable' when the store could not tell; 'usage' for a mistake in the call
 *
 * @example
 * const next = await refresh(req.body.refreshToken, secret, {
 *   store,
 *   sessionId: req.cookies.swt_session,
 *   dpopProof: req.get('x-dpop-proof'),
 *   method: req.method,
 *   url: req.originalUrl,
 * });
 */
export function refresh(
  refreshToken: string,
  secret: Secret,
  options: RefreshOptions & WithStore,
): Promise<RefreshResult<string>>;
export function refresh(refreshToken: string, secret: Secret, options?: RefreshOptions): Promise<RefreshResult>;

/**
 * Middleware for Express 4 and 5, and for whatever else has (request, response, next). It lets a request through that
 * brings a good token, the proof for it, and its session. Every other one it answers itself: 401 with a challenge, 503
 * when the store could not tell, 500 for a bug; or hands to `next` as an error, with `onRefusal: 'next'`.
 *
 * @throws {SwtError} kind 'usage', at once, for options that cannot work
 *
 * @example
 * app.get('/api/profile', swtMiddleware({ secret, store }), (req, res) => {
 *   res.json({ user: req.swt });
 * });
 */
export function swtMiddleware(options: MiddlewareOptions): SwtMiddleware;

/**
 * Makes the function that every framework here stands on, for one that is not.
 *
 * @throws {SwtError} kind 'usage', at once, for options that cannot work
 *
 * @example
 * const authenticate = createAuthenticator<User>({ secret, store });
 * const result = await authenticate(request);
 * if (!result.ok) return Response.json(result.body, { status: result.status, headers: result.headers });
 * return Response.json({ user: result.data });
 */
export function createAuthenticator<Data extends object = TokenData>(
  options: AuthenticatorOptions & { optional?: false },
): Authenticator<Authenticated<Data> | Refused>;
export function createAuthenticator<Data extends object = TokenData>(
  options: AuthenticatorOptions,
): Authenticator<AuthenticationResult<Data>>;

/**
 * A hook for Fastify: it sets `request.swt` and `request.sessionId`, and answers what it refuses. As `onRequest` it
 * does so before a body is read.
 *
 * @throws {SwtError} kind 'usage', at once, for options that cannot work
 *
 * @example
 * const onRequest = swtFastify({ secret, store });
 * fastify.get('/api/profile', { onRequest }, async (request) => ({ user: request.swt }));
 */
export function swtFastify(options: GuardOptions): SwtFastifyHook;

/**
 * Middleware for Koa: it sets `ctx.state.swt` and `ctx.state.sessionId`, and answers what it refuses.
 *
 * @throws {SwtError} kind 'usage', at once, for options that cannot work
 *
 * @example
 * app.use(swtKoa({ secret, store }));
 */
export function swtKoa(options: GuardOptions): SwtKoaMiddleware;

/**
 * Middleware for Hono: it sets the variables `swt` and `sessionId`, and answers what it refuses.
 *
 * @throws {SwtError} kind 'usage', at once, for options that cannot work
 *
 * @example
 * app.use('/api/*', swtHono({ secret, store }));
 */
export function swtHono(options: GuardOptions): SwtHonoMiddleware;

/**
 * The SHA-256 thumbprint (RFC 7638) of a client's public P-256 key: 43 characters of base64url.
 *
 * @throws {SwtError} code 'client_key' for anything else, a private key included
 */
export function computeJwkThumbprint(jwk: PublicJwk | object | string): string;

/** One counter, in the naming style of Prometheus. */
export interface Counter {
  /**
   * - `swt_operations_total` with operation (sign, verify, refresh, revoke), outcome (ok, rejected, unavailable, usage,
   *   internal) and code
   * - `swt_legacy_accepted_total` with what: what of version 3 was accepted
   */
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** What happened in this process, or worker thread, since it started. Its size does not grow with what clients send. */
export const metrics: {
  counters(): Counter[];
  /** The counters in the text format that Prometheus reads (version 0.0.4). */
  text(): string;
};

/** What createSwt is told once. Each call may say otherwise, but for the secret. */
export interface SwtConfig
  extends Omit<GuardOptions, 'issuer' | 'store'>,
    Pick<SignOptions, 'fingerprint' | 'expiresIn' | 'generateRefreshToken' | 'refreshExpiresIn'>,
    Pick<RefreshOptions, 'insecureRefreshReuse'> {
  /** Must be said: `null` says "none", and then nothing can be revoked. */
  store: Store | null;
  /** Who issues the tokens, and the only issuer that is accepted. */
  issuer?: string;
  /** Binds every token to the client's key. Default: true with a store, else false. */
  fingerprint?: boolean;
  /** Default: false. */
  acceptLegacy?: AcceptLegacy;
}

type WithoutKeys<Options> = Omit<Options, keyof KeyOptions | 'secret'>;

/** Everything of this package, configured once. */
export interface Swt<SessionId = string | undefined> {
  sign<Data extends object>(
    data: Data & WithUserId<Data>,
    options: WithoutKeys<SignOptions> & WithRefreshToken,
  ): Promise<SignResult<SessionId, string>>;
  sign<Data extends object>(
    data: Data & WithUserId<Data>,
    options?: WithoutKeys<SignOptions>,
  ): Promise<SignResult<SessionId>>;
  verify<Data extends object = TokenData>(
    token: string,
    options?: WithoutKeys<VerifyOptions>,
  ): Promise<TokenPayload<Data>>;
  refresh(refreshToken: string, options?: WithoutKeys<RefreshOptions>): Promise<RefreshResult<SessionId>>;
  /** Ends a session, as the store's revokeSession, and tells the audit logger. */
  revoke(sessionId: string): Promise<void>;
  /** As createAuthenticator gives it. */
  authenticate: Authenticator<AuthenticationResult>;
  middleware(options?: WithoutKeys<MiddlewareOptions>): SwtMiddleware;
  fastify(options?: WithoutKeys<GuardOptions>): SwtFastifyHook;
  koa(options?: WithoutKeys<GuardOptions>): SwtKoaMiddleware;
  hono(options?: WithoutKeys<GuardOptions>): SwtHonoMiddleware;
}

/**
 * Everything of this package, configured once, for applications that start with version 4: it accepts nothing of version
 * 3 unless `acceptLegacy` says so, and with a store it binds every token to the client's key unless `fingerprint` is
 * false.
 *
 * @throws {SwtError} kind 'usage', at once, for settings that cannot work
 *
 * @example
 * const swt = createSwt({ secret: createKey(process.env.SWT_SECRET), store });
 * const { token, sessionId } = await swt.sign({ userId: 'alice' }, { clientPublicKey: req.body.publicKeyJwk });
 * app.get('/api/profile', swt.middleware(), (req, res) => res.json(req.swt));
 */
export function createSwt(config: SwtConfig & WithStore): Readonly<Swt<string>>;
export function createSwt(config: SwtConfig): Readonly<Swt>;
