#include <gtest/gtest.h>

#include <string>

#include "base/ids.h"
#include "base/time.h"
#include "support/text.h"

namespace swt {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSessionId = "c94dc9c9-fcf8-4396-8aca-66b911000d9c";

TEST(SessionId, IsALowerCaseUuid) {
  EXPECT_TRUE(is_session_id(kSessionId));
  EXPECT_TRUE(is_session_id("00000000-0000-0000-0000-000000000000"));
  EXPECT_TRUE(is_session_id("ffffffff-ffff-ffff-ffff-ffffffffffff"));
}

TEST(SessionId, HasOneFormOnly) {
  for (const std::string_view text :
       {"", "C94DC9C9-FCF8-4396-8ACA-66B911000D9C", "c94dc9c9-fcf8-4396-8aca-66b911000d9", "{c94dc9c9-fcf8-4396-8aca}",
        "c94dc9c9-fcf8-4396-8aca-66b911000d9cc", "c94dc9c9fcf843968aca66b911000d9c",
        "c94dc9c9-fcf8-4396-8aca-66b911000d9g", "c94dc9c9_fcf8_4396_8aca_66b911000d9c",
        "c94dc9c-9fcf8-4396-8aca-66b911000d9c", "urn:uuid:c94dc9c9-fcf8-4396-8aca-66b911000d9c",
        " c94dc9c9-fcf8-4396-8aca-66b911000d9", "c94dc9c9-fcf8-4396-8aca-66b911000d9\n"}) {
    EXPECT_FALSE(is_session_id(text)) << text;
  }
}

// The id becomes part of a key of the store.
TEST(SessionId, HoldsNothingThatMeansSomethingInAKeyOrACommand) {
  for (size_t place = 0; place < kSessionId.size(); ++place) {
    for (const char c : ":*?[]{}\r\n\0 %/\\.'\"\x80\xff-Gg_"sv) {
      std::string text(kSessionId);
      if (text[place] == c) continue;
      text[place] = c;
      EXPECT_FALSE(is_session_id(text)) << "character " << int{c} << " at " << place;
    }
  }
}

TEST(Thumbprint, Is32BytesInCanonicalBase64url) {
  const std::string good = test::base64url_of(std::string(32, '\x5a'));
  ASSERT_EQ(good.size(), kThumbprintSize);
  EXPECT_TRUE(is_thumbprint(good));
  EXPECT_FALSE(is_thumbprint(""));
  EXPECT_FALSE(is_thumbprint(good.substr(1)));
  EXPECT_FALSE(is_thumbprint(good + 'A'));
  EXPECT_FALSE(is_thumbprint(good.substr(0, 42) + '='));
  EXPECT_FALSE(is_thumbprint(good.substr(0, 42) + '+'));
  EXPECT_FALSE(is_thumbprint(good.substr(0, 42) + 'B')) << "its unused bits are set";
  EXPECT_FALSE(is_thumbprint(std::string(64, 'a'))) << "hex of 32 bytes";
}

TEST(TokenId, IsOneTo128VisibleAsciiCharacters) {
  EXPECT_TRUE(is_token_id("a"));
  EXPECT_TRUE(is_token_id(std::string(128, '~')));
  EXPECT_TRUE(is_token_id("!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~"));
  EXPECT_FALSE(is_token_id(""));
  EXPECT_FALSE(is_token_id(std::string(129, 'a')));
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = "a" + std::string(1, static_cast<char>(byte)) + "b";
    EXPECT_EQ(is_token_id(text), byte > 0x20 && byte < 0x7f) << byte;
  }
}

TEST(UserId, IsATextOfOneTo256Bytes) {
  EXPECT_EQ(user_id_json("alice"), R"("alice")");
  EXPECT_EQ(user_id_json("a\"b"), R"("a\"b")");
  EXPECT_EQ(user_id_json(std::string(256, 'x')), '"' + std::string(256, 'x') + '"');
  EXPECT_EQ(user_id_json(""), std::nullopt);
  EXPECT_EQ(user_id_json(std::string(257, 'x')), std::nullopt);
}

TEST(UserId, CountsBytesNotCharacters) {
  EXPECT_TRUE(user_id_json(test::repeated("\xc3\xa9", 128)));
  EXPECT_FALSE(user_id_json(test::repeated("\xc3\xa9", 129)));
}

TEST(UserId, IsANumberThatIsNotZero) {
  EXPECT_EQ(user_id_json(int64_t{7}), "7");
  EXPECT_EQ(user_id_json(int64_t{-7}), "-7");
  EXPECT_EQ(user_id_json(kMaxSafeInteger), "9007199254740991");
  EXPECT_EQ(user_id_json(int64_t{0}), std::nullopt);
}

TEST(UserId, OfAnotherTypeIsAnotherUser) {
  EXPECT_NE(user_id_json("7"), user_id_json(int64_t{7}));
  EXPECT_EQ(user_id_json("0"), R"("0")");
}

}  // namespace
}  // namespace swt
