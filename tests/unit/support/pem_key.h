// Token keys from PEM, and why one was refused.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "crypto/token_key.h"
#include "token_maker.h"

namespace swt::test {

using TokenKeyResult = Result<std::shared_ptr<const TokenKey>>;

inline TokenKeyResult load_private(std::string_view pem) {
  return TokenKey::from_private_pem(pem, kEncryptionSecret, ShortSecret::refuse);
}

inline TokenKeyResult load_public(std::string_view pem) {
  return TokenKey::from_public_pem(pem, kEncryptionSecret, ShortSecret::refuse);
}

// Refused with the status `key`, and with a detail in which these words stand.
inline ::testing::AssertionResult refused_as(const TokenKeyResult& result, std::string_view words) {
  if (result) return ::testing::AssertionFailure() << "accepted";
  const std::string detail = result.error().detail == nullptr ? "" : result.error().detail;
  const bool is_right = result.error().status == Status::key && detail.find(words) != std::string::npos;
  return (is_right ? ::testing::AssertionSuccess() : ::testing::AssertionFailure())
         << status_text(result.error().status).name << ": " << detail;
}

inline ::testing::AssertionResult accepted(const TokenKeyResult& result, Algorithm algorithm, bool can_sign) {
  if (!result) {
    const char* detail = result.error().detail;
    return ::testing::AssertionFailure() << status_text(result.error().status).name << ": " << (detail ? detail : "");
  }
  const bool is_right = (*result)->algorithm() == algorithm && (*result)->can_sign() == can_sign;
  return (is_right ? ::testing::AssertionSuccess() : ::testing::AssertionFailure()) << "as another kind of key";
}

inline MutableBytes writable(std::string& text) { return {reinterpret_cast<uint8_t*>(text.data()), text.size()}; }

// A signature of this key, or an exception.
inline std::string signature_of(const TokenKey& key, std::string_view text) {
  std::string signature(key.max_signature_size(), '#');
  const Result<size_t> size = key.sign(as_bytes(text), writable(signature));
  require(size.ok(), "a signature of a token key");
  signature.resize(*size);
  return signature;
}

inline Status check_signature(const TokenKey& key, std::string_view text, std::string_view signature) {
  const Result<void> checked = key.check_signature(as_bytes(text), as_bytes(signature));
  return checked ? Status::ok : checked.error().status;
}

}  // namespace swt::test
