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
 * A secret of at least 32 bytes: best 32 random ones, in hex or base64, or as they are.
 *
 * A PEM, one byte repeated, and well-known placeholders are refused.
 */
export type Secret = string | Uint8Array;

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
   * `legacy_accepted` says that something of version 3 was accepted because of `acceptLegacy`; its reason says what.
   */
  event: 'sign' | 'verify_success' | 'verify_failure' | 'revoke' | 'legacy_accepted';
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

/** Where sessions and spent proofs are kept: a RedisStore or a MemoryStore of this package. */
export type Store = RedisStore | MemoryStore;

interface KeyOptions {
  /** A secret of its own for the encryption. Default: the secret serves for both; two are better. */
  encryptionSecret?: Secret;
  /**
   * Accepts a secret under 32 bytes, which can be guessed from one token. For the time in which an application changes
   * its secret, and no longer. Default: false.
   */
  insecureShortSecret?: boolean;
  /** Default: true. Turn it off when the audit log shows no `legacy_accepted` any more. */
  acceptLegacy?: AcceptLegacy;
  auditLogger?: AuditLogger;
}

export interface SignOptions extends KeyOptions {
  /** Binds the token and its session to `clientPublicKey`. Needs `store`. Default: false. */
  fingerprint?: boolean;
  /** The client's public key, as an object or as JSON text. Only used with `fingerprint`. */
  clientPublicKey?: PublicJwk | object | string;
  /** Registers a session, so that it can be ended. `null` says "none"; undefined is refused. Default: null. */
  store?: Store | null;
  /** The lifetime of the access token. Default: 900 seconds. */
  expiresIn?: Lifetime;
  /** Makes a refresh token as well. Default: false. */
  generateRefreshToken?: boolean;
  /** The lifetime of the refresh token. Default: 604800 seconds. */
  refreshExpiresIn?: Lifetime;
}

export interface SignResult {
  token: string;
  /** For the session cookie; undefined without a store. */
  sessionId: string | undefined;
  /** Undefined unless `generateRefreshToken` asks for it. */
  refreshToken: string | undefined;
}

export interface VerifyOptions extends KeyOptions {
  /** The session id of the request's cookie. Needed with a store. Anything but a session id is refused. */
  sessionId?: string | null;
  /** `null` says "none"; undefined is refused. Without a store nothing can be revoked. Default: null. */
  store?: Store | null;
  /** The request's x-dpop-proof header. Needed when the token is bound to a key. */
  dpopProof?: string | null;
  /** The request's method as it came. Together with `url`; without them a proof is good for any request. */
  method?: string;
  /** The request's target as it came: path and query, or an absolute http or https url. */
  url?: string;
  /**
   * The request's Host header, to compare with a proof that was made for an absolute url. Only with `url`. Pass
   * `request.headers.host ?? ''`: an empty one matches no absolute url, and without any they are compared by path.
   */
  host?: string;
}

export interface MiddlewareOptions extends KeyOptions {
  secret: Secret;
  /** `null` says "none"; undefined is refused. Without a store nothing can be revoked. Default: null. */
  store?: Store | null;
  /** The cookie that holds the session id. Default: "swt_session". */
  cookieName?: string;
}

/**
 * For Express 4 and 5, and for node:http. Answers the request, or calls `next` once, without arguments. The promise is
 * never rejected.
 */
export type SwtMiddleware = (request: any, response: any, next: (...nothing: any[]) => unknown) => Promise<void>;

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
  /** How long a session lives. Default: 86400 seconds, or as long as its refresh token when that lives longer. */
  ttl?: Lifetime;
  /** Sessions and remembered revocations together. When it is full, logins are 'unavailable'. Default: 100000. */
  maxSessions?: number;
  /** Gets the event `revoke`. */
  auditLogger?: AuditLogger;
}

export interface RedisStoreOptions {
  /** What the keys begin with, at most 128 bytes. Default: "swt:session:". */
  prefix?: string;
  /** How long a session lives. Default: 86400 seconds, or as long as its refresh token when that lives longer. */
  ttl?: Lifetime;
  /** How long an operation may take, connecting included, in milliseconds. Default: 250. */
  timeout?: number;
  /** Gets the event `revoke`. */
  auditLogger?: AuditLogger;
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
 * Middleware for Express 4 and 5, and for whatever else has (request, response, next). It lets a request through that
 * brings a good token, the proof for it, and its session. Every other one it answers itself: 401 with a challenge, 503
 * when the store could not tell, 500 for a bug.
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
 * The SHA-256 thumbprint (RFC 7638) of a client's public P-256 key: 43 characters of base64url.
 *
 * @throws {SwtError} code 'client_key' for anything else, a private key included
 */
export function computeJwkThumbprint(jwk: PublicJwk | object | string): string;
