--- The part of include/swt/swt.h that swt.lua uses, for ffi.cdef. It is the header's own text without its comments, with
-- the constants in an enum: test_swt.lua compares the two, so that they cannot drift apart.
return [[
enum {
  SWT_ABI_VERSION = 1, SWT_KEY_INSECURE_SHORT_SECRET = 0x1, SWT_SIGN_REFRESH_TOKEN = 0x1, SWT_REFRESH_INSECURE_REUSE = 0x1,
  SWT_ATTEMPT_LEN = 22, SWT_THUMBPRINT_LEN = 43
};
typedef struct swt_bytes { const uint8_t *data; size_t len; } swt_bytes;
typedef struct swt_bytes_list { const swt_bytes *items; size_t count; } swt_bytes_list;
typedef int32_t swt_status;
typedef struct swt_key swt_key;
typedef struct swt_keyring swt_keyring;
typedef struct swt_store swt_store;
typedef struct swt_config swt_config;
typedef struct swt_engine swt_engine;
typedef struct swt_event swt_event;
typedef struct swt_grant swt_grant;
typedef struct swt_claims swt_claims;
typedef void (*swt_audit_callback)(void *user, const swt_event *event);

typedef struct swt_memory_store_options {
  size_t struct_size; int64_t session_ttl_s; uint32_t max_sessions; uint32_t max_proofs;
} swt_memory_store_options;
typedef struct swt_redis_store_options {
  size_t struct_size; swt_bytes prefix; int64_t session_ttl_s; int64_t connect_timeout_ms; int64_t command_timeout_ms;
  uint32_t max_connections; uint32_t reserved; swt_bytes ca_file; swt_bytes client_certificate_file;
  swt_bytes client_key_file;
} swt_redis_store_options;
typedef struct swt_sign_request {
  size_t struct_size; swt_bytes data_json; swt_bytes client_key_jwk; int64_t lifetime_s; int64_t refresh_lifetime_s;
  int64_t now_ms; uint32_t flags; uint32_t reserved; swt_bytes proof; swt_bytes method; swt_bytes url; swt_bytes host;
  swt_bytes issuer; swt_bytes subject; swt_bytes_list audiences;
} swt_sign_request;
typedef struct swt_verify_request {
  size_t struct_size; swt_bytes token; swt_bytes session_id; swt_bytes proof; swt_bytes method; swt_bytes url;
  swt_bytes host; int64_t now_ms; swt_bytes attempt; swt_bytes_list audiences; swt_bytes_list issuers;
  swt_bytes subject; int64_t leeway_s; int64_t max_age_s;
} swt_verify_request;
typedef struct swt_refresh_request {
  size_t struct_size; swt_bytes refresh_token; swt_bytes session_id; swt_bytes proof; swt_bytes method; swt_bytes url;
  swt_bytes host; swt_bytes attempt; swt_bytes data_json; int64_t lifetime_s; int64_t refresh_lifetime_s;
  int64_t now_ms; uint32_t flags; uint32_t reserved; swt_bytes client_key_jwk;
} swt_refresh_request;

uint32_t swt_abi_version(void);
const char *swt_version_details(void);
int32_t swt_status_class(swt_status status);
const char *swt_status_name(swt_status status);
const char *swt_status_challenge(swt_status status);
const char *swt_last_error_message(void);
swt_status swt_key_new_secret(swt_bytes secret, swt_bytes encryption_secret, uint32_t flags, swt_key **out_key);
swt_status swt_key_new_private_pem(swt_bytes pem, swt_bytes encryption_secret, uint32_t flags, swt_key **out_key);
swt_status swt_key_new_public_pem(swt_bytes pem, swt_bytes encryption_secret, uint32_t flags, swt_key **out_key);
swt_status swt_key_new_public_half(const swt_key *key, swt_key **out_key);
void swt_key_free(swt_key *key);
swt_status swt_keyring_new(swt_keyring **out_keyring);
void swt_keyring_free(swt_keyring *keyring);
swt_status swt_keyring_set_signer(swt_keyring *keyring, const swt_key *key, swt_bytes kid);
swt_status swt_keyring_accept(swt_keyring *keyring, const swt_key *key, swt_bytes kid, int64_t until_ms);
swt_status swt_store_memory_open(const swt_memory_store_options *options, swt_store **out_store);
swt_status swt_store_redis_open(swt_bytes url, const swt_redis_store_options *options, swt_store **out_store);
swt_status swt_store_ping(swt_store *store);
void swt_store_free(swt_store *store);
swt_status swt_config_new(swt_config **out_config);
void swt_config_free(swt_config *config);
swt_status swt_config_set_key(swt_config *config, const swt_key *key);
swt_status swt_config_set_keyring(swt_config *config, const swt_keyring *keyring);
swt_status swt_config_set_store(swt_config *config, swt_store *store);
swt_status swt_config_accept_legacy_until(swt_config *config, int64_t until_ms);
swt_status swt_config_set_audit(swt_config *config, swt_audit_callback callback, void *user);
swt_bytes swt_event_json(const swt_event *event);
swt_status swt_engine_new(const swt_config *config, swt_engine **out_engine);
void swt_engine_free(swt_engine *engine);
swt_status swt_engine_set_keyring(swt_engine *engine, const swt_keyring *keyring);
swt_status swt_engine_kill_key(swt_engine *engine, swt_bytes kid);
swt_status swt_sign(const swt_engine *engine, const swt_sign_request *request, swt_grant **out_grant);
swt_bytes swt_grant_token(const swt_grant *grant);
swt_bytes swt_grant_session_id(const swt_grant *grant);
swt_bytes swt_grant_refresh_token(const swt_grant *grant);
swt_bytes swt_grant_user_id(const swt_grant *grant);
int64_t swt_grant_expires_at(const swt_grant *grant);
uint32_t swt_grant_legacy_uses(const swt_grant *grant);
void swt_grant_free(swt_grant *grant);
swt_status swt_attempt_new(char out_attempt[SWT_ATTEMPT_LEN + 1]);
swt_status swt_verify(const swt_engine *engine, const swt_verify_request *request, swt_claims **out_claims);
swt_bytes swt_claims_payload(const swt_claims *claims);
swt_bytes swt_claims_data(const swt_claims *claims);
swt_bytes swt_claims_user_id(const swt_claims *claims);
swt_bytes swt_claims_session_id(const swt_claims *claims);
swt_bytes swt_claims_thumbprint(const swt_claims *claims);
swt_bytes swt_claims_token_id(const swt_claims *claims);
swt_bytes swt_claims_key_id(const swt_claims *claims);
int64_t swt_claims_issued_at(const swt_claims *claims);
int64_t swt_claims_expires_at(const swt_claims *claims);
uint32_t swt_claims_legacy_uses(const swt_claims *claims);
void swt_claims_free(swt_claims *claims);
swt_status swt_open_unchecked_session(const swt_engine *engine, swt_bytes token, int64_t now_ms,
                                      swt_claims **out_claims);
swt_status swt_refresh(const swt_engine *engine, const swt_refresh_request *request, swt_grant **out_grant);
swt_status swt_revoke(const swt_engine *engine, swt_bytes session_id);
swt_status swt_jwk_thumbprint(swt_bytes jwk, char out_thumbprint[SWT_THUMBPRINT_LEN + 1]);
]]
