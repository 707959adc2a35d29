// Which EC keys may sign and check tokens: points of P-256, by the curve's name, and nothing else.
#include <gtest/gtest.h>

#include <string>

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
using test::ec_algorithm;
using test::ec_private;
using test::from_hex;
using test::KeyPair;
using test::load_private;
using test::load_public;
using test::pem_of;
using test::refused_as;

constexpr std::string_view kBadPoint = "no point of P-256";

std::string public_pem_of(const std::string& point) { return pem_of("PUBLIC KEY", test::ec_spki(point)); }

std::string pkcs8(const std::string& key, std::string_view curve = from_hex(test::kP256IdentifierHex)) {
  return test::pkcs8_of(ec_algorithm(curve), key);
}

std::string scalar_of(const KeyPair& pair) { return test::padded(pair.number(OSSL_PKEY_PARAM_PRIV_KEY), 32); }

TEST(EcPem, IsWrittenByThisTestAsOpensslWritesIt) {
  const KeyPair pair = KeyPair::ec();
  EXPECT_EQ(ec_private(scalar_of(pair), pair.point(), from_hex(test::kP256IdentifierHex)), pair.traditional_der());
  EXPECT_EQ(pkcs8(ec_private(scalar_of(pair), pair.point())), pair.pkcs8_der());
  EXPECT_EQ(public_pem_of(pair.point()), pair.public_pem());
}

TEST(EcPem, OnAnotherCurveIsRefused) {
  const std::string_view words = "not on the curve P-256";
  for (const char* curve : {"P-224", "P-384", "P-521", "secp256k1", "brainpoolP256r1", "prime192v1"}) {
    const KeyPair other = KeyPair::ec(curve);
    EXPECT_TRUE(refused_as(load_private(other.pkcs8_pem()), words)) << curve;
    EXPECT_TRUE(refused_as(load_private(other.traditional_pem()), words)) << curve;
    EXPECT_TRUE(refused_as(load_public(other.public_pem()), words)) << curve;
  }
  EXPECT_TRUE(accepted(load_private(KeyPair::ec().pkcs8_pem()), Algorithm::es256, true));
}

TEST(EcPem, WithExplicitParametersIsRefused) {
  const std::string_view words = "explicit curve parameters";
  for (const char* curve : {"P-256", "P-384", "secp256k1"}) {
    const KeyPair pair = std::move(KeyPair::ec(curve).with_explicit_parameters());
    ASSERT_GT(pair.public_der().size(), 200u) << curve;
    EXPECT_TRUE(refused_as(load_private(pair.pkcs8_pem()), words)) << curve;
    EXPECT_TRUE(refused_as(load_private(pair.traditional_pem()), words)) << curve;
    EXPECT_TRUE(refused_as(load_public(pair.public_pem()), words)) << curve;
  }
}

// CVE-2022-0778: a prime that is none kept BN_mod_sqrt busy for ever, when a compressed generator was decoded.
TEST(EcPem, WithACurveThatNeverEndsIsRefusedAtOnce) {
  const std::string field = der_sequence(from_hex("06072a8648ce3d0101") + der_integer(from_hex("02b9")));
  const std::string numbers = der_sequence(der_element('\x04', from_hex("0017")) + der_element('\x04', from_hex("00")));
  const std::string curve =
      der_sequence(der_integer("\x01") + field + numbers + der_element('\x04', from_hex("020008")) +
                   der_integer(from_hex("02b9")) + der_integer("\x01"));
  const std::string der = der_sequence(ec_algorithm(curve) + der_bit_string(from_hex("020008")));
  EXPECT_TRUE(refused_as(load_public(pem_of("PUBLIC KEY", der)), "explicit curve parameters"));
}

