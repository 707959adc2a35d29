/** Everything configured once. */

import type {
  AuthenticationResult,
  Authenticator,
  GuardOptions,
  MiddlewareOptions,
  SwtFastifyHook,
  SwtHonoMiddleware,
  SwtKoaMiddleware,
  SwtMiddleware,
} from './guards.js';
import type { KeyOptions } from './keys.js';
import type { Store } from './stores.js';
import type {
  AcceptLegacy,
  refresh,
  RefreshOptions,
  RefreshResult,
  sign,
  SignOptions,
  SignResult,
  TokenData,
  TokenPayload,
  verify,
  VerifyOptions,
  WithRefreshToken,
  WithStore,
  WithUserId,
} from './tokens.js';

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

export type WithoutKeys<Options> = Omit<Options, keyof KeyOptions | 'secret'>;

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
 * Everything of this package, configured once, for applications that start with version 4: it accepts nothing of
 * version 3 unless `acceptLegacy` says so, and with a store it binds every token to the client's key unless
 * `fingerprint` is false.
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
