// DER as it is read here, and ECDSA signatures in it, held against OpenSSL's own reader.
#include <gtest/gtest.h>
#include <openssl/ec.h>

#include <algorithm>
#include <memory>
#include <string>

#include "crypto/der_reader.h"
#include "crypto/ecdsa_der.h"
#include "support/der.h"
#include "support/text.h"

namespace swt {
namespace {

using test::from_hex;

// What an element of this tag holds, or "?".
std::string content_of(std::string_view der, DerTag tag = DerTag::octet_string) {
  DerReader reader(as_bytes(der));
  const auto content = reader.read(tag);
  return content && reader.at_end() ? std::string(as_text(*content)) : "?";
}

std::string number_in(std::string_view hex) {
  const std::string der = from_hex(hex);
  DerReader reader(as_bytes(der));
  const auto number = reader.read_unsigned();
  return number && reader.at_end() ? std::string(as_text(*number)) : "?";
}

TEST(DerReader, ReadsLengthsInTheirShortestForm) {
  for (const size_t size : {0, 1, 127, 128, 129, 255, 256, 257, 40000, 65535}) {
    const std::string content = test::random_text(size);
    EXPECT_EQ(content_of(test::der_element('\x04', content)), content) << size;
  }
}

TEST(DerReader, RefusesLengthsInAnotherForm) {
  EXPECT_EQ(content_of(from_hex("040161")), "a");
  EXPECT_EQ(content_of(from_hex("04810161")), "?") << "one byte more than needed";
  EXPECT_EQ(content_of(from_hex("0482000161")), "?") << "two bytes more";
  EXPECT_EQ(content_of(from_hex("0483000001") + "a"), "?");
  EXPECT_EQ(content_of(from_hex("0484000000") + '\x01' + "a"), "?");
  EXPECT_EQ(content_of(from_hex("048880000000000000") + '\x01' + "a"), "?");
  EXPECT_EQ(content_of(from_hex("04ff")), "?");
  EXPECT_EQ(content_of(from_hex("0480610000")), "?") << "indefinite";
  const std::string content(128, 'a');
  EXPECT_EQ(content_of("\x04\x81\x80" + content), content);
  EXPECT_EQ(content_of(std::string("\x04\x82\x00\x80", 4) + content), "?");
  EXPECT_EQ(content_of(std::string("\x04\x83\x00\x00\x80", 5) + content), "?");
}

TEST(DerReader, RefusesWhatEndsTooEarly) {
  for (const char* hex : {"", "04", "0401", "040261", "0481", "048180", "0482", "048201", "04820100", "0483"}) {
    EXPECT_EQ(content_of(from_hex(hex)), "?") << hex;
  }
}

TEST(DerReader, RefusesAnotherTag) {
  EXPECT_EQ(content_of(from_hex("040161"), DerTag::octet_string), "a");
  EXPECT_EQ(content_of(from_hex("040161"), DerTag::integer), "?");
  EXPECT_EQ(content_of(from_hex("240161"), DerTag::octet_string), "?") << "constructed";
  EXPECT_EQ(content_of(from_hex("840161"), DerTag::octet_string), "?") << "of another class";
  EXPECT_EQ(content_of(from_hex("1f040161"), DerTag::octet_string), "?") << "in the long form";
}

TEST(DerReader, ReadsOneElementAfterTheOther) {
  const std::string der = from_hex("040161020105");
  DerReader reader(as_bytes(der));
  EXPECT_TRUE(reader.next_is(DerTag::octet_string));
  EXPECT_FALSE(reader.next_is(DerTag::integer));
  EXPECT_TRUE(reader.read(DerTag::octet_string));
  EXPECT_FALSE(reader.at_end());
  EXPECT_TRUE(reader.read_unsigned());
  EXPECT_TRUE(reader.at_end());
  EXPECT_FALSE(reader.next_is(DerTag::integer));
  EXPECT_FALSE(reader.read(DerTag::integer));
}

TEST(DerReader, ReadsNumbersInTheirShortestForm) {
  EXPECT_EQ(number_in("020100"), "");
  EXPECT_EQ(number_in("020101"), "\x01");
  EXPECT_EQ(number_in("02017f"), "\x7f");
  EXPECT_EQ(number_in("02020080"), "\x80");
  EXPECT_EQ(number_in("02030100ff"), from_hex("0100ff"));
}

TEST(DerReader, RefusesNumbersThatAreNegativeOrPadded) {
  for (const char* hex : {"0200", "020180", "0201ff", "0202ff7f", "02020000", "02020001", "0202007f", "0203000080"}) {
    EXPECT_EQ(number_in(hex), "?") << hex;
  }
}

// OpenSSL's reader takes more than DER; what it writes again is DER. So: accepted here if and only if OpenSSL reads it,
// writes the same bytes again, and the numbers fit.
bool is_canonical_for_openssl(std::string_view der) {
  const unsigned char* at = test::bytes_of(der);
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
  if (!signature || at != test::bytes_of(der) + der.size()) return false;
  const BIGNUM* r = ECDSA_SIG_get0_r(signature.get());
  const BIGNUM* s = ECDSA_SIG_get0_s(signature.get());
  if (BN_is_negative(r) || BN_is_negative(s) || BN_num_bytes(r) > 32 || BN_num_bytes(s) > 32) return false;
  unsigned char* again = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &again);
  const bool is_same = size > 0 && std::string_view(reinterpret_cast<char*>(again), static_cast<size_t>(size)) == der;
  OPENSSL_free(again);
  return is_same;
}

TEST(EcdsaDer, IsReadAsOpensslReadsItInItsOneForm) {
  size_t accepted = 0;
  size_t refused = 0;
  const auto compare = [&](const std::string& der) {
    const bool is_read = read_ecdsa_der(as_bytes(der)).has_value();
    ++(is_read ? accepted : refused);
    EXPECT_EQ(is_read, is_canonical_for_openssl(der)) << test::base64url_of(der);
  };
  for (int round = 0; round < 300; ++round) {
    const size_t r_size = 1 + round % 34u;
    const std::string good = test::der_signature(test::random_text(r_size), test::random_text(32));
    compare(good);
    // Every byte of its frame in every value, and some of its content.
    for (const size_t at :
         {size_t{0}, size_t{1}, size_t{2}, size_t{3}, size_t{4}, 4 + r_size, 5 + r_size, 6 + r_size}) {
      if (at >= good.size()) continue;
      for (int value = 0; value < 256; value += round == 33 ? 1 : 17) {
        std::string bad = good;
        bad[at] = static_cast<char>(value);
        compare(bad);
      }
    }
    for (size_t size = 0; size < good.size(); size += 3) compare(good.substr(0, size));
    compare(good + '\0');
  }
  EXPECT_GT(accepted, 300u);
  EXPECT_GT(refused, 10000u);
}

TEST(EcdsaDer, GivesTheNumbersAndWritesThemAgain) {
  for (const size_t r_size : {1, 2, 31, 32}) {
    for (const size_t s_size : {1, 16, 32}) {
      const std::string r = test::padded(test::random_text(r_size), 32);
      const std::string s = test::padded(test::random_text(s_size), 32);
      const std::string der = test::der_signature(r, s);
      const auto numbers = read_ecdsa_der(as_bytes(der));
      ASSERT_TRUE(numbers);
      EXPECT_EQ(as_text(numbers->r), r);
      EXPECT_EQ(as_text(numbers->s), s);
      std::string again(kMaxEcdsaDerSize, '#');
      again.resize(write_ecdsa_der(*numbers, {reinterpret_cast<uint8_t*>(again.data()), again.size()}));
      EXPECT_EQ(again, der);
    }
  }
}

TEST(EcdsaDer, HasTheSizeOfTwoFullNumbersAtMost) {
  const std::string full(32, '\xff');
  const std::string der = test::der_signature(full, full);
  EXPECT_EQ(der.size(), kMaxEcdsaDerSize);
  EXPECT_TRUE(read_ecdsa_der(as_bytes(der)));
  EXPECT_FALSE(read_ecdsa_der(as_bytes(test::der_signature('\x01' + full, full))));
}

TEST(LowS, IsTheSmallerOfTwo) {
  const std::string order = from_hex(test::kP256OrderHex);
  const auto low_of = [](const std::string& s) {
    EcdsaNumbers numbers{};
    numbers.r[31] = 7;
    std::copy(s.begin(), s.end(), numbers.s.begin());
    const EcdsaNumbers low = with_low_s(numbers);
    EXPECT_EQ(low.r, numbers.r);
    return std::string(as_text(low.s));
  };
  const std::string half = from_hex("7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8");
  std::string above = half;
  above.back() = static_cast<char>(above.back() + 1);
  std::string largest = order;
  largest.back() = static_cast<char>(largest.back() - 1);
  const std::string one = test::padded("\x01", 32);
  EXPECT_EQ(low_of(one), one);
  EXPECT_EQ(low_of(largest), one);
  EXPECT_EQ(low_of(half), half);
  EXPECT_EQ(low_of(above), half) << "the order is odd";
  for (int i = 0; i < 200; ++i) {
    std::string s = '\x70' + test::random_text(31);
    EXPECT_EQ(low_of(s), s);
    EXPECT_EQ(low_of(test::padded(test::sum_of(order, s, true), 32)), s);
  }
}

}  // namespace
}  // namespace swt
