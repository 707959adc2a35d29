// Arrays that are read element by element: exactly the elements that stand there, or an error.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "base/json_reader.h"
#include "support/text.h"

namespace swt {
namespace {

using Numbers = std::vector<int64_t>;

// The numbers of an array; nullopt when the text is not one array of integers and nothing else.
std::optional<Numbers> numbers_of(std::string_view text, int depth = 8) {
  JsonReader reader(text, depth);
  JsonArray array(reader);
  Numbers numbers;
  while (array.next()) {
    int64_t number = 0;
    if (!reader.read_integer(number)) return std::nullopt;
    numbers.push_back(number);
  }
  if (!reader.at_end()) return std::nullopt;
  return numbers;
}

TEST(JsonArray, GivesItsElementsInTheirOrder) {
  EXPECT_EQ(numbers_of("[3,1,2]"), (Numbers{3, 1, 2}));
  EXPECT_EQ(numbers_of("[7]"), Numbers{7});
  EXPECT_EQ(numbers_of(" [ 3 ,\t1\n,\r2 ] "), (Numbers{3, 1, 2}));
}

TEST(JsonArray, MayBeEmpty) {
  EXPECT_EQ(numbers_of("[]"), Numbers{});
  EXPECT_EQ(numbers_of("[ \n ]"), Numbers{});
}

TEST(JsonArray, HasOneCommaBetweenTwoElements) {
  for (const std::string_view bad : {"[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1;2]", "[1,2,]", "[1:2]"}) {
    EXPECT_EQ(numbers_of(bad), std::nullopt) << bad;
  }
}

TEST(JsonArray, EndsWithItsBracketAndTheTextWithIt) {
  for (const std::string_view bad : {"", "[", "[1", "[1,", "]", "[1}", "{1]", "[1]]", "[1] 2", "[1],", "1", "null"}) {
    EXPECT_EQ(numbers_of(bad), std::nullopt) << bad;
  }
}

TEST(JsonArray, WhoseElementNobodyReadGivesNoSecondOne) {
  JsonReader reader("[1,2]", 8);
  JsonArray array(reader);
  EXPECT_TRUE(array.next());
  EXPECT_FALSE(array.next());
  EXPECT_FALSE(reader.ok());
}

TEST(JsonArray, StaysAtItsEnd) {
  JsonReader reader("[]", 8);
  JsonArray array(reader);
  EXPECT_FALSE(array.next());
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.at_end());
}

TEST(JsonArray, CountsAsALevel) {
  EXPECT_EQ(numbers_of("[1]", 1), Numbers{1});
  EXPECT_EQ(numbers_of("[1]", 0), std::nullopt);
  EXPECT_EQ(numbers_of("[]", 0), std::nullopt);
}

TEST(JsonArray, GivesItsLevelBackWhenItEnds) {
  JsonReader reader("[[1],[2],[3]]", 2);
  JsonArray outer(reader);
  int64_t sum = 0;
  while (outer.next()) {
    JsonArray inner(reader);
    int64_t number = 0;
    while (inner.next() && reader.read_integer(number)) sum += number;
  }
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(sum, 6);
}

TEST(JsonArray, MayHaveManyElements) {
  const std::string text = '[' + test::repeated("1,", 100000) + "1]";
  const std::optional<Numbers> numbers = numbers_of(text);
  ASSERT_TRUE(numbers);
  EXPECT_EQ(numbers->size(), 100001u);
}

}  // namespace
}  // namespace swt
