// ECDSA over P-256 with SHA-256 against Project Wycheproof, NIST and RFC 6979: the keys of clients, and those of tokens.
#include <gtest/gtest.h>

#include <string>

#include "../unit/support/der.h"
#include "../unit/support/key_der.h"
#include "../unit/support/outcome.h"
#include "../unit/support/pem_key.h"
#include "../unit/support/text.h"
#include "../unit/support/vector_count.h"
#include "../unit/support/vectors.h"
#include "crypto/p256.h"

namespace swt {
namespace {

using test::from_hex;

// The hex of a number, as a coordinate of 32 bytes; unchanged where it is longer than that.
std::string coordinate(std::string hex) {
  if (hex.size() % 2 != 0) hex = '0' + hex;
  const std::string bytes = from_hex(hex);
  const size_t first = bytes.find_first_not_of('\0');
  const std::string number = first == std::string::npos ? "" : bytes.substr(first);
  return number.size() > 32 ? number : test::padded(number, 32);
}

std::string coordinate(const test::Vector& vector, const char* name) { return coordinate(vector.text(name)); }

Result<P256PublicKey> key_of(const test::Vector& vector, const char* x, const char* y) {
  return P256PublicKey::from_coordinates(as_bytes(coordinate(vector, x)), as_bytes(coordinate(vector, y)));
}

// The same key as that of tokens.
test::TokenKeyResult token_key_of(const test::Vector& vector, const char* x, const char* y) {
  return test::load_public(
      test::pem_of("PUBLIC KEY", test::ec_spki("\x04" + coordinate(vector, x) + coordinate(vector, y))));
}

Status token_status(Status status) { return status == Status::ok ? Status::ok : Status::token_authentication; }

Status check(const P256PublicKey& key, std::string_view message, std::string_view signature) {
  return test::status_of(key.check_signature(as_bytes(message), as_bytes(signature)));
}

// No deviation: what Wycheproof calls valid is in canonical DER, and what it calls invalid must be refused.
TEST(EcdsaVectors, OfWycheproofInDer) {
  SWT_OPEN_VECTORS(file, "wycheproof/ecdsa_secp256r1_sha256_der.json");
  size_t valid = 0;
  size_t invalid = 0;
  for (const test::Vector& group : file->root()["testGroups"].items()) {
    const auto key = key_of(group["publicKey"], "wx", "wy");
    const auto token_key = token_key_of(group["publicKey"], "wx", "wy");
    ASSERT_TRUE(key && token_key);
    for (const test::Vector& vector : group["tests"].items()) {
      SCOPED_TRACE(vector["tcId"].json() + ' ' + vector.text("comment"));
      const bool is_valid = vector.text("result") == "valid";
      ++(is_valid ? valid : invalid);
      const std::string signature = from_hex(vector.text("sig"));
      const Status expected = is_valid ? Status::ok : Status::proof_signature;
      EXPECT_EQ(check(*key, from_hex(vector.text("msg")), signature), expected);
      EXPECT_EQ(test::check_signature(**token_key, from_hex(vector.text("msg")), signature), token_status(expected));
      if (!is_valid) continue;
      const auto r = key->check_signature(as_bytes(from_hex(vector.text("msg"))), as_bytes(signature));
      EXPECT_EQ(as_text(*r), test::numbers_of(signature).r);
      EXPECT_EQ(check(*key, from_hex(vector.text("msg")), test::twin_of(signature)), Status::ok);
      EXPECT_EQ(test::check_signature(**token_key, from_hex(vector.text("msg")), test::twin_of(signature)), Status::ok);
    }
  }
  EXPECT_EQ(valid + invalid, file->stated_count());
  EXPECT_GT(valid, 0u);
  EXPECT_GT(invalid, 0u);
  test::report_vectors({{"valid", valid}, {"invalid", invalid}});
}

// Our rule: the raw form r || s is refused as it stands, valid or not, since no format is guessed. Its numbers in DER
// are judged as Wycheproof judges them.
TEST(EcdsaVectors, OfWycheproofInRawForm) {
  SWT_OPEN_VECTORS(file, "wycheproof/ecdsa_secp256r1_sha256_p1363.json");
  size_t count = 0;
  for (const test::Vector& group : file->root()["testGroups"].items()) {
    const auto key = key_of(group["publicKey"], "wx", "wy");
    const auto token_key = token_key_of(group["publicKey"], "wx", "wy");
    ASSERT_TRUE(key && token_key);
    for (const test::Vector& vector : group["tests"].items()) {
      SCOPED_TRACE(vector["tcId"].json() + ' ' + vector.text("comment"));
      ++count;
      const std::string message = from_hex(vector.text("msg"));
      const std::string raw = from_hex(vector.text("sig"));
      EXPECT_EQ(check(*key, message, raw), Status::proof_signature);
      EXPECT_EQ(test::check_signature(**token_key, message, raw), Status::token_authentication);
      if (raw.size() != 64) continue;
      const Status expected = vector.text("result") == "valid" ? Status::ok : Status::proof_signature;
      const std::string signature = test::der_signature(raw.substr(0, 32), raw.substr(32));
      EXPECT_EQ(check(*key, message, signature), expected);
      EXPECT_EQ(test::check_signature(**token_key, message, signature), token_status(expected));
    }
  }
  EXPECT_EQ(count, file->stated_count());
  test::report_vectors({{"in raw form", count}});
}

TEST(EcdsaVectors, OfNist) {
  SWT_OPEN_VECTORS(file, "nist/ecdsa_p256_sha256_sigver.json");
  ASSERT_EQ(file->tests().size(), file->stated_count());
  for (const test::Vector& vector : file->tests()) {
    SCOPED_TRACE(vector.text("id") + ' ' + vector.text("reason"));
    const auto key = key_of(vector, "qx", "qy");
    const auto token_key = token_key_of(vector, "qx", "qy");
    ASSERT_TRUE(key && token_key);
    const std::string signature = test::der_signature(from_hex(vector.text("r")), from_hex(vector.text("s")));
    const Status expected = vector.text("result") == "valid" ? Status::ok : Status::proof_signature;
    EXPECT_EQ(check(*key, from_hex(vector.text("msg")), signature), expected);
    EXPECT_EQ(test::check_signature(**token_key, from_hex(vector.text("msg")), signature), token_status(expected));
  }
  test::report_vectors({{"signatures", file->stated_count()}});
}

TEST(EcdsaVectors, OfRfc6979) {
  SWT_OPEN_VECTORS(file, "rfc/rfc6979_p256_sha256.json");
  const auto key = key_of(file->root()["key"], "x", "y");
  const auto token_key = token_key_of(file->root()["key"], "x", "y");
  ASSERT_TRUE(key && token_key);
  ASSERT_EQ(file->tests().size(), file->stated_count());
  for (const test::Vector& vector : file->tests()) {
    SCOPED_TRACE(vector.text("id"));
    const std::string signature = test::der_signature(from_hex(vector.text("r")), from_hex(vector.text("s")));
    EXPECT_EQ(check(*key, vector.text("msg_ascii"), signature), Status::ok);
    EXPECT_EQ(check(*key, vector.text("msg_ascii") + 'x', signature), Status::proof_signature);
    EXPECT_EQ(test::check_signature(**token_key, vector.text("msg_ascii"), signature), Status::ok);
  }
  test::report_vectors({{"signatures", file->stated_count()}});
}

TEST(P256KeyVectors, OfNist) {
  SWT_OPEN_VECTORS(file, "nist/ecdsa_p256_pkv.json");
  ASSERT_EQ(file->tests().size(), file->stated_count());
  for (const test::Vector& vector : file->tests()) {
    SCOPED_TRACE(vector.text("id") + ' ' + vector.text("reason"));
    const bool is_valid = vector.text("result") == "valid";
    EXPECT_EQ(test::status_of(key_of(vector, "qx", "qy")), is_valid ? Status::ok : Status::client_key);
    EXPECT_EQ(test::status_of(token_key_of(vector, "qx", "qy")), is_valid ? Status::ok : Status::key);
  }
  test::report_vectors({{"points", file->stated_count()}});
}

}  // namespace
}  // namespace swt
