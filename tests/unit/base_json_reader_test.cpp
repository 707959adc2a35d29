// The grammar: what is JSON, what is not, and how deep it may go.
#include <gtest/gtest.h>

#include <string>

#include "base/json_reader.h"
#include "support/text.h"

namespace swt {
namespace {

using test::repeated;

bool is_json(std::string_view text, int depth = 16) {
  JsonReader reader(text, depth);
  return reader.skip() && reader.at_end();
}

TEST(JsonReader, AcceptsEveryKindOfValue) {
  for (const std::string_view text : {"{}", "[]", "\"\"", "0", "true", "false", "null", R"({"a":[1,{"b":null}]})"}) {
    EXPECT_TRUE(is_json(text)) << text;
  }
}

TEST(JsonReader, AcceptsTheFourKindsOfWhiteSpaceBetweenAnyTokens) {
  EXPECT_TRUE(is_json(" \t\n\r{ \t\n\r\"a\" \t\n\r: \t\n\r[ \t\n\r1 \t\n\r, \t\n\r2 \t\n\r] \t\n\r} \t\n\r"));
}

TEST(JsonReader, RefusesOtherCharactersAsWhiteSpace) {
  for (const std::string_view space : {"\v", "\f", "\b", "\xc2\xa0", "\xe2\x80\xa8", "\xef\xbb\xbf", "\x1f"}) {
    EXPECT_FALSE(is_json(std::string(space) + "{}"));
    EXPECT_FALSE(is_json("{}" + std::string(space)));
    EXPECT_FALSE(is_json("[1" + std::string(space) + ",2]"));
  }
  EXPECT_FALSE(is_json(std::string_view("\0{}", 3)));
  EXPECT_FALSE(is_json(std::string_view("{}\0", 3)));
}

TEST(JsonReader, RefusesAByteOrderMarkAndUtf16) {
  EXPECT_TRUE(is_json(R"({"a":1})"));
  EXPECT_FALSE(is_json("\xef\xbb\xbf{\"a\":1}"));
  EXPECT_FALSE(is_json(std::string_view("\xff\xfe{\0}\0", 6)));
  EXPECT_FALSE(is_json(std::string_view("{\0}\0", 4)));
}

TEST(JsonReader, RefusesWhatComesAfterTheValue) {
  for (const std::string_view text : {"{}x", "{}{}", "{},", "[]]", "1 2", "\"a\"\"b\"", "{}//", "nullx", "truefalse"}) {
    EXPECT_FALSE(is_json(text)) << text;
  }
}

TEST(JsonReader, RefusesNothing) {
  EXPECT_FALSE(is_json(""));
  EXPECT_FALSE(is_json("   "));
}

TEST(JsonReader, RefusesComments) {
  for (const std::string_view text : {"/**/{}", "{/**/}", "{}/**/", "//\n{}", "{\"a\"/**/:1}", "# \n{}", "[1,/**/2]"}) {
    EXPECT_FALSE(is_json(text)) << text;
  }
}

TEST(JsonReader, RefusesObjectsThatAreNone) {
  for (const std::string_view text :
       {"{", "}", "{,}", "{\"a\"}", "{\"a\":}", "{:1}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "{a:1}", "{'a':1}", "{1:1}",
        "{\"a\":1,,\"b\":2}", "{\"a\"::1}", "{\"a\",1}", "{\"a\":1]", "{\"a\":1", "{null:1}", "{\"a\":1;\"b\":2}"}) {
    EXPECT_FALSE(is_json(text)) << text;
  }
}

TEST(JsonReader, RefusesArraysThatAreNone) {
  for (const std::string_view text :
       {"[", "]", "[,]", "[1,]", "[,1]", "[1,,2]", "[1 2]", "[1}", "[1", "[1:2]", "(1)", "[\"a\":1]"}) {
    EXPECT_FALSE(is_json(text)) << text;
  }
}

TEST(JsonReader, RefusesWordsThatAreNone) {
  for (const std::string_view text : {"True", "TRUE", "tru", "truee", "t", "fals", "nul", "NULL", "None", "undefined",
                                      "NaN", "Infinity", "-Infinity", "n", "f"}) {
    EXPECT_FALSE(is_json(text)) << text;
  }
}

TEST(JsonReader, CountsObjectsAndArraysThatAreOpenAtOnce) {
  EXPECT_TRUE(is_json(repeated("[", 16) + repeated("]", 16)));
  EXPECT_FALSE(is_json(repeated("[", 17) + repeated("]", 17)));
  EXPECT_TRUE(is_json(repeated("{\"a\":", 16) + "1" + repeated("}", 16)));
  EXPECT_FALSE(is_json(repeated("{\"a\":", 17) + "1" + repeated("}", 17)));
  EXPECT_TRUE(is_json(repeated("[{\"a\":", 8) + "1" + repeated("}]", 8)));
  EXPECT_FALSE(is_json(repeated("[{\"a\":", 8) + "[]" + repeated("}]", 8)));
}

TEST(JsonReader, GivesDepthBackWhenAValueCloses) {
  EXPECT_TRUE(is_json("[" + repeated("[[]],", 1000) + "[]]", 3));
  EXPECT_TRUE(is_json("[" + repeated("{\"a\":{}},", 1000) + "{}]", 3));
}

TEST(JsonReader, TellsTooDeepFromWrong) {
  const std::string deep = repeated("[", 17) + repeated("]", 17);
  JsonReader too_deep(deep, 16);
  EXPECT_FALSE(too_deep.skip());
  EXPECT_TRUE(too_deep.too_deep());
  EXPECT_FALSE(too_deep.ok());

  JsonReader wrong("[1,]", 16);
  EXPECT_FALSE(wrong.skip());
  EXPECT_FALSE(wrong.too_deep());
}

TEST(JsonReader, StopsAtItsDepthHoweverDeepTheTextGoes) {
  EXPECT_FALSE(is_json(std::string(1000000, '[')));
  EXPECT_FALSE(is_json(repeated("{\"a\":", 1000000)));
}

TEST(JsonReader, TellsTheKindOfTheNextValue) {
  using Kind = JsonReader::Kind;
  const std::pair<std::string_view, Kind> kinds[] = {
      {" {}", Kind::object}, {"[]", Kind::array},     {"\"\"", Kind::string},   {"-1", Kind::number},
      {"9", Kind::number},   {"true", Kind::boolean}, {"false", Kind::boolean}, {"null", Kind::null},
      {"", Kind::none},      {"x", Kind::none},       {"+1", Kind::none},       {".5", Kind::none},
  };
  for (const auto& [text, kind] : kinds) EXPECT_EQ(JsonReader(text, 1).peek(), kind) << text;
}

TEST(JsonReader, SkipGivesTheTextOfTheValueAlone) {
  JsonReader reader("  {\"a\": [1, 2] }  ", 4);
  std::string_view raw;
  EXPECT_TRUE(reader.skip(&raw));
  EXPECT_EQ(raw, "{\"a\": [1, 2] }");
  EXPECT_TRUE(reader.at_end());
}

TEST(JsonReader, ReadTrueTakesNothingButTrue) {
  EXPECT_TRUE(JsonReader("true", 1).read_true());
  for (const std::string_view text : {"false", "null", "1", "\"true\"", "True", "tru", "", "[true]"}) {
    JsonReader reader(text, 1);
    EXPECT_FALSE(reader.read_true()) << text;
    EXPECT_FALSE(reader.ok()) << text;
  }
}

// Code that reads several values may check once, at its end.
TEST(JsonReader, FailsFromItsFirstErrorOn) {
  const auto after_error = [](std::string_view text, auto read) {
    JsonReader reader(text, 4);
    std::string_view ignored;
    const bool fails_first = text.starts_with('"') ? !reader.read_true() : !reader.read_string(ignored);
    EXPECT_TRUE(fails_first);
    EXPECT_FALSE(reader.ok());
    const bool reads_on = read(reader);
    EXPECT_FALSE(reads_on) << text;
    EXPECT_FALSE(reader.ok());
    EXPECT_FALSE(reader.at_end());
    EXPECT_EQ(reader.peek(), JsonReader::Kind::none);
  };
  std::string_view text;
  int64_t number = 0;
  after_error("\"a\"", [&](JsonReader& reader) { return reader.read_string(text); });
  after_error("7", [&](JsonReader& reader) { return reader.read_integer(number); });
  after_error("true", [&](JsonReader& reader) { return reader.read_true(); });
  after_error("7", [&](JsonReader& reader) { return reader.skip(); });
  after_error("{\"a\":1}", [&](JsonReader& reader) { return JsonObject(reader).next(text); });
}

}  // namespace
}  // namespace swt
