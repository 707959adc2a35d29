/*
 * quickstart: a login, a request, a logout, with sessions in this process's memory.
 *
 *     cc -std=c99 quickstart.c $(pkg-config --cflags --libs swt) -o quickstart && ./quickstart
 */
#include <stdio.h>
#include <swt/swt.h>

/* What an HTTP server answers. Callers branch on the class; the code and the sentence are for the log. */
static int http_status(swt_status status) {
  switch (swt_status_class(status)) {
    case 0: return 200;
    case 2: /* the token is not good */
    case 3: /* the proof or the session is not good */
      return 401;
    case 4: return 503; /* the store could not answer: neither "come in" nor "logged out" */
    default: return 500; /* the program is wrong, or something broke */
  }
}

/* Key, store and settings make an engine. One engine serves the whole process, from any number of threads. */
static swt_status open_engine(swt_bytes secret, swt_bytes sealing_secret, swt_engine **out_engine) {
  swt_key *key = NULL;
  swt_store *store = NULL;
  swt_config *config = NULL;
  swt_status status = swt_key_new_secret(secret, sealing_secret, 0, &key);

  if (status == SWT_OK) status = swt_store_memory_open(NULL, &store);
  if (status == SWT_OK) status = swt_config_new(&config);
  if (status == SWT_OK) status = swt_config_set_key(config, key);
  if (status == SWT_OK) status = swt_config_set_store(config, store);
  if (status == SWT_OK) status = swt_engine_new(config, out_engine);

  /* The engine keeps what it was made from, so these go at once. Free takes NULL, in any order. */
  swt_config_free(config);
  swt_store_free(store);
  swt_key_free(key);
  return status;
}

/* Login: the password was checked, by you. The token goes to the client, the session id into an HttpOnly cookie. */
static swt_status login(const swt_engine *engine, const char *claims_json, swt_grant **out_grant) {
  swt_sign_request request = SWT_SIGN_REQUEST_INIT;

  request.data_json = swt_text(claims_json);
  request.lifetime_s = 900;
  return swt_sign(engine, &request, out_grant);
}

/* A request that came with this token and this session cookie. */
static swt_status visit(const swt_engine *engine, swt_bytes token, swt_bytes session_id) {
  swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
  swt_claims *claims = NULL;
  swt_status status;

  request.token = token;
  request.session_id = session_id;
  request.method = swt_text("GET");
  request.url = swt_text("/profile");
  status = swt_verify(engine, &request, &claims);
  if (status == SWT_OK) {
    const swt_bytes data = swt_claims_data(claims); /* a view of bytes: it is good until the claims are freed */
    printf("claims: %.*s\n", (int)data.len, (const char *)data.data);
  }
  swt_claims_free(claims);
  return status;
}

int main(void) {
  /* Read yours from where you keep secrets: 32 random bytes each, as `openssl rand -hex 32` prints them. */
  const swt_bytes secret = swt_text("d2c5be9e4ab1a4f09d7be0a0c3a1f47a96f4b86e0c7d5b1f6a3e8c9d02417b55");
  const swt_bytes sealing_secret = swt_text("7be1f6c02d9a4c3fb8e5d4719f60ac28e37d1b5490c6f2a8d4e96b0371c5fa8e");
  swt_engine *engine = NULL;
  swt_grant *grant = NULL;
  swt_status status = open_engine(secret, sealing_secret, &engine);

  if (status == SWT_OK) status = login(engine, "{\"userId\":\"alice\",\"role\":\"admin\"}", &grant);
  if (status == SWT_OK) {
    const swt_bytes token = swt_grant_token(grant);
    const swt_bytes session_id = swt_grant_session_id(grant);

    printf("request: %d\n", http_status(visit(engine, token, session_id)));
    status = swt_revoke(engine, session_id);
    if (status == SWT_OK) printf("request after the logout: %d\n", http_status(visit(engine, token, session_id)));
  }
  if (status != SWT_OK) fprintf(stderr, "%s: %s\n", swt_status_name(status), swt_last_error_message());

  swt_grant_free(grant);
  swt_engine_free(engine);
  return status == SWT_OK ? 0 : 1;
}
