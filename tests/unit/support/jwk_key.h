// Keys of JWKs (RFC 7517, RFC 7518 section 6) as this library takes them: PEM and secrets.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "key_der.h"
#include "pem_key.h"
#include "text.h"
#include "vectors.h"

namespace swt::test {

inline std::string bytes_of_member(const Vector& jwk, const char* name) { return from_base64url(jwk.text(name)); }

inline RsaNumbersText rsa_numbers_of(const Vector& jwk) {
  const auto number = [&](const char* name) { return bytes_of_member(jwk, name); };
  return {number("n"), number("e"), number("d"), number("p"), number("q"), number("dp"), number("dq"), number("qi")};
}

inline std::string ec_point_of(const Vector& jwk) {
  return "\x04" + bytes_of_member(jwk, "x") + bytes_of_member(jwk, "y");
}

// Whatever its curve or size: what becomes of a bad key is for the library to say.
inline std::string public_pem_of(const Vector& jwk) {
  if (jwk.text("kty") == "EC") return pem_of("PUBLIC KEY", ec_spki(ec_point_of(jwk)));
  return pem_of("PUBLIC KEY", rsa_spki(bytes_of_member(jwk, "n"), bytes_of_member(jwk, "e")));
}

inline std::string private_pem_of(const Vector& jwk) {
  if (jwk.text("kty") == "RSA") return pem_of("PRIVATE KEY", rsa_numbers_of(jwk).pkcs8());
  return pem_of("PRIVATE KEY", pkcs8_of(ec_algorithm(), ec_private(bytes_of_member(jwk, "d"), ec_point_of(jwk))));
}

inline bool is_kind_of_token_key(const Vector& jwk) {
  const std::string kind = jwk.text("kty");
  return kind == "oct" || (kind == "RSA" && jwk.has("n")) || (kind == "EC" && jwk.text("crv") == "P-256");
}

// The key that checks signatures of this JWK's.
inline TokenKeyResult token_key_of(const Vector& jwk) {
  if (jwk.text("kty") != "oct") return load_public(public_pem_of(jwk));
  return TokenKey::from_secret(bytes_of_member(jwk, "k"), kEncryptionSecret, ShortSecret::refuse);
}

// Every object in a JSON value that is a key, wherever it lies.
inline std::vector<Vector> keys_in(const Vector& value) {
  std::vector<Vector> found;
  if (value.has("kty")) found.push_back(value);
  for (const Vector& inner : value.items()) {
    for (const Vector& key : keys_in(inner)) found.push_back(key);
  }
  return found;
}

}  // namespace swt::test
