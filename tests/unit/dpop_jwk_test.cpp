// Keys of clients, as JWKs.
#include <gtest/gtest.h>

#include <string>

#include "dpop/jwk.h"
#include "support/client_key.h"
#include "support/outcome.h"
#include "support/text.h"

namespace swt {
namespace {

using test::base64url_of;
using test::from_hex;
using test::jwk_of;
using test::repeated;
using test::replaced;

constexpr std::string_view kGood = R"({"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",)"
                                   R"("y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"})";
constexpr std::string_view kThumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

Status check(std::string_view json) { return test::status_of(read_and_check_client_key(json)); }

Status check_with(std::string_view from, std::string_view to) { return check(replaced(std::string(kGood), from, to)); }

Status check_and(std::string_view member) {
  return check(std::string(kGood.substr(0, kGood.size() - 1)) + ',' + std::string(member) + '}');
}

TEST(ClientKey, HasTheThumbprintOfRfc7638) {
  const auto key = read_and_check_client_key(kGood);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->thumbprint, kThumbprint);
}

TEST(ClientKey, HasTheThumbprintThatAnyoneElseComputes) {
  for (int i = 0; i < 20; ++i) {
    const test::ClientKey client;
    const auto key = read_and_check_client_key(client.jwk());
    ASSERT_TRUE(key);
    EXPECT_EQ(as_text(key->x), client.x());
    EXPECT_EQ(as_text(key->y), client.y());
    EXPECT_EQ(key->thumbprint, client.thumbprint());
  }
}

TEST(ClientKey, HasOneThumbprintWhateverStandsAroundItsNumbers) {
  const auto thumbprint_with = [](std::string_view member) {
    const auto key = read_and_check_client_key(replaced(std::string(kGood), "{", "{" + std::string(member) + ','));
    return key ? key->thumbprint : std::string("(refused)");
  };
  EXPECT_EQ(thumbprint_with(R"("kid":"my key")"), kThumbprint);
  EXPECT_EQ(thumbprint_with(R"("alg":"ES256")"), kThumbprint);
  EXPECT_EQ(thumbprint_with(R"("use":"sig")"), kThumbprint);
  EXPECT_EQ(thumbprint_with(R"("key_ops":["verify"],"ext":true)"), kThumbprint) << "as WebCrypto exports it";
  EXPECT_EQ(thumbprint_with(R"("made":{"by":[1,"two",null]})"), kThumbprint);
}

TEST(ClientKey, MayBeWrittenWithSpacesEscapesAndInAnyOrder) {
  const auto key = read_and_check_client_key(
      R"( { "y" : "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA" , "\u0063rv" : "P\u002d256",
            "x" : "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "kty" : "EC" } )");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->thumbprint, kThumbprint);
}

TEST(ClientKey, OfAnotherTypeIsRefused) {
  for (const std::string_view kty :
       {R"("RSA")", R"("oct")", R"("OKP")", R"("ec")", R"("EC ")", R"("")", "null", "1", R"(["EC"])"}) {
    EXPECT_EQ(check_with(R"("EC")", kty), Status::client_key) << kty;
  }
  EXPECT_EQ(check_with(R"("kty":"EC",)", ""), Status::client_key);
  EXPECT_EQ(check_with(R"("kty")", R"("KTY")"), Status::client_key);
}

TEST(ClientKey, OnAnotherCurveIsRefused) {
  for (const std::string_view crv :
       {R"("P-384")", R"("P-521")", R"("P-256K")", R"("secp256k1")", R"("secp256r1")", R"("p-256")", R"("prime256v1")",
        R"("P-256 ")", R"("")", "null", "256", R"(["P-256"])"}) {
    EXPECT_EQ(check_with(R"("P-256")", crv), Status::client_key) << crv;
  }
  EXPECT_EQ(check_with(R"("crv":"P-256",)", ""), Status::client_key);
}

TEST(ClientKey, OfAnotherCurveUnderTheNameOfP256IsRefused) {
  const test::ClientKey p384("P-384");
  EXPECT_EQ(check(p384.jwk()), Status::client_key);
  EXPECT_EQ(check(jwk_of(p384.x().substr(0, 32), p384.y().substr(0, 32))), Status::client_key);
  const test::ClientKey k1("secp256k1");
  EXPECT_EQ(check(k1.jwk()), Status::client_key);
}

TEST(ClientKey, OffTheCurveIsRefused) {
  const test::ClientKey client;
  std::string y = client.y();
  y.back() = static_cast<char>(y.back() ^ 1);
  EXPECT_EQ(check(jwk_of(client.x(), y)), Status::client_key);
  EXPECT_EQ(check(jwk_of(client.y(), client.x())), Status::client_key);
  EXPECT_EQ(check(jwk_of(std::string(32, '\0'), std::string(32, '\0'))), Status::client_key);
  EXPECT_EQ(check(jwk_of(client.x(), client.y())), Status::ok);
}

// (x + p, y) is the same point in the field under a second name, with a second thumbprint.
TEST(ClientKey, WithACoordinateNotBelowThePrimeIsRefused) {
  const std::string y = from_hex("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4");
  EXPECT_EQ(check(jwk_of(std::string(32, '\0'), y)), Status::ok) << "x = 0 is a point";
  EXPECT_EQ(check(jwk_of(from_hex(test::kP256PrimeHex), y)), Status::client_key);
}

TEST(ClientKey, HasCoordinatesOf32Bytes) {
  const test::ClientKey client;
  const std::string x = client.x();
  for (const std::string& bad :
       {std::string(), x.substr(0, 31), x.substr(1), x + '\0', '\0' + x, x + x, std::string(1000, 'x')}) {
    EXPECT_EQ(check(jwk_of(bad, client.y())), Status::client_key) << bad.size();
    EXPECT_EQ(check(jwk_of(x, bad)), Status::client_key) << bad.size();
  }
}

