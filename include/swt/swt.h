/*
 * secure-web-token: encrypted, device-bound session tokens.
 *
 * swt.h is the whole public interface of libswt: C99, freestanding, usable from C++ and, by dlopen, from any language
 * that can call C.
 *
 * A token is sealed with AES-256-GCM and signed; it may be bound to a key that the client holds (DPoP, in the manner of
 * RFC 9449) and to a session that a store keeps. swt_sign makes a token and registers its session, swt_verify checks
 * token, proof and session, swt_revoke ends the session.
 *
 *
 * The rules that everything below assumes
 *
 *  1. Objects are opaque handles, made by a function with _new or _open in its name or handed out by an operation, and released
 *     by swt_<noun>_free. Free takes NULL, and wipes keys. A handle keeps what it was made from alive: free your
 *     handles in any order.
 *  2. A function that can fail returns a swt_status and nothing else. 0 is success. Never ignore it.
 *  3. Arguments come as object, inputs, outputs; outputs are named out_… and are set to NULL or 0 before anything else.
 *  4. Inputs are borrowed for the call; what is kept is copied. Text is a pointer and a length in bytes, UTF-8, and need
 *     not end in a NUL; a NUL inside never ends it. { NULL, 0 } is "not given".
 *  5. Views (swt_bytes) that getters return belong to the handle they came from and die with it. Text views are followed
 *     by a NUL that the length does not count. A getter on NULL or on a handle of another type gives an empty view or 0.
 *  6. No raw memory changes hands: there is nothing for the caller to free but handles.
 *  7. Threads: swt_config belongs to one thread at a time. swt_key, swt_store and swt_engine may be used by any number of
 *     threads at once. swt_grant, swt_claims, swt_session and swt_redis_call are immutable. A swt_pending belongs to one
 *     thread at a time. No two threads may free one handle.
 *  8. No function aborts, exits, prints, installs a signal handler or reads the environment. (An OpenSSL that the process
 *     shares reads its own configuration at its first use by anybody; what is used here does not depend on it.)
 *  9. swt_last_error_message() is this thread's sentence about its last failed call, for logs. Never parse it. Freeing a
 *     handle leaves it alone.
 * 10. Sizes: a secret has at most 65536 bytes, a token 12288, a proof 4096, a client's key 2048, a url 8192, a host 512.
 *     What is longer is refused before it is read.
 * 11. Times called now_ms are milliseconds since 1970-01-01 UTC; 0 asks for the system's clock. Lifetimes are seconds.
 * 12. After fork the child may go on using its handles if no other thread was inside a call; random numbers never repeat.
 *     A memory store is then two stores: neither knows what the other is told.
 */
#ifndef SWT_SWT_H
#define SWT_SWT_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
#define SWT_API __attribute__((visibility("default")))
#define SWT_MUST_USE __attribute__((warn_unused_result))
#else
#define SWT_API
#define SWT_MUST_USE
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------------------------
 * Version
 * --------------------------------------------------------------------------------------------------------------- */

/* The version of the interface in this header. It changes when something is added; what is there does not change. */
#define SWT_ABI_VERSION 1

/* swt_abi_version returns the SWT_ABI_VERSION that the loaded library was built with. */
SWT_API uint32_t swt_abi_version(void);

/* swt_version_details names the library's version and the versions of the libraries in use, in one line for logs and
 * bug reports. The text is static. */
SWT_API const char *swt_version_details(void);

/* ------------------------------------------------------------------------------------------------------------------
 * Views
 * --------------------------------------------------------------------------------------------------------------- */

/* A view of bytes that somebody else owns. This layout is frozen. */
typedef struct swt_bytes {
  const uint8_t *data;
  size_t len;
} swt_bytes;

/* swt_text returns a view of a text that ends in a NUL, without the NUL. NULL gives the empty view. */
SWT_API swt_bytes swt_text(const char *nul_terminated);

/* ------------------------------------------------------------------------------------------------------------------
 * Status
 *
 * Callers branch on the class, swt_status_class(status) = status / 100, and log the code:
 *
 *   0  ok
 *   1  usage        the program is wrong: an argument, a setting, a key. Fix it.
 *   2  rejected     the token is not good. HTTP 401.
 *   3  rejected     the proof or the session is not good. HTTP 401.
 *   4  unavailable  the store could not answer for certain. HTTP 503. Never valid, and never "logged out".
 *   5  internal     memory, cryptography, a bug. HTTP 500.
 *
 * Numbers are never reused and never renumbered; new ones are added.
 * --------------------------------------------------------------------------------------------------------------- */

