#include "crypto/hmac_signature.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <array>

#include "crypto/context_pool.h"
#include "crypto/hash.h"
#include "crypto/openssl.h"

namespace swt {
namespace {

// Set up once with the secret; an operation only restarts it.
struct HmacContext {
  MacContext mac;
};

class HmacKey final : public SignatureKey {
 public:
  explicit HmacKey(SecureBytes secret) : secret_(std::move(secret)), pool_([this] { return new_context(); }) {}

  bool works() const { return static_cast<bool>(Lease(pool_)); }

  Algorithm algorithm() const override { return Algorithm::hs256; }
  bool can_sign() const override { return true; }
  size_t max_size() const override { return kSha256Size; }
  Result<size_t> sign(Bytes text, MutableBytes out) const override;
  Result<void> check(Bytes text, Bytes signature) const override;
  Result<std::shared_ptr<const SignatureKey>> public_half() const override {
    return Error(Status::key, "a secret has no public half");
  }

 private:
  using Lease = ContextPool<HmacContext>::Lease;

  std::unique_ptr<HmacContext> new_context() const;
  bool restart(EVP_MAC_CTX* mac) const;

  const SecureBytes secret_;
  mutable ContextPool<HmacContext> pool_;
};

std::unique_ptr<HmacContext> HmacKey::new_context() const {
  const ErrorQueueGuard guard;
  char digest[] = "SHA2-256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
  auto context = std::make_unique<HmacContext>();
  context->mac.reset(EVP_MAC_CTX_new(openssl().hmac));
  const Bytes secret = secret_.bytes();
  const bool is_set_up = context->mac && EVP_MAC_init(context->mac.get(), secret.data(), secret.size(), params) == 1;
  return is_set_up ? std::move(context) : nullptr;
}

// Begins a new MAC under the same key.
bool HmacKey::restart(EVP_MAC_CTX* mac) const {
  // Before 3.0.3, OpenSSL forgot the key when it was not given again; giving it costs as much as a third of the MAC.
  static const bool forgets_key = OpenSSL_version_num() < 0x30000030L;
  const Bytes key = forgets_key ? secret_.bytes() : Bytes();
  return EVP_MAC_init(mac, key.data(), key.size(), nullptr) == 1;
}

Result<size_t> HmacKey::sign(Bytes text, MutableBytes out) const {
  const ErrorQueueGuard guard;
  Lease context(pool_);
  if (!context) return Status::internal_crypto;
  EVP_MAC_CTX* mac = context->mac.get();
  size_t written = 0;
  const bool is_signed = restart(mac) && EVP_MAC_update(mac, text.data(), text.size()) == 1 &&
                         EVP_MAC_final(mac, out.data(), &written, out.size()) == 1;
  if (!is_signed || written != kSha256Size) return Status::internal_crypto;
  return written;
}

Result<void> HmacKey::check(Bytes text, Bytes signature) const {
  if (signature.size() != kSha256Size) return Status::token_authentication;
  std::array<uint8_t, kSha256Size> expected{};
  if (const Result<size_t> made = sign(text, expected); !made) return made.error();
  const bool is_ours = equal_in_constant_time(expected, signature);
  wipe(expected);
  if (!is_ours) return Status::token_authentication;
  return {};
}

}  // namespace

Result<std::shared_ptr<const SignatureKey>> hmac_signature_key(SecureBytes secret) {
  auto key = std::make_shared<const HmacKey>(std::move(secret));
  // A key that cannot work is found out now, not at the first token.
  if (!key->works()) return Status::internal_crypto;
  return std::shared_ptr<const SignatureKey>(std::move(key));
}

}  // namespace swt
