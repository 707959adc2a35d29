/** Tokens: making, checking and renewing them. */

import type { KeyOptions, Secret } from './keys.js';
import type { Store } from './stores.js';

/** A client's public P-256 key as a JWK (RFC 7517). Other members than these four are allowed, private ones are not. */
export interface PublicJwk {
  kty: 'EC' | (string & {});
  crv: 'P-256' | (string & {});
  x: string;
  y: string;
  [member: string]: unknown;
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
export type WithUserId<Data> = string extends keyof Data ? unknown : Pick<TokenData, 'userId'>;

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

export interface OperationOptions extends KeyOptions {
  /** Default: true. Turn it off when the audit log shows no `legacy_accepted` any more. */
  acceptLegacy?: AcceptLegacy;
  auditLogger?: AuditLogger | null;
}

/** The HTTP request that a proof came with, and must have been made for. */
export interface RequestTarget {
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

export type WithStore = { store: Store };
export type WithRefreshToken = { generateRefreshToken: true };

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
 * Trades a refresh token for the next access token and the next refresh token. The session, its id, its key and its
 * claims go on; the session lives on for the store's `ttl`, by default at least as long as the new refresh token.
 *
 * A refresh token is good once. Within ten seconds of its use another try is refused and no more (code
 * 'refresh_superseded'), as when two tabs refresh at once: use what the other one got. Later it is 'refresh_reused':
 * somebody else holds a copy, and the session is ended (RFC 9700 section 4.14.2).
 *
 * @throws {SwtError} kind 'rejected' when the token, the proof or the session is not good, or the token was used
 *   before;
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
 * The SHA-256 thumbprint (RFC 7638) of a client's public P-256 key: 43 characters of base64url.
 *
 * @throws {SwtError} code 'client_key' for anything else, a private key included
 */
export function computeJwkThumbprint(jwk: PublicJwk | object | string): string;
