/*
 * redis_sessions: sessions in Redis, shared by every process and machine that is given the same url, and with the npm
 * package. A login, a refresh, and a logout that holds everywhere.
 *
 *     redis_sessions redis://localhost:6379
 *     redis_sessions rediss://app:password@redis.example:6380/2 /etc/ssl/redis-ca.pem
 */
#include <stdio.h>
#include <swt/swt.h>

static swt_status open_store(const char *url, const char *ca_file, swt_store **out_store) {
  swt_redis_store_options options = SWT_REDIS_STORE_OPTIONS_INIT;

  options.command_timeout_ms = 250; /* then the request is answered with 503, and not late */
  options.ca_file = swt_text(ca_file); /* mandatory for rediss://; NULL gives "not given" */
  return swt_store_redis_open(swt_text(url), &options, out_store);
}

static swt_status open_engine(swt_store *store, swt_engine **out_engine) {
  const swt_bytes secret = swt_text("d2c5be9e4ab1a4f09d7be0a0c3a1f47a96f4b86e0c7d5b1f6a3e8c9d02417b55");
  const swt_bytes sealing_secret = swt_text("7be1f6c02d9a4c3fb8e5d4719f60ac28e37d1b5490c6f2a8d4e96b0371c5fa8e");
  swt_key *key = NULL;
  swt_config *config = NULL;
  swt_status status = swt_key_new_secret(secret, sealing_secret, 0, &key);

  if (status == SWT_OK) status = swt_config_new(&config);
  if (status == SWT_OK) status = swt_config_set_key(config, key);
  if (status == SWT_OK) status = swt_config_set_store(config, store);
  if (status == SWT_OK) status = swt_engine_new(config, out_engine);
  swt_config_free(config);
  swt_key_free(key);
  return status;
}

static swt_status login(const swt_engine *engine, swt_grant **out_grant) {
  swt_sign_request request = SWT_SIGN_REQUEST_INIT;

  request.data_json = swt_text("{\"userId\":\"alice\"}");
  request.flags = SWT_SIGN_REFRESH_TOKEN;
  return swt_sign(engine, &request, out_grant);
}

/* The next pair of tokens, for the refresh token of the last. Each is good once. */
static swt_status refresh(const swt_engine *engine, const swt_grant *last, swt_grant **out_grant) {
  swt_refresh_request request = SWT_REFRESH_REQUEST_INIT;

  request.refresh_token = swt_grant_refresh_token(last);
  request.session_id = swt_grant_session_id(last);
  return swt_refresh(engine, &request, out_grant);
}

static swt_status visit(const swt_engine *engine, const swt_grant *grant) {
  swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
  swt_claims *claims = NULL;
  swt_status status;

  request.token = swt_grant_token(grant);
  request.session_id = swt_grant_session_id(grant);
  status = swt_verify(engine, &request, &claims);
  swt_claims_free(claims);
  return status;
}

int main(int argc, char **argv) {
  swt_store *store = NULL;
  swt_engine *engine = NULL;
  swt_grant *first = NULL;
  swt_grant *second = NULL;
  swt_status status;

  if (argc < 2) {
    fprintf(stderr, "usage: redis_sessions <url> [<file of certificate authorities>]\n");
    return 2;
  }
  status = open_store(argv[1], argc > 2 ? argv[2] : NULL, &store);
  if (status == SWT_OK) status = open_engine(store, &engine);

  /* Opening does not connect. A service may ask at its start, and serve (with 503) until Redis is there. */
  if (status == SWT_OK) status = swt_store_ping(store);

  if (status == SWT_OK) status = login(engine, &first);
  if (status == SWT_OK) status = refresh(engine, first, &second);
  if (status == SWT_OK) status = visit(engine, second);
  if (status == SWT_OK) printf("logged in, refreshed and let in\n");
  if (status == SWT_OK) status = swt_revoke(engine, swt_grant_session_id(second));
  if (status == SWT_OK) printf("after the logout: %s\n", swt_status_name(visit(engine, second)));

  if (swt_status_class(status) == 4)
    fprintf(stderr, "Redis cannot answer now (%s): %s\n", swt_status_name(status), swt_last_error_message());
  else if (status != SWT_OK)
    fprintf(stderr, "%s: %s\n", swt_status_name(status), swt_last_error_message());

  swt_grant_free(second);
  swt_grant_free(first);
  swt_engine_free(engine);
  swt_store_free(store);
  return status == SWT_OK ? 0 : 1;
}
