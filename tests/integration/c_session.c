/*
 * c_session <redis url> <secret> sign <data> | verify <token> <session id> | refresh <token> | revoke <session id>
 *
 * The secret may be a private key in PEM instead; tokens are then sealed with "a secret of its own, to seal with".
 *
 * One operation over a Redis store, for tests of a C program and a Node.js application that share sessions. Prints what
 * came of it, one value on each line; on failure the status' name, and exits with its class.
 */
#include <stdio.h>
#include <string.h>
#include <swt/swt.h>

static void print(swt_bytes text) { printf("%.*s\n", (int)text.len, (const char *)text.data); }

static int fail(swt_status status) {
  printf("%s\n", swt_status_name(status));
  return (int)swt_status_class(status);
}

static int print_grant(swt_status status, swt_grant *grant) {
  if (status != SWT_OK) return fail(status);
  print(swt_grant_token(grant));
  print(swt_grant_session_id(grant));
  print(swt_grant_refresh_token(grant));
  swt_grant_free(grant);
  return 0;
}

static int run(swt_engine *engine, const char *command, const char *first, const char *second) {
  swt_grant *grant = NULL;
  swt_claims *claims = NULL;
  swt_status status = SWT_ERR_ARGUMENT;
  if (strcmp(command, "sign") == 0) {
    swt_sign_request request = SWT_SIGN_REQUEST_INIT;
    request.data_json = swt_text(first);
    request.flags = SWT_SIGN_REFRESH_TOKEN;
    status = swt_sign(engine, &request, &grant);
    return print_grant(status, grant);
  }
  if (strcmp(command, "refresh") == 0) {
    swt_refresh_request request = SWT_REFRESH_REQUEST_INIT;
    request.refresh_token = swt_text(first);
    status = swt_refresh(engine, &request, &grant);
    return print_grant(status, grant);
  }
  if (strcmp(command, "verify") == 0) {
    swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
    request.token = swt_text(first);
    request.session_id = swt_text(second);
    status = swt_verify(engine, &request, &claims);
    if (status == SWT_OK) print(swt_claims_data(claims));
    swt_claims_free(claims);
  }
  if (strcmp(command, "revoke") == 0) status = swt_revoke(engine, swt_text(first));
  return status == SWT_OK ? 0 : fail(status);
}

int main(int argc, char **argv) {
  swt_key *key = NULL;
  swt_store *store = NULL;
  swt_config *config = NULL;
  swt_engine *engine = NULL;
  swt_redis_store_options options = SWT_REDIS_STORE_OPTIONS_INIT;
  swt_status status = SWT_ERR_ARGUMENT;
  int code = 1;
  if (argc < 5) return fail(status);

  /* A busy machine is no outage. */
  options.connect_timeout_ms = 10000;
  options.command_timeout_ms = 10000;
  if (strncmp(argv[2], "-----BEGIN", 10) == 0) {
    const swt_bytes encryption_secret = swt_text("a secret of its own, to seal with");
    status = swt_key_new_private_pem(swt_text(argv[2]), encryption_secret, 0, &key);
  } else {
    status = swt_key_new_secret(swt_text(argv[2]), swt_text(NULL), 0, &key);
  }
  if (status == SWT_OK) status = swt_store_redis_open(swt_text(argv[1]), &options, &store);
  if (status == SWT_OK) status = swt_config_new(&config);
  if (status == SWT_OK) status = swt_config_set_key(config, key);
  if (status == SWT_OK) status = swt_config_set_store(config, store);
  if (status == SWT_OK) status = swt_engine_new(config, &engine);
  code = status == SWT_OK ? run(engine, argv[3], argv[4], argc > 5 ? argv[5] : "") : fail(status);

  swt_engine_free(engine);
  swt_config_free(config);
  swt_store_free(store);
  swt_key_free(key);
  return code;
}
