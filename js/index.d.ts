/**
 * secure-web-token: encrypted session tokens, bound to a key that the client holds and to a session that can be ended.
 */

export { sign, verify, refresh, computeJwkThumbprint } from './types/tokens.js';
export type {
  PublicJwk,
  Lifetime,
  TokenData,
  TokenPayload,
  AuditEvent,
  AuditLogger,
  AcceptLegacy,
  Expectations,
  SignOptions,
  SignResult,
  VerifyOptions,
  RefreshOptions,
  RefreshResult,
} from './types/tokens.js';
export { createKey, KeyRing } from './types/keys.js';
export type { SecretText, Secret, KeyOptions, RingKey, AcceptedKey, KeyRingDefinition, Key } from './types/keys.js';
export { RedisStore, MemoryStore } from './types/stores.js';
export type {
  Session,
  Store,
  SessionKeeper,
  AskedStore,
  StoreQuestion,
  StoreAnswer,
  MemoryStoreOptions,
  RedisStoreOptions,
} from './types/stores.js';
export { swtMiddleware, createAuthenticator, swtFastify, swtKoa, swtHono } from './types/guards.js';
export type {
  GuardOptions,
  AuthenticatorOptions,
  MiddlewareOptions,
  Authenticated,
  Anonymous,
  Refused,
  AuthenticationResult,
  NodeRequest,
  FetchRequest,
  Authenticator,
  SwtHttpError,
  SwtRequest,
  SwtMiddleware,
  SwtFastifyHook,
  SwtKoaMiddleware,
  SwtHonoMiddleware,
} from './types/guards.js';
export { createSwt } from './types/swt.js';
export type { SwtConfig, Swt } from './types/swt.js';
export { SwtError, metrics } from './types/report.js';
export type { SwtErrorCode, Counter } from './types/report.js';
