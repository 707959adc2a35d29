// Which RSA keys may sign and check tokens: their sizes, and numbers that belong together.
#include <gtest/gtest.h>
#include <openssl/bn.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/der.h"
#include "support/key_der.h"
#include "support/key_pair.h"
#include "support/pem_key.h"
#include "support/text.h"

namespace swt {
namespace {

using test::accepted;
using test::der_bit_string;
using test::der_element;
using test::der_integer;
using test::der_sequence;
using test::from_hex;
using test::KeyPair;
using test::load_private;
using test::load_public;
using test::pem_of;
using test::refused_as;
using test::rsa_algorithm;
using test::rsa_public_numbers;
using test::rsa_spki;

const std::string kExponent = from_hex("010001");

const KeyPair& rsa() {
  static const KeyPair pair = KeyPair::rsa();
  return pair;
}

// Both forms of a public key must be judged the same.
void expect_public_refused(std::string_view n, std::string_view e, std::string_view words, const char* what) {
  EXPECT_TRUE(refused_as(load_public(pem_of("RSA PUBLIC KEY", rsa_public_numbers(n, e))), words)) << what;
  const std::string der = rsa_spki(n, e);
  EXPECT_TRUE(refused_as(load_public(pem_of("PUBLIC KEY", der)), words)) << what;
}

void expect_public_accepted(std::string_view n, std::string_view e, const char* what) {
  EXPECT_TRUE(accepted(load_public(pem_of("RSA PUBLIC KEY", rsa_public_numbers(n, e))), Algorithm::rs256, false))
      << what;
  const std::string der = rsa_spki(n, e);
  EXPECT_TRUE(accepted(load_public(pem_of("PUBLIC KEY", der)), Algorithm::rs256, false)) << what;
}

std::string bytes_of_number(const BIGNUM* number) {
  std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes;
}

// OpenSSL's check of a modulus looks for a factor by lot, so what shall pass for sound must have none that is ever met.
bool has_small_factor(const BIGNUM* number) {
  static const std::vector<BN_ULONG> primes = [] {
    constexpr size_t kEnd = 1 << 18;
    std::vector<bool> is_composite(kEnd);
    std::vector<BN_ULONG> found;
    for (size_t odd = 3; odd < kEnd; odd += 2) {
      if (is_composite[odd]) continue;
      found.push_back(odd);
      for (size_t multiple = odd * odd; multiple < kEnd; multiple += odd) is_composite[multiple] = true;
    }
    return found;
  }();
  return std::any_of(primes.begin(), primes.end(), [&](BN_ULONG prime) { return BN_mod_word(number, prime) == 0; });
}

// A product of exactly so many bits without small factors: what a modulus looks like from outside.
std::string number_of_bits(int bits) {
  using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
  const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context(BN_CTX_new(), BN_CTX_free);
  const auto factor = [](int bits_of_factor) {
    Number number(BN_new(), BN_free);
    do BN_rand(number.get(), bits_of_factor, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD);
    while (has_small_factor(number.get()));
    return number;
  };
  const Number product(BN_new(), BN_free);
  BN_mul(product.get(), factor(bits / 2).get(), factor(bits - bits / 2).get(), context.get());
  return bytes_of_number(product.get());
}

using Numbers = test::RsaNumbersText;

void expect_private_refused(const Numbers& numbers, std::string_view words, const char* what) {
  EXPECT_TRUE(refused_as(load_private(pem_of("RSA PRIVATE KEY", numbers.pkcs1())), words)) << what;
  EXPECT_TRUE(refused_as(load_private(pem_of("PRIVATE KEY", numbers.pkcs8())), words)) << what;
}

std::string plus(std::string number, int more) {
  number.back() = static_cast<char>(number.back() + more);
  return number;
}

TEST(RsaPem, IsWrittenByThisTestAsOpensslWritesIt) {
  EXPECT_EQ(Numbers::of(rsa()).pkcs1(), rsa().traditional_der());
  EXPECT_EQ(Numbers::of(rsa()).pkcs8(), rsa().pkcs8_der());
  EXPECT_EQ(rsa_public_numbers(Numbers::of(rsa()).n, kExponent), rsa().rsa_public_der());
  EXPECT_EQ(rsa_spki(Numbers::of(rsa()).n, kExponent), rsa().public_der());
}

TEST(RsaPem, Has2048To8192Bits) {
  ASSERT_EQ(number_of_bits(2049).size(), 257u);
  for (const int bits : {2048, 2049, 3072, 4096, 8191, 8192}) {
    expect_public_accepted(number_of_bits(bits), kExponent, std::to_string(bits).c_str());
  }
  for (const int bits : {512, 1024, 2040, 2047}) {
    expect_public_refused(number_of_bits(bits), kExponent, "fewer than 2048 bits", std::to_string(bits).c_str());
  }
  expect_public_refused(number_of_bits(8193), kExponent, "more than 8192 bits", "8193");
  expect_public_refused(std::string(1, '\0'), kExponent, "fewer than 2048 bits", "zero");
}

// The size of a number costs nothing to refuse: 160,000 bits would keep a processor busy for minutes.
TEST(RsaPem, OfTheLargestSizeThatAPemCanHoldIsRefusedAtOnce) {
  const std::string n = '\xff' + test::random_text(20000) + '\x01';
  expect_public_refused(n, kExponent, "more than 8192 bits", "as a public key");
  Numbers huge = Numbers::of(rsa());
  huge.n = n;
  expect_private_refused(huge, "more than 8192 bits", "as a private key");
}

TEST(RsaPem, OfAPrivateKeyWithFewerThan2048BitsIsRefused) {
  for (const unsigned bits : {1024u, 2046u}) {
    const KeyPair pair = KeyPair::rsa(bits);
    EXPECT_TRUE(refused_as(load_private(pair.pkcs8_pem()), "fewer than 2048 bits")) << bits;
    EXPECT_TRUE(refused_as(load_public(pair.public_pem()), "fewer than 2048 bits")) << bits;
  }
  EXPECT_TRUE(accepted(load_private(KeyPair::rsa(3072).pkcs8_pem()), Algorithm::rs256, true));
}

TEST(RsaPem, HasAnOddExponentFrom65537To64Bits) {
  const std::string n = rsa().number(OSSL_PKEY_PARAM_RSA_N);
  for (const char* good : {"010001", "010003", "ffffffff", "ffffffffffffffff"}) {
    expect_public_accepted(n, from_hex(good), good);
  }
  for (const char* small : {"01", "03", "05", "11", "0101", "ffff"}) {
    expect_public_refused(n, from_hex(small), "exponent is below 65537", small);
  }
  for (const char* even : {"00", "02", "010000", "010002", "fffffffffffffffe"}) {
    expect_public_refused(n, from_hex(even), "exponent is even", even);
  }
  expect_public_refused(n, from_hex("010000000000000001"), "exponent has more than 64 bits", "65 bits");
  expect_public_refused(n, n, "exponent has more than 64 bits", "as long as the modulus");
}

TEST(RsaPem, OfAPrivateKeyWithTheExponent3IsRefused) {
  const KeyPair pair = KeyPair::rsa(2048, 3);
  EXPECT_TRUE(refused_as(load_private(pair.pkcs8_pem()), "exponent is below 65537"));
  EXPECT_TRUE(refused_as(load_public(pair.public_pem()), "exponent is below 65537"));
  EXPECT_TRUE(accepted(load_private(KeyPair::rsa(2048, 65539).pkcs8_pem()), Algorithm::rs256, true));
}

// Whoever can factor the modulus can sign.
TEST(RsaPem, HasAModulusOfTwoLargePrimes) {
  const std::string_view words = "no product of two large primes";
  for (const auto prime_of : {BN_get_rfc3526_prime_2048, BN_get_rfc3526_prime_4096}) {
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> prime(prime_of(nullptr), BN_free);
    expect_public_refused(bytes_of_number(prime.get()), kExponent, words, "a prime");
  }
  std::string even = number_of_bits(2048);
  even.back() = static_cast<char>(even.back() & 0xFE);
  expect_public_refused(even, kExponent, words, "even");
  expect_public_refused(std::string(256, '\xff'), kExponent, words, "2^2048 - 1, which 3 divides");
  expect_public_refused('\x80' + std::string(254, '\0') + '\x01', kExponent, words, "2^2047 + 1, which 3 divides");
}

// CVE-2017-15361: modulo every small prime, the modulus is a power of 65537.
TEST(RsaPem, OfAChipWithTheRocaBugIsRefused) {
  using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
  const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context(BN_CTX_new(), BN_CTX_free);
  const Number product(BN_new(), BN_free);
  const Number power(BN_new(), BN_free);
  const Number n(BN_new(), BN_free);
  BN_set_word(product.get(), 2);
  for (BN_ULONG odd = 3; odd <= 167; odd += 2) {
    bool is_prime = true;
    for (BN_ULONG factor = 3; factor * factor <= odd; factor += 2) is_prime = is_prime && odd % factor != 0;
    if (is_prime) BN_mul_word(product.get(), odd);
  }
  const auto modulus = [&](bool is_roca) {
    do {
      BN_rand(n.get(), 2048, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ANY);
      BN_mod(power.get(), n.get(), product.get(), context.get());
      BN_sub(n.get(), n.get(), power.get());  // a multiple of the product
      BN_set_word(power.get(), is_roca ? 65537 : 1009);
      for (int i = 0; i < 5; ++i) BN_mod_sqr(power.get(), power.get(), product.get(), context.get());
      BN_add(n.get(), n.get(), power.get());
    } while (has_small_factor(n.get()) || BN_check_prime(n.get(), context.get(), nullptr) != 0);
    return bytes_of_number(n.get());
  };
  expect_public_refused(modulus(true), kExponent, "ROCA", "a power of 65537");
  expect_public_accepted(modulus(false), kExponent, "a power of another number");
}

TEST(RsaPem, OfAPrivateKeyHasPartsThatFit) {
  const Numbers good = Numbers::of(rsa());
  ASSERT_TRUE(accepted(load_private(pem_of("RSA PRIVATE KEY", good.pkcs1())), Algorithm::rs256, true));
  const Numbers other = Numbers::of(KeyPair::rsa());
  const std::pair<const char*, std::string Numbers::*> parts[] = {
      {"d", &Numbers::d},   {"p", &Numbers::p},   {"q", &Numbers::q}, {"dp", &Numbers::dp},
      {"dq", &Numbers::dq}, {"qi", &Numbers::qi}, {"n", &Numbers::n},
  };
  for (const auto& [name, part] : parts) {
    Numbers bad = good;
    bad.*part = other.*part;
    expect_private_refused(bad, "do not fit", (std::string("another key's ") + name).c_str());
    bad.*part = plus(good.*part, 2);
    expect_private_refused(bad, "do not fit", (std::string("changed: ") + name).c_str());
    if (part == &Numbers::n) continue;
    for (const std::string& small : {std::string(1, '\0'), std::string(1, '\x01'), std::string(1, '\x02')}) {
      bad.*part = small;
      expect_private_refused(bad, "do not fit", (std::string("small: ") + name).c_str());
    }
  }
  Numbers bad = good;
  bad.e = from_hex("010003");
  expect_private_refused(bad, "do not fit", "another exponent");
}

// d + (p - 1)(q - 1) signs as well, and the coefficient + p, too. Two texts for one key are refused all the same.
TEST(RsaPem, OfAPrivateKeyHasNumbersBelowTheirModulus) {
  const auto sum = [](const std::string& a, const std::string& b) {
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> left(
        BN_bin2bn(test::bytes_of(a), static_cast<int>(a.size()), nullptr), BN_free);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> right(
        BN_bin2bn(test::bytes_of(b), static_cast<int>(b.size()), nullptr), BN_free);
    BN_add(left.get(), left.get(), right.get());
    std::string out(static_cast<size_t>(BN_num_bytes(left.get())), '\0');
    BN_bn2bin(left.get(), reinterpret_cast<unsigned char*>(out.data()));
    return out;
  };
  Numbers bad = Numbers::of(rsa());
  bad.qi = sum(bad.qi, bad.p);
  expect_private_refused(bad, "do not fit", "a large coefficient");
  bad = Numbers::of(rsa());
  bad.dp = sum(bad.dp, plus(bad.p, -1));
  expect_private_refused(bad, "do not fit", "a large dp");
}

// All the relations between the numbers hold, and what they sign is no signature: p is no prime.
TEST(RsaPem, OfAPrivateKeySignsWhatItsPublicHalfAccepts) {
  using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
  const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context(BN_CTX_new(), BN_CTX_free);
  const auto number = [](const std::string& bytes) {
    return Number(BN_bin2bn(test::bytes_of(bytes), static_cast<int>(bytes.size()), nullptr), BN_free);
  };
  const auto inverse = [&](const BIGNUM* of, const BIGNUM* modulus) {
    return Number(BN_mod_inverse(nullptr, of, modulus, context.get()), BN_free);
  };
  const Number e = number(kExponent);
  Numbers bad = Numbers::of(rsa());
  const Number q = number(bad.q);
  const Number q_order = number(plus(bad.q, -1));
  const Number order(BN_new(), BN_free);
  const Number n(BN_new(), BN_free);
  Number d(nullptr, BN_free);
  while (!d) {  // until the exponent has an inverse
    do bad.p = number_of_bits(1024);
    while (static_cast<unsigned char>(bad.p[0]) < 0xC0);  // or the modulus is a bit short
    const Number p_order = number(plus(bad.p, -1));
    BN_mul(order.get(), p_order.get(), q_order.get(), context.get());
    d = inverse(e.get(), order.get());
    if (!d) continue;
    bad.dp = bytes_of_number(inverse(e.get(), p_order.get()).get());
  }
  BN_mul(n.get(), number(bad.p).get(), q.get(), context.get());
  bad.n = bytes_of_number(n.get());
  bad.d = bytes_of_number(d.get());
  bad.qi = bytes_of_number(inverse(q.get(), number(bad.p).get()).get());
  expect_private_refused(bad, "do not fit", "a prime that is none");
}

TEST(RsaPem, OfAPrivateKeyMayHaveItsPrimesInEitherOrder) {
  Numbers swapped = Numbers::of(rsa());
  std::swap(swapped.p, swapped.q);
  std::swap(swapped.dp, swapped.dq);
  expect_private_refused(swapped, "do not fit", "with the other coefficient");
  const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context(BN_CTX_new(), BN_CTX_free);
  const auto number = [](const std::string& bytes) {
    return BN_bin2bn(test::bytes_of(bytes), static_cast<int>(bytes.size()), nullptr);
  };
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> q(number(swapped.q), BN_free);
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> p(number(swapped.p), BN_free);
  ASSERT_NE(BN_mod_inverse(q.get(), q.get(), p.get(), context.get()), nullptr);
  swapped.qi.assign(static_cast<size_t>(BN_num_bytes(q.get())), '\0');
  BN_bn2bin(q.get(), reinterpret_cast<unsigned char*>(swapped.qi.data()));
  EXPECT_TRUE(accepted(load_private(pem_of("RSA PRIVATE KEY", swapped.pkcs1())), Algorithm::rs256, true));
}

TEST(RsaPem, WithMoreThanTwoPrimesIsRefused) {
  const std::string others =
      der_sequence(der_sequence(der_integer("\x07") + der_integer("\x03") + der_integer("\x05")));
  const std::string one(1, '\x01');
  const std::string two(1, '\x02');
  const Numbers good = Numbers::of(rsa());
  EXPECT_TRUE(refused_as(load_private(pem_of("RSA PRIVATE KEY", good.pkcs1(one, others))), "more than two primes"));
  EXPECT_TRUE(refused_as(load_private(pem_of("RSA PRIVATE KEY", good.pkcs1(two))), "malformed"));
  EXPECT_TRUE(
      refused_as(load_private(pem_of("RSA PRIVATE KEY", good.pkcs1(std::string(1, '\0'), others))), "malformed"));
}

TEST(RsaPem, ForOtherUsesIsRefused) {
  const KeyPair pss = KeyPair::rsa_pss();
  EXPECT_TRUE(refused_as(load_private(pss.pkcs8_pem()), "PSS signatures only"));
  EXPECT_TRUE(refused_as(load_public(pss.public_pem()), "PSS signatures only"));
  const std::string oaep = der_sequence(rsa_algorithm("2a864886f70d010107") + der_bit_string(rsa().rsa_public_der()));
  EXPECT_TRUE(refused_as(load_public(pem_of("PUBLIC KEY", oaep)), "encryption only"));
  const std::string unknown =
      der_sequence(rsa_algorithm("2a864886f70d01010b") + der_bit_string(rsa().rsa_public_der()));
  EXPECT_TRUE(refused_as(load_public(pem_of("PUBLIC KEY", unknown)), "unknown kind"));
}

// One key, one text: what another reader could take for another key is refused.
TEST(RsaPem, IsInDer) {
  const std::string numbers = rsa().rsa_public_der();
  const std::string n = rsa().number(OSSL_PKEY_PARAM_RSA_N);
  const std::string padded_n = der_element('\x02', std::string(2, '\0') + n);
  const std::string negative_n = der_element('\x02', n);
  ASSERT_GE(static_cast<unsigned char>(n[0]), 0x80);
  const auto spki = [](const std::string& content) { return pem_of("PUBLIC KEY", der_sequence(content)); };
  const std::pair<const char*, std::string> bad[] = {
      {"a leading zero", pem_of("RSA PUBLIC KEY", der_sequence(padded_n + der_integer(kExponent)))},
      {"a negative modulus", pem_of("RSA PUBLIC KEY", der_sequence(negative_n + der_integer(kExponent)))},
      {"no exponent", pem_of("RSA PUBLIC KEY", der_sequence(der_integer(n)))},
      {"an empty exponent", pem_of("RSA PUBLIC KEY", der_sequence(der_integer(n) + der_element('\x02', "")))},
      {"a third number",
       pem_of("RSA PUBLIC KEY", der_sequence(der_integer(n) + der_integer(kExponent) + der_integer("\x01")))},
      {"a byte behind it", pem_of("RSA PUBLIC KEY", numbers + '\0')},
      {"twice", pem_of("RSA PUBLIC KEY", numbers + numbers)},
      {"a set", pem_of("RSA PUBLIC KEY", '\x31' + numbers.substr(1))},
      {"a length of three bytes", pem_of("RSA PUBLIC KEY", std::string("\x30\x83\x00", 3) + numbers.substr(2))},
      {"an indefinite length", pem_of("RSA PUBLIC KEY", "\x30\x80" + numbers.substr(4) + std::string(2, '\0'))},
      {"a length one too large",
       pem_of("RSA PUBLIC KEY", numbers.substr(0, 3) + static_cast<char>(numbers[3] + 1) + numbers.substr(4))},
      {"cut off", pem_of("RSA PUBLIC KEY", numbers.substr(0, numbers.size() - 1))},
      {"no parameters", spki(rsa_algorithm("2a864886f70d010101", "") + der_bit_string(numbers))},
      {"other parameters", spki(rsa_algorithm("2a864886f70d010101", "020101") + der_bit_string(numbers))},
      {"parameters twice", spki(rsa_algorithm("2a864886f70d010101", "05000500") + der_bit_string(numbers))},
      {"a NULL with content", spki(rsa_algorithm("2a864886f70d010101", "050100") + der_bit_string(numbers))},
      {"unused bits", spki(rsa_algorithm() + der_bit_string(numbers, '\x01'))},
      {"an empty bit string", spki(rsa_algorithm() + der_element('\x03', ""))},
      {"an octet string", spki(rsa_algorithm() + der_element('\x04', numbers))},
      {"no key", spki(rsa_algorithm())},
      {"no algorithm", spki(der_bit_string(numbers))},
      {"more behind the key", spki(rsa_algorithm() + der_bit_string(numbers) + from_hex("0500"))},
      {"the other label", pem_of("PUBLIC KEY", numbers)},
      {"the other label, too", pem_of("RSA PUBLIC KEY", rsa().public_der())},
  };
  for (const auto& [what, pem] : bad) EXPECT_TRUE(refused_as(load_public(pem), "malformed")) << what;
  EXPECT_TRUE(accepted(load_public(spki(rsa_algorithm() + der_bit_string(numbers))), Algorithm::rs256, false));
}

TEST(RsaPem, OfAPrivateKeyIsInDer) {
  const Numbers good = Numbers::of(rsa());
  const std::string zero = der_integer(std::string(1, '\0'));
  const std::string key = der_element('\x04', good.pkcs1());
  const std::pair<const char*, std::string> bad[] = {
      {"PKCS #1 under the label of PKCS #8", pem_of("PRIVATE KEY", good.pkcs1())},
      {"PKCS #8 under the label of PKCS #1", pem_of("RSA PRIVATE KEY", good.pkcs8())},
      {"under the label of an EC key", pem_of("EC PRIVATE KEY", good.pkcs1())},
      {"a public key under the label of a private one", pem_of("PRIVATE KEY", rsa().public_der())},
      {"public numbers under the label of a private key", pem_of("RSA PRIVATE KEY", rsa().rsa_public_der())},
      {"the version of RFC 5958", pem_of("PRIVATE KEY", der_sequence(der_integer("\x01") + rsa_algorithm() + key))},
      {"no version", pem_of("PRIVATE KEY", der_sequence(rsa_algorithm() + key))},
      {"a bit string", pem_of("PRIVATE KEY", der_sequence(zero + rsa_algorithm() + der_bit_string(good.pkcs1())))},
      {"more behind the key", pem_of("PRIVATE KEY", der_sequence(zero + rsa_algorithm() + key + zero))},
      {"more inside the key",
       pem_of("PRIVATE KEY", der_sequence(zero + rsa_algorithm() + der_element('\x04', good.pkcs1() + '\0')))},
      {"attributes cut off", pem_of("PRIVATE KEY", der_sequence(zero + rsa_algorithm() + key + "\xA0\x05"))},
      {"a byte behind it", pem_of("PRIVATE KEY", good.pkcs8() + '\0')},
      {"no number", pem_of("RSA PRIVATE KEY", der_sequence(zero))},
      {"a number less", pem_of("RSA PRIVATE KEY", der_sequence(good.pkcs1().substr(
                                                      4, good.pkcs1().size() - 4 - der_integer(good.qi).size())))},
  };
  for (const auto& [what, pem] : bad) EXPECT_TRUE(refused_as(load_private(pem), "malformed")) << what;
  const std::string attributes = der_element('\xA0', from_hex("3000"));
  EXPECT_TRUE(accepted(load_private(pem_of("PRIVATE KEY", der_sequence(zero + rsa_algorithm() + key + attributes))),
                       Algorithm::rs256, true))
      << "attributes say nothing about the key";
}

}  // namespace
}  // namespace swt
