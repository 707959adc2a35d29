/*
 * secure-web-token: encrypted, device-bound session tokens.
 *
 * swt.h is the whole public interface of libswt: C99, freestanding, usable from C++ and, by dlopen, from any language
 * that can call C.
 *
 * A token is sealed with AES-256-GCM and signed; it may be bound to a key that the client holds (DPoP, in the manner
 * of RFC 9449) and to a session that a store keeps. swt_sign makes a token and registers its session, swt_verify
 * checks token, proof and session, swt_refresh trades a refresh token for the next pair, swt_revoke ends the session.
 *
 *
 * The rules that everything below assumes
 *
 *  1. Objects are opaque handles, made by a function with _new or _open in its name or handed out by an operation,
 *     and released by swt_<noun>_free. Free takes NULL, and wipes keys. A handle keeps what it was made from alive:
 *     free your handles in any order.
 *  2. A function that can fail returns a swt_status and nothing else. 0 is success. Never ignore it.
 *  3. Arguments come as object, inputs, outputs; outputs are named out_… and are set to NULL or 0 before anything
 *     else.
 *  4. Inputs are borrowed for the call; what is kept is copied. Text is a pointer and a length in bytes, UTF-8, and
 *     need not end in a NUL; a NUL inside never ends it. { NULL, 0 } is "not given"; a pointer with length 0 is
 *     "given and empty", which is an error, or for what a client sends a refusal: a lookup that failed must not
 *     switch a check off.
 *  5. Views (swt_bytes) that getters return belong to the handle they came from and die with it. Text views are
 *     followed by a NUL that the length does not count. A getter on NULL or on a handle of another type gives an
 *     empty view or 0.
 *  6. No raw memory changes hands: there is nothing for the caller to free but handles.
 *  7. Threads: swt_config and swt_keyring belong to one thread at a time. swt_key, swt_store and swt_engine may be
 *     used by any number of threads at once. swt_grant, swt_claims, swt_session and swt_redis_call are immutable. A
 *     swt_pending belongs to one thread at a time. No two threads may free one handle. Callbacks come from whatever
 *     thread is in a call, several at once; they must not throw or longjmp, and may call the
 *     library, but not free what the call that they come from was given.
 *  8. No function aborts, exits, prints, raises a signal, installs a signal handler or reads the environment. (An
 *     OpenSSL that the process shares reads its own configuration at its first use by anybody; what is used here does
 *     not depend on it.) 64 KB of stack are enough for every call.
 *     End your threads before exit: the process's OpenSSL takes itself apart there, also under a call.
 *  9. swt_last_error_message() is this thread's sentence about its last failed call, for logs. Never parse it.
 *     Freeing a handle leaves it alone.
 * 10. Sizes: a secret has at most 65536 bytes, a PEM 32768, a token 12288, a proof 4096, a client's key 2048, a url
 *     8192, a host 512. What is longer is refused before it is read.
 * 11. Times called now_ms are milliseconds since 1970-01-01 UTC; 0 asks for the system's clock. Lifetimes are seconds.
 *     What a store remembers for a time, it counts by its own clock, whatever now_ms says.
 * 12. After fork the child may go on using its handles if no other thread was inside a call; random numbers never
 *     repeat. A memory store is then two stores: neither knows what the other is told. A Redis store connects anew in
 *     the child.
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

/* A list of views, for settings that take several texts. This layout is frozen. { NULL, 0 } is "not given". */
typedef struct swt_bytes_list {
  const swt_bytes *items;
  size_t count;
} swt_bytes_list;

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
#define SWT_ERR_KEY 105              /* a key that is none, or not one for this use: see swt_last_error_message */
#define SWT_ERR_SECRET_TOO_SHORT 106 /* a secret under 32 bytes */
#define SWT_ERR_USER_ID 107          /* userId missing, or neither a text of 1 to 256 bytes nor a non-zero safe integer */
#define SWT_ERR_DATA 108             /* data that is no JSON object, or holds a duplicate name, U+0000, a lone surrogate */
#define SWT_ERR_DATA_TOO_LARGE 109   /* data over 8192 bytes or deeper than 16 levels */
#define SWT_ERR_LIFETIME 110         /* a lifetime below 1 second, or past 2^53 - 1 for a token and 10 years for a session */
#define SWT_ERR_CLIENT_KEY 111       /* a client key that is no public P-256 JWK */
#define SWT_ERR_STORE_REQUIRED 112   /* the operation needs a store, or a store that can do more, and there is none */
#define SWT_ERR_KEY_ID 113           /* a kid that is malformed, or there twice, or was killed */

