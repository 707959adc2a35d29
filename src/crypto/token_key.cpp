#include "crypto/token_key.h"

#include <optional>
#include <utility>

#include "crypto/hmac_signature.h"
#include "crypto/secure_bytes.h"

namespace swt {

TokenKey::TokenKey(std::shared_ptr<const SignatureKey> signature, std::shared_ptr<const SealKey> seal)
    : signature_(std::move(signature)), seal_(std::move(seal)) {}
TokenKey::~TokenKey() = default;

Result<std::shared_ptr<const TokenKey>> TokenKey::from_secret(std::string_view secret,
                                                              std::string_view encryption_secret,
                                                              ShortSecret short_secret) {
  if (encryption_secret.empty()) encryption_secret = secret;
  for (const std::string_view each : {secret, encryption_secret}) {
    if (const Result<void> checked = check_secret(each, short_secret); !checked) return checked.error();
  }
  std::optional<SecureBytes> kept = SecureBytes::copy_of(as_bytes(secret));
  if (!kept) return Status::internal_memory;
  Result<std::shared_ptr<const SignatureKey>> signature = hmac_signature_key(*std::move(kept));
  if (!signature) return signature.error();
  Result<std::shared_ptr<const SealKey>> seal = SealKey::from_secret(encryption_secret);
  if (!seal) return seal.error();
  return std::shared_ptr<const TokenKey>(new TokenKey(*std::move(signature), *std::move(seal)));
}

Algorithm TokenKey::algorithm() const { return signature_->algorithm(); }
bool TokenKey::can_sign() const { return signature_->can_sign(); }
size_t TokenKey::max_signature_size() const { return signature_->max_size(); }

Result<size_t> TokenKey::sign(Bytes text, MutableBytes out) const { return signature_->sign(text, out); }
Result<void> TokenKey::check_signature(Bytes text, Bytes signature) const { return signature_->check(text, signature); }

Result<void> TokenKey::seal(Bytes plaintext, MutableBytes out) const { return seal_->seal(plaintext, out); }
Result<void> TokenKey::open(Bytes sealed, MutableBytes out) const { return seal_->open(sealed, out); }

}  // namespace swt
