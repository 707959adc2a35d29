// Keys and key rings.
#include "capi/boundary.h"

using namespace swt;
using namespace swt::capi;

namespace {

using NewKey = Result<std::shared_ptr<const TokenKey>>;
using MakeKey = NewKey (*)(std::string_view key, std::string_view encryption_secret, ShortSecret short_secret);

NewKey make_key(swt_bytes given, swt_bytes encryption_secret, uint32_t flags, MakeKey make) {
  if ((flags & ~SWT_KEY_INSECURE_SHORT_SECRET) != 0) return Error(Status::unsupported, "an unknown flag is set");
  const Result<std::string_view> text = text_from(given);
  if (!text) return text.error();
  const Result<std::string_view> encryption_text = text_from(encryption_secret);
  if (!encryption_text) return encryption_text.error();
  if (is_given_empty(encryption_secret)) return Error(Status::key, "the encryption secret is empty");
  const bool takes_short = (flags & SWT_KEY_INSECURE_SHORT_SECRET) != 0;
  return make(*text, *encryption_text, takes_short ? ShortSecret::insecurely_accept : ShortSecret::refuse);
}

// What adding a key to a ring needs of its arguments.
template <typename Add>
swt_status add_to_ring(swt_keyring* keyring, const swt_key* key, swt_bytes kid, Add add) {
  return guarded([&]() -> Result<void> {
    if (as(keyring) == nullptr) return not_a_handle(keyring);
    if (as(key) == nullptr) return not_a_handle(key);
    const Result<std::string_view> id = text_from(kid);
    if (!id) return id.error();
    return add(keyring->keys, key->key, *id);
  });
}

}  // namespace

extern "C" {

swt_status swt_key_new(swt_bytes text, swt_bytes encryption_secret, uint32_t flags, swt_key** out_key) {
  return handing_out(out_key, [&] { return make_key(text, encryption_secret, flags, TokenKey::from_text); });
}

swt_status swt_key_new_secret(swt_bytes secret, swt_bytes encryption_secret, uint32_t flags, swt_key** out_key) {
  return handing_out(out_key, [&] { return make_key(secret, encryption_secret, flags, TokenKey::from_secret); });
}

swt_status swt_key_new_private_pem(swt_bytes pem, swt_bytes encryption_secret, uint32_t flags, swt_key** out_key) {
  return handing_out(out_key, [&] { return make_key(pem, encryption_secret, flags, TokenKey::from_private_pem); });
}

swt_status swt_key_new_public_pem(swt_bytes pem, swt_bytes encryption_secret, uint32_t flags, swt_key** out_key) {
  return handing_out(out_key, [&] { return make_key(pem, encryption_secret, flags, TokenKey::from_public_pem); });
}

swt_status swt_key_new_public_half(const swt_key* key, swt_key** out_key) {
  return handing_out(out_key, [&]() -> NewKey {
    if (as(key) == nullptr) return not_a_handle(key);
    return key->key->public_half();
  });
}

const char* swt_key_algorithm(const swt_key* key) {
  return as(key) == nullptr ? "" : name_of(key->key->algorithm()).data();
}

void swt_key_free(swt_key* key) { release(key); }

swt_status swt_keyring_new(swt_keyring** out_keyring) {
  return guarded([&]() -> Result<void> {
    if (out_keyring == nullptr) return is_null("out_keyring is NULL");
    *out_keyring = nullptr;
    hand_out(out_keyring);
    return {};
  });
}

void swt_keyring_free(swt_keyring* keyring) { release(keyring); }

swt_status swt_keyring_set_signer(swt_keyring* keyring, const swt_key* key, swt_bytes kid) {
  return add_to_ring(keyring, key, kid,
                     [](KeyRing& ring, const auto& added, std::string_view id) { return ring.set_signer(added, id); });
}

swt_status swt_keyring_accept(swt_keyring* keyring, const swt_key* key, swt_bytes kid, int64_t until_ms) {
  return add_to_ring(keyring, key, kid, [&](KeyRing& ring, const auto& added, std::string_view id) {
    return ring.accept(added, id, until_ms);
  });
}

}  // extern "C"
