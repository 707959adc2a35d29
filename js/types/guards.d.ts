/** What guards requests: one function, and the frameworks on it. */

import type { Secret } from './keys.js';
import type { SwtError } from './report.js';
import type { Store } from './stores.js';
import type { Expectations, OperationOptions, TokenData, TokenPayload } from './tokens.js';

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
 * The object stands for one request: when it is given again, it is the second guard of the same request, which may
 * bring the same proof. So do not use one object for several requests, as a pool of them would.
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
