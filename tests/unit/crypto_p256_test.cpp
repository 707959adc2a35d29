#include <gtest/gtest.h>
#include <openssl/err.h>

#include <string>
#include <tuple>

#include "crypto/p256.h"
#include "support/client_key.h"
#include "support/der.h"
#include "support/outcome.h"
#include "support/text.h"

namespace swt {
namespace {

using test::ClientKey;
using test::der_element;
using test::der_integer;
using test::der_sequence;
using test::der_signature;
using test::from_hex;
using test::kP256OrderHex;
using test::kP256PrimeHex;
using test::numbers_of;
using test::status_of;
using test::sum_of;

constexpr std::string_view kMessage = R"({"url":"/api","method":"GET","timestamp":1800000000})";

Status load(std::string_view x, std::string_view y) {
  return status_of(P256PublicKey::from_coordinates(as_bytes(x), as_bytes(y)));
}

Status check(const ClientKey& key, std::string_view signature, std::string_view message = kMessage) {
  const auto point = P256PublicKey::from_coordinates(as_bytes(key.x()), as_bytes(key.y()));
  return status_of(point->check_signature(as_bytes(message), as_bytes(signature)));
}

TEST(P256PublicKey, IsAPointOnTheCurve) {
  const ClientKey key;
  EXPECT_EQ(load(key.x(), key.y()), Status::ok);
  EXPECT_EQ(load(key.y(), key.x()), Status::client_key);
  std::string off = key.y();
  off.back() = static_cast<char>(off.back() ^ 1);
  EXPECT_EQ(load(key.x(), off), Status::client_key);
}

TEST(P256PublicKey, IsNotThePointAtInfinityNorZero) {
  const std::string zero(32, '\0');
  EXPECT_EQ(load(zero, zero), Status::client_key);
  const ClientKey key;
  EXPECT_EQ(load(zero, key.y()), Status::client_key);
  EXPECT_EQ(load(key.x(), zero), Status::client_key);
}

TEST(P256PublicKey, MayHaveAnXOfZero) {
  // The point whose x is 0 lies on the curve: y is a root of its parameter b.
  const std::string y = from_hex("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4");
  EXPECT_EQ(load(std::string(32, '\0'), y), Status::ok);
}

// x + p is the same number in the field: a second name for the same point.
TEST(P256PublicKey, HasCoordinatesBelowThePrimeOfTheField) {
  const std::string prime = from_hex(kP256PrimeHex);
  const std::string y = from_hex("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4");
  ASSERT_EQ(load(std::string(32, '\0'), y), Status::ok);
  EXPECT_EQ(load(prime, y), Status::client_key);
  EXPECT_EQ(load(std::string(32, '\xff'), y), Status::client_key);
  EXPECT_EQ(load(std::string(32, '\0'), prime), Status::client_key);
  EXPECT_EQ(load(std::string(32, '\0'), std::string(32, '\xff')), Status::client_key);
}

TEST(P256PublicKey, HasCoordinatesOf32Bytes) {
  const ClientKey key;
  for (const std::string& bad : {std::string(), key.x().substr(1), key.x() + '\0', '\0' + key.x(), key.x() + key.y()}) {
    EXPECT_EQ(load(bad, key.y()), Status::client_key) << bad.size();
    EXPECT_EQ(load(key.x(), bad), Status::client_key) << bad.size();
  }
  EXPECT_EQ(load(key.x(), key.y()), Status::ok);
}

TEST(P256PublicKey, IsNoPointOfAnotherCurve) {
  const ClientKey other("secp256k1");
  EXPECT_EQ(load(other.x(), other.y()), Status::client_key);
  const ClientKey larger("P-384");
  EXPECT_EQ(load(larger.x().substr(0, 32), larger.y().substr(0, 32)), Status::client_key);
}

TEST(P256Signature, IsAcceptedFromItsKeyOverItsMessage) {
  const ClientKey key;
  for (int i = 0; i < 50; ++i) EXPECT_EQ(check(key, key.sign(kMessage)), Status::ok);
  EXPECT_EQ(check(key, key.sign(""), ""), Status::ok);
}

TEST(P256Signature, IsRefusedFromAnotherKeyOrOverAnotherMessage) {
  const ClientKey key;
  EXPECT_EQ(check(key, ClientKey().sign(kMessage)), Status::proof_signature);
  EXPECT_EQ(check(key, key.sign("another message")), Status::proof_signature);
  EXPECT_EQ(check(key, key.sign(kMessage), std::string(kMessage) + ' '), Status::proof_signature);
}

TEST(P256Signature, IsRefusedOverAnotherHash) {
  const ClientKey key;
  EXPECT_EQ(check(key, key.sign(kMessage, EVP_sha1())), Status::proof_signature);
  EXPECT_EQ(check(key, key.sign(kMessage, EVP_sha384())), Status::proof_signature);
  EXPECT_EQ(check(key, key.sign(kMessage, EVP_sha512())), Status::proof_signature);
}

TEST(P256Signature, GivesItsRAndItsTwinGivesTheSame) {
  const ClientKey key;
  const auto point = P256PublicKey::from_coordinates(as_bytes(key.x()), as_bytes(key.y()));
  for (int i = 0; i < 20; ++i) {
    const std::string signature = key.sign(kMessage);
    const std::string twin = test::twin_of(signature);
    ASSERT_NE(signature, twin);
    const auto r = point->check_signature(as_bytes(kMessage), as_bytes(signature));
    const auto r_of_twin = point->check_signature(as_bytes(kMessage), as_bytes(twin));
    ASSERT_TRUE(r && r_of_twin);
    EXPECT_EQ(as_text(*r), numbers_of(signature).r);
    EXPECT_EQ(*r, *r_of_twin);
    const auto r_of_another = point->check_signature(as_bytes(kMessage), as_bytes(key.sign(kMessage)));
    EXPECT_NE(*r, *r_of_another);
  }
}

TEST(P256Signature, WithNumbersOutOfTheirRangeIsRefused) {
  const ClientKey key;
  const auto [r, s] = numbers_of(key.sign(kMessage));
  ASSERT_EQ(check(key, der_signature(r, s)), Status::ok);
  const std::string order = from_hex(kP256OrderHex);
  const std::string one = std::string(31, '\0') + '\x01';
  const std::pair<const char*, std::string> bad[] = {
      {"0", std::string(1, '\0')},
      {"n", order},
      {"n + 1", sum_of(order, one)},
      {"2^256 - 1", std::string(32, '\xff')},
      {"2^256", '\x01' + std::string(32, '\0')},
      {"a long number", std::string(60, '\x7f')},
  };
  for (const auto& [what, number] : bad) {
    EXPECT_EQ(check(key, der_signature(number, s)), Status::proof_signature) << "r = " << what;
    EXPECT_EQ(check(key, der_signature(r, number)), Status::proof_signature) << "s = " << what;
    EXPECT_EQ(check(key, der_signature(number, number)), Status::proof_signature) << "both = " << what;
  }
  EXPECT_EQ(check(key, der_signature(sum_of(r, order), s)), Status::proof_signature) << "r + n";
  EXPECT_EQ(check(key, der_signature(r, sum_of(s, order))), Status::proof_signature) << "s + n";
}

TEST(P256Signature, WithNegativeNumbersIsRefused) {
  const ClientKey key;
  std::string r, s;
  do {  // with the high bit set, so that leaving out the zero makes it negative
    std::tie(r, s) = [&] {
      const auto numbers = numbers_of(key.sign(kMessage));
      return std::pair(numbers.r, numbers.s);
    }();
  } while (static_cast<unsigned char>(r[0]) < 0x80 || static_cast<unsigned char>(s[0]) < 0x80);
  ASSERT_EQ(check(key, der_signature(r, s)), Status::ok);
  EXPECT_EQ(check(key, der_sequence(der_element('\x02', r) + der_integer(s))), Status::proof_signature);
  EXPECT_EQ(check(key, der_sequence(der_integer(r) + der_element('\x02', s))), Status::proof_signature);
}

TEST(P256Signature, HasOneFormOfDerOnly) {
  const ClientKey key;
  const auto [r, s] = numbers_of(key.sign(kMessage));
  const std::string both = der_integer(r) + der_integer(s);
  const std::string good = der_sequence(both);
  ASSERT_EQ(check(key, good), Status::ok);
  const char length = good[1];
  const std::string r_content = der_integer(r).substr(2);
  const std::string r_content_padded = '\0' + r_content;
  const std::pair<const char*, std::string> bad[] = {
      {"a zero too many", der_sequence(der_element('\x02', r_content_padded) + der_integer(s))},
      {"a length in its long form", std::string("\x30\x81") + length + both},
      {"a length with a leading zero", std::string("\x30\x82\x00", 3) + length + both},
      {"an integer's length in its long form",
       der_sequence(std::string("\x02\x81") + static_cast<char>(r_content.size()) + r_content + der_integer(s))},
      {"an indefinite length", "\x30\x80" + both + std::string(2, '\0')},
      {"bytes after it", good + '\0'},
      {"bytes inside it", der_sequence(both + std::string("\x05\x00", 2))},
      {"three integers", der_sequence(both + der_integer(s))},
      {"one integer", der_sequence(der_integer(r))},
      {"nothing inside", der_sequence("")},
      {"a set", der_element('\x31', both)},
      {"an octet string for r", der_sequence(der_element('\x04', r_content) + der_integer(s))},
      {"an empty integer", der_sequence(der_element('\x02', "") + der_integer(s))},
      {"cut off", good.substr(0, good.size() - 1)},
      {"without its frame", both},
      {"twice", good + good},
      {"nothing", ""},
      {"its first byte", "\x30"},
  };
  for (const auto& [what, signature] : bad) EXPECT_EQ(check(key, signature), Status::proof_signature) << what;
}

TEST(P256Signature, InTheFormOfWebCryptoIsNotGuessedAt) {
  const ClientKey key;
  const auto [r, s] = numbers_of(key.sign(kMessage));
  EXPECT_EQ(check(key, r + s), Status::proof_signature);
  EXPECT_EQ(check(key, der_signature(r, s)), Status::ok);
}

TEST(P256Signature, WithAnyBitFlippedIsRefused) {
  const ClientKey key;
  const std::string good = key.sign(kMessage);
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ 1 << bit % 8);
    EXPECT_EQ(check(key, bad), Status::proof_signature) << bit;
  }
}

TEST(P256Signature, LeavesNoErrorBehindInOpenssl) {
  const ClientKey key;
  ERR_clear_error();
  check(key, "no signature at all");
  check(key, ClientKey().sign(kMessage));
  load(std::string(32, '\0'), std::string(32, '\0'));
  EXPECT_EQ(ERR_peek_error(), 0u);
}

}  // namespace
}  // namespace swt
