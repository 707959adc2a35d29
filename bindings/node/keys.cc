// Keys, key rings, engines, and the store in memory.
#include <cstring>
#include <memory>
#include <utility>

#include "functions.h"
#include "handles.h"
#include "values.h"

namespace swt_node {
namespace {

bool is_asymmetric_key(const swt_key* key) { return std::strcmp(swt_key_algorithm(key), "AES-256-GCM+HMAC") != 0; }

template <typename T>
Napi::Value wrap_or_status(Napi::Env env, std::unique_ptr<T> owned, swt_status status) {
  return status == SWT_OK ? wrap(env, std::move(owned)) : Napi::Number::New(env, status);
}

// Sets what the first argument of createEngine is: a key or a ring.
bool set_keys(Napi::Value value, swt_config* config, bool* is_asymmetric, swt_status* status) {
  if (holds<KeyRing>(value)) {
    const KeyRing* ring = unwrap<KeyRing>(value);
    if (ring == nullptr) return false;
    *status = swt_config_set_keyring(config, ring->handle.get());
    *is_asymmetric = ring->is_asymmetric;
    return true;
  }
  const Key* key = unwrap<Key>(value);
  if (key == nullptr) return false;
  *status = swt_config_set_key(config, key->handle.get());
  *is_asymmetric = is_asymmetric_key(key->handle.get());
  return true;
}

swt_status make_engine(swt_config* config, int64_t store_kind, int64_t accept_legacy_until_ms, Engine& engine) {
  swt_status status = swt_config_accept_legacy_until(config, accept_legacy_until_ms);
  if (status == SWT_OK && store_kind != kNoStore) {
    const uint32_t flags = store_kind == kRememberingStore ? 0 : SWT_EXTERNAL_STORE_FORGETS;
    status = swt_config_use_external_store(config, flags);
  }
  if (status != SWT_OK) return status;

  EngineHandle handle;
  status = swt_engine_new(config, out_ptr(handle));
  engine.handle = std::move(handle);
  return status;
}

}  // namespace

Napi::Value create_key(const Napi::CallbackInfo& info) {
  Secret text;
  Secret encryption_secret;
  bool insecure_short_secret = false;
  if (!text.read(info[0]) || !encryption_secret.read_optional(info[1]) || !read_flag(info[2], &insecure_short_secret)) {
    return {};
  }

  auto key = std::make_unique<Key>();
  const uint32_t flags = insecure_short_secret ? SWT_KEY_INSECURE_SHORT_SECRET : 0;
  const swt_status status = swt_key_new(text.view(), encryption_secret.view(), flags, out_ptr(key->handle));
  return wrap_or_status(info.Env(), std::move(key), status);
}

Napi::Value release(const Napi::CallbackInfo& info) {
  if (holds<Engine>(info[0])) {
    Engine* engine = unwrap<Engine>(info[0]);
    if (engine != nullptr) engine->handle.reset();
  } else {
    Key* key = unwrap<Key>(info[0]);
    if (key != nullptr) key->handle.reset();
  }
  return info.Env().Undefined();
}

Napi::Value create_key_ring(const Napi::CallbackInfo& info) {
  auto ring = std::make_unique<KeyRing>();
  const swt_status status = swt_keyring_new(out_ptr(ring->handle));
  return wrap_or_status(info.Env(), std::move(ring), status);
}

Napi::Value add_to_key_ring(const Napi::CallbackInfo& info) {
  KeyRing* ring = unwrap<KeyRing>(info[0]);
  if (ring == nullptr) return {};
  const Key* key = unwrap<Key>(info[1]);
  if (key == nullptr) return {};
  Text kid;
  bool signs = false;
  int64_t until_ms = 0;
  if (!kid.read(info[2]) || !read_flag(info[3], &signs) || !read_integer(info[4], &until_ms)) return {};

  const swt_status status = signs ? swt_keyring_set_signer(ring->handle.get(), key->handle.get(), kid.view())
                                  : swt_keyring_accept(ring->handle.get(), key->handle.get(), kid.view(), until_ms);
  if (status == SWT_OK && is_asymmetric_key(key->handle.get())) ring->is_asymmetric = true;
  return Napi::Number::New(info.Env(), status);
}

Napi::Value create_engine(const Napi::CallbackInfo& info) {
  ConfigHandle config;
  swt_status status = swt_config_new(out_ptr(config));
  if (status != SWT_OK) return Napi::Number::New(info.Env(), status);

  auto engine = std::make_unique<Engine>();
  int64_t store_kind = kNoStore;
  int64_t accept_legacy_until_ms = 0;
  if (!set_keys(info[0], config.get(), &engine->is_asymmetric, &status) || !read_integer(info[1], &store_kind) ||
      !read_integer(info[2], &accept_legacy_until_ms)) {
    return {};
  }
  if (status == SWT_OK) status = make_engine(config.get(), store_kind, accept_legacy_until_ms, *engine);
  return wrap_or_status(info.Env(), std::move(engine), status);
}

Napi::Value set_key_ring(const Napi::CallbackInfo& info) {
  Engine* engine = unwrap<Engine>(info[0]);
  if (engine == nullptr) return {};
  const KeyRing* ring = unwrap<KeyRing>(info[1]);
  if (ring == nullptr) return {};

  const swt_status status = swt_engine_set_keyring(engine->handle.get(), ring->handle.get());
  if (status == SWT_OK) engine->is_asymmetric = ring->is_asymmetric;
  return Napi::Number::New(info.Env(), status);
}

Napi::Value kill_key(const Napi::CallbackInfo& info) {
  Engine* engine = unwrap<Engine>(info[0]);
  if (engine == nullptr) return {};
  Text kid;
  if (!kid.read(info[1])) return {};
  return Napi::Number::New(info.Env(), swt_engine_kill_key(engine->handle.get(), kid.view()));
}

Napi::Value create_memory_store(const Napi::CallbackInfo& info) {
  swt_memory_store_options options = SWT_MEMORY_STORE_OPTIONS_INIT;
  if (!read_integer(info[0], &options.session_ttl_s) || !read_count(info[1], &options.max_sessions) ||
      !read_count(info[2], &options.max_proofs)) {
    return {};
  }

  auto store = std::make_unique<MemoryStore>();
  const swt_status status = swt_store_memory_open(&options, out_ptr(store->handle));
  return wrap_or_status(info.Env(), std::move(store), status);
}

}  // namespace swt_node