typedef int32_t swt_status;

#define SWT_OK 0

#define SWT_ERR_ARGUMENT 101         /* NULL where a value is needed, a value out of its range */
#define SWT_ERR_STATE 102            /* a handle used out of turn: a pending operation completed twice */
#define SWT_ERR_UNSUPPORTED 103      /* a flag, or a longer struct, of a later version than this library */
#define SWT_ERR_HANDLE 104           /* a handle of another type */
#define SWT_ERR_KEY 105              /* a secret that is no secret: empty, a PEM, a placeholder */
#define SWT_ERR_SECRET_TOO_SHORT 106 /* a secret under 32 bytes */
#define SWT_ERR_USER_ID 107          /* userId missing, or neither a text of 1 to 256 bytes nor a non-zero safe integer */
#define SWT_ERR_DATA 108             /* data that is no JSON object, or holds a duplicate name, U+0000, a lone surrogate */
#define SWT_ERR_DATA_TOO_LARGE 109   /* data over 8192 bytes or deeper than 16 levels */
#define SWT_ERR_LIFETIME 110         /* a lifetime below 1 second, or past 2^53 - 1 for a token and 10 years for a session */
#define SWT_ERR_CLIENT_KEY 111       /* a client key that is no public P-256 JWK */
#define SWT_ERR_STORE_REQUIRED 112   /* the operation needs a store and none is configured */

#define SWT_REJECTED_TOKEN_MALFORMED 201      /* size, shape, base64url, header */
#define SWT_REJECTED_TOKEN_ALGORITHM 202      /* the header names another algorithm than the key has */
#define SWT_REJECTED_TOKEN_AUTHENTICATION 204 /* every cryptographic failure */
#define SWT_REJECTED_TOKEN_EXPIRED 205        /* exp has passed */
#define SWT_REJECTED_TOKEN_NOT_YET_VALID 206  /* iat lies in the future */
#define SWT_REJECTED_TOKEN_TYPE 208           /* a refresh token where an access token belongs, or the other way round */
#define SWT_REJECTED_TOKEN_CLAIMS 209         /* authentic, but its claims are not what they must be */
#define SWT_REJECTED_TOKEN_LEGACY 210         /* a token without sid, and legacy tokens are not accepted */

#define SWT_REJECTED_PROOF_MISSING 301   /* the token is bound to a key and no proof came with it */
#define SWT_REJECTED_PROOF_MALFORMED 302 /* size, base64url, JSON, members, key */
#define SWT_REJECTED_PROOF_SIGNATURE 303 /* signed by another key, or something else was signed */
#define SWT_REJECTED_PROOF_BINDING 304   /* a good proof by a key that the token is not bound to */
#define SWT_REJECTED_PROOF_METHOD 305    /* made for another method */
#define SWT_REJECTED_PROOF_URL 306       /* made for another url */
#define SWT_REJECTED_PROOF_TIME 307      /* too old, or dated ahead */
#define SWT_REJECTED_PROOF_REPLAYED 308  /* used before */
#define SWT_REJECTED_PROOF_TOKEN 309     /* made for another token (ath) */
#define SWT_REJECTED_PROOF_LEGACY 310    /* no jti, or no method and url to compare, and legacy is not accepted */

#define SWT_REJECTED_SESSION_MISSING 351  /* no session id came with the request */
#define SWT_REJECTED_SESSION_REVOKED 352  /* revoked, expired or never registered */
#define SWT_REJECTED_SESSION_MISMATCH 353 /* the token belongs to another session */
#define SWT_REJECTED_SESSION_USER 354     /* the session belongs to another user */
#define SWT_REJECTED_SESSION_BINDING 355  /* the session is bound to another key */

#define SWT_UNAVAILABLE_TIMEOUT 401    /* no answer within the time limit */
#define SWT_UNAVAILABLE_CONNECTION 402 /* no connection, or it broke */
#define SWT_UNAVAILABLE_PROTOCOL 403   /* an answer that is not one of the expected ones */
#define SWT_UNAVAILABLE_FULL 404       /* no room to keep a session or a spent proof; nothing is forgotten to make room */

