// ES256: signatures by EC keys over P-256, in DER, as 3.0.1 writes them.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "support/der.h"
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
using test::numbers_of;
using test::signature_of;

constexpr std::string_view kText = "header.payload";
constexpr std::string_view kHalfOrderHex = "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8";

const KeyPair& pair() {
  static const KeyPair made = KeyPair::ec();
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

TEST(EcTokenKey, KnowsWhatItIs) {
  EXPECT_EQ(private_key().algorithm(), Algorithm::es256);
  EXPECT_EQ(public_key().algorithm(), Algorithm::es256);
  EXPECT_TRUE(private_key().can_sign());
  EXPECT_FALSE(public_key().can_sign());
  EXPECT_EQ(private_key().max_signature_size(), 72u);
  EXPECT_EQ(public_key().max_signature_size(), 72u);
}

TEST(EcTokenKey, MakesSignaturesThatOpensslAccepts) {
  for (const std::string& text : {std::string(), std::string("a"), std::string(kText), test::random_text(10000)}) {
    const std::string signature = signature_of(private_key(), text);
    EXPECT_TRUE(pair().check(text, signature));
    EXPECT_EQ(check_signature(public_key(), text, signature), Status::ok);
    EXPECT_EQ(check_signature(private_key(), text, signature), Status::ok);
  }
}

// Half of all signatures have a high s as OpenSSL makes them: over these many, each of the two is met for certain.
TEST(EcTokenKey, SignsWithALowS) {
  const std::string half = from_hex(kHalfOrderHex);
  std::set<std::string> all_r;
  std::set<size_t> sizes;
  for (int i = 0; i < 400; ++i) {
    const std::string signature = signature_of(private_key(), kText);
    const auto [r, s] = numbers_of(signature);
    EXPECT_LE(s, half);
    EXPECT_EQ(signature, test::der_signature(r, s)) << "canonical";
    EXPECT_TRUE(pair().check(kText, signature));
    EXPECT_LE(signature.size(), 71u) << "a low s needs no byte for its sign";
    all_r.insert(r);
    sizes.insert(signature.size());
  }
  EXPECT_EQ(all_r.size(), 400u) << "a nonce that comes twice gives the key away";
  EXPECT_GT(sizes.size(), 1u);
}

TEST(EcTokenKey, AcceptsBothSignaturesOfATwin) {
  for (int i = 0; i < 50; ++i) {
    const std::string signature = pair().sign(kText);
    const std::string twin = test::twin_of(signature);
    ASSERT_NE(signature, twin);
    expect_check(signature, Status::ok, "as OpenSSL makes it");
    expect_check(twin, Status::ok, "its twin");
    expect_check(test::twin_of(signature_of(private_key(), kText)), Status::ok, "with a high s");
  }
}

TEST(EcTokenKey, RefusesASignatureWithAnyBitFlipped) {
  const std::string good = pair().sign(kText);
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ 1 << bit % 8);
    EXPECT_EQ(check_signature(public_key(), kText, bad), Status::token_authentication) << bit;
  }
  expect_check(good, Status::ok, "the good one, after all of them");
}

TEST(EcTokenKey, RefusesASignatureOfAnotherLength) {
  const std::string good = pair().sign(kText);
  for (size_t size = 0; size < good.size(); ++size) {
    expect_check(good.substr(0, size), Status::token_authentication, std::to_string(size));
  }
  expect_check(good + '\0', Status::token_authentication, "a byte more");
  expect_check('\0' + good, Status::token_authentication, "a zero before it");
  expect_check(good + good, Status::token_authentication, "twice");
  expect_check(std::string(kMaxSignatureSize, '\x30'), Status::token_authentication, "the longest");
}

TEST(EcTokenKey, RefusesTheRawForm) {
  const std::string good = pair().sign(kText);
  const auto [r, s] = numbers_of(good);
  expect_check(r + s, Status::token_authentication, "as WebCrypto and JWS write it");
  expect_check(test::der_signature(r, s), Status::ok, "in DER");
}

TEST(EcTokenKey, RefusesAnotherFormOfDer) {
  const std::string good = pair().sign(kText);
  const auto [r, s] = numbers_of(good);
  const std::string padded_r = test::der_element('\x02', '\0' + test::der_integer(r).substr(2));
  const std::string both = test::der_integer(r) + test::der_integer(s);
  expect_check(test::der_sequence(padded_r + test::der_integer(s)), Status::token_authentication, "a zero too many");
  expect_check("\x30\x81" + good.substr(1), Status::token_authentication, "a long length");
  expect_check("\x30\x80" + both + std::string(2, '\0'), Status::token_authentication, "an indefinite length");
  expect_check(test::der_sequence(both + from_hex("0500")), Status::token_authentication, "more inside it");
}

TEST(EcTokenKey, RefusesNumbersOutOfTheirRange) {
  const std::string good = pair().sign(kText);
  const auto [r, s] = numbers_of(good);
  const std::string order = from_hex(test::kP256OrderHex);
  for (const std::string& bad : {std::string(1, '\0'), order, std::string(32, '\xff'), test::sum_of(r, order)}) {
    expect_check(test::der_signature(bad, s), Status::token_authentication, "r");
    expect_check(test::der_signature(r, bad), Status::token_authentication, "s");
    expect_check(test::der_signature(bad, bad), Status::token_authentication, "both");
  }
  expect_check(test::der_signature(r, test::sum_of(s, order)), Status::token_authentication, "s + n");
}

TEST(EcTokenKey, RefusesASignatureOverAnotherTextOrByAnotherKey) {
  expect_check(pair().sign("header.payloae"), Status::token_authentication, "another text");
  expect_check(pair().sign(""), Status::token_authentication, "no text");
  expect_check(KeyPair::ec().sign(kText), Status::token_authentication, "another key");
  expect_check(KeyPair::ec("secp256k1").sign(kText), Status::token_authentication, "a key of another curve");
  expect_check(KeyPair::rsa().sign(kText), Status::token_authentication, "an RSA key");
  expect_check(test::hmac_sha256(pair().public_pem(), kText), Status::token_authentication, "a MAC by the public PEM");
}

TEST(EcTokenKey, RefusesAnotherHash) {
  for (const EVP_MD* hash : {EVP_sha1(), EVP_sha224(), EVP_sha384(), EVP_sha512()}) {
    expect_check(pair().sign(kText, hash), Status::token_authentication, EVP_MD_get0_name(hash));
  }
}

TEST(EcTokenKey, ChecksTheSizeOfItsOutput) {
  std::string out(71, '#');
  EXPECT_EQ(test::status_of(private_key().sign(as_bytes(kText), test::writable(out))), Status::internal_crypto);
}

}  // namespace
}  // namespace swt
