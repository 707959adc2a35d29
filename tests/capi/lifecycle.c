/*
 * The life of a session, in C: sign, verify, refresh, and everything that is refused, up to the logout.
 *
 * Read main() from top to bottom to learn the library. Each line that the program prints is one check; it stops with
 * exit code 1 at the first that fails. Build it with
 *
 *     cc -std=c99 lifecycle.c $(pkg-config --cflags --libs swt)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <swt/swt.h>

static void check(int good, const char *what) {
  printf("%s  %s\n", good ? "ok    " : "FAILED", what);
  if (!good) {
    printf("        last error: %s\n", swt_last_error_message());
    exit(1);
  }
}

/* The program knows what each call must answer. An application looks at the class instead: see status_to_http(). */
static void expect(swt_status got, swt_status wanted, const char *what) { check(got == wanted, what); }

/* Views end in a NUL that their length does not count; comparing by length works for any view. */
static int view_is(swt_bytes view, const char *text) {
  return view.len == strlen(text) && memcmp(view.data, text, view.len) == 0;
}

static int view_contains(swt_bytes view, const char *text) {
  return view.data != NULL && strstr((const char *)view.data, text) != NULL;
}

/* How a web application answers. A store that could not answer is neither "come in" nor "you are logged out". */
static int status_to_http(swt_status status) {
  switch (swt_status_class(status)) {
    case 0:
      return 200;
    case 2: /* the token is not good */
    case 3: /* the proof or the session is not good */
      return 401;
    case 4:
      return 503;
    default: /* the program is wrong, or something broke */
      return 500;
  }
}

/* Key, store and settings make an engine. One engine serves a whole application, from any number of threads. */
static swt_engine *open_engine(void) {
  /* A real program reads its secret from where it keeps secrets: 32 random bytes, in hex or base64. */
  const swt_bytes secret = swt_text("d2c5be9e4ab1a4f09d7be0a0c3a1f47a96f4b86e0c7d5b1f6a3e8c9d02417b55");
  const swt_bytes sealing_secret = swt_text("7be1f6c02d9a4c3fb8e5d4719f60ac28e37d1b5490c6f2a8d4e96b0371c5fa8e");

  swt_key *key = NULL;
  swt_store *store = NULL;
  swt_config *config = NULL;
  swt_engine *engine = NULL;

  expect(swt_key_new_secret(secret, sealing_secret, 0, &key), SWT_OK, "a key is made from two secrets");
  expect(swt_store_memory_open(NULL, &store), SWT_OK, "a store in memory is opened with its defaults");
  expect(swt_config_new(&config), SWT_OK, "a config is made");
  expect(swt_config_set_key(config, key), SWT_OK, "the config takes the key");
  expect(swt_config_set_store(config, store), SWT_OK, "the config takes the store");
  expect(swt_engine_new(config, &engine), SWT_OK, "an engine is made of the config");

  /* The engine keeps alive what it was made from. Handles are freed in any order, and NULL may be freed. */
  swt_key_free(key);
  swt_store_free(store);
  swt_config_free(config);
  return engine;
}

/* Login. The claims are a JSON object with a userId; the grant holds a token for the client and a session id for an
 * HttpOnly cookie. Without client_key_jwk the token is bound to its session only, and no proof is asked for. */
static swt_grant *login(const swt_engine *engine, const char *claims) {
  swt_sign_request request = SWT_SIGN_REQUEST_INIT;
  swt_grant *grant = NULL;

  request.data_json = swt_text(claims);
  request.lifetime_s = 900;
  expect(swt_sign(engine, &request, &grant), SWT_OK, "a token is signed and its session registered");
  return grant;
}

/* A request with this token and this session cookie. Claims come with success, and only with success. */
static swt_status visit(const swt_engine *engine, swt_bytes token, swt_bytes session_id, int64_t now_ms) {
  swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
  swt_claims *claims = NULL;
  swt_status status;

  request.token = token;
  request.session_id = session_id;
  request.method = swt_text("GET");
  request.url = swt_text("/profile");
  request.now_ms = now_ms;
  status = swt_verify(engine, &request, &claims);
  if ((status == SWT_OK) != (claims != NULL)) check(0, "claims come with success, and only with success");
  swt_claims_free(claims);
  return status;
}

/* What a good request gives. */
static void check_claims(const swt_engine *engine, const swt_grant *grant) {
  swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
  swt_claims *claims = NULL;

  request.token = swt_grant_token(grant);
  request.session_id = swt_grant_session_id(grant);
  expect(swt_verify(engine, &request, &claims), SWT_OK, "the token is verified");
  check(view_is(swt_claims_user_id(claims), "\"alice\""), "the user id comes back as JSON");
  check(view_contains(swt_claims_payload(claims), "\"role\":\"admin\""), "the payload holds what was signed");
  check(view_is(swt_claims_session_id(claims), (const char *)swt_grant_session_id(grant).data),
        "the claims name the session that was checked");
  check(swt_claims_expires_at(claims) == swt_grant_expires_at(grant), "token and grant expire together");
  check(swt_claims_expires_at(claims) - swt_claims_issued_at(claims) == 900, "the token lives for its 900 seconds");
  check(swt_claims_thumbprint(claims).len == 0, "a token that is bound to no key has no thumbprint");
  check(swt_claims_legacy_uses(claims) == 0, "nothing of an older version was let through");
  swt_claims_free(claims);
}

