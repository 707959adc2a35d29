/* A consumer of the installed library, in C99: the life of one session. It stops at the first thing that is not right. */
#include <stdio.h>
#include <swt/swt.h>

#define EXPECT(call, wanted)                                                             \
  do {                                                                                   \
    const swt_status got = (call);                                                       \
    if (got != (wanted)) {                                                               \
      printf("FAILED  %s: %s: %s\n", #call, swt_status_name(got), swt_last_error_message()); \
      return 1;                                                                          \
    }                                                                                    \
  } while (0)

int main(void) {
  swt_sign_request login = SWT_SIGN_REQUEST_INIT;
  swt_refresh_request renewal = SWT_REFRESH_REQUEST_INIT;
  swt_verify_request visit = SWT_VERIFY_REQUEST_INIT;
  swt_key *key = NULL;
  swt_store *store = NULL;
  swt_config *config = NULL;
  swt_engine *engine = NULL;
  swt_grant *first = NULL;
  swt_grant *second = NULL;
  swt_claims *claims = NULL;

  EXPECT(swt_key_new_secret(swt_text("d2c5be9e4ab1a4f09d7be0a0c3a1f47a96f4b86e0c7d5b1f6a3e8c9d02417b55"),
                            swt_text("7be1f6c02d9a4c3fb8e5d4719f60ac28e37d1b5490c6f2a8d4e96b0371c5fa8e"), 0, &key),
         SWT_OK);
  EXPECT(swt_store_memory_open(NULL, &store), SWT_OK);
  EXPECT(swt_config_new(&config), SWT_OK);
  EXPECT(swt_config_set_key(config, key), SWT_OK);
  EXPECT(swt_config_set_store(config, store), SWT_OK);
  EXPECT(swt_engine_new(config, &engine), SWT_OK);

  login.data_json = swt_text("{\"userId\":\"alice\"}");
  login.flags = SWT_SIGN_REFRESH_TOKEN;
  EXPECT(swt_sign(engine, &login, &first), SWT_OK);

  renewal.refresh_token = swt_grant_refresh_token(first);
  EXPECT(swt_refresh(engine, &renewal, &second), SWT_OK);

  visit.token = swt_grant_token(second);
  visit.session_id = swt_grant_session_id(second);
  EXPECT(swt_verify(engine, &visit, &claims), SWT_OK);
  if (swt_claims_user_id(claims).len != sizeof "\"alice\"" - 1) return 1;
  swt_claims_free(claims);

  EXPECT(swt_revoke(engine, swt_grant_session_id(second)), SWT_OK);
  EXPECT(swt_verify(engine, &visit, &claims), SWT_REJECTED_SESSION_REVOKED);

  swt_grant_free(first);
  swt_grant_free(second);
  swt_engine_free(engine);
  swt_config_free(config);
  swt_store_free(store);
  swt_key_free(key);
  printf("ok      %s\n", swt_version_details());
  return 0;
}
