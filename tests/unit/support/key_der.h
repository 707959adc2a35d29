// The structures of keys, put together byte by byte: what OpenSSL would refuse to write can be written here.
#pragma once

#include <string>
#include <string_view>

#include "der.h"
#include "key_pair.h"
#include "text.h"

namespace swt::test {

inline constexpr std::string_view kP256IdentifierHex = "06082a8648ce3d030107";
inline constexpr std::string_view kP384IdentifierHex = "06052b81040022";

inline std::string der_bit_string(const std::string& bytes, char unused_bits = '\0') {
  return der_element('\x03', std::string(1, unused_bits) + bytes);
}

inline std::string der_octet_string(std::string_view bytes) { return der_element('\x04', bytes); }

inline std::string der_zero() { return der_integer(std::string(1, '\0')); }

// AlgorithmIdentifier
inline std::string rsa_algorithm(std::string_view identifier_hex = "2a864886f70d010101",
                                 std::string_view parameters_hex = "0500") {
  return der_sequence(der_element('\x06', from_hex(identifier_hex)) + from_hex(parameters_hex));
}
inline std::string ec_algorithm(std::string_view curve = from_hex(kP256IdentifierHex)) {
  return der_sequence(from_hex("06072a8648ce3d0201") + std::string(curve));
}

// SubjectPublicKeyInfo
inline std::string rsa_public_numbers(std::string_view n, std::string_view e) {
  return der_sequence(der_integer(n) + der_integer(e));
}
inline std::string rsa_spki(std::string_view n, std::string_view e) {
  return der_sequence(rsa_algorithm() + der_bit_string(rsa_public_numbers(n, e)));
}
inline std::string ec_spki(const std::string& point) { return der_sequence(ec_algorithm() + der_bit_string(point)); }

// PKCS #8 around a key
inline std::string pkcs8_of(const std::string& algorithm, std::string_view key) {
  return der_sequence(der_zero() + algorithm + der_octet_string(key));
}

struct RsaNumbersText {
  std::string n, e, d, p, q, dp, dq, qi;

  static RsaNumbersText of(const KeyPair& pair) {
    return {pair.number(OSSL_PKEY_PARAM_RSA_N),         pair.number(OSSL_PKEY_PARAM_RSA_E),
            pair.number(OSSL_PKEY_PARAM_RSA_D),         pair.number(OSSL_PKEY_PARAM_RSA_FACTOR1),
            pair.number(OSSL_PKEY_PARAM_RSA_FACTOR2),   pair.number(OSSL_PKEY_PARAM_RSA_EXPONENT1),
            pair.number(OSSL_PKEY_PARAM_RSA_EXPONENT2), pair.number(OSSL_PKEY_PARAM_RSA_COEFFICIENT1)};
  }

  std::string pkcs1(const std::string& version = std::string(1, '\0'), const std::string& more = "") const {
    return der_sequence(der_integer(version) + der_integer(n) + der_integer(e) + der_integer(d) + der_integer(p) +
                        der_integer(q) + der_integer(dp) + der_integer(dq) + der_integer(qi) + more);
  }
  std::string pkcs8() const { return pkcs8_of(rsa_algorithm(), pkcs1()); }
};

// SEC 1. What is empty is left out.
inline std::string ec_private(std::string_view scalar, const std::string& point, std::string_view curve = "",
                              std::string_view version = "\x01") {
  std::string content = der_integer(version) + der_octet_string(scalar);
  if (!curve.empty()) content += der_element('\xA0', curve);
  if (!point.empty()) content += der_element('\xA1', der_bit_string(point));
  return der_sequence(content);
}

}  // namespace swt::test