#define SWT_REJECTED_TOKEN_MALFORMED 201      /* size, shape, base64url, header */
#define SWT_REJECTED_TOKEN_ALGORITHM 202      /* the header names another algorithm than the key has */
#define SWT_REJECTED_TOKEN_KEY 203            /* signed by a key that the ring does not have, or no longer */
#define SWT_REJECTED_TOKEN_AUTHENTICATION 204 /* every cryptographic failure */
#define SWT_REJECTED_TOKEN_EXPIRED 205        /* exp has passed */
#define SWT_REJECTED_TOKEN_NOT_YET_VALID 206  /* iat lies in the future */
#define SWT_REJECTED_TOKEN_AUDIENCE 207       /* made for another audience, or for one where none is expected */
#define SWT_REJECTED_TOKEN_TYPE 208           /* a refresh token where an access token belongs, or the other way round */
#define SWT_REJECTED_TOKEN_CLAIMS 209         /* authentic, but its claims are not what they must be */
#define SWT_REJECTED_TOKEN_LEGACY 210         /* a token of 3.0.1 (no sid, no jti), and legacy is not accepted */
#define SWT_REJECTED_TOKEN_ISSUER 211         /* not of the expected issuer */
#define SWT_REJECTED_TOKEN_SUBJECT 212        /* not about the expected subject */
#define SWT_REJECTED_TOKEN_AGE 213            /* issued longer ago than the caller's maximum */

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

#define SWT_REJECTED_REFRESH_SUPERSEDED 356 /* spent a moment ago by another request of the same client; the session lives */
#define SWT_REJECTED_REFRESH_REUSED 357     /* spent before: two hold this token. The session was revoked. */

#define SWT_UNAVAILABLE_TIMEOUT 401    /* no answer within the time limit */
#define SWT_UNAVAILABLE_CONNECTION 402 /* no connection, or it broke */
#define SWT_UNAVAILABLE_PROTOCOL 403   /* an answer that is not one of the expected ones */
#define SWT_UNAVAILABLE_FULL 404       /* no room to keep a session or a spent proof; nothing is forgotten to make room */
#define SWT_UNAVAILABLE_REFUSED 405    /* the store does not let us in: password, user, permission */

#define SWT_INTERNAL_MEMORY 501 /* out of memory */
#define SWT_INTERNAL_CRYPTO 502 /* the cryptographic library failed, random numbers included */
#define SWT_INTERNAL_BUG 503    /* anything else: please report it */

/* swt_status_class returns status / 100. */
SWT_API int32_t swt_status_class(swt_status status);

/* swt_status_name returns the code's stable name: "token_expired" for SWT_REJECTED_TOKEN_EXPIRED, "key" for
 * SWT_ERR_KEY, "store_timeout" for SWT_UNAVAILABLE_TIMEOUT, "internal_bug" for SWT_INTERNAL_BUG; "unknown" for a
 * number that is none. */
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
typedef struct swt_keyring swt_keyring;       /* several keys: one signs, the others are accepted for a time */
typedef struct swt_store swt_store;           /* where sessions and spent proofs are kept */
typedef struct swt_config swt_config;         /* settings, until an engine is made of them */
typedef struct swt_engine swt_engine;         /* key, store and settings, ready for use */
typedef struct swt_event swt_event;           /* what an audit callback is told */
typedef struct swt_reply swt_reply;           /* where a store's callback puts what it found */
typedef struct swt_grant swt_grant;           /* what sign or refresh gave */
typedef struct swt_claims swt_claims;         /* what verify gave */
typedef struct swt_session swt_session;       /* a session as the store keeps it */
typedef struct swt_pending swt_pending;       /* an operation between its begin and its complete */
typedef struct swt_redis_call swt_redis_call; /* the question of a pending operation, as one Redis script call */

/* ------------------------------------------------------------------------------------------------------------------
 * Keys
 * --------------------------------------------------------------------------------------------------------------- */

/* A secret under 32 bytes is accepted, unless it is empty or a key of another kind. For the time in which an
 * application changes its secret, and no longer: a short secret can be guessed from one token. */
#define SWT_KEY_INSECURE_SHORT_SECRET 0x1u

/* swt_key_new makes a key from a text as secure-web-token 3.0.1 takes it: what holds a PEM block is a private or a public
 * key, anything else a secret. Arguments and errors as in the three functions that follow, which say what is expected. */
SWT_API SWT_MUST_USE swt_status swt_key_new(swt_bytes text, swt_bytes encryption_secret, uint32_t flags,
                                            swt_key **out_key);

/* swt_key_new_secret makes a key from a secret text or from random bytes.
 *
 * Tokens are signed with HMAC-SHA-256 keyed by the secret and sealed with AES-256-GCM keyed by the SHA-256 of the
 * encryption secret.
 *   secret             at least 32 bytes; refused when it is a key of another kind (PEM, DER, SSH, JWK), repeats a
 *                      short pattern, or begins like a placeholder. Use 32 random bytes in hex or base64.
 *   encryption_secret  not given: the secret serves for both, as in 3.0.1. Two secrets are better. Given and empty is
 *                      an error: it is a lookup that failed.
 *   flags              0 or SWT_KEY_INSECURE_SHORT_SECRET
 * Errors: SWT_ERR_KEY, SWT_ERR_SECRET_TOO_SHORT, SWT_ERR_UNSUPPORTED for an unknown flag. */
SWT_API SWT_MUST_USE swt_status swt_key_new_secret(swt_bytes secret, swt_bytes encryption_secret, uint32_t flags,
                                                   swt_key **out_key);

