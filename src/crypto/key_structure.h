// Private and public keys in DER, taken apart into their numbers: SubjectPublicKeyInfo (RFC 5280 section 4.1, RFC 5480),
// PKCS #8 (RFC 5208, RFC 5958), PKCS #1 (RFC 8017 appendix A.1) and SEC 1 (RFC 5915).
//
// The curve is P-256 by its name or the key is refused, so nothing ever computes on a curve that came with a key.
#pragma once

#include <optional>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"

namespace swt {

enum class KeyForm {
  pkcs8_private,
  rsa_private,
  ec_private,
  public_key,  // SubjectPublicKeyInfo
  rsa_public,
};

constexpr bool is_public(KeyForm form) { return form == KeyForm::public_key || form == KeyForm::rsa_public; }

// The numbers are big-endian, without leading zeros, and views into the DER.
struct RsaPrivateNumbers {
  Bytes d, p, q, dp, dq, qi;
};

struct RsaNumbers {
  Bytes n, e;
  std::optional<RsaPrivateNumbers> private_part;
};

struct EcNumbers {
  std::optional<Bytes> point;   // SEC 1 section 2.3.3, with or without compression; a private key may leave it out
  std::optional<Bytes> scalar;  // at most 32 bytes
};

using KeyNumbers = std::variant<RsaNumbers, EcNumbers>;

// key, with a detail that says what is wrong. The sizes of RSA's numbers and their relations are not looked at.
Result<KeyNumbers> read_key_structure(KeyForm form, Bytes der);

// The content of an "EC PARAMETERS" block: the name of P-256 and nothing else. key.
Result<void> check_ec_parameters(Bytes der);

}  // namespace swt
