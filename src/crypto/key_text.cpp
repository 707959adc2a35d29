#include "crypto/key_text.h"

#include <sodium.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/json_reader.h"
#include "crypto/secure_bytes.h"

namespace swt {
namespace {

constexpr int kMaxJsonDepth = 32;
constexpr const char* kWhiteSpace = " \t\r\n\f\v";
constexpr std::string_view kBeginInBase64 = "LS0tLS1CRUdJTi";  // "-----BEGIN", in both alphabets

std::string_view without_bom_and_space(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const size_t first = text.find_first_not_of(kWhiteSpace);
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

// The first byte of what a header of DER announces, and how long that is; nothing for what is no header.
struct DerContent {
  size_t at = 0;
  size_t size = 0;
};

std::optional<DerContent> der_content(std::string_view text, size_t header) {
  const auto byte = [&](size_t i) { return size_t{static_cast<uint8_t>(text[i])}; };
  if (header + 4 > text.size()) return std::nullopt;
  const size_t length = byte(header + 1);
  if (length < 0x80) return DerContent{header + 2, length};
  if (length == 0x81) return DerContent{header + 3, byte(header + 2)};
  if (length == 0x82) return DerContent{header + 4, byte(header + 2) << 8 | byte(header + 3)};
  return std::nullopt;
}

// A SEQUENCE from the first byte to the last, as every key and certificate in DER is. It begins with an INTEGER that is a
// version or a large number, or with a SEQUENCE that begins with an object identifier, a version or a serial number. No
// such thing is all printable. A secret of random bytes has this form less than once in thousands of millions.
bool is_der_key(std::string_view text) {
  constexpr size_t kSmallestKey = 38;
  if (text.size() < kSmallestKey || text[0] != '\x30') return false;
  const std::optional<DerContent> whole = der_content(text, 0);
  if (!whole || whole->at + whole->size != text.size()) return false;
  const std::optional<DerContent> first = der_content(text, whole->at);
  if (!first || first->size == 0 || first->at + first->size > text.size()) return false;
  const bool is_printable = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (is_printable) return false;
  const auto begins_with = [&](std::string_view tags) { return tags.find(text[first->at]) != std::string_view::npos; };
  using namespace std::string_view_literals;
  if (text[whole->at] == '\x02') return first->size >= 32 || (first->size == 1 && begins_with("\x00\x01\x02\x03"sv));
  return text[whole->at] == '\x30' && begins_with("\x02\x06\x30\xA0"sv);
}

// The same in base64 and without the lines of PEM around it, as certificates stand in a JWK and keys in a setting.
bool is_der_key_in_base64(std::string_view text) {
  if (!text.starts_with('M')) return false;  // the first byte of a SEQUENCE
  std::optional<SecureBytes> decoded = SecureBytes::of_size(text.size());
  if (!decoded) return false;
  size_t size = 0;
  if (sodium_base642bin(decoded->writable().data(), text.size(), text.data(), text.size(), kWhiteSpace, &size, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0) {
    return false;
  }
  return is_der_key(as_text(decoded->bytes().first(size)));
}

// A JWK, a JWK set, or JSON of another kind: nobody draws a secret that happens to be JSON.
bool is_json(std::string_view text) {
  JsonReader json(text, kMaxJsonDepth);
  const bool is_tree = json.peek() == JsonReader::Kind::object || json.peek() == JsonReader::Kind::array;
  if (!is_tree) return false;
  const bool names_a_key =
      text.find("\"kty\"") != std::string_view::npos || text.find("\"keys\"") != std::string_view::npos;
  return names_a_key || (json.skip() && json.at_end());
}

bool is_ssh_key(std::string_view text) {
  for (const std::string_view start : {"ssh-", "sk-ssh-", "ecdsa-sha2-", "sk-ecdsa-sha2-", "---- BEGIN"}) {
    if (text.starts_with(start)) return true;
  }
  return false;
}

}  // namespace

KeyText kind_of_key_text(std::string_view text) {
  for (const std::string_view marker : {"-----BEGIN", "-----END"}) {
    if (text.find(marker) != std::string_view::npos) return KeyText::pem;
  }
  if (is_der_key(text)) return KeyText::der;
  const std::string_view trimmed = without_bom_and_space(text);
  if (trimmed.starts_with(kBeginInBase64)) return KeyText::pem_in_base64;
  if (is_der_key_in_base64(trimmed)) return KeyText::der;
  if (is_ssh_key(trimmed)) return KeyText::ssh;
  return is_json(trimmed) ? KeyText::json : KeyText::none;
}

}  // namespace swt