/* swt_key_new_private_pem makes a key that signs, and checks what it signed, from a private key in PEM (RFC 7468).
 *
 *   pem                RSA of 2048 to 8192 bits with an exponent from 65537 up (tokens say RS256, RFC 7518 section
 *                      3.3), or EC on P-256 (ES256; the signature is DER, as in 3.0.1, with the lower of its two
 *                      values of s). PKCS#8, PKCS#1 or SEC1, one block, not encrypted.
 *   encryption_secret  what tokens are sealed with, as in swt_key_new_secret. Mandatory.
 *   flags              0 or SWT_KEY_INSECURE_SHORT_SECRET, about the encryption secret
 * Errors: SWT_ERR_KEY, with the reason in swt_last_error_message; SWT_ERR_SECRET_TOO_SHORT. */
SWT_API SWT_MUST_USE swt_status swt_key_new_private_pem(swt_bytes pem, swt_bytes encryption_secret, uint32_t flags,
                                                        swt_key **out_key);

/* swt_key_new_public_pem makes a key that checks and cannot sign, from a public key in PEM (SubjectPublicKeyInfo, or
 * PKCS#1). Who has it and the encryption secret can read tokens and cannot make any. Arguments and errors as in
 * swt_key_new_private_pem; a private key here is an error, since it does not belong on a machine that only checks. */
SWT_API SWT_MUST_USE swt_status swt_key_new_public_pem(swt_bytes pem, swt_bytes encryption_secret, uint32_t flags,
                                                       swt_key **out_key);

/* swt_key_new_public_half makes, from a private key, the key that only checks. Errors: SWT_ERR_KEY for a secret. */
SWT_API SWT_MUST_USE swt_status swt_key_new_public_half(const swt_key *key, swt_key **out_key);

/* swt_key_algorithm returns what tokens of this key say as their algorithm: "AES-256-GCM+HMAC" for a secret, "RS256" or
 * "ES256"; "" for no key. The text is static. */
SWT_API const char *swt_key_algorithm(const swt_key *key);

/* swt_key_free wipes the key when the last that uses it is freed. A secret lies in guarded memory of some pages of
 * its own, so make keys once: a process cannot hold more than a few thousand. */
SWT_API void swt_key_free(swt_key *key);

/* ------------------------------------------------------------------------------------------------------------------
 * Key rings: a key is changed without logging anybody out
 *
 * Each key of a ring has a name, its kid (RFC 7515 section 4.1.4): 1 to 128 visible ASCII characters but " and \, chosen by
 * you and telling nothing of the key. Tokens say it in their header. A token with a kid is checked with that key alone, and
 * refused when the ring has it no longer. A token without one, from before there was a ring, is tried with the keys of its
 * algorithm, the signer first and then in the order in which they were added. At most four: so many secrets, and so many PEM
 * keys, a ring may hold.
 *
 * To change a key: a ring with the new key as signer and the old one accepted until the last token that it signed has
 * expired; then swt_engine_set_keyring in every process. Where processes take it up one after the other, first add the new
 * key as accepted everywhere, and make it the signer in a second round.
 * --------------------------------------------------------------------------------------------------------------- */

#define SWT_NO_END INT64_MAX

SWT_API SWT_MUST_USE swt_status swt_keyring_new(swt_keyring **out_keyring);
SWT_API void swt_keyring_free(swt_keyring *keyring);

/* swt_keyring_set_signer sets the key that signs; it is accepted too. Errors: SWT_ERR_KEY for a public key,
 * SWT_ERR_KEY_ID, SWT_ERR_STATE when there is a signer already, or four such keys. */
SWT_API SWT_MUST_USE swt_status swt_keyring_set_signer(swt_keyring *keyring, const swt_key *key, swt_bytes kid);

/* swt_keyring_accept adds a key whose tokens are accepted until that moment (milliseconds since 1970) or SWT_NO_END.
 * Errors: SWT_ERR_KEY_ID, SWT_ERR_ARGUMENT, SWT_ERR_STATE when there are four such keys. */
SWT_API SWT_MUST_USE swt_status swt_keyring_accept(swt_keyring *keyring, const swt_key *key, swt_bytes kid,
                                                   int64_t until_ms);

/* ------------------------------------------------------------------------------------------------------------------
 * Stores
 * --------------------------------------------------------------------------------------------------------------- */

typedef struct swt_memory_store_options {
  size_t struct_size;       /* sizeof(swt_memory_store_options): set by SWT_MEMORY_STORE_OPTIONS_INIT */
  int64_t session_ttl_s;    /* how long a session lives; 0: 86400, or as long as its refresh token if that is longer */
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

typedef struct swt_redis_store_options {
  size_t struct_size;                /* set by SWT_REDIS_STORE_OPTIONS_INIT */
  swt_bytes prefix;                  /* of the keys; not given: "swt:session:", as 3.0.1; given and empty: none */
  int64_t session_ttl_s;             /* how long a session lives; 0: 86400, or as long as its refresh token if that is longer */
  int64_t connect_timeout_ms;        /* resolving, connecting, TLS, AUTH and SELECT together, 1 to 60000; 0: 1000 */
  int64_t command_timeout_ms;        /* waiting for a connection, sending and the whole reply together, 1 to 60000; 0: 250 */
  uint32_t max_connections;          /* at once, 1 to 1024; 0: 8 */
  uint32_t reserved;                 /* 0 */
  swt_bytes ca_file;                 /* PEM file of the authorities that the certificate of a rediss:// server may come
                                        from; mandatory there. No other authority is trusted. */
  swt_bytes client_certificate_file; /* PEM files, where the server asks for a certificate; both or none */
  swt_bytes client_key_file;
} swt_redis_store_options;

#define SWT_REDIS_STORE_OPTIONS_INIT                                                                                \
  {                                                                                                                 \
    sizeof(swt_redis_store_options), { NULL, 0 }, 0, 0, 0, 0, 0, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }               \
  }

