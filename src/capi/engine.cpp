// Keys, stores, settings, engines.
#include "capi/boundary.h"
#include "dpop/jwk.h"
#include "stores/memory_store.h"

using namespace swt;
using namespace swt::capi;

extern "C" {

swt_status swt_key_new_secret(swt_bytes secret, swt_bytes encryption_secret, uint32_t flags, swt_key** out_key) {
  return handing_out(out_key, [&]() -> Result<std::shared_ptr<const TokenKey>> {
    if ((flags & ~SWT_KEY_INSECURE_SHORT_SECRET) != 0) return Error(Status::unsupported, "an unknown flag is set");
    const Result<std::string_view> secret_text = text_from(secret);
    if (!secret_text) return secret_text.error();
    const Result<std::string_view> encryption_text = text_from(encryption_secret);
    if (!encryption_text) return encryption_text.error();
    if (is_given_empty(encryption_secret)) return Error(Status::key, "the encryption secret is empty");
    const ShortSecret short_secret =
        (flags & SWT_KEY_INSECURE_SHORT_SECRET) != 0 ? ShortSecret::insecurely_accept : ShortSecret::refuse;
    return TokenKey::from_secret(*secret_text, *encryption_text, short_secret);
  });
}

void swt_key_free(swt_key* key) { release(key); }

swt_status swt_store_memory_open(const swt_memory_store_options* options, swt_store** out_store) {
  return handing_out(out_store, [&]() -> Result<std::shared_ptr<Store>> {
    MemoryStoreLimits limits;
    if (options != nullptr) {
      const Result<swt_memory_store_options> given =
          options_from(options, SWT_SIZE_WITH(swt_memory_store_options, max_proofs));
      if (!given) return given.error();
      if (given->session_ttl_s != 0) limits.session_ttl_s = given->session_ttl_s;
      if (given->max_sessions != 0) limits.max_sessions = given->max_sessions;
      if (given->max_proofs != 0) limits.max_proofs = given->max_proofs;
    }
    if (const Result<void> checked = MemoryStore::check(limits); !checked) return checked.error();
    return std::shared_ptr<Store>(std::make_shared<MemoryStore>(limits));
  });
}

void swt_store_free(swt_store* store) { release(store); }

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
    config->key = key->key;
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

swt_status swt_config_use_external_store(swt_config* config) {
  return guarded([&]() -> Result<void> {
    if (as(config) == nullptr) return not_a_handle(config);
    config->store = nullptr;
    config->uses_external_store = true;
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
    if (!config->key) return Error(Status::state, "no key is set");
    const bool has_sessions = config->store != nullptr || config->uses_external_store;
    // Without a store to do it, an engine remembers the proofs that were used with it.
    std::shared_ptr<Store> store = config->store;
    if (!has_sessions) store = std::make_shared<MemoryStore>(MemoryStoreLimits{});
    hand_out(out_engine, EngineSettings{config->key, has_sessions, config->accept_legacy_until_ms}, std::move(store),
             config->uses_external_store);
    return {};
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
