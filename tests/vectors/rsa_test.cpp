// RSASSA-PKCS1-v1_5 with SHA-256 against NIST and Project Wycheproof, through token keys from PEM.
//
// Our rules, which the vectors leave open: a modulus under 2048 bits and an exponent under 65537 are refused as keys, so
// their signatures are never looked at. The test says which and why.
#include <gtest/gtest.h>

#include <string>

#include "../unit/support/key_der.h"
#include "../unit/support/outcome.h"
#include "../unit/support/pem_key.h"
#include "../unit/support/text.h"
#include "../unit/support/vector_count.h"
#include "../unit/support/vectors.h"

namespace swt {
namespace {

using test::from_hex;
using test::load_private;
using test::load_public;
using test::pem_of;
using test::refused_as;

constexpr std::string_view kSmallExponent = "exponent is below 65537";

// Odd numbers of hex digits and leading zeros come along.
std::string number_in(std::string hex) {
  if (hex.size() % 2 != 0) hex = '0' + hex;
  return from_hex(hex);
}

// CAVP writes a signature as a number; its leading zeros may be missing.
std::string signature_in(const std::string& hex, size_t size) { return test::padded(number_in(hex), size); }

TEST(RsaVectors, OfNist) {
  SWT_OPEN_VECTORS(file, "nist/rsa_pkcs1_sha256_sigver.json");
  ASSERT_EQ(file->tests().size(), file->stated_count());
  size_t valid = 0;
  size_t invalid = 0;
  size_t small_keys = 0;
  for (const test::Vector& vector : file->tests()) {
    SCOPED_TRACE(vector.text("id") + ' ' + vector.text("reason"));
    const std::string der = test::rsa_public_numbers(number_in(vector.text("n")), number_in(vector.text("e")));
    const auto key = load_public(pem_of("RSA PUBLIC KEY", der));
    if (vector["mod"].number() < 2048) {
      ++small_keys;
      EXPECT_TRUE(refused_as(key, "fewer than 2048 bits"));
      continue;
    }
    ASSERT_TRUE(key) << key.error().detail;
    const bool is_valid = vector.text("result") == "valid";
    ++(is_valid ? valid : invalid);
    const std::string signature = signature_in(vector.text("sig"), (*key)->max_signature_size());
    EXPECT_EQ(test::check_signature(**key, number_in(vector.text("msg")), signature),
              is_valid ? Status::ok : Status::token_authentication);
  }
  EXPECT_EQ(valid + invalid + small_keys, file->stated_count());
  EXPECT_GT(valid, 0u);
  EXPECT_GT(invalid, 0u);
  test::report_vectors({{"valid", valid}, {"invalid", invalid}, {"with a key under 2048 bits, refused", small_keys}});
}

bool has_small_exponent(const test::Vector& key) { return key.text("publicExponent") == "03"; }

// No deviation: the signatures that Wycheproof calls valid are accepted, and no other.
void check_verification(const char* name) {
  SWT_OPEN_VECTORS(file, name);
  size_t valid = 0;
  size_t invalid = 0;
  size_t small_exponents = 0;
  for (const test::Vector& group : file->root()["testGroups"].items()) {
    const std::string pem = group.text("publicKeyPem");
    const std::string by_numbers = pem_of("RSA PUBLIC KEY", from_hex(group.text("publicKeyAsn")));
    if (has_small_exponent(group["publicKey"])) {
      small_exponents += group["tests"].items().size();
      EXPECT_TRUE(refused_as(load_public(pem), kSmallExponent));
      EXPECT_TRUE(refused_as(load_public(by_numbers), kSmallExponent));
      continue;
    }
    const auto key = load_public(pem);
    const auto same_key = load_public(by_numbers);
    ASSERT_TRUE(key && same_key);
    for (const test::Vector& vector : group["tests"].items()) {
      SCOPED_TRACE(vector["tcId"].json() + ' ' + vector.text("comment"));
      // "acceptable" is what a strict verifier refuses.
      const bool is_valid = vector.text("result") == "valid";
      ++(is_valid ? valid : invalid);
      const Status expected = is_valid ? Status::ok : Status::token_authentication;
      const std::string message = from_hex(vector.text("msg"));
      const std::string signature = from_hex(vector.text("sig"));
      EXPECT_EQ(test::check_signature(**key, message, signature), expected);
      EXPECT_EQ(test::check_signature(**same_key, message, signature), expected);
    }
  }
  EXPECT_EQ(valid + invalid + small_exponents, file->stated_count());
  EXPECT_GT(valid, 0u);
  EXPECT_GT(invalid, 0u);
  test::report_vectors({{"valid", valid}, {"invalid", invalid}, {"with the exponent 3, key refused", small_exponents}});
}

TEST(RsaVectors, OfWycheproofAreCheckedWith2048Bits) {
  check_verification("wycheproof/rsa_pkcs1_2048_sha256_verify.json");
}

TEST(RsaVectors, OfWycheproofAreCheckedWith3072Bits) {
  check_verification("wycheproof/rsa_pkcs1_3072_sha256_verify.json");
}

// The signature over a message is one and the same for everybody.
void check_signing(const char* name) {
  SWT_OPEN_VECTORS(file, name);
  size_t made = 0;
  size_t small_exponents = 0;
  for (const test::Vector& group : file->root()["testGroups"].items()) {
    const std::string pems[] = {group.text("privateKeyPem"),
                                pem_of("PRIVATE KEY", from_hex(group.text("privateKeyPkcs8")))};
    for (const std::string& pem : pems) {
      const auto key = load_private(pem);
      if (has_small_exponent(group["privateKey"])) {
        EXPECT_TRUE(refused_as(key, kSmallExponent));
        continue;
      }
      ASSERT_TRUE(key) << key.error().detail;
      for (const test::Vector& vector : group["tests"].items()) {
        SCOPED_TRACE(vector["tcId"].json() + ' ' + vector.text("comment"));
        ASSERT_EQ(vector.text("result"), "valid");
        const std::string message = from_hex(vector.text("msg"));
        EXPECT_EQ(test::signature_of(**key, message), from_hex(vector.text("sig")));
        EXPECT_EQ(test::check_signature(**(*key)->public_half(), message, from_hex(vector.text("sig"))), Status::ok);
      }
    }
    (has_small_exponent(group["privateKey"]) ? small_exponents : made) += group["tests"].items().size();
  }
  EXPECT_EQ(made + small_exponents, file->stated_count());
  EXPECT_GT(made, 0u);
  test::report_vectors({{"signed", made}, {"with the exponent 3, key refused", small_exponents}});
}

TEST(RsaVectors, OfWycheproofAreSignedWith2048Bits) { check_signing("wycheproof/rsa_pkcs1_2048_sha256_sign.json"); }
TEST(RsaVectors, OfWycheproofAreSignedWith3072Bits) { check_signing("wycheproof/rsa_pkcs1_3072_sha256_sign.json"); }

}  // namespace
}  // namespace swt
