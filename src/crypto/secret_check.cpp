#include "crypto/secret_check.h"

#include <algorithm>

#include "base/json_reader.h"

namespace swt {
namespace {

constexpr size_t kMinSecretSize = 32;
constexpr size_t kMaxSecretSize = 65536;
constexpr int kMaxJsonDepth = 32;

bool starts_with_ignoring_case(std::string_view text, std::string_view lower_case_word) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  const auto equal = [&](char word, char c) { return word == lower(c); };
  return text.size() >= lower_case_word.size() &&
         std::equal(lower_case_word.begin(), lower_case_word.end(), text.begin(), equal);
}

// A repeated byte, or the same few bytes over and over ("changeme" eight times), says that nobody chose this secret.
bool repeats_a_short_pattern(std::string_view secret) {
  constexpr size_t kLongestPattern = 8;
  for (size_t period = 1; period <= kLongestPattern && period * 2 <= secret.size(); ++period) {
    if (secret.substr(period) == secret.substr(0, secret.size() - period)) return true;
  }
  return false;
}

// What people leave in a configuration until it is in production.
bool is_placeholder(std::string_view secret) {
  for (const std::string_view word : {"changeme", "change-me", "change_me", "change this", "your-secret", "your_secret",
                                      "your-256-bit-secret", "placeholder", "replace-me", "replace_me"}) {
    if (starts_with_ignoring_case(secret, word)) return true;
  }
  return false;
}

std::string_view without_bom_and_space(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const size_t first = text.find_first_not_of(" \t\r\n\f\v");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

// A SEQUENCE from the first byte to the last that begins with an INTEGER or another SEQUENCE, as every key and certificate
// in DER does. None of them is all printable, and a secret of random bytes has this form once in millions.
bool is_der_key(std::string_view secret) {
  if (secret.size() < 4 || secret[0] != '\x30') return false;
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(secret[i]); };
  size_t content = 2;
  size_t length = byte(1);
  if (length == 0x81) {
    content = 3;
    length = byte(2);
  } else if (length == 0x82) {
    content = 4;
    length = size_t{byte(2)} << 8 | byte(3);
  }
  if (content + length != secret.size() || length == 0) return false;
  const bool is_printable = std::all_of(secret.begin(), secret.end(), [](char c) { return c >= ' ' && c <= '~'; });
  return !is_printable && (byte(content) == 0x02 || byte(content) == 0x30);
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

// A key of another kind: used as a secret, a public key would let everybody sign.
bool is_key_of_another_kind(std::string_view secret) {
  if (secret.find("-----BEGIN") != std::string_view::npos || is_der_key(secret)) return true;
  const std::string_view text = without_bom_and_space(secret);
  for (const std::string_view start : {"ssh-", "sk-ssh-", "ecdsa-sha2-", "sk-ecdsa-sha2-", "---- BEGIN"}) {
    if (text.starts_with(start)) return true;
  }
  return is_json(text);
}

}  // namespace

Result<void> check_secret(std::string_view secret, ShortSecret short_secret) {
  if (secret.empty()) return Error(Status::key, "the secret is empty");
  if (secret.size() > kMaxSecretSize) return Error(Status::key, "the secret is over 65536 bytes");
  if (is_key_of_another_kind(secret)) {
    return Error(Status::key, "the secret is a PEM, DER, SSH or JSON key; keys of these kinds are not supported yet");
  }
  if (short_secret == ShortSecret::refuse && secret.size() < kMinSecretSize) return Status::secret_too_short;
  if (secret.size() < kMinSecretSize) return {};
  if (repeats_a_short_pattern(secret)) return Error(Status::key, "the secret repeats one short pattern");
  if (is_placeholder(secret)) return Error(Status::key, "the secret is a placeholder");
  return {};
}

}  // namespace swt
