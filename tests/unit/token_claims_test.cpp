// The payload of an authentic token: every claim is what it must be, or the token is refused.
#include <gtest/gtest.h>

#include <string>

#include "support/outcome.h"
#include "support/text.h"
#include "token/claims.h"

namespace swt {
namespace {

using test::repeated;
using test::replaced;

constexpr std::string_view kThumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
constexpr std::string_view kSessionId = "c94dc9c9-fcf8-4396-8aca-66b911000d9c";

constexpr std::string_view kGood = R"({"data":{"userId":"alice","role":"admin"},"iat":1799999000,"exp":1800000000,)"
                                   R"("cnf":{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"},)"
                                   R"("sid":"c94dc9c9-fcf8-4396-8aca-66b911000d9c","jti":"abcdefghijklmnopqrstuv"})";

constexpr std::string_view kWrittenBy301 = R"({"data":{"userId":"alice"},"iat":1799999000,"exp":1800000000})";

Status read(std::string_view json) { return test::status_of(read_payload(json)); }

Status read_with(std::string_view from, std::string_view to) { return read(replaced(std::string(kGood), from, to)); }

// One more member at the end.
Status read_and(std::string_view member) {
  return read(std::string(kGood.substr(0, kGood.size() - 1)) + ',' + std::string(member) + '}');
}

TEST(Claims, AreReadFromAPayload) {
  const auto claims = read_payload(kGood);
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->claims.user_id, R"("alice")");
  EXPECT_EQ(claims->claims.thumbprint, kThumbprint);
  EXPECT_EQ(claims->claims.session_id, kSessionId);
  EXPECT_EQ(claims->claims.token_id, "abcdefghijklmnopqrstuv");
  EXPECT_EQ(claims->claims.issued_at, 1799999000);
  EXPECT_EQ(claims->claims.expires_at, 1800000000);
  EXPECT_EQ(claims->claims.type, TokenType::access);
}

TEST(Claims, OfVersion301AreReadToo) {
  const auto claims = read_payload(kWrittenBy301);
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->claims.user_id, R"("alice")");
  EXPECT_EQ(claims->claims.thumbprint, "");
  EXPECT_EQ(claims->claims.session_id, "");
  EXPECT_EQ(claims->claims.token_id, "");
}

TEST(Claims, AreReadBackAsTheyWereWritten) {
  Claims claims;
  claims.user_id = "7";
  claims.thumbprint = kThumbprint;
  claims.session_id = kSessionId;
  claims.token_id = "id";
  claims.issued_at = 5;
  claims.expires_at = 6;
  claims.type = TokenType::refresh;
  const std::string json = write_payload(claims, R"({"userId":7})");
  EXPECT_EQ(json, R"({"data":{"userId":7},"iat":5,"exp":6,"cnf":{"jkt":")" + std::string(kThumbprint) +
                      R"("},"isRefresh":true,"sid":")" + std::string(kSessionId) + R"(","jti":"id"})");
  const auto again = read_payload(json);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->claims.user_id, claims.user_id);
  EXPECT_EQ(again->claims.thumbprint, claims.thumbprint);
  EXPECT_EQ(again->claims.session_id, claims.session_id);
  EXPECT_EQ(again->claims.token_id, claims.token_id);
  EXPECT_EQ(again->claims.issued_at, claims.issued_at);
  EXPECT_EQ(again->claims.expires_at, claims.expires_at);
  EXPECT_EQ(again->claims.type, claims.type);
}

TEST(Claims, NeedDataAndBothTimes) {
  EXPECT_EQ(read_with(R"("data":{"userId":"alice","role":"admin"},)", ""), Status::token_claims);
  EXPECT_EQ(read_with(R"("iat":1799999000,)", ""), Status::token_claims);
  EXPECT_EQ(read_with(R"("exp":1800000000,)", ""), Status::token_claims);
  EXPECT_EQ(read("{}"), Status::token_claims);
}

TEST(Claims, ComeOnce) {
  EXPECT_EQ(read_and(R"("exp":1900000000)"), Status::token_claims);
  EXPECT_EQ(read_and(R"("data":{"userId":"mallory"})"), Status::token_claims);
  EXPECT_EQ(read_and(R"("c\u006ef":{})"), Status::token_claims);
  EXPECT_EQ(read_with(R"("role":"admin")", R"("userId":"mallory")"), Status::token_claims);
  EXPECT_EQ(read_with(R"("role":"admin")", R"("user\u0049d":"mallory")"), Status::token_claims);
  EXPECT_EQ(read_with(R"("role":"admin")", R"("userid":"mallory")"), Status::ok);
}