TEST(ClientKey, WithALeadingZeroInACoordinateKeepsIt) {
  for (int tries = 0; tries < 5000; ++tries) {
    const test::ClientKey client;
    if (client.x()[0] != '\0') continue;
    EXPECT_EQ(check(client.jwk()), Status::ok);
    EXPECT_EQ(check(jwk_of(client.x().substr(1), client.y())), Status::client_key);
    return;
  }
  FAIL() << "no key with a leading zero came up";
}

TEST(ClientKey, HasCoordinatesInCanonicalBase64url) {
  EXPECT_EQ(check_with("WVAWBFs", "WVAWBFt"), Status::client_key) << "unused bits";
  EXPECT_EQ(check_with("WVAWBFs", "WVAWBFs="), Status::client_key) << "padding";
  EXPECT_EQ(check_with("hx-34t", "hx+34t"), Status::client_key) << "plain base64";
  EXPECT_EQ(check_with("l8tF", " l8tF"), Status::client_key);
  EXPECT_EQ(check_with("l8tF", "l8tF\\n"), Status::client_key);
}

TEST(ClientKey, HasCoordinatesThatAreTexts) {
  for (const std::string_view bad :
       {"null", "1", "true", "[]", "{}", R"(["l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs"])"}) {
    EXPECT_EQ(check_with(R"("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs")", bad), Status::client_key) << bad;
  }
  EXPECT_EQ(check_with(R"("x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",)", ""), Status::client_key);
  EXPECT_EQ(check_with(R"(,"y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA")", ""), Status::client_key);
}

TEST(ClientKey, WithPrivateMembersIsRefusedAndNothingOfThemIsSaid) {
  for (const std::string_view name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    for (const std::string_view value : {R"("gOyNSPMCSgKYfSJOVyQE3sJrr4AZ2eaY7Gr6IvYVNYM")", R"("")", "null", "[]"}) {
      const std::string member = '"' + std::string(name) + "\":" + std::string(value);
      EXPECT_EQ(check_and(member), Status::client_key) << member;
    }
  }
  const auto key = read_and_check_client_key(
      R"({"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",)"
      R"("y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","d":"gOyNSPMCSgKYfSJOVyQE3sJrr4AZ2eaY7Gr6IvYVNYM"})");
  ASSERT_FALSE(key);
  ASSERT_NE(key.error().detail, nullptr);
  EXPECT_EQ(std::string_view(key.error().detail).find("gOyN"), std::string_view::npos);
}

TEST(ClientKey, MeantForSomethingElseIsRefused) {
  for (const std::string_view member :
       {R"("alg":"HS256")", R"("alg":"ES384")", R"("alg":"ECDH-ES")", R"("alg":"es256")", R"("alg":"none")",
        R"("alg":null)", R"("alg":["ES256"])", R"("use":"enc")", R"("use":"")", R"("use":null)", R"("use":["sig"])",
        R"("key_ops":["encrypt"])", R"("key_ops":["sign"])", R"("key_ops":["verify","sign"])", R"("key_ops":[])",
        R"("key_ops":"verify")", R"("key_ops":null)"}) {
    EXPECT_EQ(check_and(member), Status::client_key) << member;
  }
}

TEST(ClientKey, ThatPointsElsewhereIsRefused) {
  for (const std::string_view member : {R"("x5u":"https://evil.example/key")", R"("jku":"https://evil.example/keys")",
                                        R"("x5c":["MIIB"])", R"("x5c":[])"}) {
    EXPECT_EQ(check_and(member), Status::client_key) << member;
  }
}

TEST(ClientKey, HasEachMemberOnce) {
  const test::ClientKey other;
  EXPECT_EQ(check_and("\"x\":\"" + base64url_of(other.x()) + '"'), Status::client_key);
  EXPECT_EQ(check_and("\"\\u0079\":\"" + base64url_of(other.y()) + '"'), Status::client_key);
  EXPECT_EQ(check_and(R"("kty":"EC")"), Status::client_key);
}

TEST(ClientKey, IsAnObjectInStrictJson) {
  for (const std::string_view bad : {"", "null", "[]", "\"EC\"", "1", "{", "{}", "{}x"}) {
    EXPECT_EQ(check(bad), Status::client_key) << bad;
  }
  EXPECT_EQ(check('[' + std::string(kGood) + ']'), Status::client_key);
  EXPECT_EQ(check(std::string(kGood) + 'x'), Status::client_key);
  EXPECT_EQ(check(std::string(kGood) + '\0'), Status::client_key);
  EXPECT_EQ(check(test::in_quotes(kGood)), Status::client_key);
  EXPECT_EQ(check("{\"keys\":[" + std::string(kGood) + "]}"), Status::client_key);
}

TEST(ClientKey, IsEightLevelsDeepAtMost) {
  EXPECT_EQ(check_and("\"a\":" + repeated("[", 7) + repeated("]", 7)), Status::ok);
  EXPECT_EQ(check_and("\"a\":" + repeated("[", 8) + repeated("]", 8)), Status::client_key);
}

TEST(ClientKey, EndsAt2048Bytes) {
  const auto of_size = [](size_t size) { return std::string(kGood) + std::string(size - kGood.size(), ' '); };
  EXPECT_EQ(check(of_size(2048)), Status::ok);
  EXPECT_EQ(check(of_size(2049)), Status::client_key);
}

}  // namespace
}  // namespace swt
