#include "base/ids.h"

#include <algorithm>

#include "base/base64url.h"
#include "base/json_reader.h"

namespace swt {

bool is_session_id(std::string_view text) {
  if (text.size() != kSessionIdSize) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_hyphen_place = i == 8 || i == 13 || i == 18 || i == 23;
    const bool is_lower_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (is_hyphen_place ? c != '-' : !is_lower_hex) return false;
  }
  return true;
}

bool is_thumbprint(std::string_view text) {
  uint8_t digest[32];
  return text.size() == kThumbprintSize && base64url::decode(text, digest);
}

bool is_token_id(std::string_view text) {
  if (text.empty() || text.size() > kMaxTokenIdSize) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_key_id(std::string_view text) {
  return text.size() <= kMaxKeyIdSize && is_token_id(text) && text.find_first_of("\"\\") == std::string_view::npos;
}

bool is_name(std::string_view text) { return !text.empty() && text.size() <= kMaxNameSize && is_clean_utf8(text); }

std::optional<std::string> user_id_json(std::string_view text) {
  if (text.empty() || text.size() > kMaxUserIdSize) return std::nullopt;
  return json_quote(text);
}

std::optional<std::string> user_id_json(int64_t number) {
  if (number == 0) return std::nullopt;
  return std::to_string(number);
}

}  // namespace swt