/* One letter of the signature is changed to another. */
static void check_tampering(const swt_engine *engine, const swt_grant *grant) {
  const swt_bytes token = swt_grant_token(grant);
  char *forged = malloc(token.len + 1);
  char *signature;

  check(forged != NULL, "there is memory for a copy of the token");
  memcpy(forged, token.data, token.len + 1);
  signature = strrchr(forged, '.');
  check(signature != NULL, "the token has parts");
  signature[1] = signature[1] == 'A' ? 'B' : 'A';
  expect(visit(engine, swt_text(forged), swt_grant_session_id(grant), 0), SWT_REJECTED_TOKEN_AUTHENTICATION,
         "a token with one changed letter is refused");
  free(forged);
}

static void check_refused_requests(const swt_engine *engine, const swt_grant *grant, const swt_grant *other) {
  const swt_bytes token = swt_grant_token(grant);
  const swt_bytes session_id = swt_grant_session_id(grant);
  const swt_bytes not_given = {NULL, 0};

  check_tampering(engine, grant);
  expect(visit(engine, swt_text("not a token"), session_id, 0), SWT_REJECTED_TOKEN_MALFORMED,
         "what is no token is refused");
  expect(visit(engine, token, not_given, 0), SWT_REJECTED_SESSION_MISSING, "a token without its session id is refused");
  expect(visit(engine, token, swt_grant_session_id(other), 0), SWT_REJECTED_SESSION_MISMATCH,
         "a token with another login's session id is refused");
  expect(visit(engine, token, session_id, (swt_grant_expires_at(grant) + 1) * 1000), SWT_REJECTED_TOKEN_EXPIRED,
         "a token is refused after its expiry");
}

static void check_refused_logins(const swt_engine *engine) {
  swt_sign_request request = SWT_SIGN_REQUEST_INIT;
  swt_grant *grant = NULL;

  request.data_json = swt_text("{\"role\":\"admin\"}");
  expect(swt_sign(engine, &request, &grant), SWT_ERR_USER_ID, "claims without a userId are refused");
  check(swt_last_error_message()[0] != '\0', "and the error has a sentence for the log");

  request.data_json = swt_text("{\"userId\":\"alice\",\"userId\":\"bob\"}");
  expect(swt_sign(engine, &request, &grant), SWT_ERR_DATA, "claims with a name given twice are refused");
  check(grant == NULL, "a refused login gives no grant");
}

/* Mistakes of the calling program are answered, not punished with a crash. */
static void check_misuse(const swt_engine *engine, const swt_grant *grant) {
  swt_sign_request sign = SWT_SIGN_REQUEST_INIT;
  swt_verify_request verify = SWT_VERIFY_REQUEST_INIT;
  const swt_bytes not_given = {NULL, 0};
  swt_key *key = NULL;
  swt_engine *unfinished = NULL;
  swt_config *config = NULL;
  swt_grant *out_grant = NULL;
  swt_claims *claims = NULL;

  expect(swt_key_new_secret(swt_text("hunter2"), not_given, 0, &key), SWT_ERR_SECRET_TOO_SHORT,
         "a secret that can be guessed is refused");
  check(key == NULL, "a refused secret gives no key");
  expect(swt_key_new_secret(not_given, not_given, 0, NULL), SWT_ERR_ARGUMENT, "NULL for an output is refused");

  sign.data_json = swt_text("{\"userId\":\"alice\"}");
  expect(swt_sign(NULL, &sign, &out_grant), SWT_ERR_ARGUMENT, "swt_sign refuses NULL for the engine");
  expect(swt_sign(engine, NULL, &out_grant), SWT_ERR_ARGUMENT, "swt_sign refuses NULL for the request");
  expect(swt_sign(engine, &sign, NULL), SWT_ERR_ARGUMENT, "swt_sign refuses NULL for the grant");

  verify.token = swt_grant_token(grant);
  verify.session_id = swt_grant_session_id(grant);
  expect(swt_verify(NULL, &verify, &claims), SWT_ERR_ARGUMENT, "swt_verify refuses NULL for the engine");
  expect(swt_verify(engine, NULL, &claims), SWT_ERR_ARGUMENT, "swt_verify refuses NULL for the request");
  expect(swt_verify(engine, &verify, NULL), SWT_ERR_ARGUMENT, "swt_verify refuses NULL for the claims");

  expect(swt_verify((const swt_engine *)(const void *)grant, &verify, &claims), SWT_ERR_HANDLE,
         "a handle of another type is refused");
  check(claims == NULL, "a refused call gives no claims");
  check(swt_claims_payload((const swt_claims *)(const void *)grant).len == 0,
        "a getter on a handle of another type gives the empty view");
  check(swt_grant_token(NULL).data == NULL, "a getter on NULL gives the empty view");

  expect(swt_config_new(&config), SWT_OK, "a config is made");
  expect(swt_engine_new(config, &unfinished), SWT_ERR_STATE, "an engine without a key is refused");
  swt_config_free(config);

  swt_key_free(NULL);
  swt_keyring_free(NULL);
  swt_store_free(NULL);
  swt_config_free(NULL);
  swt_engine_free(NULL);
  swt_grant_free(NULL);
  swt_claims_free(NULL);
  swt_session_free(NULL);
  swt_pending_free(NULL);
  swt_redis_call_free(NULL);
  check(1, "every free takes NULL");
}

