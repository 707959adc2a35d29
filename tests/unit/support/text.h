// Bytes as text and back, by libsodium's codecs: tests do not measure the library with its own rule.
#pragma once

#include <sodium.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace swt::test {

inline const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

inline std::string base64url_of(std::string_view bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes_of(bytes), bytes.size(), kVariant);
  text.pop_back();  // the NUL
  return text;
}

inline std::string from_base64(std::string_view text, int variant) {
  std::string bytes(text.size(), '\0');
  size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(), nullptr,
                        &size, nullptr, variant) != 0) {
    throw std::invalid_argument("a test's base64 is none");
  }
  bytes.resize(size);
  return bytes;
}

inline std::string from_base64url(std::string_view text) {
  return from_base64(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

inline std::string from_hex(std::string_view hex) {
  std::string bytes(hex.size() / 2, '\0');
  size_t size = 0;
  if (sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), hex.data(), hex.size(), nullptr,
                     &size, nullptr) != 0 ||
      size * 2 != hex.size()) {
    throw std::invalid_argument("a test's hex is none");
  }
  return bytes;
}

inline std::string random_text(size_t size) {
  std::string bytes(size, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

// A JSON string of a text without control characters.
inline std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

inline std::string repeated(std::string_view part, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += part;
  return out;
}

// The first place of `from` in the text, written as `to` instead. The text must have one: else the test says nothing.
inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  if (at == std::string::npos) throw std::invalid_argument("a test changes what is not there");
  return text.replace(at, from.size(), to);
}

}  // namespace swt::test
