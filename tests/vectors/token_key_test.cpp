// The two halves of a token's key against published vectors.
//
// Our rules, which no vector knows: a signature has all of its 32 bytes, a secret is checked before it is a key, and
// the cipher's key is never given but always SHA-256 of a secret.
#include "crypto/token_key.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <string>

#include "../unit/support/client_key.h"
#include "../unit/support/outcome.h"
#include "../unit/support/text.h"
#include "../unit/support/token_maker.h"
#include "../unit/support/vector_count.h"
#include "../unit/support/vectors.h"

namespace swt {
namespace {

using test::from_hex;
using test::status_of;

// A key of which one half is the vector's and the other does not matter.
std::shared_ptr<const TokenKey> key_of(std::string_view secret, std::string_view encryption_secret) {
  return *TokenKey::from_secret(secret, encryption_secret, ShortSecret::insecurely_accept);
}

Status check_mac(const test::Vector& vector) {
  const auto key = key_of(from_hex(vector.text("key")), test::kEncryptionSecret);
  return status_of(
      key->check_signature(as_bytes(from_hex(vector.text("msg"))), as_bytes(from_hex(vector.text("tag")))));
}

TEST(HmacVectors, OfWycheproof) {
  SWT_OPEN_VECTORS(file, "wycheproof/hmac_sha256.json");
  size_t count = 0;
  for (const test::Vector& group : file->root()["testGroups"].items()) {
    const bool is_whole = group["tagSize"].number() == 256;
    for (const test::Vector& vector : group["tests"].items()) {
      SCOPED_TRACE(vector["tcId"].json() + ' ' + vector.text("comment"));
      ++count;
      const bool is_good = is_whole && vector.text("result") == "valid";
      EXPECT_EQ(check_mac(vector), is_good ? Status::ok : Status::token_authentication);
    }
  }
  EXPECT_EQ(count, file->stated_count());
  test::report_vectors({{"MACs", count}});
}

TEST(HmacVectors, OfNist) {
  SWT_OPEN_VECTORS(file, "nist/hmac_sha256.json");
  ASSERT_EQ(file->tests().size(), file->stated_count());
  for (const test::Vector& vector : file->tests()) {
    SCOPED_TRACE(vector.text("id"));
    const bool is_whole = vector["tagLen"].number() == 32;
    EXPECT_EQ(check_mac(vector), is_whole ? Status::ok : Status::token_authentication);
  }
  test::report_vectors({{"MACs", file->stated_count()}});
}

// AES-256-GCM by libsodium: another implementation than the one under test.
struct Sealed {
  std::string ciphertext;
  std::string tag;
};

Sealed seal_by_libsodium(std::string_view key, std::string_view iv, std::string_view plaintext) {
  Sealed sealed{std::string(plaintext.size(), '\0'), std::string(16, '\0')};
  crypto_aead_aes256gcm_encrypt_detached(reinterpret_cast<unsigned char*>(sealed.ciphertext.data()),
                                         reinterpret_cast<unsigned char*>(sealed.tag.data()), nullptr,
                                         test::bytes_of(plaintext), plaintext.size(), nullptr, 0, nullptr,
                                         test::bytes_of(iv), test::bytes_of(key));
  return sealed;
}

// The vector is checked in two steps. libsodium gives its result under its key, so libsodium can be trusted; and under
// the key that the library derives from the same bytes as a secret, the library opens what libsodium has sealed.
void check_gcm(const test::Vector& vector, const char* plaintext_name) {
  const std::string vector_key = from_hex(vector.text("key"));
  const std::string iv = from_hex(vector.text("iv"));
  const std::string plaintext = from_hex(vector.text(plaintext_name));
  const std::string ciphertext = from_hex(vector.text("ct"));
  const std::string tag = from_hex(vector.text("tag"));
  const bool is_valid = vector.text("result") == "valid";

  const Sealed oracle = seal_by_libsodium(vector_key, iv, plaintext);
  EXPECT_EQ(oracle.ciphertext == ciphertext && oracle.tag == tag, is_valid);

  const auto key = key_of(test::kSecret, vector_key);
  const Sealed sealed = seal_by_libsodium(test::sha256_of(vector_key), iv, plaintext);
  const auto open_with = [&](const std::string& with_ciphertext, const std::string& with_tag) {
    std::string opened(with_ciphertext.size(), '#');
    const std::string whole = iv + with_tag + with_ciphertext;
    const Status status =
        status_of(key->open(as_bytes(whole), {reinterpret_cast<uint8_t*>(opened.data()), opened.size()}));
    EXPECT_EQ(opened, status == Status::ok ? plaintext : std::string(opened.size(), '\0'));
    return status;
  };
  EXPECT_EQ(open_with(sealed.ciphertext, sealed.tag), Status::ok);

  // An invalid vector is a valid one with some bits changed: the same bits are changed here.
  if (is_valid) return;
  std::string changed_ciphertext = sealed.ciphertext;
  std::string changed_tag = sealed.tag;
  for (size_t i = 0; i < tag.size(); ++i) changed_tag[i] = static_cast<char>(changed_tag[i] ^ tag[i] ^ oracle.tag[i]);
  for (size_t i = 0; i < ciphertext.size(); ++i) {
    changed_ciphertext[i] = static_cast<char>(changed_ciphertext[i] ^ ciphertext[i] ^ oracle.ciphertext[i]);
  }
  EXPECT_EQ(open_with(changed_ciphertext, changed_tag), Status::token_authentication);
}

bool has_the_shape_of_a_token(const test::Vector& vector) {
  return vector.text("aad").empty() && vector.text("iv").size() == 24 && vector.text("tag").size() == 32;
}

TEST(AesGcmVectors, OfWycheproof) {
  SWT_OPEN_VECTORS(file, "wycheproof/aes_256_gcm_iv96_tag128.json");
  if (sodium_init() < 0 || crypto_aead_aes256gcm_is_available() == 0) GTEST_SKIP() << "no AES in this processor";
  size_t count = 0;
  size_t applied = 0;
  for (const test::Vector& group : file->root()["testGroups"].items()) {
    for (const test::Vector& vector : group["tests"].items()) {
      SCOPED_TRACE(vector["tcId"].json() + ' ' + vector.text("comment"));
      ++count;
      if (!has_the_shape_of_a_token(vector)) continue;
      ++applied;
      check_gcm(vector, "msg");
    }
  }
  EXPECT_EQ(count, file->stated_count());
  EXPECT_GT(applied, 0u);
  test::report_vectors({{"sealed texts", applied}, {"of another shape than a token, left out", count - applied}});
}

TEST(AesGcmVectors, OfNist) {
  SWT_OPEN_VECTORS(file, "nist/gcm_encrypt_256_noaad.json");
  if (sodium_init() < 0 || crypto_aead_aes256gcm_is_available() == 0) GTEST_SKIP() << "no AES in this processor";
  ASSERT_EQ(file->tests().size(), file->stated_count());
  for (const test::Vector& vector : file->tests()) {
    SCOPED_TRACE(vector.text("id"));
    ASSERT_TRUE(has_the_shape_of_a_token(vector));
    check_gcm(vector, "pt");
  }
  test::report_vectors({{"sealed texts", file->stated_count()}});
}

}  // namespace
}  // namespace swt
