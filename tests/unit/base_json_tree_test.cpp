#include <gtest/gtest.h>

#include <string>

#include "base/json_tree.h"
#include "support/text.h"

namespace swt {
namespace {

bool parses(std::string_view json, int depth = 8) { return JsonTree::parse_object(json, depth).has_value(); }

TEST(JsonTree, FindsMembersOfAnObject) {
  const auto tree = JsonTree::parse_object(R"({"text":"a\u0062c","number":-7,"inner":{"x":"y"}})", 8);
  ASSERT_TRUE(tree);
  EXPECT_TRUE(tree->root().is_object());
  EXPECT_EQ(tree->root().member("text").string(), "abc");
  EXPECT_EQ(tree->root().member("number").safe_integer(), -7);
  EXPECT_EQ(tree->root().member("inner").member("x").string(), "y");
}

TEST(JsonTree, ComparesNamesByteByByte) {
  const auto tree = JsonTree::parse_object(R"({"userId":"alice"})", 8);
  ASSERT_TRUE(tree);
  EXPECT_TRUE(tree->root().member("userId").exists());
  EXPECT_FALSE(tree->root().member("userid").exists());
  EXPECT_FALSE(tree->root().member("USERID").exists());
  EXPECT_FALSE(tree->root().member("user").exists());
}

TEST(JsonTree, SaysNothingAboutWhatIsNotThere) {
  const auto tree = JsonTree::parse_object(R"({"a":1})", 8);
  ASSERT_TRUE(tree);
  const JsonNode absent = tree->root().member("b");
  EXPECT_FALSE(absent.exists());
  EXPECT_FALSE(absent.is_object());
  EXPECT_EQ(absent.string(), std::nullopt);
  EXPECT_EQ(absent.safe_integer(), std::nullopt);
  EXPECT_FALSE(absent.is_array_of_one("a"));
  EXPECT_FALSE(absent.member("c").exists());
  EXPECT_FALSE(tree->root().member("a").member("b").exists());
}

TEST(JsonTree, KeepsTypesApart) {
  const auto tree = JsonTree::parse_object(R"({"text":"7","number":7,"word":true,"nothing":null,"list":["7"]})", 8);
  ASSERT_TRUE(tree);
  const JsonNode root = tree->root();
  EXPECT_EQ(root.member("text").safe_integer(), std::nullopt);
  EXPECT_EQ(root.member("number").string(), std::nullopt);
  for (const char* name : {"word", "nothing", "list"}) {
    EXPECT_TRUE(root.member(name).exists()) << name;
    EXPECT_EQ(root.member(name).string(), std::nullopt) << name;
    EXPECT_EQ(root.member(name).safe_integer(), std::nullopt) << name;
  }
}

TEST(JsonTree, GivesIntegersWithinTheSafeRangeOnly) {
  const auto tree = JsonTree::parse_object(
      R"({"most":9007199254740991,"least":-9007199254740991,"more":9007199254740992,"half":7.5,"huge":1e300})", 8);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->root().member("most").safe_integer(), 9007199254740991);
  EXPECT_EQ(tree->root().member("least").safe_integer(), -9007199254740991);
  EXPECT_EQ(tree->root().member("more").safe_integer(), std::nullopt);
  EXPECT_EQ(tree->root().member("half").safe_integer(), std::nullopt);
  EXPECT_EQ(tree->root().member("huge").safe_integer(), std::nullopt);
}

TEST(JsonTree, KnowsAnArrayOfExactlyOneText) {
  const auto tree = JsonTree::parse_object(
      R"({"one":["verify"],"two":["verify","sign"],"none":[],"other":["sign"],"text":"verify","deep":[["verify"]]})",
      8);
  ASSERT_TRUE(tree);
  EXPECT_TRUE(tree->root().member("one").is_array_of_one("verify"));
  for (const char* name : {"two", "none", "other", "text", "deep"}) {
    EXPECT_FALSE(tree->root().member(name).is_array_of_one("verify")) << name;
  }
}

TEST(JsonTree, RefusesEveryRootButAnObject) {
  EXPECT_TRUE(parses("{}"));
  for (const std::string_view json : {"[]", "[{}]", "\"a\"", "1", "null", "true", ""})
    EXPECT_FALSE(parses(json)) << json;
}

// Each of these is a text that cJSON alone would take.
TEST(JsonTree, NeverSeesWhatTheGateRefuses) {
  for (const std::string_view json :
       {R"({"a":1}x)", R"({"a":1}{"a":2})", R"({"a":1,"a":2})", R"({"a":1,"\u0061":2})", R"({"a":"admin\u0000x"})",
        R"({"a":01})", R"({"a":1.})", R"({"a":1e309})", "{\"a\":\"\xff\"}", "{\"a\":\"\xc0\xaf\"}", "\xef\xbb\xbf{}",
        "{\"a\":\"\n\"}", R"({"a":"\ud800"})", "\v{}", R"({"a":+1})"}) {
    EXPECT_FALSE(parses(json)) << json;
  }
  EXPECT_FALSE(parses(std::string_view("{}\0", 3)));
}

TEST(JsonTree, RefusesWhatIsDeeperThanItMayBe) {
  const auto nested = [](size_t levels) {
    return test::repeated("{\"a\":", levels) + "1" + test::repeated("}", levels);
  };
  EXPECT_TRUE(parses(nested(8)));
  EXPECT_FALSE(parses(nested(9)));
  EXPECT_FALSE(parses(nested(100000)));
}

}  // namespace
}  // namespace swt
