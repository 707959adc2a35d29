// What a caller may put into a token.
#include <gtest/gtest.h>

#include <string>

#include "support/outcome.h"
#include "support/text.h"
#include "token/claims.h"

namespace swt {
namespace {

using test::repeated;

Status check(std::string_view json) { return test::status_of(check_data(json)); }

std::string user_id_of(std::string_view json) {
  const auto user_id = check_data(json);
  return user_id ? *user_id : std::string("(refused)");
}

TEST(Data, GivesTheUserIdAsCanonicalJson) {
  EXPECT_EQ(user_id_of(R"({"userId":"alice"})"), R"("alice")");
  EXPECT_EQ(user_id_of(R"({"role":"admin","userId":7,"scopes":["a","b"]})"), "7");
  EXPECT_EQ(user_id_of(R"({"userId":"\u0061l\/ice"})"), R"("al/ice")");
  EXPECT_EQ(user_id_of(R"({"\u0075serId":-9007199254740991})"), "-9007199254740991");
}

TEST(Data, NeedsAUserId) {
  EXPECT_EQ(check("{}"), Status::user_id);
  EXPECT_EQ(check(R"({"user":"alice"})"), Status::user_id);
  EXPECT_EQ(check(R"({"userid":"alice"})"), Status::user_id);
  EXPECT_EQ(check(R"({"inner":{"userId":"alice"}})"), Status::user_id);
}

TEST(Data, HasAUserIdThatIsATextOrANonZeroSafeInteger) {
  for (const std::string_view bad :
       {R"("")", "0", "-0", "null", "true", "false", "[]", R"(["alice"])", "{}", R"({"id":"alice"})", "1.5", "7.0",
        "7e0", "1e3", "9007199254740992", "-9007199254740992"}) {
    EXPECT_EQ(check(R"({"userId":)" + std::string(bad) + "}"), Status::user_id) << bad;
  }
  EXPECT_EQ(check(R"({"userId":"0"})"), Status::ok);
  EXPECT_EQ(check(R"({"userId":9007199254740991})"), Status::ok);
}

TEST(Data, HasAUserIdOfAtMost256Bytes) {
  EXPECT_EQ(check(R"({"userId":")" + std::string(256, 'u') + R"("})"), Status::ok);
  EXPECT_EQ(check(R"({"userId":")" + std::string(257, 'u') + R"("})"), Status::user_id);
}

TEST(Data, IsAnObject) {
  for (const std::string_view bad :
       {"", " ", "null", "[]", R"([{"userId":"alice"}])", R"("userId")", "7", "true", "userId"}) {
    EXPECT_EQ(check(bad), Status::data) << bad;
  }
}

TEST(Data, IsStrictJson) {
  for (const std::string_view bad :
       {R"({"userId":"alice"}x)", R"({"userId":"alice",})", R"({"userId":"alice"}{})", R"({'userId':'alice'})",
        R"({"userId":"alice","a":01})", R"({"userId":"alice","a":1e309})", R"({"userId":"alice","a":NaN})",
        "{\"userId\":\"al\xff\"}", "{\"userId\":\"al\nice\"}", "\xef\xbb\xbf{\"userId\":\"alice\"}"}) {
    EXPECT_EQ(check(bad), Status::data) << bad;
  }
}

TEST(Data, HasEachNameOnce) {
  EXPECT_EQ(check(R"({"userId":"alice","userId":"mallory"})"), Status::data);
  EXPECT_EQ(check(R"({"userId":"alice","\u0075serId":"mallory"})"), Status::data);
  EXPECT_EQ(check(R"({"userId":"alice","a":{"b":1,"b":2}})"), Status::data);
  EXPECT_EQ(check(R"({"userId":"alice","userID":"mallory"})"), Status::ok);
}

TEST(Data, HoldsNoUnicodeZeroAndNoLoneSurrogate) {
  EXPECT_EQ(check(R"({"userId":"admin\u0000x"})"), Status::data);
  EXPECT_EQ(check(std::string_view("{\"userId\":\"admin\0x\"}", 20)), Status::data);
  EXPECT_EQ(check(R"({"userId":"\ud800"})"), Status::data);
  EXPECT_EQ(check(R"({"userId":"alice","a":"\udfff"})"), Status::data);
  EXPECT_EQ(check(R"({"userId":"alice","\u0000":1})"), Status::data);
  EXPECT_EQ(check(R"({"userId":"\ud83d\ude00"})"), Status::ok);
}

TEST(Data, EndsAt8192Bytes) {
  const auto of_size = [](size_t size) {
    const std::string frame = R"({"userId":"alice","a":""})";
    return test::replaced(frame, R"("a":"")", R"("a":")" + std::string(size - frame.size(), 'x') + '"');
  };
  ASSERT_EQ(of_size(8192).size(), 8192u);
  EXPECT_EQ(check(of_size(8192)), Status::ok);
  EXPECT_EQ(check(of_size(8193)), Status::data_too_large);
  EXPECT_EQ(check(of_size(1 << 20)), Status::data_too_large);
  EXPECT_EQ(check(R"({"userId":"alice"})" + std::string(8192, ' ')), Status::data_too_large);
}

TEST(Data, Is16LevelsDeepAtMost) {
  const auto of_depth = [](size_t depth) {
    return R"({"userId":"alice","a":)" + repeated("[", depth - 1) + repeated("]", depth - 1) + "}";
  };
  EXPECT_EQ(check(of_depth(16)), Status::ok);
  EXPECT_EQ(check(of_depth(17)), Status::data_too_large);
  EXPECT_EQ(check(of_depth(3000)), Status::data_too_large);
}

TEST(Data, MayHoldTheNamesOfClaimsWithoutEffect) {
  EXPECT_EQ(check(R"({"userId":"alice","exp":1,"iat":"x","cnf":null,"isRefresh":true,"sid":7,"__proto__":{}})"),
            Status::ok);
}

}  // namespace
}  // namespace swt