TEST(Claims, MayBeAccompaniedByOthers) { EXPECT_EQ(read_and(R"("scope":["a",{"b":null}],"nbf":1e300)"), Status::ok); }

TEST(Claims, ExpireAtAPlainInteger) {
  for (const std::string_view bad :
       {"null",
        "\"99999999999\"",
        "true",
        "[]",
        "[1800000000]",
        "{}",
        "0",
        "-1",
        "-0",
        "1800000000.5",
        "1800000000.0",
        "1e3",
        "18e8",
        "1e308",
        "1e309",
        "9007199254740992",
        "9007199254740993",
        "9223372036854775808",
        "18446744073709551616",
        "01800000000",
        "NaN",
        "Infinity",
        "99999999999999999999999999999999999999999999999999999999999999999999999999999999"}) {
    EXPECT_EQ(read_with("1800000000", bad), Status::token_claims) << bad;
  }
  EXPECT_EQ(read_with("1800000000", "9007199254740991"), Status::ok);
}

TEST(Claims, AreIssuedAtAPlainInteger) {
  for (const std::string_view bad :
       {"null", "\"1799999000\"", "true", "[]", "{}", "-1", "-0", "0.5", "1e3", "9007199254740992"}) {
    EXPECT_EQ(read_with("1799999000", bad), Status::token_claims) << bad;
  }
  EXPECT_EQ(read_with("1799999000", "0"), Status::ok);
}

TEST(Claims, ExpireAfterTheyWereIssued) {
  EXPECT_EQ(read_with("1799999000", "1799999999"), Status::ok);
  EXPECT_EQ(read_with("1799999000", "1800000000"), Status::token_claims);
  EXPECT_EQ(read_with("1799999000", "1800000001"), Status::token_claims);
}

TEST(Claims, HaveDataThatIsAnObject) {
  for (const std::string_view bad : {"null", "[]", "\"alice\"", "7", "true", R"([{"userId":"alice"}])"}) {
    EXPECT_EQ(read_with(R"({"userId":"alice","role":"admin"})", bad), Status::token_claims) << bad;
  }
}

TEST(Claims, HaveAUserIdThatIsOne) {
  for (const std::string_view bad : {"null", "true", R"("")", "0", "-0", "1.5", "7.0", "[]", "{}", "9007199254740992",
                                     R"("admin\u0000x")", R"("\ud800")"}) {
    EXPECT_EQ(read_with(R"("alice")", bad), Status::token_claims) << bad;
  }
  EXPECT_EQ(read_with(R"("alice")", '"' + std::string(257, 'u') + '"'), Status::token_claims);
  EXPECT_EQ(read_with(R"("alice")", '"' + std::string(256, 'u') + '"'), Status::ok);
  EXPECT_EQ(read_with(R"("userId":"alice",)", ""), Status::token_claims);
}

TEST(Claims, KeepTheTypeOfTheUserId) {
  EXPECT_EQ(read_payload(replaced(std::string(kGood), R"("alice")", "7"))->claims.user_id, "7");
  EXPECT_EQ(read_payload(replaced(std::string(kGood), R"("alice")", R"("7")"))->claims.user_id, R"("7")");
}

TEST(Claims, KeepUnicodeIdsAsTheyAre) {
  const auto composed = read_payload(replaced(std::string(kGood), "alice", "Ren\xc3\xa9"));
  const auto decomposed = read_payload(replaced(std::string(kGood), "alice", "Rene\xcc\x81"));
  ASSERT_TRUE(composed && decomposed);
  EXPECT_NE(composed->claims.user_id, decomposed->claims.user_id);
}

