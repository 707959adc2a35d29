// An ECDSA signature over P-256 as DER (ECDSA-Sig-Value, RFC 3279 section 2.2.3), in its one canonical form.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "crypto/p256.h"

namespace swt {

// two integers of 33 bytes at most, each with its 2 bytes, in a sequence with 2 more
inline constexpr size_t kMaxEcdsaDerSize = 72;

struct EcdsaNumbers {
  P256Scalar r;
  P256Scalar s;
};

// nullopt for every other text of the same two numbers: BER, leading zeros, bytes after them, the raw form of WebCrypto.
// Whether the numbers are in their range is left to the verification.
std::optional<EcdsaNumbers> read_ecdsa_der(Bytes der);

// out has kMaxEcdsaDerSize bytes. Gives how many of them the signature has.
size_t write_ecdsa_der(const EcdsaNumbers& numbers, MutableBytes out);

// Of the two signatures (r, s) and (r, n - s), the one whose s is at most half the order n of the group.
EcdsaNumbers with_low_s(const EcdsaNumbers& numbers);

}  // namespace swt