/* Access tokens are short-lived. A refresh token gives the next pair, once. */
static void check_refresh(const swt_engine *engine) {
  swt_sign_request login_request = SWT_SIGN_REQUEST_INIT;
  swt_refresh_request request = SWT_REFRESH_REQUEST_INIT;
  swt_grant *first = NULL;
  swt_grant *second = NULL;
  swt_grant *third = NULL;

  login_request.data_json = swt_text("{\"userId\":\"alice\",\"role\":\"admin\"}");
  login_request.flags = SWT_SIGN_REFRESH_TOKEN;
  expect(swt_sign(engine, &login_request, &first), SWT_OK, "a login with a refresh token");
  request.refresh_token = swt_grant_refresh_token(first);
  expect(swt_refresh(engine, &request, &second), SWT_OK, "the refresh token is traded in for the next pair");
  check(view_is(swt_grant_session_id(second), (const char *)swt_grant_session_id(first).data), "the session goes on");
  expect(visit(engine, swt_grant_token(second), swt_grant_session_id(second), 0), SWT_OK, "with the new token");
  expect(swt_refresh(engine, &request, &third), SWT_REJECTED_REFRESH_SUPERSEDED, "a second tab is a moment late");

  request.refresh_token = swt_grant_refresh_token(second);
  expect(swt_refresh(engine, &request, &third), SWT_OK, "and the next pair gives the one after");
  request.refresh_token = swt_grant_refresh_token(first);
  swt_grant_free(second);
  expect(swt_refresh(engine, &request, &second), SWT_REJECTED_REFRESH_REUSED, "a token that comes back is in two hands");
  expect(visit(engine, swt_grant_token(third), swt_grant_session_id(third), 0), SWT_REJECTED_SESSION_REVOKED,
         "so the session has ended");
  swt_grant_free(first);
  swt_grant_free(third);
}

/* Logout: from the moment swt_revoke returns, the token is dead, whatever its expiry says. */
static void check_logout(const swt_engine *engine, const swt_grant *grant, const swt_grant *other) {
  const swt_bytes session_id = swt_grant_session_id(grant);
  swt_status status;

  expect(swt_revoke(engine, session_id), SWT_OK, "the session is revoked");
  status = visit(engine, swt_grant_token(grant), session_id, 0);
  expect(status, SWT_REJECTED_SESSION_REVOKED, "its token is refused from then on");
  check(status_to_http(status) == 401, "which a web application answers with 401");
  expect(visit(engine, swt_grant_token(other), swt_grant_session_id(other), 0), SWT_OK,
         "another session of the same user goes on");
  expect(swt_revoke(engine, session_id), SWT_OK, "revoking twice is no error");
  expect(swt_revoke(engine, swt_text("no session id")), SWT_OK, "nor is revoking what cannot exist");
}

int main(void) {
  swt_engine *engine;
  swt_grant *laptop;
  swt_grant *phone;

  printf("%s\n", swt_version_details());
  check(swt_abi_version() == SWT_ABI_VERSION, "library and header are of one version");

  engine = open_engine();

  laptop = login(engine, "{\"userId\":\"alice\",\"role\":\"admin\"}");
  phone = login(engine, "{\"userId\":\"alice\",\"role\":\"admin\"}");
  check(swt_grant_session_id(laptop).len == 36, "the session id is a UUID");
  check(!view_is(swt_grant_session_id(laptop), (const char *)swt_grant_session_id(phone).data),
        "two logins are two sessions");
  check(!view_contains(swt_grant_token(laptop), "alice"), "the token does not show its claims");

  check_claims(engine, laptop);
  expect(visit(engine, swt_grant_token(laptop), swt_grant_session_id(laptop), 0), SWT_OK,
         "a token is good as often as it is used");
  check_refused_requests(engine, laptop, phone);
  check_refused_logins(engine);
  check_misuse(engine, laptop);
  check_refresh(engine);
  check_logout(engine, laptop, phone);

  swt_engine_free(engine);
  check(swt_grant_token(phone).len > 0, "a grant outlives the engine that gave it");
  swt_grant_free(laptop);
  swt_grant_free(phone);
  return 0;
}