/* swt_store_redis_open makes a store over a Redis server, 5.0 or later, shared by any number of processes and
 * machines and with the npm package: the same keys, the same scripts.
 *
 *   url      redis://[[user]:password@]host[:port][/db]   rediss://… the same over TLS, the host's name verified
 *            unix://[[user]:password@]/path/to/socket[?db=n]
 *   options  may be NULL for the defaults
 *
 * It does not connect yet: a service may start before its Redis does; see swt_store_ping. Each operation takes one
 * round trip on a connection of its own from a pool. One that saw an error or a time limit is closed and never used
 * again. The server must not evict keys (maxmemory-policy noeviction): what it forgets, a revocation for one, nobody
 * else knows. The user that the url names needs: ~<prefix>* &* +@read +@write +@scripting +time +ping +select.
 * Errors: SWT_ERR_ARGUMENT for a url, an option or a certificate that cannot be used, SWT_ERR_LIFETIME. */
SWT_API SWT_MUST_USE swt_status swt_store_redis_open(swt_bytes url, const swt_redis_store_options *options,
                                                     swt_store **out_store);

/* A store of your own, for sessions in a database that you have. `user` is handed to each function. They return
 * SWT_OK or a status of class 4; anything else is taken as SWT_UNAVAILABLE_PROTOCOL. They are called from any thread,
 * several at once.
 *
 * The first three are those of a store for secure-web-token 3.0.1. With them alone sessions and revocations hold
 * wherever the database is seen, but proofs are spent in this process only, and swt_refresh is refused. With `claim`
 * a store can do all that the others do, but put a session's end off: it lives from its login for as long as it was
 * registered for. */
typedef struct swt_store_callbacks {
  size_t struct_size; /* set by SWT_STORE_CALLBACKS_INIT */
  void *user;
  int64_t session_ttl_s; /* how long a session lives; 0: 86400, or as long as its refresh token if that is longer */

  /* Keep this text under this id for ttl_s seconds. The id is new. */
  swt_status (*register_session)(void *user, swt_bytes session_id, swt_bytes session_json, int64_t ttl_s);
  /* Hand the text that was registered to swt_reply_set; SWT_OK without that says that there is no such session. */
  swt_status (*get_session)(void *user, swt_bytes session_id, swt_reply *reply);
  /* End it: a get_session that starts after this has returned finds nothing. An unknown id is SWT_OK. */
  swt_status (*revoke_session)(void *user, swt_bytes session_id);

  /* In one atomic step: keep the value under the name for life_s seconds unless there is one already, and hand the value
   * that now stands to swt_reply_set. Names are at most 160 visible ASCII characters, values 64. NULL: not offered. */
  swt_status (*claim)(void *user, swt_bytes name, swt_bytes value, int64_t life_s, swt_reply *reply);

  void (*release)(void *user); /* called once, when nothing uses the store any more; may be NULL */
} swt_store_callbacks;

#define SWT_STORE_CALLBACKS_INIT { sizeof(swt_store_callbacks), NULL, 0, NULL, NULL, NULL, NULL, NULL }

/* swt_store_callbacks_open makes a store of callbacks. An engine that is given one without claim says once, to its
 * audit callback, what then holds in this process only.
 * Errors: SWT_ERR_ARGUMENT when one of the three is NULL, SWT_ERR_LIFETIME; release is not called then. */
SWT_API SWT_MUST_USE swt_status swt_store_callbacks_open(const swt_store_callbacks *callbacks, swt_store **out_store);

/* swt_reply_set copies what a callback found, at most 4096 bytes. Good during that callback only. */
SWT_API SWT_MUST_USE swt_status swt_reply_set(swt_reply *reply, swt_bytes value);

/* swt_store_ping asks the store whether it can be used: a service may want to know at its start. A memory store and
 * one of callbacks always say yes.
 * Errors: class 4, with the reason in swt_last_error_message. */
SWT_API SWT_MUST_USE swt_status swt_store_ping(swt_store *store);

SWT_API void swt_store_free(swt_store *store);

/* ------------------------------------------------------------------------------------------------------------------
 * Engines: configure, freeze, use
 * --------------------------------------------------------------------------------------------------------------- */

SWT_API SWT_MUST_USE swt_status swt_config_new(swt_config **out_config);
SWT_API void swt_config_free(swt_config *config);

/* swt_config_set_key sets the one key; the config keeps it. Every engine needs a key, or a key ring instead. With a
 * public key the engine can verify and cannot sign. */
SWT_API SWT_MUST_USE swt_status swt_config_set_key(swt_config *config, const swt_key *key);

/* swt_config_set_keyring sets the keys as they are in the ring now. Without a signer the engine can verify only.
 * Errors: SWT_ERR_STATE for an empty ring. */
SWT_API SWT_MUST_USE swt_status swt_config_set_keyring(swt_config *config, const swt_keyring *keyring);

