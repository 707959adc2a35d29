// RS256: signatures by RSA keys.
#include <gtest/gtest.h>

#include <string>

#include "support/key_pair.h"
#include "support/outcome.h"
#include "support/pem_key.h"
#include "support/text.h"

namespace swt {
namespace {

using test::check_signature;
using test::from_hex;
using test::KeyPair;
using test::load_private;
using test::load_public;
using test::signature_of;

constexpr std::string_view kText = "header.payload";
// DigestInfo of SHA-256 before the hash (RFC 8017 section 9.2, note 1)
constexpr std::string_view kDigestInfoHex = "3031300d060960864801650304020105000420";

const KeyPair& pair() {
  static const KeyPair made = KeyPair::rsa();
  return made;
}

const TokenKey& private_key() {
  static const auto made = *load_private(pair().pkcs8_pem());
  return *made;
}

const TokenKey& public_key() {
  static const auto made = *load_public(pair().public_pem());
  return *made;
}

// For what both halves must judge the same.
void expect_check(std::string_view signature, Status status, std::string_view what) {
  EXPECT_EQ(check_signature(private_key(), kText, signature), status) << what;
  EXPECT_EQ(check_signature(public_key(), kText, signature), status) << what << ", by the public key";
}

// The private operation over any block: what RSA signs without looking at it.
std::string raw_signature_of(std::string block) {
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_from_pkey(nullptr, pair().get(), nullptr), EVP_PKEY_CTX_free);
  block.insert(0, 256 - block.size(), '\0');
  std::string signature(256, '\0');
  size_t size = signature.size();
  test::require(EVP_PKEY_sign_init(context.get()) == 1 &&
                    EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1 &&
                    EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                                  test::bytes_of(block), block.size()) == 1,
                "a raw signature");
  return signature;
}

// EMSA-PKCS1-v1_5: 00 01 ff … ff 00, and what is padded
std::string padded_block(const std::string& content, size_t ones) {
  return std::string("\x00\x01", 2) + std::string(ones, '\xff') + '\0' + content;
}

std::string digest_info() { return from_hex(kDigestInfoHex) + test::sha256_of(kText); }

TEST(RsaTokenKey, KnowsWhatItIs) {
  EXPECT_EQ(private_key().algorithm(), Algorithm::rs256);
  EXPECT_EQ(public_key().algorithm(), Algorithm::rs256);
  EXPECT_TRUE(private_key().can_sign());
  EXPECT_FALSE(public_key().can_sign());
  EXPECT_EQ(private_key().max_signature_size(), 256u);
  EXPECT_EQ(public_key().max_signature_size(), 256u);
}

TEST(RsaTokenKey, HasSignaturesAsLongAsItsModulus) {
  for (const unsigned bits : {2050u, 3072u}) {
    const KeyPair odd = KeyPair::rsa(bits);
    const auto key = *load_private(odd.pkcs8_pem());
    EXPECT_EQ(key->max_signature_size(), (bits + 7) / 8);
    const std::string signature = signature_of(*key, kText);
    EXPECT_EQ(signature.size(), (bits + 7) / 8);
    EXPECT_TRUE(odd.check(kText, signature));
  }
  EXPECT_LE((*load_public(pair().public_pem()))->max_signature_size(), kMaxSignatureSize);
}

// RSASSA-PKCS1-v1_5 is deterministic: there is one signature over a text.
TEST(RsaTokenKey, SignsAsOpensslDoes) {
  for (const std::string& text : {std::string(), std::string("a"), std::string(kText), test::random_text(10000)}) {
    EXPECT_EQ(signature_of(private_key(), text), pair().sign(text));
    EXPECT_EQ(check_signature(public_key(), text, pair().sign(text)), Status::ok);
  }
}

TEST(RsaTokenKey, AcceptsItsSignature) {
  expect_check(signature_of(private_key(), kText), Status::ok, "its own");
  expect_check(pair().sign(kText), Status::ok, "by OpenSSL");
  expect_check(raw_signature_of(padded_block(digest_info(), 202)), Status::ok, "put together in this test");
}

TEST(RsaTokenKey, RefusesASignatureWithAnyBitFlipped) {
  const std::string good = pair().sign(kText);
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ 1 << bit % 8);
    EXPECT_EQ(check_signature(public_key(), kText, bad), Status::token_authentication) << bit;
  }
  expect_check(good, Status::ok, "the good one, after all of them");
}

TEST(RsaTokenKey, RefusesASignatureOfAnotherLength) {
  const std::string good = pair().sign(kText);
  for (const size_t size : {0, 1, 32, 128, 254, 255}) {
    expect_check(good.substr(0, size), Status::token_authentication, std::to_string(size));
  }
  expect_check(good + '\0', Status::token_authentication, "a byte more");
  expect_check('\0' + good, Status::token_authentication, "a zero before it");
  expect_check(good + good, Status::token_authentication, "twice");
  expect_check(std::string(kMaxSignatureSize, '\x01'), Status::token_authentication, "the longest");
}

