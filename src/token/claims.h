// What a token says, once it is decrypted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "token/header.h"

namespace swt {

inline constexpr size_t kMaxDataSize = 8192;
inline constexpr int kMaxDataDepth = 16;
inline constexpr size_t kMaxAudiences = 16;

struct Claims {
  std::string user_id;     // canonical JSON text
  std::string thumbprint;  // cnf.jkt: the key that the token is bound to; empty for none
  std::string session_id;  // sid; empty in tokens of 3.0.1 and in tokens without a session
  std::string token_id;    // jti; empty in tokens of 3.0.1
  std::string issuer;      // iss, sub and aud (RFC 7519 section 4.1); empty for none
  std::string subject;
  std::vector<std::string> audiences;
  int64_t issued_at = 0;
  int64_t expires_at = 0;
  TokenType type = TokenType::access;
};

// A payload that was read, and where in it the caller's data stands.
struct ReadPayload {
  Claims claims;
  std::string_view data_json;
};

// Checks what a caller wants to put into a token, and gives the user id in it as canonical JSON text.
// data, data_too_large, user_id.
Result<std::string> check_data(std::string_view data_json);

// The payload for these claims around the caller's data, which check_data has passed.
std::string write_payload(const Claims& claims, std::string_view data_json);

// Reads a payload. token_claims when anything is missing, of another type, or more than once: a claim of the wrong type
// is no absent one, and a token whose binding cannot be read is not an unbound one.
Result<ReadPayload> read_payload(std::string_view json);

}  // namespace swt