/* swt_config_set_store sets the store that swt_sign, swt_verify, swt_refresh and swt_revoke ask. With a store, each
 * token that is signed gets a session, and each request that is verified must name its session.
 *
 * Without a store the engine is stateless: tokens have no session, nothing can be revoked before it expires, and
 * proofs are spent in this engine's own memory. */
SWT_API SWT_MUST_USE swt_status swt_config_set_store(swt_config *config, swt_store *store);

/* The external store does not remember which refresh tokens were spent: it can no more than the first three functions
 * of swt_store_callbacks. swt_refresh_begin is then SWT_ERR_STORE_REQUIRED without SWT_REFRESH_INSECURE_REUSE, and the
 * engine says once, to its audit callback, what is not promised. */
#define SWT_EXTERNAL_STORE_FORGETS 0x1u

/* swt_config_use_external_store says that sessions are kept by a store that the host asks itself, between begin and
 * complete. The checks are the same as with swt_config_set_store. flags: 0 or SWT_EXTERNAL_STORE_FORGETS.
 * Errors: SWT_ERR_UNSUPPORTED for an unknown flag. */
SWT_API SWT_MUST_USE swt_status swt_config_use_external_store(swt_config *config, uint32_t flags);

/* swt_config_accept_legacy_until accepts, until that moment (milliseconds since 1970; SWT_NO_END), what
 * secure-web-token 3.0.1 wrote and version 4 would refuse: tokens that do not name their session, refresh tokens
 * without an id, proofs without jti, and proofs that are checked without method and url. The default is 0: never.
 * Each use is reported by swt_claims_legacy_uses or swt_grant_legacy_uses, and to the audit callback. */
SWT_API SWT_MUST_USE swt_status swt_config_accept_legacy_until(swt_config *config, int64_t until_ms);

/* An audit callback is told what happened, after it was decided: it cannot change the outcome, and what it does with
 * the event cannot break the call. The event is good during the callback only. It never holds a token, a proof or a
 * secret. */
typedef void (*swt_audit_callback)(void *user, const swt_event *event);

/* swt_config_set_audit sets the callback of the engines that are made after; NULL for none. `user` is handed to it. */
SWT_API SWT_MUST_USE swt_status swt_config_set_audit(swt_config *config, swt_audit_callback callback, void *user);

/* swt_event_name says what happened:
 *
 *   sign             a token was made
 *   verify_success   an access token was accepted; or, within a refresh, a refresh token
 *   verify_failure   one was not, or the store could not answer
 *   refresh          a refresh token was traded in; verify_success and sign come before it
 *   revoke           a session was ended
 *   legacy_accepted  something of 3.0.1 was accepted, because swt_config_accept_legacy_until allows it
 *   warning          a setting promises less than it seems to, said once per engine
 *
 * The text is static. */
SWT_API const char *swt_event_name(const swt_event *event);
SWT_API swt_status swt_event_status(const swt_event *event);      /* the call's status */
SWT_API int64_t swt_event_time_ms(const swt_event *event);        /* the now of the call */
SWT_API swt_bytes swt_event_user_id(const swt_event *event);      /* as JSON, when it is known */
SWT_API swt_bytes swt_event_session_id(const swt_event *event);   /* when it is known */
SWT_API const char *swt_event_reason(const swt_event *event);     /* a sentence; "" on success. The text is static. */

/* swt_event_json returns the event as one line of JSON for a log collector, without the line's end:
 * {"timestamp":<ms>,"event":…,"code":…[,"userId":…][,"sessionId":…][,"reason":…]}; code is swt_status_name's. */
SWT_API swt_bytes swt_event_json(const swt_event *event);

/* swt_engine_new makes an engine from a copy of the settings; the config may be changed and used again.
 * Errors: SWT_ERR_STATE when neither a key nor a key ring was set. */
SWT_API SWT_MUST_USE swt_status swt_engine_new(const swt_config *config, swt_engine **out_engine);
SWT_API void swt_engine_free(swt_engine *engine);

/* swt_engine_set_keyring replaces the keys of an engine in use, at one moment for all threads. What has begun before
 * is completed with the keys of its begin.
 * Errors: SWT_ERR_STATE for an empty ring, SWT_ERR_KEY_ID for one with a killed key. */
SWT_API SWT_MUST_USE swt_status swt_engine_set_keyring(swt_engine *engine, const swt_keyring *keyring);

/* swt_engine_kill_key stops accepting a key now and for the life of the engine, for one that got out: tokens with
 * this kid are SWT_REJECTED_TOKEN_KEY, and a later ring that has it is refused. A kid that the ring does not have may
 * be killed too. When it is the signer's, signing is SWT_ERR_STATE until another ring is set. What has begun before
 * may still be completed, for the 5 seconds that it lives. SWT_ERR_STATE for an engine with one key and no ring.
 * Errors: SWT_ERR_KEY_ID. */
SWT_API SWT_MUST_USE swt_status swt_engine_kill_key(swt_engine *engine, swt_bytes kid);

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
  swt_bytes proof;            /* the login request's own proof: the token is bound to the key that made it; or not given */
  swt_bytes method;           /* of the login request, with url and host as in swt_verify_request, for the proof */
  swt_bytes url;
  swt_bytes host;
  swt_bytes issuer;           /* iss (RFC 7519 section 4.1); or not given. Up to 256 bytes each, as the next two. */
  swt_bytes subject;          /* sub; or not given */
  swt_bytes_list audiences;   /* aud: one text, or an array of them when there are several; at most 16; or not given */
} swt_sign_request;

