#include "base/base64url.h"

#include <array>

namespace swt::base64url {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// High bits set: or-ing the four values of a group shows at once whether one of them was no character of the alphabet.
constexpr uint8_t kInvalid = 0x80;

constexpr std::array<uint8_t, 256> make_values() {
  std::array<uint8_t, 256> values{};
  values.fill(kInvalid);
  for (uint8_t i = 0; i < 64; ++i) values[static_cast<uint8_t>(kAlphabet[i])] = i;
  return values;
}

constexpr std::array<uint8_t, 256> kValues = make_values();

}  // namespace

void append(std::string& out, Bytes bytes) {
  const size_t start = out.size();
  out.resize(start + encoded_size(bytes.size()));
  char* to = out.data() + start;
  size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const uint32_t group = uint32_t{bytes[i]} << 16 | uint32_t{bytes[i + 1]} << 8 | bytes[i + 2];
    *to++ = kAlphabet[group >> 18];
    *to++ = kAlphabet[group >> 12 & 63];
    *to++ = kAlphabet[group >> 6 & 63];
    *to++ = kAlphabet[group & 63];
  }
  const size_t rest = bytes.size() - i;
  if (rest == 0) return;
  const uint32_t group = uint32_t{bytes[i]} << 16 | (rest == 2 ? uint32_t{bytes[i + 1]} << 8 : 0);
  *to++ = kAlphabet[group >> 18];
  *to++ = kAlphabet[group >> 12 & 63];
  if (rest == 2) *to++ = kAlphabet[group >> 6 & 63];
}

std::string encode(Bytes bytes) {
  std::string out;
  append(out, bytes);
  return out;
}

bool decode(std::string_view text, MutableBytes out) {
  if (decoded_size(text.size()) != out.size()) return false;
  const auto value = [&](size_t i) { return uint32_t{kValues[static_cast<uint8_t>(text[i])]}; };
  uint32_t seen = 0;
  size_t from = 0;
  size_t to = 0;
  for (; from + 4 <= text.size(); from += 4, to += 3) {
    const uint32_t a = value(from), b = value(from + 1), c = value(from + 2), d = value(from + 3);
    seen |= a | b | c | d;
    out[to] = static_cast<uint8_t>(a << 2 | b >> 4);
    out[to + 1] = static_cast<uint8_t>(b << 4 | c >> 2);
    out[to + 2] = static_cast<uint8_t>(c << 6 | d);
  }
  const size_t rest = text.size() - from;
  if (rest >= 2) {
    const uint32_t a = value(from), b = value(from + 1), c = rest == 3 ? value(from + 2) : 0;
    seen |= a | b | c;
    out[to] = static_cast<uint8_t>(a << 2 | b >> 4);
    if (rest == 3) out[to + 1] = static_cast<uint8_t>(b << 4 | c >> 2);
    const uint32_t trailing_bits = rest == 2 ? b & 15 : c & 3;
    if (trailing_bits != 0) return false;
  }
  return (seen & kInvalid) == 0;
}

std::optional<std::string> decode(std::string_view text) {
  const std::optional<size_t> size = decoded_size(text.size());
  if (!size) return std::nullopt;
  std::string out(*size, '\0');
  if (!decode(text, MutableBytes{reinterpret_cast<uint8_t*>(out.data()), out.size()})) return std::nullopt;
  return out;
}

}  // namespace swt::base64url