// A signature that is a small number has leading zeros. Leaving them out makes another text of it.
TEST(RsaTokenKey, RefusesASignatureWithoutItsLeadingZeros) {
  std::string text, signature;
  for (int i = 0; signature.empty() || signature[0] != '\0'; ++i) {
    text = "text " + std::to_string(i);
    signature = pair().sign(text);
  }
  EXPECT_EQ(check_signature(public_key(), text, signature), Status::ok);
  EXPECT_EQ(check_signature(public_key(), text, signature.substr(1)), Status::token_authentication);
}

TEST(RsaTokenKey, RefusesNumbersThatAreNoSignature) {
  const std::string n = pair().number(OSSL_PKEY_PARAM_RSA_N);
  std::string less = n;
  less.back() = static_cast<char>(less.back() - 1);
  const std::string zero(256, '\0');
  expect_check(zero, Status::token_authentication, "0");
  expect_check(std::string(255, '\0') + '\x01', Status::token_authentication, "1");
  expect_check(less, Status::token_authentication, "n - 1");
  expect_check(n, Status::token_authentication, "n");
  expect_check(std::string(256, '\xff'), Status::token_authentication, "2^2048 - 1");
}

TEST(RsaTokenKey, RefusesASignatureOverAnotherTextOrByAnotherKey) {
  expect_check(pair().sign("header.payloae"), Status::token_authentication, "another text");
  expect_check(pair().sign(""), Status::token_authentication, "no text");
  expect_check(KeyPair::rsa().sign(kText), Status::token_authentication, "another key");
  expect_check(KeyPair::ec().sign(kText), Status::token_authentication, "an EC key");
  expect_check(test::hmac_sha256(pair().public_pem(), kText), Status::token_authentication, "a MAC by the public PEM");
}

TEST(RsaTokenKey, RefusesAnotherHash) {
  for (const EVP_MD* hash : {EVP_sha1(), EVP_sha224(), EVP_sha384(), EVP_sha512(), EVP_sha512_256()}) {
    expect_check(pair().sign(kText, hash), Status::token_authentication, EVP_MD_get0_name(hash));
  }
}

TEST(RsaTokenKey, RefusesOtherPaddings) {
  const std::string hash = test::sha256_of(kText);
  const std::string without_null = from_hex(
                                       "302f300b0609608648016503040201"
                                       "0420") +
                                   hash;
  const std::string long_length = from_hex("308131300d060960864801650304020105000420") + hash;
  const std::string long_inner_length = from_hex("303230810d060960864801650304020105000420") + hash;
  const std::string sha224_name = from_hex("3031300d060960864801650304020405000420") + hash;
  const std::string good = digest_info();
  const std::pair<const char*, std::string> bad[] = {
      {"short padding, garbage behind the hash", padded_block(good + std::string(100, 'x'), 102)},
      {"eight bytes of padding", padded_block(good + std::string(194, 'x'), 8)},
      {"no padding", padded_block(good, 0)},
      {"a padding byte too few, and a zero before", '\0' + padded_block(good, 201)},
      {"another byte in the padding",
       padded_block(good, 100).substr(0, 50) + '\xfe' + padded_block(good, 202).substr(51)},
      {"block type 2", std::string("\x00\x02", 2) + padded_block(good, 202).substr(2)},
      {"block type 0", std::string("\x00\x00", 2) + padded_block(good, 202).substr(2)},
      {"no separator", std::string("\x00\x01", 2) + std::string(203, '\xff') + good},
      {"no NULL", padded_block(without_null, 204)},
      {"a length in its long form", padded_block(long_length, 201)},
      {"an inner length in its long form", padded_block(long_inner_length, 201)},
      {"the name of another hash", padded_block(sha224_name, 202)},
      {"the hash alone", padded_block(hash, 221)},
      {"the hash in an octet string", padded_block(from_hex("0420") + hash, 219)},
      {"the hash cut by a byte",
       padded_block(from_hex("3030300d06096086480165030402010500041f") + hash.substr(0, 31), 203)},
      {"a byte behind the hash", padded_block(good + '\0', 201)},
  };
  for (const auto& [what, block] : bad) expect_check(raw_signature_of(block), Status::token_authentication, what);
  expect_check(raw_signature_of(padded_block(good, 202)), Status::ok, "the right one");
}

TEST(RsaTokenKey, RefusesAPssSignature) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX* of_key = nullptr;
  std::string signature(256, '\0');
  size_t size = signature.size();
  ASSERT_TRUE(EVP_DigestSignInit(context.get(), &of_key, EVP_sha256(), nullptr, pair().get()) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(of_key, RSA_PKCS1_PSS_PADDING) == 1 &&
              EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                             test::bytes_of(kText), kText.size()) == 1);
  expect_check(signature, Status::token_authentication, "PSS");
}

TEST(RsaTokenKey, ChecksTheSizeOfItsOutput) {
  std::string out(255, '#');
  EXPECT_EQ(test::status_of(private_key().sign(as_bytes(kText), test::writable(out))), Status::internal_crypto);
  EXPECT_EQ(out, std::string(255, '#'));
}

}  // namespace
}  // namespace swt
