// Settings and engines.
#include "capi/audit.h"
#include "capi/boundary.h"
#include "dpop/jwk.h"
#include "stores/memory_store.h"

using namespace swt;
using namespace swt::capi;

namespace {

constexpr const char* kLimitedStore =
    "the store keeps sessions and nothing else: proofs are spent in this process only, and refresh tokens are refused "
    "unless reuse is insecurely allowed";

Result<KeyRing> keys_of(const swt_keyring* keyring) {
  if (as(keyring) == nullptr) return not_a_handle(keyring);
  if (keyring->keys.empty()) return Error(Status::state, "the key ring is empty");
  return keyring->keys;
}

}  // namespace

extern "C" {

swt_status swt_config_new(swt_config** out_config) {
  return guarded([&]() -> Result<void> {
    if (out_config == nullptr) return is_null("out_config is NULL");
    *out_config = nullptr;
    hand_out(out_config);
    return {};
  });
}

void swt_config_free(swt_config* config) { release(config); }

swt_status swt_config_set_key(swt_config* config, const swt_key* key) {
  return guarded([&]() -> Result<void> {
    if (as(config) == nullptr) return not_a_handle(config);
    if (as(key) == nullptr) return not_a_handle(key);
    config->keys = KeyRing::of_one(key->key);
    return {};
  });
}

swt_status swt_config_set_keyring(swt_config* config, const swt_keyring* keyring) {
  return guarded([&]() -> Result<void> {
    if (as(config) == nullptr) return not_a_handle(config);
    const Result<KeyRing> keys = keys_of(keyring);
    if (!keys) return keys.error();
    config->keys = *keys;
    return {};
  });
}

swt_status swt_config_set_audit(swt_config* config, swt_audit_callback callback, void* user) {
  return guarded([&]() -> Result<void> {
    if (as(config) == nullptr) return not_a_handle(config);
    config->audit = {callback, user};
    return {};
  });
}

swt_status swt_config_set_store(swt_config* config, swt_store* store) {
  return guarded([&]() -> Result<void> {
    if (as(config) == nullptr) return not_a_handle(config);
    if (as(store) == nullptr) return not_a_handle(store);
    config->store = store->store;
    config->uses_external_store = false;
    return {};
  });
}

swt_status swt_config_use_external_store(swt_config* config, uint32_t flags) {
  return guarded([&]() -> Result<void> {
    if (as(config) == nullptr) return not_a_handle(config);
    if ((flags & ~SWT_EXTERNAL_STORE_FORGETS) != 0) return Error(Status::unsupported, "an unknown flag is set");
    config->store = nullptr;
    config->uses_external_store = true;
    config->external_store_forgets = (flags & SWT_EXTERNAL_STORE_FORGETS) != 0;
    return {};
  });
}

swt_status swt_config_accept_legacy_until(swt_config* config, int64_t until_ms) {
  return guarded([&]() -> Result<void> {
    if (as(config) == nullptr) return not_a_handle(config);
    if (until_ms < 0) return Error(Status::argument, "until_ms is negative");
    config->accept_legacy_until_ms = until_ms;
    return {};
  });
}

swt_status swt_engine_new(const swt_config* config, swt_engine** out_engine) {
  return guarded([&]() -> Result<void> {
    if (out_engine == nullptr) return is_null("out_engine is NULL");
    *out_engine = nullptr;
    if (as(config) == nullptr) return not_a_handle(config);
    if (config->keys.empty()) return Error(Status::state, "neither a key nor a key ring is set");
    const Result<Instant> now = instant_from(0);
    if (!now) return now.error();
    EngineSettings settings;
    settings.keys = config->keys;
    settings.has_sessions = config->store != nullptr || config->uses_external_store;
    settings.spends_refresh_tokens = config->uses_external_store
                                         ? !config->external_store_forgets
                                         : config->store != nullptr && config->store->spends_refresh_tokens();
    settings.accept_legacy_until_ms = config->accept_legacy_until_ms;
    // Without a store to do it, an engine remembers the proofs that were used with it.
    std::shared_ptr<Store> store = config->store;
    if (!settings.has_sessions) store = std::make_shared<MemoryStore>(MemoryStoreLimits{});
    const bool is_limited = settings.has_sessions && !settings.spends_refresh_tokens;
    hand_out(out_engine, std::move(settings), std::move(store), config->uses_external_store, config->audit);
    if (is_limited) tell_warning(config->audit, kLimitedStore, *now);
    return {};
  });
}

swt_status swt_engine_set_keyring(swt_engine* engine, const swt_keyring* keyring) {
  return guarded([&]() -> Result<void> {
    if (as(engine) == nullptr) return not_a_handle(engine);
    Result<KeyRing> keys = keys_of(keyring);
    if (!keys) return keys.error();
    return engine->engine.keys().replace(*std::move(keys));
  });
}

swt_status swt_engine_kill_key(swt_engine* engine, swt_bytes kid) {
  return guarded([&]() -> Result<void> {
    if (as(engine) == nullptr) return not_a_handle(engine);
    const Result<std::string_view> id = text_from(kid);
    if (!id) return id.error();
    return engine->engine.keys().kill(*id);
  });
}

void swt_engine_free(swt_engine* engine) { release(engine); }

swt_status swt_jwk_thumbprint(swt_bytes jwk, char out_thumbprint[SWT_THUMBPRINT_LEN + 1]) {
  return guarded([&]() -> Result<void> {
    if (out_thumbprint == nullptr) return is_null("out_thumbprint is NULL");
    std::memset(out_thumbprint, 0, SWT_THUMBPRINT_LEN + 1);
    const Result<std::string_view> text = text_from(jwk);
    if (!text) return text.error();
    const Result<ClientKey> key = read_and_check_client_key(*text);
    if (!key) return key.error();
    std::memcpy(out_thumbprint, key->thumbprint.data(), SWT_THUMBPRINT_LEN);
    return {};
  });
}

}  // extern "C"