#define SWT_INTERNAL_MEMORY 501 /* out of memory */
#define SWT_INTERNAL_CRYPTO 502 /* the cryptographic library failed, random numbers included */
#define SWT_INTERNAL_BUG 503    /* anything else: please report it */

/* swt_status_class returns status / 100. */
SWT_API int32_t swt_status_class(swt_status status);

/* swt_status_name returns the code's stable name, such as "token_expired"; "unknown" for a number that is none. */
SWT_API const char *swt_status_name(swt_status status);

/* swt_status_message returns one sentence about the code, for logs. It may tell which check failed: do not send it to a
 * client. The texts of secure-web-token 3.0.1 are kept where it had one. */
SWT_API const char *swt_status_message(swt_status status);

/* swt_status_challenge returns the error that belongs into a 401's WWW-Authenticate challenge (RFC 6750 section 3.1,
 * RFC 9449 section 7.1): "invalid_token" or "invalid_dpop_proof"; "" when the status is no rejection. */
SWT_API const char *swt_status_challenge(swt_status status);

/* swt_last_error_message returns this thread's sentence about its last failed call; "" when there was none. It holds no
 * secret and no byte of any input. Valid until this thread's next call. */
SWT_API const char *swt_last_error_message(void);

/* ------------------------------------------------------------------------------------------------------------------
 * Handles
 * --------------------------------------------------------------------------------------------------------------- */

typedef struct swt_key swt_key;               /* what tokens are signed and sealed with */
typedef struct swt_store swt_store;           /* where sessions and spent proofs are kept */
typedef struct swt_config swt_config;         /* settings, until an engine is made of them */
typedef struct swt_engine swt_engine;         /* key, store and settings, ready for use */
typedef struct swt_grant swt_grant;           /* what sign gave */
typedef struct swt_claims swt_claims;         /* what verify gave */
typedef struct swt_session swt_session;       /* a session as the store keeps it */
typedef struct swt_pending swt_pending;       /* an operation between its begin and its complete */
typedef struct swt_redis_call swt_redis_call; /* the question of a pending operation, as one Redis script call */

/* ------------------------------------------------------------------------------------------------------------------
 * Keys
 * --------------------------------------------------------------------------------------------------------------- */

/* A secret under 32 bytes is accepted, unless it is empty or a key of another kind. For the time in which an application changes its secret, and no
 * longer: a short secret can be guessed from one token. */
#define SWT_KEY_INSECURE_SHORT_SECRET 0x1u

/* swt_key_new_secret makes a key from a secret text or from random bytes.
 *
 * Tokens are signed with HMAC-SHA-256 keyed by the secret and sealed with AES-256-GCM keyed by the SHA-256 of the
 * encryption secret.
 *   secret             at least 32 bytes; refused when it is a key of another kind (PEM, DER, SSH, JWK), repeats a short
 *                      pattern, or begins like a placeholder. Use 32 random bytes in hex or base64.
 *   encryption_secret  not given: the secret serves for both, as in 3.0.1. Two secrets are better. Given and empty is an
 *                      error: it is a lookup that failed.
 *   flags              0 or SWT_KEY_INSECURE_SHORT_SECRET
 * Errors: SWT_ERR_KEY, SWT_ERR_SECRET_TOO_SHORT, SWT_ERR_UNSUPPORTED for an unknown flag. */
SWT_API SWT_MUST_USE swt_status swt_key_new_secret(swt_bytes secret, swt_bytes encryption_secret, uint32_t flags,
                                                   swt_key **out_key);
SWT_API void swt_key_free(swt_key *key);

/* ------------------------------------------------------------------------------------------------------------------
 * Stores
 * --------------------------------------------------------------------------------------------------------------- */

typedef struct swt_memory_store_options {
  size_t struct_size;       /* sizeof(swt_memory_store_options): set by SWT_MEMORY_STORE_OPTIONS_INIT */
  int64_t session_ttl_s;    /* how long a session lives; 0: 86400 */
  uint32_t max_sessions;    /* sessions and remembered revocations together; 0: 100000 */
  uint32_t max_proofs;      /* spent proofs that are remembered; 0: 200000 */
} swt_memory_store_options;

