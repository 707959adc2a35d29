// ECDSA over P-256 with SHA-256 (ES256), for the proofs of clients.
#pragma once

#include <array>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"

namespace swt {

inline constexpr size_t kP256Size = 32;
using P256Scalar = std::array<uint8_t, kP256Size>;

// A public key: a point that lies on the curve.
class P256PublicKey {
 public:
  // client_key when the coordinates are no point of the curve in their one canonical form.
  static Result<P256PublicKey> from_coordinates(Bytes x, Bytes y);

  // Checks a DER signature (ECDSA-Sig-Value, RFC 3279 section 2.2.3) in its one canonical form over a message, and gives
  // its r. Of the two signatures (r, s) and (r, n - s), which anybody can turn into each other, both have the same r.
  // proof_signature when it is not this key's.
  Result<P256Scalar> check_signature(Bytes message, Bytes der_signature) const;

 private:
  struct Deleter {
    void operator()(void* pkey) const;
  };
  explicit P256PublicKey(void* pkey) : pkey_(pkey) {}

  std::unique_ptr<void, Deleter> pkey_;  // an EVP_PKEY; OpenSSL stays in this room
};

}  // namespace swt
