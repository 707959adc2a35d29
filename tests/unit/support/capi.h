// The C interface with owners for its handles.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "proof.h"
#include "swt/swt.h"
#include "token_maker.h"

namespace swt::test {

template <auto free_function>
struct HandleDeleter {
  template <typename T>
  void operator()(T* handle) const {
    free_function(handle);
  }
};

using Key = std::unique_ptr<swt_key, HandleDeleter<swt_key_free>>;
using Store = std::unique_ptr<swt_store, HandleDeleter<swt_store_free>>;
using Config = std::unique_ptr<swt_config, HandleDeleter<swt_config_free>>;
using EngineHandle = std::unique_ptr<swt_engine, HandleDeleter<swt_engine_free>>;
using GrantHandle = std::unique_ptr<swt_grant, HandleDeleter<swt_grant_free>>;
using ClaimsHandle = std::unique_ptr<swt_claims, HandleDeleter<swt_claims_free>>;
using SessionHandle = std::unique_ptr<swt_session, HandleDeleter<swt_session_free>>;
using PendingHandle = std::unique_ptr<swt_pending, HandleDeleter<swt_pending_free>>;
using RedisCallHandle = std::unique_ptr<swt_redis_call, HandleDeleter<swt_redis_call_free>>;

inline swt_bytes view(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

inline std::string text(swt_bytes bytes) {
  return bytes.len == 0 ? std::string() : std::string(reinterpret_cast<const char*>(bytes.data), bytes.len);
}

inline Key new_key() {
  swt_key* key = nullptr;
  require(swt_key_new_secret(view(kSecret), view(kEncryptionSecret), 0, &key) == SWT_OK, "a key");
  return Key(key);
}

inline Store new_store() {
  swt_store* store = nullptr;
  require(swt_store_memory_open(nullptr, &store) == SWT_OK, "a store");
  return Store(store);
}

inline Config new_config() {
  swt_config* config = nullptr;
  require(swt_config_new(&config) == SWT_OK, "a config");
  const Key key = new_key();
  require(swt_config_set_key(config, key.get()) == SWT_OK, "a key in a config");
  return Config(config);
}

enum class Sessions { none, in_memory, external };

inline EngineHandle new_engine(Sessions sessions = Sessions::in_memory, int64_t accept_legacy_until_ms = 0) {
  const Config config = new_config();
  const Store store = new_store();
  if (sessions == Sessions::in_memory) require(swt_config_set_store(config.get(), store.get()) == SWT_OK, "a store");
  if (sessions == Sessions::external) require(swt_config_use_external_store(config.get(), 0) == SWT_OK, "no store");
  require(swt_config_accept_legacy_until(config.get(), accept_legacy_until_ms) == SWT_OK, "legacy");
  swt_engine* engine = nullptr;
  require(swt_engine_new(config.get(), &engine) == SWT_OK, "an engine");
  return EngineHandle(engine);
}

inline swt_sign_request new_sign_request(std::string_view data = R"({"userId":"alice"})") {
  swt_sign_request request = SWT_SIGN_REQUEST_INIT;
  request.data_json = view(data);
  request.now_ms = kNowS * 1000;
  return request;
}

inline GrantHandle sign(const swt_engine* engine, const swt_sign_request& request = new_sign_request()) {
  swt_grant* grant = nullptr;
  require(swt_sign(engine, &request, &grant) == SWT_OK, swt_last_error_message());
  return GrantHandle(grant);
}

inline swt_verify_request new_verify_request(const swt_grant* grant) {
  swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
  request.token = swt_grant_token(grant);
  request.session_id = swt_grant_session_id(grant);
  request.now_ms = kNowS * 1000;
  return request;
}

inline PendingHandle begin_verify(const swt_engine* engine, const swt_verify_request& request) {
  swt_pending* pending = nullptr;
  require(swt_verify_begin(engine, &request, &pending) == SWT_OK, swt_last_error_message());
  return PendingHandle(pending);
}

}  // namespace swt::test