#define SWT_MEMORY_STORE_OPTIONS_INIT { sizeof(swt_memory_store_options), 0, 0, 0 }

/* swt_store_memory_open makes a store in this process's memory: for a first run, for tests, and for a service of one
 * process. It is bounded, and when it is full it answers SWT_UNAVAILABLE_FULL: it never forgets a session, a revocation
 * or a spent proof before its time. options may be NULL for the defaults.
 *
 * Every store remembers a spent proof for 20 minutes. One client's key may have 4096 of them here (one session, in
 * Redis): 3.4 requests a second, for as long as that; past it the client is told that the store is full.
 * Errors: SWT_ERR_LIFETIME for a session_ttl_s out of 1 second to 10 years. */
SWT_API SWT_MUST_USE swt_status swt_store_memory_open(const swt_memory_store_options *options, swt_store **out_store);
SWT_API void swt_store_free(swt_store *store);

/* ------------------------------------------------------------------------------------------------------------------
 * Engines: configure, freeze, use
 * --------------------------------------------------------------------------------------------------------------- */

SWT_API SWT_MUST_USE swt_status swt_config_new(swt_config **out_config);
SWT_API void swt_config_free(swt_config *config);

/* swt_config_set_key sets the key; the config keeps it. Every engine needs one. */
SWT_API SWT_MUST_USE swt_status swt_config_set_key(swt_config *config, const swt_key *key);

/* swt_config_set_store sets the store that swt_sign, swt_verify and swt_revoke ask. With a store, each token that is
 * signed gets a session, and each request that is verified must name its session.
 *
 * Without a store the engine is stateless: tokens have no session, nothing can be revoked before it expires, and proofs
 * are spent in this engine's own memory. */
SWT_API SWT_MUST_USE swt_status swt_config_set_store(swt_config *config, swt_store *store);

/* swt_config_use_external_store says that sessions are kept by a store that the host asks itself, between begin and
 * complete. The checks are the same as with swt_config_set_store. */
SWT_API SWT_MUST_USE swt_status swt_config_use_external_store(swt_config *config);

#define SWT_ACCEPT_LEGACY_ALWAYS INT64_MAX

/* swt_config_accept_legacy_until accepts, until that moment (milliseconds since 1970), what secure-web-token 3.0.1 wrote
 * and version 4 would refuse: tokens that do not name their session, proofs without jti, and proofs that are checked
 * without method and url. The default is 0: never. Each use is reported by swt_claims_legacy_uses. */
SWT_API SWT_MUST_USE swt_status swt_config_accept_legacy_until(swt_config *config, int64_t until_ms);

/* swt_engine_new makes an engine from a copy of the settings; the config may be changed and used again.
 * Errors: SWT_ERR_STATE when no key was set. */
SWT_API SWT_MUST_USE swt_status swt_engine_new(const swt_config *config, swt_engine **out_engine);
SWT_API void swt_engine_free(swt_engine *engine);

/* ------------------------------------------------------------------------------------------------------------------
 * Sign
 * --------------------------------------------------------------------------------------------------------------- */

#define SWT_SIGN_REFRESH_TOKEN 0x1u /* make a refresh token as well */

typedef struct swt_sign_request {
  size_t struct_size;         /* set by SWT_SIGN_REQUEST_INIT */
  swt_bytes data_json;        /* the caller's claims: a JSON object with a userId; at most 8192 bytes, 16 levels */
  swt_bytes client_key_jwk;   /* the client's public P-256 key as a JWK (RFC 7517): the token is bound to it; or not given */
  int64_t lifetime_s;         /* of the access token; 0: 900 */
  int64_t refresh_lifetime_s; /* of the refresh token; 0: 604800 */
  int64_t now_ms;             /* 0: the system's clock */
  uint32_t flags;             /* SWT_SIGN_… */
  uint32_t reserved;          /* 0 */
} swt_sign_request;

#define SWT_SIGN_REQUEST_INIT { sizeof(swt_sign_request), { NULL, 0 }, { NULL, 0 }, 0, 0, 0, 0, 0 }

