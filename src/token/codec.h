// A token as text: b64url(header) "." b64url(iv || tag || ciphertext) "." b64url(signature). Pure: bytes in, Result out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/token_key.h"
#include "token/claims.h"

namespace swt {

// Room for kMaxDataSize bytes of data with all their claims, sealed and in base64url.
inline constexpr size_t kMaxTokenSize = 12288;

struct OpenedToken {
  std::string payload;
  Claims claims;
};

Result<std::string> seal_token(const TokenKey& key, const Claims& claims, std::string_view data_json);

// Opens a token of the type that is expected: shape, readable expiry, signature, decryption, claims; cheapest first, and
// nothing is decrypted before its signature is good.
Result<OpenedToken> open_token(const TokenKey& key, std::string_view token, TokenType expected_type, int64_t now_s);

// token_expired, token_not_yet_valid.
Result<void> judge_times(const Claims& claims, int64_t now_s);

}  // namespace swt
