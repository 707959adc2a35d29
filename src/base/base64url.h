// base64url without padding (RFC 4648 section 5), canonical: every byte string has one text and no other is accepted.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace swt::base64url {

constexpr size_t encoded_size(size_t bytes) { return bytes / 3 * 4 + (bytes % 3 == 0 ? 0 : bytes % 3 + 1); }

// The size that a text of this length decodes to; nullopt for the lengths that no byte string encodes to.
constexpr std::optional<size_t> decoded_size(size_t chars) {
  if (chars % 4 == 1) return std::nullopt;
  return chars / 4 * 3 + (chars % 4 == 0 ? 0 : chars % 4 - 1);
}

std::string encode(Bytes bytes);
void append(std::string& out, Bytes bytes);

// Decodes into out, which must have exactly decoded_size(text.size()) bytes. False for padding, for a character outside
// the alphabet, and for trailing bits that are not zero: with those, one signature would have several texts.
[[nodiscard]] bool decode(std::string_view text, MutableBytes out);

std::optional<std::string> decode(std::string_view text);

}  // namespace swt::base64url
