#include "crypto/secret_check.h"

#include <algorithm>

#include "crypto/key_text.h"

namespace swt {
namespace {

constexpr size_t kMinSecretSize = 32;
constexpr size_t kMaxSecretSize = 65536;

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

}  // namespace

Result<void> check_secret(std::string_view secret, ShortSecret short_secret) {
  if (secret.empty()) return Error(Status::key, "the secret is empty");
  if (secret.size() > kMaxSecretSize) return Error(Status::key, "the secret is over 65536 bytes");
  // Used as a secret, a public key would let everybody sign.
  if (kind_of_key_text(secret) != KeyText::none) {
    return Error(Status::key, "the secret is a PEM, DER, SSH or JSON key; a PEM is loaded as a private or public key");
  }
  if (short_secret == ShortSecret::refuse && secret.size() < kMinSecretSize) return Status::secret_too_short;
  if (secret.size() < kMinSecretSize) return {};
  if (repeats_a_short_pattern(secret)) return Error(Status::key, "the secret repeats one short pattern");
  if (is_placeholder(secret)) return Error(Status::key, "the secret is a placeholder");
  return {};
}

}  // namespace swt