#define SWT_SIGN_REQUEST_INIT                                                                                       \
  {                                                                                                                 \
    sizeof(swt_sign_request), { NULL, 0 }, { NULL, 0 }, 0, 0, 0, 0, 0, { NULL, 0 }, { NULL, 0 }, { NULL, 0 },        \
    { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }                                                              \
  }

/* swt_sign makes a token for the claims in the request, and registers a new session when the engine has a store. The
 * same claims signed twice give two tokens and two sessions.
 *
 * client_key_jwk alone binds the token to whatever key the login's body names. With a proof the login shows that it
 * comes from the holder of that key: the proof must be good for this method and url, and fresh; where both are given,
 * by that key. It is not remembered as spent: it opens nothing, and only its key's holder can use what comes of it.
 * Errors: SWT_ERR_DATA, SWT_ERR_DATA_TOO_LARGE, SWT_ERR_USER_ID, SWT_ERR_LIFETIME, SWT_ERR_CLIENT_KEY, SWT_ERR_KEY
 * for a public key, SWT_ERR_STATE without a signer; class 3 for the proof; class 4 when the store could not register
 * the session: then there is no token either. */
SWT_API SWT_MUST_USE swt_status swt_sign(const swt_engine *engine, const swt_sign_request *request,
                                         swt_grant **out_grant);

SWT_API swt_bytes swt_grant_token(const swt_grant *grant);         /* the access token */
SWT_API swt_bytes swt_grant_session_id(const swt_grant *grant);    /* a random UUID (RFC 9562); empty without a store */
SWT_API swt_bytes swt_grant_refresh_token(const swt_grant *grant); /* empty unless it was asked for */
SWT_API swt_bytes swt_grant_user_id(const swt_grant *grant);       /* as JSON: "alice" with its quotes, or 7 */
SWT_API int64_t swt_grant_expires_at(const swt_grant *grant);      /* the access token's exp, in seconds since 1970 */
SWT_API uint32_t swt_grant_legacy_uses(const swt_grant *grant);    /* SWT_LEGACY_…, for a refresh */
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
  swt_bytes_list audiences; /* the token's aud must hold one of these, 1 to 16. Not given: it must have no aud
                               (RFC 7519 section 4.1.3) */
  swt_bytes_list issuers;   /* its iss must be one of these; not given: any, or none */
  swt_bytes subject;        /* its sub must be this; not given: any, or none */
  int64_t leeway_s;         /* how long past its exp, and past max_age_s, it is still good, 0 to 300 */
  int64_t max_age_s;        /* how long ago it may have been issued; 0: as long as it lives */
} swt_verify_request;

