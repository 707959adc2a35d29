// The public key of a client, as a JWK (RFC 7517, RFC 7518 section 6.2.1).
#pragma once

#include <string>
#include <string_view>

#include "base/json_tree.h"
#include "base/result.h"
#include "crypto/p256.h"

namespace swt {

inline constexpr size_t kMaxJwkSize = 2048;
inline constexpr int kMaxJwkDepth = 8;

struct ClientKey {
  P256Scalar x;
  P256Scalar y;
  std::string thumbprint;  // RFC 7638, SHA-256, base64url
};

// Reads a JWK. client_key for anything but a public P-256 key for signatures: another kty or crv, a coordinate that is
// not 32 bytes in canonical base64url, private members, a use or algorithm that is not ES256's, a reference to a key
// elsewhere. Other members are ignored (RFC 7517 section 4) and are no part of the thumbprint.
// Does not look whether the point lies on the curve: P256PublicKey does, at 20 times the cost.
Result<ClientKey> read_client_key(const JsonNode& jwk);

// The same from a text, and with the point checked.
Result<ClientKey> read_and_check_client_key(std::string_view json);

}  // namespace swt
