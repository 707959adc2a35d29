// Sealing and opening with one key and no ring, as most tests do.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "token/codec.h"

namespace swt {

inline std::shared_ptr<const TokenKey> borrowed(const TokenKey& key) { return {std::shared_ptr<void>(), &key}; }

inline Result<OpenedToken> open_token(const TokenKey& key, std::string_view token, TokenType type, int64_t now_s) {
  return open_token(KeyRing::of_one(borrowed(key)), token, type, now_s);
}

inline Result<std::string> seal_token(const TokenKey& key, const Claims& claims, std::string_view data_json) {
  return seal_token(RingKey{"", borrowed(key), kNoEnd}, claims, data_json);
}

}  // namespace swt
