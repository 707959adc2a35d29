#include <gtest/gtest.h>

#include <string>

#include "support/outcome.h"
#include "support/text.h"
#include "token/header.h"

namespace swt {
namespace {

using test::repeated;
using test::replaced;

constexpr std::string_view kAlgorithm = "AES-256-GCM+HMAC";
constexpr std::string_view kGood = R"({"alg":"AES-256-GCM+HMAC","typ":"SWT","exp":1800000000})";

Status read(std::string_view json) { return test::status_of(read_header(json)); }

// The good header with one member written otherwise.
Status read_with(std::string_view from, std::string_view to) { return read(replaced(std::string(kGood), from, to)); }

TEST(Header, ReadsWhatItHasWritten) {
  EXPECT_EQ(write_header({Algorithm::hs256, "", TokenType::access, 1800000000}), kGood);
  const auto header = read_header(kGood);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->type, TokenType::access);
  EXPECT_EQ(header->expires_at, 1800000000);
}

TEST(Header, KnowsRefreshTokens) {
  const std::string json = write_header({Algorithm::hs256, "", TokenType::refresh, 7});
  EXPECT_EQ(json, R"({"alg":"AES-256-GCM+HMAC","typ":"SWT-Refresh","exp":7})");
  EXPECT_EQ(read_header(json)->type, TokenType::refresh);
}

TEST(Header, MayHaveItsMembersInAnyOrderAndWithSpaces) {
  EXPECT_EQ(read(R"( { "exp" : 7 , "typ" : "SWT" , "alg" : "AES-256-GCM+HMAC" } )"), Status::ok);
}

TEST(Header, MayNameItsKey) {
  EXPECT_EQ(read_with("}", R"(,"kid":"2026-03"})"), Status::ok);
  EXPECT_EQ(read_with("}", R"(,"kid":")" + std::string(128, 'k') + R"("})"), Status::ok);
  EXPECT_EQ(read_with("}", R"(,"kid":")" + std::string(129, 'k') + R"("})"), Status::token_malformed);
  for (const std::string_view bad :
       {R"("")", "7", "null", "true", "[]", "{}", R"("a b")", R"("a\u0000")", R"("a\n")", R"("é")"}) {
    EXPECT_EQ(read_with("}", R"(,"kid":)" + std::string(bad) + "}"), Status::token_malformed) << bad;
  }
}

TEST(Header, HasNoMembersBeyondTheKnownOnes) {
  for (const std::string_view name : {"jku", "x5u", "x5c", "x5t", "jwk", "crit", "zip", "b64", "cty", "enc", "iv",
                                      "tag", "ALG", "Alg", "alg ", "", "nonce", "typ2", "__proto__"}) {
    EXPECT_EQ(read_with("}", ",\"" + std::string(name) + R"(":"x"})"), Status::token_malformed) << name;
  }
  EXPECT_EQ(read(kGood), Status::ok);
}

TEST(Header, NeedsEachMember) {
  EXPECT_EQ(read_with(R"("alg":"AES-256-GCM+HMAC",)", ""), Status::token_malformed);
  EXPECT_EQ(read_with(R"("typ":"SWT",)", ""), Status::token_malformed);
  EXPECT_EQ(read_with(R"(,"exp":1800000000)", ""), Status::token_malformed);
  EXPECT_EQ(read("{}"), Status::token_malformed);
}

TEST(Header, HasEachMemberOnce) {
  EXPECT_EQ(read_with("}", R"(,"exp":1900000000})"), Status::token_malformed);
  EXPECT_EQ(read_with("}", R"(,"alg":"none"})"), Status::token_malformed);
  EXPECT_EQ(read_with("}", R"(,"typ":"SWT-Refresh"})"), Status::token_malformed);
  EXPECT_EQ(read_with("}", R"(,"\u0065xp":1900000000})"), Status::token_malformed);
}

TEST(Header, NamesItsAlgorithmInAText) {
  for (const std::string_view bad :
       {"null", "1", "true", "[]", R"(["AES-256-GCM+HMAC"])", "{}", R"("")", R"("x\u0000")"}) {
    EXPECT_EQ(read_with(R"("AES-256-GCM+HMAC")", bad), Status::token_malformed) << bad;
  }
}

TEST(Header, NamesTheKeyOfARing) {
  const std::string json = write_header({Algorithm::es256, "2026-11", TokenType::access, 7});
  EXPECT_EQ(json, R"({"alg":"ES256","typ":"SWT","exp":7,"kid":"2026-11"})");
  const auto header = read_header(json);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->algorithm, Algorithm::es256);
  EXPECT_EQ(header->key_id, "2026-11");
  EXPECT_EQ(read_header(kGood)->key_id, "");
}