// A token whose binding cannot be read is not an unbound one.
TEST(Claims, WithABindingThatIsNoneAreRefused) {
  const std::string good(kThumbprint);
  for (const std::string& bad : {std::string("{}"),
                                 std::string("null"),
                                 std::string("\"\""),
                                 '"' + good + '"',
                                 std::string("[]"),
                                 R"([")" + good + R"("])",
                                 std::string("true"),
                                 std::string(R"({"jkt":null})"),
                                 std::string(R"({"jkt":""})"),
                                 std::string(R"({"jkt":1})"),
                                 std::string(R"({"jkt":[]})"),
                                 R"({"jkt":[")" + good + R"("]})",
                                 R"({"jkt":")" + good.substr(1) + R"("})",
                                 R"({"jkt":")" + good + R"(A"})",
                                 R"({"jkt":")" + good + R"(="})",
                                 R"({"jkt":")" + good.substr(0, 42) + R"(+"})",
                                 R"({"jkt":")" + good.substr(0, 42) + R"(J"})",
                                 R"({"JKT":")" + good + R"("})",
                                 R"({"x5t#S256":")" + good + R"("})",
                                 R"({"jkt":")" + good + R"(","jwk":{}})",
                                 R"({"jkt":")" + good + R"(","jkt":")" + good + R"("})",
                                 R"({"jkt":{"jkt":")" + good + R"("}})"}) {
    EXPECT_EQ(read_with(R"({"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})", bad), Status::token_claims) << bad;
  }
}

TEST(Claims, AreOfARefreshTokenWhenTheySaySoInSoManyWords) {
  const auto claims = read_payload(replaced(std::string(kGood), R"("sid")", R"("isRefresh":true,"sid")"));
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->claims.type, TokenType::refresh);
  for (const std::string_view bad : {"false", "\"true\"", "\"false\"", "1", "0", "null", "[]", "{}", "[true]"}) {
    EXPECT_EQ(read_and("\"isRefresh\":" + std::string(bad)), Status::token_claims) << bad;
  }
}

TEST(Claims, NameASessionByItsIdOrNot) {
  for (const std::string_view bad : {"null", R"("")", "7", "[]", "{}", R"("C94DC9C9-FCF8-4396-8ACA-66B911000D9C")",
                                     R"("c94dc9c9-fcf8-4396-8aca-66b911000d9")", R"("../../etc/passwd")"}) {
    EXPECT_EQ(read_with(R"("c94dc9c9-fcf8-4396-8aca-66b911000d9c")", bad), Status::token_claims) << bad;
  }
}

TEST(Claims, HaveAnIdOfVisibleAsciiOrNone) {
  for (const std::string_view bad : {"null", R"("")", "7", "[]", "{}", R"("a b")", R"("a\n")", R"("é")"}) {
    EXPECT_EQ(read_with(R"("abcdefghijklmnopqrstuv")", bad), Status::token_claims) << bad;
  }
  EXPECT_EQ(read_with("abcdefghijklmnopqrstuv", std::string(128, 'i')), Status::ok);
  EXPECT_EQ(read_with("abcdefghijklmnopqrstuv", std::string(129, 'i')), Status::token_claims);
}

TEST(Claims, AreStrictJsonInOneObject) {
  for (const std::string_view bad : {"", "null", "[]", "\"\"", "0", "x", "{"}) {
    EXPECT_EQ(read(bad), Status::token_claims) << bad;
  }
  EXPECT_EQ(read(std::string(kGood) + "x"), Status::token_claims);
  EXPECT_EQ(read(std::string(kGood) + '\0'), Status::token_claims);
  EXPECT_EQ(read("\xef\xbb\xbf" + std::string(kGood)), Status::token_claims);
  EXPECT_EQ(read(std::string(300, '\0')), Status::token_claims);
}

TEST(Claims, HaveDataOfAtMost16Levels) {
  const auto of_depth = [](size_t depth) { return repeated("[", depth - 1) + repeated("]", depth - 1); };
  EXPECT_EQ(read_with("\"admin\"", of_depth(16)), Status::ok);
  EXPECT_EQ(read_with("\"admin\"", of_depth(17)), Status::token_claims);
  EXPECT_EQ(read_with("\"admin\"", of_depth(100000)), Status::token_claims);
}

TEST(Claims, InsideDataHaveNoEffect) {
  const auto claims =
      read_payload(R"({"data":{"userId":"alice","exp":9,"iat":8,"cnf":{"jkt":"x"},"isRefresh":true,"sid":"y","jti":7},)"
                   R"("iat":1799999000,"exp":1800000000})");
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->claims.expires_at, 1800000000);
  EXPECT_EQ(claims->claims.issued_at, 1799999000);
  EXPECT_EQ(claims->claims.thumbprint, "");
  EXPECT_EQ(claims->claims.session_id, "");
  EXPECT_EQ(claims->claims.token_id, "");
  EXPECT_EQ(claims->claims.type, TokenType::access);
}

}  // namespace
}  // namespace swt
