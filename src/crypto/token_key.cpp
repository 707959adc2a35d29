#include "crypto/token_key.h"

#include <optional>
#include <utility>

#include "crypto/hmac_signature.h"
#include "crypto/key_text.h"
#include "crypto/pem.h"
#include "crypto/pkey.h"
#include "crypto/pkey_signature.h"
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

namespace {

// As in 3.0.1, a token of a PEM key is sealed under a secret of its own: everybody may have the public key, and those who
// only check tokens must not have the private one.
Result<std::shared_ptr<const SealKey>> seal_beside_pem(std::string_view encryption_secret, ShortSecret short_secret) {
  if (encryption_secret.empty()) {
    return Error(Status::key, "a PEM key needs an encryption secret beside it, to seal tokens with");
  }
  if (const Result<void> checked = check_secret(encryption_secret, short_secret); !checked) return checked.error();
  return SealKey::from_secret(encryption_secret);
}

}  // namespace

Result<std::shared_ptr<const TokenKey>> TokenKey::from_private_pem(std::string_view pem,
                                                                   std::string_view encryption_secret,
                                                                   ShortSecret short_secret) {
  Result<std::shared_ptr<const SealKey>> seal = seal_beside_pem(encryption_secret, short_secret);
  if (!seal) return seal.error();
  Result<Pkey> key = private_key_from_pem(pem);
  if (!key) return key.error();
  Result<std::shared_ptr<const SignatureKey>> signature = private_signature_key(*std::move(key));
  if (!signature) return signature.error();
  return std::shared_ptr<const TokenKey>(new TokenKey(*std::move(signature), *std::move(seal)));
}

Result<std::shared_ptr<const TokenKey>> TokenKey::from_public_pem(std::string_view pem,
                                                                  std::string_view encryption_secret,
                                                                  ShortSecret short_secret) {
  Result<std::shared_ptr<const SealKey>> seal = seal_beside_pem(encryption_secret, short_secret);
  if (!seal) return seal.error();
  Result<Pkey> key = public_key_from_pem(pem);
  if (!key) return key.error();
  Result<std::shared_ptr<const SignatureKey>> signature = public_signature_key(*std::move(key));
  if (!signature) return signature.error();
  return std::shared_ptr<const TokenKey>(new TokenKey(*std::move(signature), *std::move(seal)));
}

Result<std::shared_ptr<const TokenKey>> TokenKey::from_text(std::string_view text, std::string_view encryption_secret,
                                                            ShortSecret short_secret) {
  // What is longer is neither, and must not be read to find that out.
  if (text.size() > kMaxPemSize || kind_of_key_text(text) != KeyText::pem)
    return from_secret(text, encryption_secret, short_secret);
  const Result<PemKey> pem = read_pem(text);
  if (!pem) return pem.error();
  return is_public(pem->form) ? from_public_pem(text, encryption_secret, short_secret)
                              : from_private_pem(text, encryption_secret, short_secret);
}

Result<std::shared_ptr<const TokenKey>> TokenKey::public_half() const {
  Result<std::shared_ptr<const SignatureKey>> half = signature_->public_half();
  if (!half) return half.error();
  return std::shared_ptr<const TokenKey>(new TokenKey(*std::move(half), seal_));
}

Algorithm TokenKey::algorithm() const { return signature_->algorithm(); }
bool TokenKey::can_sign() const { return signature_->can_sign(); }
size_t TokenKey::max_signature_size() const { return signature_->max_size(); }

Result<size_t> TokenKey::sign(Bytes text, MutableBytes out) const { return signature_->sign(text, out); }
Result<void> TokenKey::check_signature(Bytes text, Bytes signature) const { return signature_->check(text, signature); }

Result<void> TokenKey::seal(Bytes plaintext, MutableBytes out) const { return seal_->seal(plaintext, out); }
Result<void> TokenKey::open(Bytes sealed, MutableBytes out) const { return seal_->open(sealed, out); }

}  // namespace swt