TEST(Header, NamesOneOfThreeAlgorithmsExactly) {
  for (const std::string_view other : {"none", "aes-256-gcm+hmac", "AES-256-GCM+HMA", "AES-256-GCM+HMAC ", "HS256"}) {
    EXPECT_EQ(read_with(kAlgorithm, other), Status::token_algorithm) << other;
  }
  EXPECT_EQ(read_header(replaced(std::string(kGood), kAlgorithm, "RS256"))->algorithm, Algorithm::rs256);
}

TEST(Header, IsOfOneOfTwoTypes) {
  for (const std::string_view bad : {R"("swt")", R"("Swt")", R"("SWT ")", R"(" SWT")", R"("JWT")", R"("at+jwt")",
                                     R"("SWT-refresh")", R"("SWT-Refresh ")", R"("SWT-Refres")", R"("")", "null", "1",
                                     "true", R"(["SWT"])", R"({"SWT":1})", R"("SWT\u0000")"}) {
    EXPECT_EQ(read_with(R"("SWT")", bad), Status::token_malformed) << bad;
  }
}

TEST(Header, ExpiresAtAPlainPositiveInteger) {
  EXPECT_EQ(read_with("1800000000", "1"), Status::ok);
  EXPECT_EQ(read_with("1800000000", "9007199254740991"), Status::ok);
  for (const std::string_view bad :
       {"0",
        "-1",
        "-0",
        "1.5",
        "1800000000.0",
        "1e3",
        "1e308",
        "1e309",
        "9007199254740992",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "01800000000",
        "+1",
        "\"1800000000\"",
        "null",
        "true",
        "[]",
        "{}",
        "NaN",
        "Infinity",
        "99999999999999999999999999999999999999999999999999999999999999999999999999999999"}) {
    EXPECT_EQ(read_with("1800000000", bad), Status::token_malformed) << bad;
  }
}

TEST(Header, IsAnObjectAndNothingElse) {
  for (const std::string_view bad : {"", "null", "[]", "\"SWT\"", "1", "true", "[{}]", "{"}) {
    EXPECT_EQ(read(bad), Status::token_malformed) << bad;
  }
}

TEST(Header, IsStrictJson) {
  EXPECT_EQ(read(std::string(kGood) + "x"), Status::token_malformed);
  EXPECT_EQ(read(std::string(kGood) + '\0'), Status::token_malformed);
  EXPECT_EQ(read(std::string(kGood) + std::string(kGood)), Status::token_malformed);
  EXPECT_EQ(read("\xef\xbb\xbf" + std::string(kGood)), Status::token_malformed);
  EXPECT_EQ(read("\v" + std::string(kGood)), Status::token_malformed);
  EXPECT_EQ(read("/**/" + std::string(kGood)), Status::token_malformed);
  EXPECT_EQ(read_with("}", ",}"), Status::token_malformed);
  EXPECT_EQ(read_with("}", ",\"kid\":\"\xff\"}"), Status::token_malformed);
  EXPECT_EQ(read(" " + std::string(kGood) + "\n"), Status::ok);
}

TEST(Header, IsOneLevelDeep) {
  EXPECT_EQ(read_with(R"("SWT")", "{}"), Status::token_malformed);
  EXPECT_EQ(read_with(R"("SWT")", repeated("[", 100000) + repeated("]", 100000)), Status::token_malformed);
  EXPECT_EQ(read(repeated("{\"alg\":", 100000)), Status::token_malformed);
}

}  // namespace
}  // namespace swt
