/*
 * key_rotation: the signing key is changed without logging anybody out; later the old one gets out, and is killed.
 *
 *     openssl ecparam -name prime256v1 -genkey -noout -out old.pem
 *     openssl ecparam -name prime256v1 -genkey -noout -out new.pem
 *     key_rotation old.pem new.pem
 */
#include <stdio.h>
#include <string.h>
#include <swt/swt.h>

/* What tokens are sealed with. It stays when the signing key changes. */
static const char sealing_secret[] = "7be1f6c02d9a4c3fb8e5d4719f60ac28e37d1b5490c6f2a8d4e96b0371c5fa8e";

/* A PEM has at most 32768 bytes; what is longer is refused by the library, so one more is read and no others. */
static swt_status read_key(const char *path, swt_key **out_key) {
  static char pem[32768 + 1];
  swt_bytes view;
  swt_status status;
  FILE *file = fopen(path, "rb");

  if (file == NULL) {
    perror(path);
    return SWT_ERR_KEY;
  }
  view.data = (const uint8_t *)pem;
  view.len = fread(pem, 1, sizeof pem, file);
  fclose(file);
  status = swt_key_new_private_pem(view, swt_text(sealing_secret), 0, out_key);
  memset(pem, 0, sizeof pem); /* the key wipes its own copy when it is freed */
  return status;
}

/* The rings of this program: one key signs, and the one before it, if any, is accepted until that moment. */
static swt_status make_ring(const swt_key *signer, const char *signer_kid, const swt_key *accepted,
                            const char *accepted_kid, swt_keyring **out_ring) {
  swt_status status = swt_keyring_new(out_ring);

  if (status == SWT_OK) status = swt_keyring_set_signer(*out_ring, signer, swt_text(signer_kid));
  /* SWT_NO_END keeps the example short. Give the moment at which the last token of that key will have expired. */
  if (status == SWT_OK && accepted != NULL)
    status = swt_keyring_accept(*out_ring, accepted, swt_text(accepted_kid), SWT_NO_END);
  return status;
}

static swt_status make_engine(const swt_keyring *ring, swt_engine **out_engine) {
  swt_config *config = NULL;
  swt_status status = swt_config_new(&config);

  if (status == SWT_OK) status = swt_config_set_keyring(config, ring);
  if (status == SWT_OK) status = swt_engine_new(config, out_engine);
  swt_config_free(config);
  return status;
}

static swt_status sign(const swt_engine *engine, swt_grant **out_grant) {
  swt_sign_request request = SWT_SIGN_REQUEST_INIT;

  request.data_json = swt_text("{\"userId\":7}");
  return swt_sign(engine, &request, out_grant);
}

static void show(const char *when, const swt_engine *engine, const swt_grant *grant) {
  swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
  swt_claims *claims = NULL;
  swt_status status;

  request.token = swt_grant_token(grant);
  status = swt_verify(engine, &request, &claims);
  if (status == SWT_OK) {
    const swt_bytes kid = swt_claims_key_id(claims);
    printf("%s: good, signed by %.*s\n", when, (int)kid.len, (const char *)kid.data);
  } else {
    printf("%s: %s\n", when, swt_status_name(status));
  }
  swt_claims_free(claims);
}

int main(int argc, char **argv) {
  swt_key *old_key = NULL, *new_key = NULL;
  swt_keyring *before = NULL, *after = NULL;
  swt_engine *engine = NULL;
  swt_grant *old_token = NULL, *new_token = NULL;
  swt_status status;

  if (argc != 3) {
    fprintf(stderr, "usage: key_rotation <old.pem> <new.pem>\n");
    return 2;
  }
  status = read_key(argv[1], &old_key);
  if (status == SWT_OK) status = read_key(argv[2], &new_key);

  if (status == SWT_OK) status = make_ring(old_key, "2026-a", NULL, NULL, &before);
  if (status == SWT_OK) status = make_engine(before, &engine);
  if (status == SWT_OK) status = sign(engine, &old_token);

  /* The change, while other threads go on using the engine. */
  if (status == SWT_OK) status = make_ring(new_key, "2026-b", old_key, "2026-a", &after);
  if (status == SWT_OK) status = swt_engine_set_keyring(engine, after);
  if (status == SWT_OK) status = sign(engine, &new_token);
  if (status == SWT_OK) {
    show("the old key's token after the change", engine, old_token);
    show("the new key's token", engine, new_token);
    status = swt_engine_kill_key(engine, swt_text("2026-a"));
  }
  if (status == SWT_OK) {
    show("the old key's token after the kill", engine, old_token);
    show("the new key's token then", engine, new_token);
  }
  if (status != SWT_OK) fprintf(stderr, "%s: %s\n", swt_status_name(status), swt_last_error_message());

  swt_grant_free(new_token), swt_grant_free(old_token);
  swt_engine_free(engine);
  swt_keyring_free(after), swt_keyring_free(before);
  swt_key_free(new_key), swt_key_free(old_key);
  return status == SWT_OK ? 0 : 1;
}
