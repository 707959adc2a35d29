/*
 * own_store: sessions in a place of your own. Here it is a table in memory; yours is a database that every process sees.
 *
 * With `claim` a store can do all that the library's own can: spent proofs and refresh tokens hold wherever it is seen.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <swt/swt.h>
#include <time.h>

/* Sessions and claims are both a text under a name, for a time. Names have at most 160 bytes, texts 4096. */
typedef struct row {
  char name[161];
  uint8_t text[4096];
  size_t len;
  time_t until; /* 0: the row is free */
} row;

typedef struct table {
  pthread_mutex_t lock; /* callbacks come from several threads at once */
  row rows[64];
} table;

static row *find(table *db, swt_bytes name) {
  size_t i;
  for (i = 0; i < 64; i++) {
    row *r = &db->rows[i];
    if (r->until > time(NULL) && strlen(r->name) == name.len && memcmp(r->name, name.data, name.len) == 0) return r;
  }
  return NULL;
}

static row *add(table *db, swt_bytes name, swt_bytes text, int64_t life_s) {
  size_t i;
  for (i = 0; i < 64; i++) {
    row *r = &db->rows[i];
    if (r->until > time(NULL)) continue;
    if (name.len >= sizeof r->name || text.len > sizeof r->text) return NULL;
    memcpy(r->name, name.data, name.len);
    r->name[name.len] = '\0';
    memcpy(r->text, text.data, text.len);
    r->len = text.len;
    r->until = time(NULL) + (time_t)life_s + 1; /* a second that has begun counts whole */
    return r;
  }
  return NULL; /* full: never make room by forgetting something */
}

static swt_status give(const row *r, swt_reply *reply) {
  swt_bytes view;
  view.data = r->text;
  view.len = r->len;
  return swt_reply_set(reply, view);
}

static swt_status register_session(void *user, swt_bytes id, swt_bytes json, int64_t ttl_s) {
  table *db = user;
  swt_status status;
  pthread_mutex_lock(&db->lock);
  status = add(db, id, json, ttl_s) != NULL ? SWT_OK : SWT_UNAVAILABLE_FULL;
  pthread_mutex_unlock(&db->lock);
  return status;
}

static swt_status get_session(void *user, swt_bytes id, swt_reply *reply) {
  table *db = user;
  swt_status status = SWT_OK; /* without a reply: there is no such session */
  const row *r;
  pthread_mutex_lock(&db->lock);
  r = find(db, id);
  if (r != NULL) status = give(r, reply);
  pthread_mutex_unlock(&db->lock);
  return status;
}

static swt_status revoke_session(void *user, swt_bytes id) {
  table *db = user;
  row *r;
  pthread_mutex_lock(&db->lock);
  r = find(db, id);
  if (r != NULL) r->until = 0;
  pthread_mutex_unlock(&db->lock);
  return SWT_OK;
}

/* One atomic step: in SQL, INSERT … ON CONFLICT DO NOTHING and the SELECT after it. */
static swt_status claim(void *user, swt_bytes name, swt_bytes value, int64_t life_s, swt_reply *reply) {
  table *db = user;
  swt_status status = SWT_UNAVAILABLE_FULL;
  const row *r;
  pthread_mutex_lock(&db->lock);
  r = find(db, name);
  if (r == NULL) r = add(db, name, value, life_s);
  if (r != NULL) status = give(r, reply);
  pthread_mutex_unlock(&db->lock);
  return status;
}

static swt_status open_engine(table *db, swt_engine **out_engine) {
  swt_store_callbacks callbacks = SWT_STORE_CALLBACKS_INIT;
  swt_key *key = NULL;
  swt_store *store = NULL;
  swt_config *config = NULL;
  swt_status status;

  callbacks.user = db;
  callbacks.register_session = register_session;
  callbacks.get_session = get_session;
  callbacks.revoke_session = revoke_session;
  callbacks.claim = claim;
  status = swt_store_callbacks_open(&callbacks, &store);
  if (status == SWT_OK)
    status = swt_key_new_secret(swt_text("d2c5be9e4ab1a4f09d7be0a0c3a1f47a96f4b86e0c7d5b1f6a3e8c9d02417b55"),
                                swt_text("7be1f6c02d9a4c3fb8e5d4719f60ac28e37d1b5490c6f2a8d4e96b0371c5fa8e"), 0, &key);
  if (status == SWT_OK) status = swt_config_new(&config);
  if (status == SWT_OK) status = swt_config_set_key(config, key);
  if (status == SWT_OK) status = swt_config_set_store(config, store);
  if (status == SWT_OK) status = swt_engine_new(config, out_engine);
  swt_config_free(config);
  swt_key_free(key);
  swt_store_free(store);
  return status;
}

int main(void) {
  static table db = {PTHREAD_MUTEX_INITIALIZER, {{"", "", 0, 0}}};
  swt_sign_request login = SWT_SIGN_REQUEST_INIT;
  swt_refresh_request refresh = SWT_REFRESH_REQUEST_INIT;
  swt_engine *engine = NULL;
  swt_grant *first = NULL, *second = NULL, *again = NULL;
  swt_status status = open_engine(&db, &engine);

  login.data_json = swt_text("{\"userId\":\"alice\"}");
  login.flags = SWT_SIGN_REFRESH_TOKEN;
  if (status == SWT_OK) status = swt_sign(engine, &login, &first);
  if (status == SWT_OK) {
    refresh.refresh_token = swt_grant_refresh_token(first);
    status = swt_refresh(engine, &refresh, &second);
  }
  if (status == SWT_OK) {
    printf("refreshed\n");
    printf("the same refresh token again: %s\n", swt_status_name(swt_refresh(engine, &refresh, &again)));
    status = swt_revoke(engine, swt_grant_session_id(second));
  }
  if (status == SWT_OK) printf("logged out\n");
  if (status != SWT_OK) fprintf(stderr, "%s: %s\n", swt_status_name(status), swt_last_error_message());

  swt_grant_free(again);
  swt_grant_free(second);
  swt_grant_free(first);
  swt_engine_free(engine);
  return status == SWT_OK ? 0 : 1;
}
