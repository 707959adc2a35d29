// What tokens are signed and sealed with. The algorithm belongs to the key and never comes from a token.
#pragma once

#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/seal.h"
#include "crypto/secret_check.h"
#include "crypto/signature.h"

namespace swt {

// May be used by any number of threads at once.
class TokenKey {
 public:
  // HMAC-SHA-256 keyed by the secret, AES-256-GCM keyed by SHA-256 of the encryption secret, which is the secret itself
  // where none is given (as in 3.0.1).
  static Result<std::shared_ptr<const TokenKey>> from_secret(std::string_view secret,
                                                             std::string_view encryption_secret,
                                                             ShortSecret short_secret);

  // A private key signs and checks, a public key checks: RSA of 2048 to 8192 bits (rs256) or EC over P-256 (es256), in
  // the forms that private_key_from_pem and public_key_from_pem take. A PEM key seals nothing, so the encryption secret
  // is not optional here. key, with a detail that says what is wrong; secret_too_short.
  static Result<std::shared_ptr<const TokenKey>> from_private_pem(std::string_view pem,
                                                                  std::string_view encryption_secret,
                                                                  ShortSecret short_secret);
  static Result<std::shared_ptr<const TokenKey>> from_public_pem(std::string_view pem,
                                                                 std::string_view encryption_secret,
                                                                 ShortSecret short_secret);
  // Whichever of the three this text is: anything with a PEM block is a PEM, as in 3.0.1, and never a secret.
  static Result<std::shared_ptr<const TokenKey>> from_text(std::string_view text, std::string_view encryption_secret,
                                                           ShortSecret short_secret);
  ~TokenKey();
  TokenKey(const TokenKey&) = delete;
  TokenKey& operator=(const TokenKey&) = delete;

  // The same key without its power to sign; what it opens stays the same. key, when this is a secret.
  Result<std::shared_ptr<const TokenKey>> public_half() const;

  Algorithm algorithm() const;
  // A public key checks only.
  bool can_sign() const;
  size_t max_signature_size() const;

  // out has max_signature_size() bytes. Gives how many of them the signature has. key, when this is a public key.
  Result<size_t> sign(Bytes text, MutableBytes out) const;
  // token_authentication when the signature is not this key's over this text.
  Result<void> check_signature(Bytes text, Bytes signature) const;

  // As SealKey's.
  Result<void> seal(Bytes plaintext, MutableBytes out) const;
  Result<void> open(Bytes sealed, MutableBytes out) const;

 private:
  TokenKey(std::shared_ptr<const SignatureKey> signature, std::shared_ptr<const SealKey> seal);

  std::shared_ptr<const SignatureKey> signature_;
  std::shared_ptr<const SealKey> seal_;
};

}  // namespace swt