TEST(EcPem, IsNoPublicKeyWithoutAPointOfTheCurve) {
  const std::string point = KeyPair::ec().point();
  const std::string x = point.substr(1, 32);
  const std::string y = point.substr(33);
  const std::string zero(32, '\0');
  std::string off = point;
  off.back() = static_cast<char>(off.back() ^ 1);
  const std::pair<const char*, std::string> bad[] = {
      {"off the curve", off},
      {"coordinates the other way round", "\x04" + y + x},
      {"zero", "\x04" + zero + zero},
      {"infinity", std::string(1, '\0')},
      {"infinity in 65 bytes", std::string(65, '\0')},
      {"nothing", ""},
      {"the first byte", "\x04"},
      {"without its first byte", x + y},
      {"cut off", point.substr(0, 64)},
      {"a byte more", point + '\0'},
      {"the hybrid form", (y.back() % 2 != 0 ? "\x07" : "\x06") + x + y},
      {"another form", "\x05" + x + y},
      {"a compressed form with two coordinates", "\x02" + x + y},
      {"an uncompressed form with one coordinate", "\x04" + x},
      {"a coordinate that is not below the prime", "\x04" + from_hex(test::kP256PrimeHex) + y},
      {"all ones", "\x04" + std::string(64, '\xff')},
      {"of another curve", KeyPair::ec("secp256k1").point()},
      {"of a larger curve", KeyPair::ec("P-384").point()},
      {"a compressed x that is not below the prime", "\x02" + from_hex(test::kP256PrimeHex)},
      {"a compressed x off the curve",
       "\x02" + from_hex("0000000000000000000000000000000000000000000000000000000000000004")},
  };
  for (const auto& [what, bytes] : bad) EXPECT_TRUE(refused_as(load_public(public_pem_of(bytes)), kBadPoint)) << what;
  EXPECT_TRUE(accepted(load_public(public_pem_of(point)), Algorithm::es256, false));
}

TEST(EcPem, MayHaveItsPointCompressed) {
  const KeyPair pair = KeyPair::ec();
  const std::string compressed = pair.point(true);
  ASSERT_EQ(compressed.size(), 33u);
  const auto key = load_public(public_pem_of(compressed));
  ASSERT_TRUE(accepted(key, Algorithm::es256, false));
  EXPECT_EQ(test::check_signature(**key, "text", pair.sign("text")), Status::ok);
  std::string other = compressed;
  other[0] = static_cast<char>(other[0] ^ 1);  // the other point with this x
  const auto other_key = load_public(public_pem_of(other));
  ASSERT_TRUE(accepted(other_key, Algorithm::es256, false));
  EXPECT_EQ(test::check_signature(**other_key, "text", pair.sign("text")), Status::token_authentication);
}

// `openssl ec -no_public`, and Java
TEST(EcPem, OfAPrivateKeyMayLeaveItsPointOut) {
  const KeyPair pair = KeyPair::ec();
  for (const std::string& pem :
       {pem_of("PRIVATE KEY", pkcs8(ec_private(scalar_of(pair), ""))),
        pem_of("EC PRIVATE KEY", ec_private(scalar_of(pair), "", from_hex(test::kP256IdentifierHex)))}) {
    const auto key = load_private(pem);
    ASSERT_TRUE(accepted(key, Algorithm::es256, true));
    EXPECT_TRUE(pair.check("text", test::signature_of(**key, "text")));
    EXPECT_EQ(test::check_signature(**key, "text", pair.sign("text")), Status::ok);
  }
}

TEST(EcPem, OfAPrivateKeyHasThePointThatBelongsToIt) {
  const KeyPair pair = KeyPair::ec();
  const KeyPair other = KeyPair::ec();
  std::string negated = pair.point(true);
  negated[0] = static_cast<char>(negated[0] ^ 1);
  for (const std::string& point : {other.point(), other.point(true), negated}) {
    EXPECT_TRUE(
        refused_as(load_private(pem_of("PRIVATE KEY", pkcs8(ec_private(scalar_of(pair), point)))), "do not fit"));
    const std::string sec1 = ec_private(scalar_of(pair), point, from_hex(test::kP256IdentifierHex));
    EXPECT_TRUE(refused_as(load_private(pem_of("EC PRIVATE KEY", sec1)), "do not fit"));
  }
  std::string off = pair.point();
  off.back() = static_cast<char>(off.back() ^ 1);
  EXPECT_TRUE(refused_as(load_private(pem_of("PRIVATE KEY", pkcs8(ec_private(scalar_of(pair), off)))), kBadPoint));
  for (const std::string& point : {pair.point(), pair.point(true)}) {
    EXPECT_TRUE(accepted(load_private(pem_of("PRIVATE KEY", pkcs8(ec_private(scalar_of(pair), point)))),
                         Algorithm::es256, true));
  }
}

