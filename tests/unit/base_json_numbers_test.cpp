#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "base/json_reader.h"
#include "base/time.h"

namespace swt {
namespace {

bool is_number(std::string_view text) {
  JsonReader reader(text, 1);
  return reader.peek() == JsonReader::Kind::number && reader.skip() && reader.at_end();
}

std::optional<int64_t> integer(std::string_view text) {
  JsonReader reader(text, 1);
  int64_t out = 0;
  if (!reader.read_integer(out) || !reader.at_end()) return std::nullopt;
  return out;
}

TEST(JsonNumber, AcceptsTheGrammarOfRfc8259) {
  for (const std::string_view text : {"0", "-0", "7", "10", "-12", "0.5", "-0.5", "1.25", "1e3", "1E3", "1e+3", "1e-3",
                                      "0e0", "1.5e10", "123456789012345678901234567890", "0.1234567890123456789"}) {
    EXPECT_TRUE(is_number(text)) << text;
  }
}

TEST(JsonNumber, RefusesEverythingElse) {
  for (const std::string_view text :
       {"01",       "-01",       "00",  "1.",   ".5",       "-.5",   "-",     "+1",    "--1",
        "1e",       "1e+",       "1E-", "1.e3", "1.5.5",    "0x10",  "1_000", "1e3.5", "1 000",
        "Infinity", "-Infinity", "NaN", "1a",   "\xd9\xa1", "1e+-3", "0b1",   "1,5",   "1d"}) {
    EXPECT_FALSE(is_number(text)) << text;
  }
}

// Infinity to some readers, an error to others.
TEST(JsonNumber, RefusesWhatLeavesTheRangeOfADouble) {
  EXPECT_TRUE(is_number("1e308"));
  EXPECT_TRUE(is_number("1.7976931348623157e308"));
  EXPECT_FALSE(is_number("1e309"));
  EXPECT_FALSE(is_number("-1e309"));
  EXPECT_FALSE(is_number("1e999999999999999999999"));
  EXPECT_TRUE(is_number(std::string(308, '9')));
  EXPECT_FALSE(is_number(std::string(310, '9')));
  EXPECT_FALSE(is_number(std::string(8000, '9')));
}

TEST(JsonNumber, RefusesAnIntegerThatTheTextDoesNotHave) {
  EXPECT_EQ(integer(""), std::nullopt);
  EXPECT_EQ(integer("\"7\""), std::nullopt);
  EXPECT_EQ(integer("true"), std::nullopt);
  EXPECT_EQ(integer("null"), std::nullopt);
  EXPECT_EQ(integer("[7]"), std::nullopt);
  EXPECT_EQ(integer("{}"), std::nullopt);
  EXPECT_EQ(integer("seven"), std::nullopt);
}

TEST(JsonInteger, ReadsPlainIntegers) {
  EXPECT_EQ(integer("0"), 0);
  EXPECT_EQ(integer("7"), 7);
  EXPECT_EQ(integer("-7"), -7);
  EXPECT_EQ(integer(" 1800000000 "), 1800000000);
}

TEST(JsonInteger, EndsAtTheLargestThatAllReadersAgreeOn) {
  EXPECT_EQ(integer("9007199254740991"), kMaxSafeInteger);
  EXPECT_EQ(integer("-9007199254740991"), -kMaxSafeInteger);
  for (const std::string_view text :
       {"9007199254740992", "-9007199254740992", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "-9223372036854775809", "18446744073709551616", "99999999999999999999999999999999999999999999999999"}) {
    EXPECT_EQ(integer(text), std::nullopt) << text;
  }
}

TEST(JsonInteger, HasNoOtherNotation) {
  for (const std::string_view text :
       {"-0", "7.0", "7.5", "7e0", "7E0", "70e-1", "0.0", "1e3", "07", "+7", "0x7", "7."}) {
    EXPECT_EQ(integer(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace swt
