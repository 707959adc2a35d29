#include <memory>
#include <utility>

#include "functions.h"
#include "handles.h"
#include "values.h"

namespace swt_node {
namespace {

swt_status make_engine(const Secret& secret, const Secret& encryption_secret, uint32_t key_flags, bool external,
                       int64_t accept_legacy_until_ms, EngineHandle& engine) {
  KeyHandle key;
  ConfigHandle config;
  swt_status status = swt_key_new_secret(secret.view(), encryption_secret.view(), key_flags, out_ptr(key));
  if (status == SWT_OK) status = swt_config_new(out_ptr(config));
  if (status == SWT_OK) status = swt_config_set_key(config.get(), key.get());
  if (status == SWT_OK) status = swt_config_accept_legacy_until(config.get(), accept_legacy_until_ms);
  if (status == SWT_OK && external) status = swt_config_use_external_store(config.get(), 0);
  if (status == SWT_OK) status = swt_engine_new(config.get(), out_ptr(engine));
  return status;
}

}  // namespace

Napi::Value create_engine(const Napi::CallbackInfo& info) {
  Secret secret;
  Secret encryption_secret;
  bool insecure_short_secret = false;
  bool external = false;
  int64_t accept_legacy_until_ms = 0;
  if (!secret.read(info[0]) || !encryption_secret.read_optional(info[1]) ||
      !read_flag(info[2], &insecure_short_secret) || !read_flag(info[3], &external) ||
      !read_integer(info[4], &accept_legacy_until_ms)) {
    return {};
  }

  auto engine = std::make_unique<Engine>();
  const uint32_t key_flags = insecure_short_secret ? SWT_KEY_INSECURE_SHORT_SECRET : 0;
  const swt_status status =
      make_engine(secret, encryption_secret, key_flags, external, accept_legacy_until_ms, engine->handle);
  if (status != SWT_OK) return Napi::Number::New(info.Env(), status);
  return wrap(info.Env(), std::move(engine));
}

Napi::Value create_memory_store(const Napi::CallbackInfo& info) {
  swt_memory_store_options options = SWT_MEMORY_STORE_OPTIONS_INIT;
  if (!read_integer(info[0], &options.session_ttl_s) || !read_count(info[1], &options.max_sessions) ||
      !read_count(info[2], &options.max_proofs)) {
    return {};
  }

  auto store = std::make_unique<MemoryStore>();
  const swt_status status = swt_store_memory_open(&options, out_ptr(store->handle));
  if (status != SWT_OK) return Napi::Number::New(info.Env(), status);
  return wrap(info.Env(), std::move(store));
}

Napi::Value sign(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Engine* engine = unwrap<Engine>(info[0]);
  if (engine == nullptr) return {};

  Text data_json;
  Text client_key_jwk;
  bool want_refresh = false;
  swt_sign_request request = SWT_SIGN_REQUEST_INIT;
  if (!data_json.read(info[1]) || !client_key_jwk.read_optional(info[2]) ||
      !read_integer(info[3], &request.lifetime_s) || !read_integer(info[4], &request.refresh_lifetime_s) ||
      !read_flag(info[5], &want_refresh) || !read_integer(info[6], &request.now_ms)) {
    return {};
  }
  request.data_json = data_json.view();
  request.client_key_jwk = client_key_jwk.view();
  request.flags = want_refresh ? SWT_SIGN_REFRESH_TOKEN : 0;

  PendingHandle pending;
  const swt_status status = swt_sign_begin(engine->handle.get(), &request, out_ptr(pending));
  if (status != SWT_OK) return Napi::Number::New(env, status);
  if (swt_pending_needs_store(pending.get()) != 0) return wrap_pending(env, std::move(pending), Operation::sign);
  return complete_sign(env, pending.get(), request.now_ms);
}

Napi::Value verify(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Engine* engine = unwrap<Engine>(info[0]);
  if (engine == nullptr) return {};

  Text token;
  Text session_id;
  Text proof;
  Text method;
  Text url;
  Text host;
  Text attempt;
  swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
  if (!token.read(info[1]) || !session_id.read_optional(info[2]) || !proof.read_optional(info[3]) ||
      !method.read_optional(info[4]) || !url.read_optional(info[5]) || !host.read_optional(info[6]) ||
      !read_integer(info[7], &request.now_ms) || !attempt.read_optional(info[8])) {
    return {};
  }
  request.token = token.view();
  request.session_id = session_id.view();
  request.proof = proof.view();
  request.method = method.view();
  request.url = url.view();
  request.host = host.view();
  request.attempt = attempt.view();

  PendingHandle pending;
  const swt_status status = swt_verify_begin(engine->handle.get(), &request, out_ptr(pending));
  if (status != SWT_OK) return Napi::Number::New(env, status);
  if (swt_pending_needs_store(pending.get()) != 0) return wrap_pending(env, std::move(pending), Operation::verify);
  return complete_verify(env, pending.get(), request.now_ms);
}

}  // namespace swt_node