#define SWT_VERIFY_REQUEST_INIT                                                                                     \
  {                                                                                                                 \
    sizeof(swt_verify_request), { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, 0,     \
    { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, 0, 0                                                        \
  }

#define SWT_ATTEMPT_LEN 22

/* swt_attempt_new writes a new random name for one incoming request, and a NUL.
 *
 * A proof is good once. Where several guards check one and the same incoming request, each by a swt_verify of its
 * own, give all of them the same attempt: then the proof is spent by the first and recognised by the others. Keep it
 * with the request that it was made for, never take it from what a client sent. Without an attempt every call is one
 * of its own. */
SWT_API SWT_MUST_USE swt_status swt_attempt_new(char out_attempt[SWT_ATTEMPT_LEN + 1]);

/* swt_verify checks an access token, the proof that came with it, and its session, cheapest first: shape and readable
 * expiry, signature, decryption, claims, proof, and last, in one question to the store, session and first use of the
 * proof. A proof is spent only when everything else was good.
 *
 * A token that is bound to a key needs a proof; a proof that comes with an unbound token proves nothing and is
 * ignored. The proof must be for this method and this url; a proof url with a query is good for that query only, one
 * without for any. When the request's url is absolute, scheme, host and port of an absolute proof url must be its
 * own; when only host is given, host and port are compared and the scheme is not, since TLS may end before this
 * process; when neither is known, path and query are. It is good for 300 seconds, may be dated 60 seconds ahead (300
 * for a legacy one without jti), and is good once: for one session (in
 * memory, for one client), or where there is none in one engine. A proof
 * with ath is good for that token only.
 *
 * Errors: classes 2 and 3 when refused; class 4 when the store could not answer; SWT_ERR_ARGUMENT when method and url
 * do not come together. On every error out_claims is NULL. */
SWT_API SWT_MUST_USE swt_status swt_verify(const swt_engine *engine, const swt_verify_request *request,
                                           swt_claims **out_claims);

/* Something of 3.0.1 that was accepted because swt_config_accept_legacy_until allows it. */
#define SWT_LEGACY_TOKEN_WITHOUT_SESSION 0x1u /* the token does not name its session */
#define SWT_LEGACY_PROOF_WITHOUT_JTI 0x2u     /* the proof has no jti */
#define SWT_LEGACY_PROOF_NOT_COMPARED 0x4u    /* no method and url to compare the proof with */
#define SWT_LEGACY_REFRESH_TOKEN 0x8u         /* a refresh token without an id */

SWT_API swt_bytes swt_claims_payload(const swt_claims *claims);    /* the whole payload: {"data":{…},"iat":…,"exp":…,…} */
SWT_API swt_bytes swt_claims_data(const swt_claims *claims);       /* the caller's part of it: {…} */
SWT_API swt_bytes swt_claims_user_id(const swt_claims *claims);    /* as JSON: "alice" with its quotes, or 7 */
SWT_API swt_bytes swt_claims_session_id(const swt_claims *claims); /* the session that was checked; empty without */
SWT_API swt_bytes swt_claims_thumbprint(const swt_claims *claims); /* the bound key's RFC 7638 thumbprint; empty without */
SWT_API swt_bytes swt_claims_token_id(const swt_claims *claims);   /* the token's jti; empty in tokens of 3.0.1 */
SWT_API swt_bytes swt_claims_key_id(const swt_claims *claims);     /* the kid of the key that signed it; empty without a ring */
SWT_API int64_t swt_claims_issued_at(const swt_claims *claims);    /* seconds since 1970 */
SWT_API int64_t swt_claims_expires_at(const swt_claims *claims);   /* seconds since 1970 */
SWT_API uint32_t swt_claims_legacy_uses(const swt_claims *claims); /* SWT_LEGACY_… */
SWT_API void swt_claims_free(swt_claims *claims);

/* swt_open_unchecked_session opens a token, of either type, for tools that look into one. It checks what the token is
 * by itself, signature, seal, claims and expiry, and NOTHING of whether it may be used: not its session, which may be
 * revoked, not the proof, not the audience. It asks no store, so swt_claims_session_id is empty; the payload has what
 * the token says. Never let a request in on its word.
 * Errors: class 2. */
SWT_API SWT_MUST_USE swt_status swt_open_unchecked_session(const swt_engine *engine, swt_bytes token, int64_t now_ms,
                                                           swt_claims **out_claims);

/* ------------------------------------------------------------------------------------------------------------------
 * Refresh
 * --------------------------------------------------------------------------------------------------------------- */

/* Refresh although nothing remembers which refresh tokens were spent: without a store, with one of callbacks without
 * claim, or with an external one of SWT_EXTERNAL_STORE_FORGETS. A stolen refresh token then works beside its owner's,
 * unseen, until it expires. */
#define SWT_REFRESH_INSECURE_REUSE 0x1u

typedef struct swt_refresh_request {
  size_t struct_size;         /* set by SWT_REFRESH_REQUEST_INIT */
  swt_bytes refresh_token;    /* as swt_grant_refresh_token gave it */
  swt_bytes session_id;       /* as the session cookie gave it; or not given: the token names its session itself. When it is
                                 given it must be that one; one of 3.0.1 names none, and needs it. */
  swt_bytes proof;            /* the request's proof, mandatory for a token that is bound to a key */
  swt_bytes method;           /* of the request, with url, host and attempt as in swt_verify_request */
  swt_bytes url;
  swt_bytes host;
  swt_bytes attempt;
  swt_bytes data_json;        /* the caller's claims from now on, of the same user; not given: as they were */
  int64_t lifetime_s;         /* of the new access token; 0: 900 */
  int64_t refresh_lifetime_s; /* of the new refresh token; 0: 604800 */
  int64_t now_ms;             /* 0: the system's clock */
  uint32_t flags;             /* SWT_REFRESH_… */
  uint32_t reserved;          /* 0 */
  swt_bytes client_key_jwk;   /* the client's key, where the host is told: it must be the one that the token is bound to; or
                                 not given */
} swt_refresh_request;

#define SWT_REFRESH_REQUEST_INIT                                                                                    \
  {                                                                                                                 \
    sizeof(swt_refresh_request), { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 },       \
    { NULL, 0 }, { NULL, 0 }, 0, 0, 0, 0, 0, { NULL, 0 }                                                            \
  }

/* swt_refresh trades a refresh token for a new access token and a new refresh token. Session, key, issuer, subject
 * and audiences stay; the session lives on as long as the new refresh token.
 *
 * A refresh token is good once. Within 10 seconds of its use, while its successor has not been used, another try is
 * SWT_REJECTED_REFRESH_SUPERSEDED, as when two tabs refresh at once: use what the other one got. Later it is
 * SWT_REJECTED_REFRESH_REUSED: somebody else holds a copy, the session is revoked, and with it every token of it (RFC
 * 9700 section 4.14.2). Whoever cannot make a proof with the bound key, or names another session, gets neither: that
 * costs the owner nothing.
 * Errors: as swt_verify; of swt_sign those about data, lifetimes and keys, and SWT_ERR_USER_ID for data of another
 * user; SWT_ERR_STORE_REQUIRED where nothing remembers spent tokens. */
SWT_API SWT_MUST_USE swt_status swt_refresh(const swt_engine *engine, const swt_refresh_request *request,
                                            swt_grant **out_grant);

/* ------------------------------------------------------------------------------------------------------------------
 * Sessions
 * --------------------------------------------------------------------------------------------------------------- */

/* swt_revoke ends a session: from the moment it returns SWT_OK, every verification that starts is refused.
 * Idempotent: a session that is unknown, has ended, or cannot exist (an id that is no lower-case UUID) is SWT_OK too,
 * and nothing tells them apart.
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
 *     or, for a database of another kind:
 *       swt_pending_question(pending)                      do in it what is asked, in one atomic step, then the same
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

SWT_API SWT_MUST_USE swt_status swt_refresh_begin(const swt_engine *engine, const swt_refresh_request *request,
                                                  swt_pending **out_pending);
SWT_API SWT_MUST_USE swt_status swt_refresh_complete(swt_pending *pending, int64_t now_ms, swt_grant **out_grant);

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

/* swt_pending_question gives what is to be asked, as one JSON object, for a store that you write. The text belongs to
 * the pending operation; asked for twice it is the same. It is empty when there is nothing to ask, or not any more.
 *
 * Do what it asks in one step that is atomic for all who use the database, and state with swt_pending_answer what you
 * found; whether that is good enough is decided by complete, which compares the record once more. Where you keep no more,
 * say SWT_UNAVAILABLE_FULL, and forget nothing before its time. What lives for a time is gone after it.
 *
 *   {"type":"register","sessionId":…,"record":…,"lifeSeconds":…,"refreshHash":…}
 *     Under this id keep record and refreshHash (null: there is none) for lifeSeconds, or for as long as your sessions
 *     live.
 *     TAKEN or REVOKED when the id is there already; else OK.
 *
 *   {"type":"verify","sessionId":…,"record":…,"proof":…}
 *     MISSING when the id is not there; REVOKED when it was ended; MISMATCH, with the record that is kept, when that is
 *     not this text byte for byte. Then, unless proof is null, spend it:
 *       {"id":…,"attempt":…,"lifeSeconds":…,"max":…}
 *       When this proof of this session is kept with another attempt, PROOF_USED; with the same one it is spent. Else
 *       keep proof and attempt for lifeSeconds; when max of this session are kept, SWT_UNAVAILABLE_FULL.
 *     Then OK, with the record that is kept. sessionId and record are null for an engine without sessions: there is
 *     only a proof to spend.
 *
 *   {"type":"rotate","sessionId":…,"record":…,"proof":…,"presentedHash":…,"successorHash":…,"graceSeconds":…,
 *    "lifeSeconds":…,"legacy":…}
 *     As verify; where that would be OK, look at the refreshHash that is kept:
 *     - It is presentedHash: keep successorHash in its place, and presentedHash as the previous one with the time; the
 *       session lives for lifeSeconds from now, or as long as before if that is longer. OK.
 *     - It is successorHash, and the previous one presentedHash: the same call came twice. OK, and nothing changes.
 *     - The previous one is presentedHash, and that was at most graceSeconds ago: SUPERSEDED, and nothing changes.
 *     - There is none: MISSING.
 *     - Otherwise two hold one token: end the session. REUSED.
 *     legacy is true for a refresh token of 3.0.1, which was never registered: MISMATCH with the record. Only a session
 *     that 3.0.1 put into your database takes its first one as if it were kept.
 *
 *   {"type":"revoke","sessionId":…}   End it: keep that it was ended for as long as it would have lived. An id that is
 *                                     not there is the same, and nothing is kept for it. OK.
 *   {"type":"lookup","sessionId":…}   OK with the record, MISSING, or REVOKED. */
SWT_API swt_bytes swt_pending_question(const swt_pending *pending);

/* What a store of your own can state. Each question says which of them answer it; another is SWT_UNAVAILABLE_PROTOCOL. */
#define SWT_FACT_OK 1
#define SWT_FACT_MISSING 0
#define SWT_FACT_REVOKED (-1)
#define SWT_FACT_PROOF_USED (-2)
#define SWT_FACT_TAKEN (-5)
#define SWT_FACT_MISMATCH (-9)
#define SWT_FACT_SUPERSEDED 3
#define SWT_FACT_REUSED (-7)

/* swt_pending_answer keeps the store's answer for complete: three texts, which are a number of SWT_FACT_… in decimal, the
 * record or "", and the store's time in milliseconds since 1970. The scripts for Redis reply with these three: hand them
 * over as they came, numbers in decimal, and any other reply too (count 0 for what is no array): complete then says
 * unavailable. */
SWT_API SWT_MUST_USE swt_status swt_pending_answer(swt_pending *pending, const swt_bytes *parts, size_t count);

/* swt_pending_unavailable says that the store did not answer, and how: a status of class 4. */
SWT_API SWT_MUST_USE swt_status swt_pending_unavailable(swt_pending *pending, swt_status reason);

SWT_API void swt_pending_free(swt_pending *pending);

typedef struct swt_redis_options {
  size_t struct_size;          /* set by SWT_REDIS_OPTIONS_INIT */
  swt_bytes prefix;            /* of the keys; not given: "swt:session:"; given and empty: none */
  swt_bytes client_key_prefix; /* what the host's client itself puts before each key; or not given */
  int64_t session_ttl_s;       /* how long a session lives; 0: 86400, or as long as its refresh token if that is longer */
  int64_t not_after_ms;        /* the server's time after which a login or refresh must not take effect; 0: no limit */
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
