#include "base/base64url.h"

#include <array>

namespace swt::base64url {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Above the 24 bits of a group: or-ing its four values shows at once whether one was no character of the alphabet.
constexpr uint32_t kInvalid = 1u << 24;

// What each character stands for at one of the four places of a group.
using Values = std::array<uint32_t, 256>;

constexpr Values values_at(int shift) {
  Values values{};
  values.fill(kInvalid);
  for (uint32_t i = 0; i < 64; ++i) values[static_cast<uint8_t>(kAlphabet[i])] = i << shift;
  return values;
}

constexpr Values kFirst = values_at(18);
constexpr Values kSecond = values_at(12);
constexpr Values kThird = values_at(6);
constexpr Values kFourth = values_at(0);

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
  const auto at = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  uint32_t seen = 0;
  size_t from = 0;
  size_t to = 0;
  for (; from + 4 <= text.size(); from += 4, to += 3) {
    const uint32_t group = kFirst[at(from)] | kSecond[at(from + 1)] | kThird[at(from + 2)] | kFourth[at(from + 3)];
    seen |= group;
    out[to] = static_cast<uint8_t>(group >> 16);
    out[to + 1] = static_cast<uint8_t>(group >> 8);
    out[to + 2] = static_cast<uint8_t>(group);
  }
  const size_t rest = text.size() - from;
  if (rest >= 2) {
    const uint32_t group = kFirst[at(from)] | kSecond[at(from + 1)] | (rest == 3 ? kThird[at(from + 2)] : 0);
    seen |= group;
    out[to] = static_cast<uint8_t>(group >> 16);
    if (rest == 3) out[to + 1] = static_cast<uint8_t>(group >> 8);
    const uint32_t trailing_bits = rest == 2 ? group & 0xFFFF : group & 0xFF;
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
