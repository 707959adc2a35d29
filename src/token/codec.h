// A token as text: b64url(header) "." b64url(iv || tag || ciphertext) "." b64url(signature). Pure: bytes in, Result out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "token/claims.h"
#include "token/key_ring.h"

namespace swt {

// Room for kMaxDataSize bytes of data with all their claims, sealed and in base64url.
inline constexpr size_t kMaxTokenSize = 12288;

struct OpenedToken {
  std::string payload;
  Claims claims;
  std::string key_id;  // of the key that signed it; empty without a ring
  size_t data_at = 0;  // where in the payload the caller's data stands
  size_t data_size = 0;

  std::string_view data_json() const { return std::string_view(payload).substr(data_at, data_size); }
};

Result<std::string> seal_token(const RingKey& signer, const Claims& claims, std::string_view data_json);

// Opens a token of the type that is expected: shape, readable expiry, signature, decryption, claims; cheapest first, and
// nothing is decrypted before its signature is good.
Result<OpenedToken> open_token(const KeyRing& keys, std::string_view token, TokenType expected_type, int64_t now_s,
                               int64_t leeway_s = 0);

// The same of a token of either type.
Result<OpenedToken> open_any_token(const KeyRing& keys, std::string_view token, int64_t now_s);

// What of a token its signature covers, without the signature: of one ECDSA signature anybody can make a second one that
// is good too. Of a token that was opened; of any other text it is the text.
std::string_view signed_part(std::string_view token);

// token_expired, token_not_yet_valid.
Result<void> judge_times(const Claims& claims, int64_t now_s, int64_t leeway_s = 0);

}  // namespace swt
