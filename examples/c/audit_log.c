/*
 * audit_log: what happens is written to stdout, one line of JSON for each event, as log collectors take it.
 *
 *     audit_log | jq .event
 */
#include <stdio.h>
#include <swt/swt.h>

/* Called from whatever thread is in a call, several at once: stdio locks the stream for each call, so a line that is
 * written by one call stays whole. An event never holds a token, a proof or a secret. */
static void write_event(void *user, const swt_event *event) {
  const swt_bytes line = swt_event_json(event);
  fprintf((FILE *)user, "%.*s\n", (int)line.len, (const char *)line.data);
}

static swt_status open_engine(swt_engine **out_engine) {
  const swt_bytes secret = swt_text("d2c5be9e4ab1a4f09d7be0a0c3a1f47a96f4b86e0c7d5b1f6a3e8c9d02417b55");
  const swt_bytes sealing_secret = swt_text("7be1f6c02d9a4c3fb8e5d4719f60ac28e37d1b5490c6f2a8d4e96b0371c5fa8e");
  swt_key *key = NULL;
  swt_store *store = NULL;
  swt_config *config = NULL;
  swt_status status = swt_key_new_secret(secret, sealing_secret, 0, &key);

  if (status == SWT_OK) status = swt_store_memory_open(NULL, &store);
  if (status == SWT_OK) status = swt_config_new(&config);
  if (status == SWT_OK) status = swt_config_set_key(config, key);
  if (status == SWT_OK) status = swt_config_set_store(config, store);
  if (status == SWT_OK) status = swt_config_set_audit(config, write_event, stdout);
  if (status == SWT_OK) status = swt_engine_new(config, out_engine);
  swt_config_free(config);
  swt_store_free(store);
  swt_key_free(key);
  return status;
}

static swt_status visit(const swt_engine *engine, swt_bytes token, swt_bytes session_id) {
  swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
  swt_claims *claims = NULL;
  swt_status status;

  request.token = token;
  request.session_id = session_id;
  status = swt_verify(engine, &request, &claims);
  swt_claims_free(claims);
  return status;
}

int main(void) {
  swt_sign_request login = SWT_SIGN_REQUEST_INIT;
  swt_engine *engine = NULL;
  swt_grant *grant = NULL;
  swt_status status = open_engine(&engine);

  login.data_json = swt_text("{\"userId\":\"alice\"}");
  if (status == SWT_OK) status = swt_sign(engine, &login, &grant);
  if (status == SWT_OK) status = visit(engine, swt_grant_token(grant), swt_grant_session_id(grant));
  if (status == SWT_OK) status = swt_revoke(engine, swt_grant_session_id(grant));
  if (status == SWT_OK) {
    /* Refused, both: classes 2 and 3. The client hears 401 and no more; the log has the code and the reason. */
    swt_status revoked = visit(engine, swt_grant_token(grant), swt_grant_session_id(grant));
    swt_status forged = visit(engine, swt_text("not a token"), swt_grant_session_id(grant));
    if (swt_status_class(revoked) != 3 || swt_status_class(forged) != 2) status = SWT_INTERNAL_BUG;
  }
  if (status != SWT_OK) fprintf(stderr, "%s: %s\n", swt_status_name(status), swt_last_error_message());

  swt_grant_free(grant);
  swt_engine_free(engine);
  return status == SWT_OK ? 0 : 1;
}