/* swt_sign makes a token for the claims in the request, and registers a new session when the engine has a store.
 * The same claims signed twice give two tokens and two sessions.
 * Errors: SWT_ERR_DATA, SWT_ERR_DATA_TOO_LARGE, SWT_ERR_USER_ID, SWT_ERR_LIFETIME, SWT_ERR_CLIENT_KEY; class 4 when the
 * store could not register the session: then there is no token either. */
SWT_API SWT_MUST_USE swt_status swt_sign(const swt_engine *engine, const swt_sign_request *request,
                                         swt_grant **out_grant);

SWT_API swt_bytes swt_grant_token(const swt_grant *grant);         /* the access token */
SWT_API swt_bytes swt_grant_session_id(const swt_grant *grant);    /* a random UUID (RFC 9562); empty without a store */
SWT_API swt_bytes swt_grant_refresh_token(const swt_grant *grant); /* empty unless it was asked for */
SWT_API swt_bytes swt_grant_user_id(const swt_grant *grant);       /* as JSON: "alice" with its quotes, or 7 */
SWT_API int64_t swt_grant_expires_at(const swt_grant *grant);      /* the access token's exp, in seconds since 1970 */
SWT_API void swt_grant_free(swt_grant *grant);

/* ------------------------------------------------------------------------------------------------------------------
 * Verify
 * --------------------------------------------------------------------------------------------------------------- */

typedef struct swt_verify_request {
  size_t struct_size;   /* set by SWT_VERIFY_REQUEST_INIT */
  swt_bytes token;      /* as it came, without its "Bearer " */
  swt_bytes session_id; /* as the session cookie gave it; or not given */
  swt_bytes proof;      /* the x-dpop-proof header; or not given */
  swt_bytes method;     /* the request's method, exactly as it came; given together with url, or neither; not empty */
  swt_bytes url;        /* the request's target as it came: path and query, or an absolute http or https url; not empty */
  swt_bytes host;       /* the Host header, to compare with an absolute url in the proof; or not given. An empty one
                           matches no absolute url. */
  int64_t now_ms;       /* 0: the system's clock */
  swt_bytes attempt;    /* of swt_attempt_new; or not given */
} swt_verify_request;