TEST(EcPem, OfAPrivateKeyHasANumberFrom1ToTheOrder) {
  const std::string order = from_hex(test::kP256OrderHex);
  const auto load = [](const std::string& scalar) {
    return load_private(pem_of("PRIVATE KEY", pkcs8(ec_private(scalar, ""))));
  };
  std::string largest = order;
  largest.back() = static_cast<char>(largest.back() - 1);
  EXPECT_TRUE(accepted(load(std::string(31, '\0') + '\x01'), Algorithm::es256, true)) << "1";
  EXPECT_TRUE(accepted(load(largest), Algorithm::es256, true)) << "n - 1";
  EXPECT_TRUE(refused_as(load(std::string(32, '\0')), "out of its range")) << "0";
  EXPECT_TRUE(refused_as(load(""), "out of its range")) << "nothing";
  EXPECT_TRUE(refused_as(load(order), "out of its range")) << "n";
  EXPECT_TRUE(refused_as(load(std::string(32, '\xff')), "out of its range")) << "2^256 - 1";
  EXPECT_TRUE(refused_as(load(std::string(33, '\0')), "malformed")) << "33 bytes";
}

TEST(EcPem, OfAPrivateKeyMayLackLeadingZeros) {
  const std::string scalar = std::string(2, '\0') + '\x11' + test::random_text(29);
  const auto whole = load_private(pem_of("PRIVATE KEY", pkcs8(ec_private(scalar, ""))));
  const auto stripped = load_private(pem_of("PRIVATE KEY", pkcs8(ec_private(scalar.substr(2), ""))));
  ASSERT_TRUE(whole && stripped);
  EXPECT_EQ(test::check_signature(**whole, "text", test::signature_of(**stripped, "text")), Status::ok);
}

TEST(EcPem, NamesItsCurveOnceMoreOrNotAtAll) {
  const KeyPair pair = KeyPair::ec();
  const std::string scalar = scalar_of(pair);
  const std::string point = pair.point();
  const auto load = [&](const std::string& curve) {
    return load_private(pem_of("PRIVATE KEY", pkcs8(ec_private(scalar, point, curve))));
  };
  EXPECT_TRUE(accepted(load(""), Algorithm::es256, true));
  EXPECT_TRUE(accepted(load(from_hex(test::kP256IdentifierHex)), Algorithm::es256, true));
  EXPECT_TRUE(refused_as(load(from_hex(test::kP384IdentifierHex)), "not on the curve P-256"));
  EXPECT_TRUE(refused_as(load(from_hex("3003020101")), "explicit curve parameters"));
  EXPECT_TRUE(refused_as(load(from_hex("0500")), "malformed"));
  EXPECT_TRUE(refused_as(load(from_hex(test::kP256IdentifierHex) + from_hex("0500")), "malformed"));
  EXPECT_TRUE(refused_as(load_private(pem_of("EC PRIVATE KEY", ec_private(scalar, point))), "does not name its curve"));
  const std::string outside =
      pkcs8(ec_private(scalar, point, from_hex(test::kP256IdentifierHex)), from_hex(test::kP384IdentifierHex));
  EXPECT_TRUE(refused_as(load_private(pem_of("PRIVATE KEY", outside)), "not on the curve P-256"));
}

