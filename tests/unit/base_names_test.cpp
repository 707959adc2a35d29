// The texts that name keys, issuers, subjects and audiences.
#include <gtest/gtest.h>

#include <string>

#include "base/ids.h"
#include "support/text.h"

namespace swt {
namespace {

TEST(KeyId, IsOneTo128Characters) {
  EXPECT_FALSE(is_key_id(""));
  EXPECT_TRUE(is_key_id("k"));
  EXPECT_TRUE(is_key_id(std::string(128, 'k')));
  EXPECT_FALSE(is_key_id(std::string(129, 'k')));
}

// It goes into a header as it is, so it must need no escape there.
TEST(KeyId, IsOfVisibleAsciiThatNeedsNoEscape) {
  for (int byte = 0; byte < 256; ++byte) {
    const bool is_good = byte > 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
    const char c = static_cast<char>(byte);
    EXPECT_EQ(is_key_id(std::string(1, c)), is_good) << byte;
    EXPECT_EQ(is_key_id(std::string("a") + c + "b"), is_good) << byte;
  }
}

TEST(Name, IsOneTo256Bytes) {
  EXPECT_FALSE(is_name(""));
  EXPECT_TRUE(is_name("x"));
  EXPECT_TRUE(is_name(std::string(256, 'x')));
  EXPECT_FALSE(is_name(std::string(257, 'x')));
  EXPECT_TRUE(is_name(test::repeated("\xc3\xa9", 128))) << "counted in bytes";
  EXPECT_FALSE(is_name(test::repeated("\xc3\xa9", 128) + "x"));
}

TEST(Name, IsUtf8WithoutANul) {
  EXPECT_TRUE(is_name("https://issuer.example/\xe2\x82\xac?a=\"b\"\\\n"));
  EXPECT_FALSE(is_name(std::string("a\0b", 3)));
  for (const std::string_view bad : {"\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"}) {
    EXPECT_FALSE(is_name(bad));
  }
}

}  // namespace
}  // namespace swt
