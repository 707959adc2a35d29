/** Errors, and counters. */

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