#define SWT_VERIFY_REQUEST_INIT                                                                                     \
  {                                                                                                                 \
    sizeof(swt_verify_request), { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, 0,     \
    { NULL, 0 }                                                                                                     \
  }

#define SWT_ATTEMPT_LEN 22

/* swt_attempt_new writes a new random name for one incoming request, and a NUL.
 *
 * A proof is good once. Where several guards check one and the same incoming request, each by a swt_verify of its own,
 * give all of them the same attempt: then the proof is spent by the first and recognised by the others. Keep it with the
 * request that it was made for, never take it from what a client sent. Without an attempt every call is one of its own. */
SWT_API SWT_MUST_USE swt_status swt_attempt_new(char out_attempt[SWT_ATTEMPT_LEN + 1]);

/* swt_verify checks an access token, the proof that came with it, and its session, cheapest first: shape and readable
 * expiry, signature, decryption, claims, proof, and last, in one question to the store, session and first use of the
 * proof. A proof is spent only when everything else was good.
 *
 * A token that is bound to a key needs a proof; a proof that comes with an unbound token proves nothing and is ignored.
 * The proof must be for this method and this url; a proof url with a query is good for that query only, one without for
 * any. When the request's url is absolute, scheme, host and port of an absolute proof url must be its own; when only host
 * is given, host and port are compared and the scheme is not, since TLS may end before this process; when neither is
 * known, path and query are.
 * It is good for 300 seconds, may be dated 60 seconds ahead (300 for a legacy one without jti), and is good once: for one
 * session, or where there is none in one engine. A proof with ath is good for that token only.
 *
 * Errors: classes 2 and 3 when refused; class 4 when the store could not answer; SWT_ERR_ARGUMENT when method and url do
 * not come together. On every error out_claims is NULL. */
SWT_API SWT_MUST_USE swt_status swt_verify(const swt_engine *engine, const swt_verify_request *request,
                                           swt_claims **out_claims);

/* Something of 3.0.1 that was accepted because swt_config_accept_legacy_until allows it. */
#define SWT_LEGACY_TOKEN_WITHOUT_SESSION 0x1u /* the token does not name its session */
#define SWT_LEGACY_PROOF_WITHOUT_JTI 0x2u     /* the proof has no jti */
#define SWT_LEGACY_PROOF_NOT_COMPARED 0x4u    /* no method and url to compare the proof with */

SWT_API swt_bytes swt_claims_payload(const swt_claims *claims);    /* the whole payload: {"data":{…},"iat":…,"exp":…,…} */
SWT_API swt_bytes swt_claims_user_id(const swt_claims *claims);    /* as JSON: "alice" with its quotes, or 7 */
SWT_API swt_bytes swt_claims_session_id(const swt_claims *claims); /* the session that was checked; empty without */
SWT_API swt_bytes swt_claims_thumbprint(const swt_claims *claims); /* the bound key's RFC 7638 thumbprint; empty without */
SWT_API int64_t swt_claims_issued_at(const swt_claims *claims);    /* seconds since 1970 */
SWT_API int64_t swt_claims_expires_at(const swt_claims *claims);   /* seconds since 1970 */
SWT_API uint32_t swt_claims_legacy_uses(const swt_claims *claims); /* SWT_LEGACY_… */
SWT_API void swt_claims_free(swt_claims *claims);

/* ------------------------------------------------------------------------------------------------------------------
 * Sessions
 * --------------------------------------------------------------------------------------------------------------- */

/* swt_revoke ends a session: from the moment it returns SWT_OK, every verification that starts is refused. Idempotent: a
 * session that is unknown, has ended, or cannot exist (an id that is no lower-case UUID) is SWT_OK too, and nothing
 * tells them apart.
 * Errors: SWT_ERR_STORE_REQUIRED; class 4 when the store did not confirm: the session may still be alive. */
SWT_API SWT_MUST_USE swt_status swt_revoke(const swt_engine *engine, swt_bytes session_id);

SWT_API swt_bytes swt_session_json(const swt_session *session); /* {"sessionId":…,"userId":…[,"jkt":…]} */
SWT_API void swt_session_free(swt_session *session);

/* ------------------------------------------------------------------------------------------------------------------
 * In two steps, for hosts that do their own I/O
 *
 *   swt_verify_begin(engine, &request, &pending)
 *   if swt_pending_needs_store(pending):
 *       swt_pending_redis_call(pending, &options, &call)   run it on your connection, then
 *       swt_pending_answer(pending, parts, count)          or swt_pending_unavailable(pending, SWT_UNAVAILABLE_TIMEOUT)
 *     or, for a store of this library (and for an engine without sessions, which has only a proof to spend):
 *       swt_pending_ask(pending, store)
 *   swt_verify_complete(pending, 0, &claims)
 *
 * A pending operation answers its own question only, once, within 5 seconds of its begin: later it is unavailable.
 * complete judges expiry again with its own now. swt_pending_free may be called at any point.
 * --------------------------------------------------------------------------------------------------------------- */

SWT_API SWT_MUST_USE swt_status swt_sign_begin(const swt_engine *engine, const swt_sign_request *request,
                                               swt_pending **out_pending);
SWT_API SWT_MUST_USE swt_status swt_sign_complete(swt_pending *pending, int64_t now_ms, swt_grant **out_grant);

SWT_API SWT_MUST_USE swt_status swt_verify_begin(const swt_engine *engine, const swt_verify_request *request,
                                                 swt_pending **out_pending);
SWT_API SWT_MUST_USE swt_status swt_verify_complete(swt_pending *pending, int64_t now_ms, swt_claims **out_claims);

SWT_API SWT_MUST_USE swt_status swt_revoke_begin(swt_bytes session_id, swt_pending **out_pending);
SWT_API SWT_MUST_USE swt_status swt_revoke_complete(swt_pending *pending);

/* swt_register_begin registers a session that the host describes itself, as the stores of 3.0.1 can: a JSON object with
 * exactly sessionId (a lower-case UUID), userId and, when it is bound to a key, jkt (43 characters).
 * Errors: SWT_ERR_ARGUMENT, SWT_ERR_USER_ID. complete: SWT_ERR_STATE when the id is taken. */
SWT_API SWT_MUST_USE swt_status swt_register_begin(swt_bytes session_json, swt_pending **out_pending);
SWT_API SWT_MUST_USE swt_status swt_register_complete(swt_pending *pending);

/* swt_lookup_begin prepares the question for a session, without a token. complete gives NULL and SWT_OK when there is none. */
SWT_API SWT_MUST_USE swt_status swt_lookup_begin(swt_bytes session_id, swt_pending **out_pending);
SWT_API SWT_MUST_USE swt_status swt_lookup_complete(swt_pending *pending, swt_session **out_session);

/* swt_pending_needs_store returns 1 when the store must be asked before complete, 0 when complete can follow at once. */
SWT_API int32_t swt_pending_needs_store(const swt_pending *pending);

/* swt_pending_ask asks a store of this library and keeps its answer for complete. */
SWT_API SWT_MUST_USE swt_status swt_pending_ask(swt_pending *pending, swt_store *store);

/* swt_pending_answer keeps the reply of the host's Redis for complete: an array of three, each as text, numbers in
 * decimal. Any other reply may be handed over as it is (count 0 for what is no array): complete then says unavailable. */
SWT_API SWT_MUST_USE swt_status swt_pending_answer(swt_pending *pending, const swt_bytes *parts, size_t count);

/* swt_pending_unavailable says that the store did not answer, and how: a status of class 4. */
SWT_API SWT_MUST_USE swt_status swt_pending_unavailable(swt_pending *pending, swt_status reason);

SWT_API void swt_pending_free(swt_pending *pending);

typedef struct swt_redis_options {
  size_t struct_size;          /* set by SWT_REDIS_OPTIONS_INIT */
  swt_bytes prefix;            /* of the keys; not given: "swt:session:"; given and empty: none */
  swt_bytes client_key_prefix; /* what the host's client itself puts before each key; or not given */
  int64_t session_ttl_s;       /* how long a session lives; 0: 86400 */
  int64_t not_after_ms;        /* the server's time after which a login must not take effect any more; 0: no limit */
} swt_redis_options;

#define SWT_REDIS_OPTIONS_INIT { sizeof(swt_redis_options), { NULL, 0 }, { NULL, 0 }, 0, 0 }

/* swt_redis_options_check refuses a prefix whose keys would not share a Redis Cluster slot (unbalanced braces), holds a
 * control character or is longer than 128 bytes, with SWT_ERR_ARGUMENT, and a session_ttl_s out of 1 second to 10 years
 * with SWT_ERR_LIFETIME. */
SWT_API SWT_MUST_USE swt_status swt_redis_options_check(const swt_redis_options *options);

/* swt_pending_redis_call gives the pending operation's question as one script call. Two calls for one pending give the
 * same attempt: a command that the client sends twice takes effect once. */
SWT_API SWT_MUST_USE swt_status swt_pending_redis_call(const swt_pending *pending, const swt_redis_options *options,
                                                       swt_redis_call **out_call);

/* The scripts, by number, from 0 to swt_redis_script_count() - 1. Run one with EVALSHA and the SHA-1 of its source, and
 * with EVAL when the server answers NOSCRIPT. */
SWT_API uint32_t swt_redis_script_count(void);
SWT_API swt_bytes swt_redis_script_source(uint32_t script);

SWT_API uint32_t swt_redis_call_script(const swt_redis_call *call);
SWT_API size_t swt_redis_call_key_count(const swt_redis_call *call);
SWT_API swt_bytes swt_redis_call_key(const swt_redis_call *call, size_t index); /* without the client's own prefix */
SWT_API size_t swt_redis_call_arg_count(const swt_redis_call *call);
SWT_API swt_bytes swt_redis_call_arg(const swt_redis_call *call, size_t index);
SWT_API void swt_redis_call_free(swt_redis_call *call);

/* ------------------------------------------------------------------------------------------------------------------
 * Keys of clients
 * --------------------------------------------------------------------------------------------------------------- */

#define SWT_THUMBPRINT_LEN 43

/* swt_jwk_thumbprint writes the SHA-256 thumbprint (RFC 7638) of a public P-256 JWK in base64url, and a NUL. Nothing
 * else is taken for a client key: a private key, another curve, a point off the curve are SWT_ERR_CLIENT_KEY. */
SWT_API SWT_MUST_USE swt_status swt_jwk_thumbprint(swt_bytes jwk, char out_thumbprint[SWT_THUMBPRINT_LEN + 1]);

#ifdef __cplusplus
}
#endif

#endif /* SWT_SWT_H */
