/*
 * two_steps: for a host that does its own I/O, as an event loop does. The library asks nobody: between begin and complete
 * it hands out its question as one Redis script call, and the host brings the answer.
 *
 * Here the "connection" is ask_redis(), which never gets through. So what is shown is the whole way of a request and what
 * comes of an outage: unavailable, and never "come in". Put your client's EVALSHA in its place; the call's parts are what
 * it takes, and its reply is what answer() takes.
 */
#include <stdio.h>
#include <swt/swt.h>

/* Your asynchronous client. It would return 1 and the reply's three elements, each as text. NOSCRIPT: send EVAL with
 * swt_redis_script_source(script) instead; the SHA-1 for EVALSHA is that of the source, computed once. */
static int ask_redis(const swt_redis_call *call, swt_bytes reply[3]) {
  size_t i;
  (void)reply;
  printf("  EVALSHA <sha1 of script %u> %u", (unsigned)swt_redis_call_script(call),
         (unsigned)swt_redis_call_key_count(call));
  for (i = 0; i < swt_redis_call_key_count(call); i++) {
    const swt_bytes key = swt_redis_call_key(call, i);
    printf(" %.*s", (int)key.len, (const char *)key.data);
  }
  printf(" and %u arguments\n", (unsigned)swt_redis_call_arg_count(call));
  return 0;
}

/* The middle step, the same for every operation. In an event loop it is two functions: send, and on reply. */
static swt_status ask(swt_pending *pending) {
  swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
  swt_redis_call *call = NULL;
  swt_bytes reply[3];
  swt_status status;

  if (!swt_pending_needs_store(pending)) return SWT_OK;
  status = swt_pending_redis_call(pending, &options, &call);
  if (status == SWT_OK) {
    if (ask_redis(call, reply))
      status = swt_pending_answer(pending, reply, 3);
    else
      status = swt_pending_unavailable(pending, SWT_UNAVAILABLE_CONNECTION);
  }
  swt_redis_call_free(call);
  return status;
}

static swt_status login(const swt_engine *engine) {
  swt_sign_request request = SWT_SIGN_REQUEST_INIT;
  swt_pending *pending = NULL;
  swt_grant *grant = NULL;
  swt_status status;

  request.data_json = swt_text("{\"userId\":\"alice\"}");
  status = swt_sign_begin(engine, &request, &pending);
  if (status == SWT_OK) status = ask(pending);
  if (status == SWT_OK) status = swt_sign_complete(pending, 0, &grant);
  swt_pending_free(pending);
  swt_grant_free(grant);
  return status;
}

/* The first step refuses by itself what cannot be good: no store is asked about a forged token. */
static swt_status visit(const swt_engine *engine, swt_bytes token) {
  swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
  swt_pending *pending = NULL;
  swt_claims *claims = NULL;
  swt_status status;

  request.token = token;
  request.session_id = swt_text("2f1e7c1a-9a53-4c55-8a4e-0c2b7d1f6e90");
  status = swt_verify_begin(engine, &request, &pending);
  if (status == SWT_OK) status = ask(pending);
  if (status == SWT_OK) status = swt_verify_complete(pending, 0, &claims);
  swt_pending_free(pending);
  swt_claims_free(claims);
  return status;
}

static swt_status open_engine(swt_engine **out_engine) {
  swt_key *key = NULL;
  swt_config *config = NULL;
  swt_status status =
      swt_key_new_secret(swt_text("d2c5be9e4ab1a4f09d7be0a0c3a1f47a96f4b86e0c7d5b1f6a3e8c9d02417b55"),
                         swt_text("7be1f6c02d9a4c3fb8e5d4719f60ac28e37d1b5490c6f2a8d4e96b0371c5fa8e"), 0, &key);

  if (status == SWT_OK) status = swt_config_new(&config);
  if (status == SWT_OK) status = swt_config_set_key(config, key);
  if (status == SWT_OK) status = swt_config_use_external_store(config, 0); /* asked by the host */
  if (status == SWT_OK) status = swt_engine_new(config, out_engine);
  swt_config_free(config);
  swt_key_free(key);
  return status;
}

int main(void) {
  swt_engine *engine = NULL;
  swt_status status = open_engine(&engine);

  if (status != SWT_OK) {
    fprintf(stderr, "%s: %s\n", swt_status_name(status), swt_last_error_message());
    return 1;
  }
  printf("login: %s\n", swt_status_name(login(engine)));
  printf("visit: %s\n", swt_status_name(visit(engine, swt_text("not a token"))));
  swt_engine_free(engine);
  return 0;
}
