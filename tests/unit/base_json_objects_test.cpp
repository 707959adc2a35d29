// Members: read one by one, each name once.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/json_reader.h"

namespace swt {
namespace {

bool is_json(std::string_view text) {
  JsonReader reader(text, 16);
  return reader.skip() && reader.at_end();
}

std::string object_of(const std::vector<std::string>& names) {
  std::string json = "{";
  for (const std::string& name : names) {
    if (json.size() > 1) json += ',';
    json += '"' + name + "\":0";
  }
  return json + '}';
}

std::vector<std::string> numbered(size_t count) {
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) names.push_back("n" + std::to_string(i));
  return names;
}

TEST(JsonObject, GivesItsMembersInOrder) {
  JsonReader reader(R"({"a":1,"b":"two","c":{}})", 2);
  JsonObject object(reader);
  std::string_view name, text;
  int64_t number = 0;
  ASSERT_TRUE(object.next(name));
  EXPECT_EQ(name, "a");
  EXPECT_TRUE(reader.read_integer(number));
  ASSERT_TRUE(object.next(name));
  EXPECT_EQ(name, "b");
  EXPECT_TRUE(reader.read_string(text));
  ASSERT_TRUE(object.next(name));
  EXPECT_EQ(name, "c");
  EXPECT_TRUE(reader.skip());
  EXPECT_FALSE(object.next(name));
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(number, 1);
  EXPECT_EQ(text, "two");
}

TEST(JsonObject, OfAnotherKindFailsItsReader) {
  for (const std::string_view text : {"[]", "\"a\"", "1", "null", "", "x"}) {
    JsonReader reader(text, 2);
    JsonObject object(reader);
    std::string_view name;
    EXPECT_FALSE(object.next(name)) << text;
    EXPECT_FALSE(reader.ok()) << text;
  }
}

TEST(JsonObject, KeepsViewsOfEscapedTextsAliveWhileTheReaderLives) {
  JsonReader reader(R"({"\u0061":"\u0062","\u0063":"\u0064"})", 1);
  JsonObject object(reader);
  std::string_view first_name, first, second_name, second;
  ASSERT_TRUE(object.next(first_name) && reader.read_string(first));
  ASSERT_TRUE(object.next(second_name) && reader.read_string(second));
  EXPECT_EQ(first_name, "a");
  EXPECT_EQ(first, "b");
  EXPECT_EQ(second_name, "c");
  EXPECT_EQ(second, "d");
}

TEST(JsonObject, RefusesAMemberThatComesTwice) {
  EXPECT_TRUE(is_json(R"({"userId":"alice","userid":"mallory"})"));
  EXPECT_FALSE(is_json(R"({"userId":"alice","userId":"mallory"})"));
  EXPECT_FALSE(is_json(R"({"a":1,"a":1})"));
  EXPECT_FALSE(is_json(R"({"a":1,"b":2,"a":1})"));
  EXPECT_FALSE(is_json(R"({"":1,"":1})"));
}

TEST(JsonObject, RefusesAMemberThatComesTwiceInAnotherSpelling) {
  EXPECT_FALSE(is_json(R"({"userId":"alice","user\u0049d":"mallory"})"));
  EXPECT_FALSE(is_json(R"({"\u0075serId":"alice","userId":"mallory"})"));
  EXPECT_FALSE(is_json(R"({"\u00e9":1,"\u00E9":2})"));
  EXPECT_FALSE(is_json("{\"\xc3\xa9\":1,\"\\u00e9\":2}"));
  EXPECT_FALSE(is_json(R"({"a/b":1,"a\/b":2})"));
  EXPECT_FALSE(is_json("{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\ude00\":2}"));
}

TEST(JsonObject, TakesNamesThatOnlyLookAlikeForTwo) {
  EXPECT_TRUE(is_json("{\"\xc3\xa9\":\"composed\",\"e\xcc\x81\":\"decomposed\"}"));
  EXPECT_TRUE(is_json(R"({"a":1,"A":2,"a ":3," a":4})"));
}

TEST(JsonObject, RefusesADuplicateAtEveryDistanceAroundTheFirstSixteenNames) {
  for (size_t count = 2; count <= 40; ++count) {
    ASSERT_TRUE(is_json(object_of(numbered(count)))) << count;
    for (size_t original = 0; original + 1 < count; ++original) {
      std::vector<std::string> names = numbered(count);
      names.back() = names[original];
      EXPECT_FALSE(is_json(object_of(names))) << count << " members, the last named like number " << original;
    }
  }
}

TEST(JsonObject, RefusesAnEscapedDuplicatePastTheFirstSixteenNames) {
  std::vector<std::string> names = numbered(30);
  names.push_back("\\u006e29");  // n29
  EXPECT_FALSE(is_json(object_of(names)));
  names.back() = "\\u006e3";  // n3
  EXPECT_FALSE(is_json(object_of(names)));
  names.back() = "\\u006e30";
  EXPECT_TRUE(is_json(object_of(names)));
}

TEST(JsonObject, KeepsTheNamesOfEachObjectApart) {
  EXPECT_TRUE(is_json(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]})"));
  EXPECT_FALSE(is_json(R"({"b":[{"a":1},{"a":2,"a":3}]})"));
  EXPECT_FALSE(is_json(R"({"a":{"x":1,"x":2}})"));
}

// Quadratic time would be many minutes.
TEST(JsonObject, ReadsAHundredThousandNamesInGoodTime) {
  const std::string json = object_of(numbered(100000));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(is_json(json));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace swt
