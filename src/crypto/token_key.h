// What tokens are signed and sealed with. The algorithm belongs to the key and never comes from a token.
#pragma once

#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/secret_check.h"

namespace swt {

inline constexpr size_t kIvSize = 12;
inline constexpr size_t kTagSize = 16;
// iv || tag || ciphertext
inline constexpr size_t kSealOverhead = kIvSize + kTagSize;

// RSA of 8192 bits
inline constexpr size_t kMaxSignatureSize = 1024;

// How tokens are signed. Sealed they are with AES-256-GCM, always.
enum class Algorithm {
  hs256,  // HMAC-SHA-256 keyed by a secret
  rs256,  // RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 section 3.3)
  es256,  // ECDSA over P-256 with SHA-256; the signature is DER, as 3.0.1 writes it
};

// May be used by any number of threads at once.
class TokenKey {
 public:
  // HMAC-SHA-256 keyed by the secret, AES-256-GCM keyed by SHA-256 of the encryption secret, which is the secret itself
  // where none is given (as in 3.0.1).
  static Result<std::shared_ptr<const TokenKey>> from_secret(std::string_view secret,
                                                             std::string_view encryption_secret,
                                                             ShortSecret short_secret);
  ~TokenKey();
  TokenKey(const TokenKey&) = delete;
  TokenKey& operator=(const TokenKey&) = delete;

  Algorithm algorithm() const { return Algorithm::hs256; }
  // A public key checks only.
  bool can_sign() const { return true; }
  size_t max_signature_size() const { return 32; }

  // out has max_signature_size() bytes. Gives how many of them the signature has. key, when this is a public key.
  Result<size_t> sign(Bytes text, MutableBytes out) const;
  // token_authentication when the signature is not this key's over this text.
  Result<void> check_signature(Bytes text, Bytes signature) const;

  // Seals the plaintext under a fresh random iv. out has kSealOverhead bytes more than the plaintext.
  Result<void> seal(Bytes plaintext, MutableBytes out) const;
  // Opens what seal wrote. out has kSealOverhead bytes fewer, and is wiped when the seal is not this key's.
  Result<void> open(Bytes sealed, MutableBytes out) const;

 private:
  struct Contexts;
  class ContextPool;

  explicit TokenKey(std::unique_ptr<ContextPool> pool);

  std::unique_ptr<ContextPool> pool_;
};

}  // namespace swt