TEST(EcPem, IsInDer) {
  const KeyPair pair = KeyPair::ec();
  const std::string scalar = scalar_of(pair);
  const std::string point = pair.point();
  const std::string curve = from_hex(test::kP256IdentifierHex);
  const std::string version = der_integer("\x01");
  const std::pair<const char*, std::string> bad[] = {
      {"another version", pem_of("EC PRIVATE KEY", ec_private(scalar, point, curve, "\x02"))},
      {"no version", pem_of("EC PRIVATE KEY", der_sequence(der_element('\x04', scalar) + der_element('\xA0', curve)))},
      {"no number", pem_of("EC PRIVATE KEY", der_sequence(version + der_element('\xA0', curve)))},
      {"an integer",
       pem_of("EC PRIVATE KEY", der_sequence(version + der_integer(scalar) + der_element('\xA0', curve)))},
      {"the point before the curve",
       pem_of("EC PRIVATE KEY", der_sequence(version + der_element('\x04', scalar) +
                                             der_element('\xA1', der_bit_string(point)) + der_element('\xA0', curve)))},
      {"a point twice",
       pem_of("EC PRIVATE KEY", der_sequence(version + der_element('\x04', scalar) + der_element('\xA0', curve) +
                                             der_element('\xA1', der_bit_string(point) + der_bit_string(point))))},
      {"a point with unused bits",
       pem_of("EC PRIVATE KEY", der_sequence(version + der_element('\x04', scalar) + der_element('\xA0', curve) +
                                             der_element('\xA1', der_bit_string(point, '\x01'))))},
      {"an empty point", pem_of("EC PRIVATE KEY", der_sequence(version + der_element('\x04', scalar) +
                                                               der_element('\xA0', curve) + der_element('\xA1', "")))},
      {"an empty curve",
       pem_of("EC PRIVATE KEY", der_sequence(version + der_element('\x04', scalar) + der_element('\xA0', "")))},
      {"a curve cut off", pem_of("EC PRIVATE KEY", der_sequence(version + der_element('\x04', scalar) + "\xA0\x0A"))},
      {"more inside it", pem_of("EC PRIVATE KEY", der_sequence(version + der_element('\x04', scalar) +
                                                               der_element('\xA0', curve) + version))},
      {"a byte behind it", pem_of("EC PRIVATE KEY", ec_private(scalar, point, curve) + '\0')},
      {"SEC 1 under the label of PKCS #8", pem_of("PRIVATE KEY", ec_private(scalar, point, curve))},
      {"PKCS #8 under the label of SEC 1", pem_of("EC PRIVATE KEY", pair.pkcs8_der())},
      {"under the label of an RSA key", pem_of("RSA PRIVATE KEY", ec_private(scalar, point, curve))},
      {"no curve outside", pem_of("PRIVATE KEY", pkcs8(ec_private(scalar, point), ""))},
      {"NULL for a curve", pem_of("PRIVATE KEY", pkcs8(ec_private(scalar, point), from_hex("0500")))},
      {"the curve twice", pem_of("PRIVATE KEY", pkcs8(ec_private(scalar, point), curve + curve))},
  };
  for (const auto& [what, pem] : bad) EXPECT_TRUE(refused_as(load_private(pem), "malformed")) << what;
  const std::string der = der_sequence(ec_algorithm() + der_bit_string(point, '\x01'));
  EXPECT_TRUE(refused_as(load_public(pem_of("PUBLIC KEY", der)), "malformed")) << "unused bits";
  const std::string more = der_sequence(ec_algorithm() + der_bit_string(point) + from_hex("0500"));
  EXPECT_TRUE(refused_as(load_public(pem_of("PUBLIC KEY", more)), "malformed")) << "more behind the point";
}

TEST(OtherKeys, AreRefusedByTheirKind) {
  const KeyPair ed25519 = KeyPair::ed25519();
  EXPECT_TRUE(refused_as(load_private(ed25519.pkcs8_pem()), "Ed25519"));
  EXPECT_TRUE(refused_as(load_public(ed25519.public_pem()), "Ed25519"));
  EXPECT_TRUE(refused_as(load_private(KeyPair::x25519().pkcs8_pem()), "X25519"));
  const KeyPair dsa = KeyPair::dsa();
  EXPECT_TRUE(refused_as(load_private(dsa.pkcs8_pem()), "a DSA key"));
  EXPECT_TRUE(refused_as(load_private(dsa.traditional_pem()), "a DSA key"));
  EXPECT_TRUE(refused_as(load_public(dsa.public_pem()), "a DSA key"));
}

}  // namespace
}  // namespace swt
