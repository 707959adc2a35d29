// How tokens are signed, and by what: one face for a secret, an RSA key and an EC key.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "base/result.h"

namespace swt {

// How tokens are signed. Sealed they are with AES-256-GCM, always.
enum class Algorithm {
  hs256,  // HMAC-SHA-256 keyed by a secret
  rs256,  // RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 section 3.3)
  es256,  // ECDSA over P-256 with SHA-256; the signature is DER, as 3.0.1 writes it
};

// RSA of 8192 bits
inline constexpr size_t kMaxSignatureSize = 1024;

// May be used by any number of threads at once.
class SignatureKey {
 public:
  SignatureKey() = default;
  virtual ~SignatureKey() = default;
  SignatureKey(const SignatureKey&) = delete;
  SignatureKey& operator=(const SignatureKey&) = delete;

  virtual Algorithm algorithm() const = 0;
  virtual bool can_sign() const = 0;
  virtual size_t max_size() const = 0;

  // out has max_size() bytes. Gives how many of them the signature has. key, when this is a public key.
  virtual Result<size_t> sign(Bytes text, MutableBytes out) const = 0;
  // token_authentication when the signature is not this key's over this text.
  virtual Result<void> check(Bytes text, Bytes signature) const = 0;

  // What checks the signatures of this key and cannot make any. key, when this is a secret.
  virtual Result<std::shared_ptr<const SignatureKey>> public_half() const = 0;
};

}  // namespace swt
