#include <memory>
#include <utility>

#include "functions.h"
#include "handles.h"
#include "values.h"

namespace swt_node {
namespace {

swt_status make_engine(swt_bytes secret, swt_bytes encryption_secret, uint32_t key_flags, bool external,
                       int64_t accept_legacy_until_ms, EngineHandle* out) {
  swt_key* raw_key = nullptr;
  swt_status status = swt_key_new_secret(secret, encryption_secret, key_flags, &raw_key);
  if (status != SWT_OK) return status;
  const KeyHandle key(raw_key);

  swt_config* raw_config = nullptr;
  status = swt_config_new(&raw_config);
  if (status != SWT_OK) return status;
  const ConfigHandle config(raw_config);

  status = swt_config_set_key(config.get(), key.get());
  if (status != SWT_OK) return status;
  status = swt_config_accept_legacy_until(config.get(), accept_legacy_until_ms);
  if (status != SWT_OK) return status;
  if (external) {
    status = swt_config_use_external_store(config.get());
    if (status != SWT_OK) return status;
  }

  swt_engine* raw_engine = nullptr;
  status = swt_engine_new(config.get(), &raw_engine);
  if (status != SWT_OK) return status;
  out->reset(raw_engine);
  return SWT_OK;
}

}  // namespace

napi_value create_engine(napi_env env, napi_callback_info info) {
  const Arguments<5> arguments(env, info);
  Secret secret;
  Secret encryption_secret;
  bool insecure_short_secret = false;
  bool external = false;
  int64_t accept_legacy_until_ms = 0;
  if (!secret.read(env, arguments[0]) || !encryption_secret.read_optional(env, arguments[1]) ||
      !read_flag(env, arguments[2], &insecure_short_secret) || !read_flag(env, arguments[3], &external) ||
      !read_integer(env, arguments[4], &accept_legacy_until_ms)) {
    return nullptr;
  }

  auto engine = std::make_unique<Engine>();
  const uint32_t key_flags = insecure_short_secret ? SWT_KEY_INSECURE_SHORT_SECRET : 0;
  const swt_status status = make_engine(secret.view(), encryption_secret.view(), key_flags, external,
                                        accept_legacy_until_ms, &engine->handle);
  return status == SWT_OK ? wrap(env, std::move(engine)) : to_number(env, status);
}

napi_value create_memory_store(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  swt_memory_store_options options = SWT_MEMORY_STORE_OPTIONS_INIT;
  if (!read_integer(env, arguments[0], &options.session_ttl_s) ||
      !read_count(env, arguments[1], &options.max_sessions) || !read_count(env, arguments[2], &options.max_proofs)) {
    return nullptr;
  }

  swt_store* raw_store = nullptr;
  const swt_status status = swt_store_memory_open(&options, &raw_store);
  if (status != SWT_OK) return to_number(env, status);

  auto store = std::make_unique<MemoryStore>();
  store->handle.reset(raw_store);
  return wrap(env, std::move(store));
}

napi_value sign(napi_env env, napi_callback_info info) {
  const Arguments<7> arguments(env, info);
  const Engine* engine = unwrap<Engine>(env, arguments[0]);
  if (engine == nullptr) return nullptr;

  Text data_json;
  Text client_key_jwk;
  bool want_refresh = false;
  swt_sign_request request = SWT_SIGN_REQUEST_INIT;
  if (!data_json.read(env, arguments[1]) || !client_key_jwk.read_optional(env, arguments[2]) ||
      !read_integer(env, arguments[3], &request.lifetime_s) ||
      !read_integer(env, arguments[4], &request.refresh_lifetime_s) || !read_flag(env, arguments[5], &want_refresh) ||
      !read_integer(env, arguments[6], &request.now_ms)) {
    return nullptr;
  }
  request.data_json = data_json.view();
  request.client_key_jwk = client_key_jwk.view();
  request.flags = want_refresh ? SWT_SIGN_REFRESH_TOKEN : 0;

  swt_pending* raw_pending = nullptr;
  const swt_status status = swt_sign_begin(engine->handle.get(), &request, &raw_pending);
  if (status != SWT_OK) return to_number(env, status);
  PendingHandle pending(raw_pending);

  if (swt_pending_needs_store(pending.get()) != 0) return wrap_pending(env, std::move(pending), Operation::sign);
  return complete_sign(env, pending.get(), request.now_ms);
}

napi_value verify(napi_env env, napi_callback_info info) {
  const Arguments<8> arguments(env, info);
  const Engine* engine = unwrap<Engine>(env, arguments[0]);
  if (engine == nullptr) return nullptr;

  Text token;
  Text session_id;
  Text proof;
  Text method;
  Text url;
  Text host;
  swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
  if (!token.read(env, arguments[1]) || !session_id.read_optional(env, arguments[2]) ||
      !proof.read_optional(env, arguments[3]) || !method.read_optional(env, arguments[4]) ||
      !url.read_optional(env, arguments[5]) || !host.read_optional(env, arguments[6]) ||
      !read_integer(env, arguments[7], &request.now_ms)) {
    return nullptr;
  }
  request.token = token.view();
  request.session_id = session_id.view();
  request.proof = proof.view();
  request.method = method.view();
  request.url = url.view();
  request.host = host.view();

  swt_pending* raw_pending = nullptr;
  const swt_status status = swt_verify_begin(engine->handle.get(), &request, &raw_pending);
  if (status != SWT_OK) return to_number(env, status);
  PendingHandle pending(raw_pending);

  if (swt_pending_needs_store(pending.get()) != 0) return wrap_pending(env, std::move(pending), Operation::verify);
  return complete_verify(env, pending.get(), request.now_ms);
}

}  // namespace swt_node
