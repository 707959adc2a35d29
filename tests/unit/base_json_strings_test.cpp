// Strings: escapes, control characters, UTF-8, surrogates; and how the library writes them.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "base/json_reader.h"
#include "support/text.h"

namespace swt {
namespace {

// What the text between the quotes reads as.
std::optional<std::string> read(std::string_view inside) {
  const std::string text = '"' + std::string(inside) + '"';
  JsonReader reader(text, 1);
  std::string_view out;
  if (!reader.read_string(out) || !reader.at_end()) return std::nullopt;
  return std::string(out);
}

TEST(JsonString, ReadsPlainTextAsItIs) {
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("alice"), "alice");
  EXPECT_EQ(read("\x7f"), "\x7f");
  EXPECT_EQ(read("gr\xc3\xbc\xc3\x9f dich \xf0\x9f\x98\x80"), "gr\xc3\xbc\xc3\x9f dich \xf0\x9f\x98\x80");
}

TEST(JsonString, ResolvesEveryEscape) {
  EXPECT_EQ(read(R"(\"\\\/\b\f\n\r\t)"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(read(R"(a\u0041b)"), "aAb");
  EXPECT_EQ(read(R"(\u00e9\u00E9)"), "\xc3\xa9\xc3\xa9");
  EXPECT_EQ(read(R"(\u20ac)"), "\xe2\x82\xac");
  EXPECT_EQ(read(R"(\ud83d\ude00)"), "\xf0\x9f\x98\x80");
  EXPECT_EQ(read(R"(x\n\u00fcy\nz)"), "x\n\xc3\xbcy\nz");
}

TEST(JsonString, ResolvesEscapesAtTheEdgesOfEachLengthOfUtf8) {
  EXPECT_EQ(read(R"(\u0001)"), "\x01");
  EXPECT_EQ(read(R"(\u007f\u0080)"), "\x7f\xc2\x80");
  EXPECT_EQ(read(R"(\u07ff\u0800)"), "\xdf\xbf\xe0\xa0\x80");
  EXPECT_EQ(read(R"(\ud7ff\ue000\uffff)"), "\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf");
  EXPECT_EQ(read(R"(\ud800\udc00\udbff\udfff)"), "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
}

TEST(JsonString, RefusesEscapesThatAreNone) {
  for (const std::string_view bad : {R"(\a)", R"(\x41)", R"(\')", R"(\U0041)", R"(\0)", R"(\v)", R"(\ )", R"(\e)"}) {
    EXPECT_EQ(read(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(read("\\"), std::nullopt);
  EXPECT_EQ(read("a\\\n"), std::nullopt);
}

TEST(JsonString, RefusesUnicodeEscapesThatAreNoFourHexDigits) {
  ASSERT_EQ(read(R"(\u0041)"), "A");
  for (const std::string_view bad : {R"(\u)", R"(\u0)", R"(\u00)", R"(\u004)", R"(\u004g)", R"(\u-041)", R"(\u+041)",
                                     R"(\u 041)", R"(\u0x41)", R"(\u00 1)", R"(\u{41})"}) {
    EXPECT_EQ(read(bad), std::nullopt) << bad;
  }
}

TEST(JsonString, RefusesACutOffString) {
  for (const std::string_view text : {"\"", "\"a", "\"\\", "\"\\u", "\"\\u00", "\"\\ud83d", "\"\\ud83d\\",
                                      "\"\\ud83d\\u", "\"\\ud83d\\ude", "\"a\\\"", "\"\xc3", "\"\\n", "\"\\n\xc3"}) {
    JsonReader reader(text, 1);
    std::string_view out;
    EXPECT_FALSE(reader.read_string(out)) << text;
    EXPECT_FALSE(reader.ok());
  }
}

TEST(JsonString, RefusesEveryRawControlCharacter) {
  for (int control = 0; control < 0x20; ++control) {
    const std::string one(1, static_cast<char>(control));
    EXPECT_EQ(read(one), std::nullopt) << control;
    EXPECT_EQ(read("a" + one + "b"), std::nullopt) << control;
    EXPECT_EQ(read("\\n" + one), std::nullopt) << control << " behind an escape";
  }
  EXPECT_TRUE(read(" "));
}

// A reader in C would make "admin" of it.
TEST(JsonString, RefusesUnicodeZeroHoweverItIsWritten) {
  EXPECT_EQ(read(R"(admin\u0000x)"), std::nullopt);
  EXPECT_EQ(read(R"(\u0000)"), std::nullopt);
  EXPECT_EQ(read(std::string_view("admin\0x", 7)), std::nullopt);
  EXPECT_EQ(read(R"(admin\u0001x)"), "admin\x01x");
  EXPECT_EQ(read(R"(admin\\u0000x)"), R"(admin\u0000x)") << "this is a backslash and five letters";
}

TEST(JsonString, RefusesLoneSurrogatesInEveryOrder) {
  ASSERT_TRUE(read(R"(\ud83d\ude00)"));
  for (const std::string_view bad :
       {R"(\ud800)", R"(\udbff)", R"(\udc00)", R"(\udfff)", R"(\ude00\ud83d)", R"(\ud83d\ud83d)", R"(\ud83dx)",
        R"(\ud83d\n)", R"(\ud83d\u0041)", R"(\ud83d \ude00)", R"(x\udc00y)", R"(\ud83d\\ude00)", R"(\ud83dude00)",
        R"(\ud83d\ue000)", R"(\ud83d\udbff)"}) {
    EXPECT_EQ(read(bad), std::nullopt) << bad;
  }
}

struct Utf8Case {
  const char* what;
  std::string_view bytes;
};

// The edges of the table in RFC 3629 section 4.
constexpr Utf8Case kGoodUtf8[] = {
    {"first of two", "\xc2\x80"},          {"last of two", "\xdf\xbf"},          {"first of three", "\xe0\xa0\x80"},
    {"before surrogates", "\xed\x9f\xbf"}, {"after surrogates", "\xee\x80\x80"}, {"last of three", "\xef\xbf\xbf"},
    {"first of four", "\xf0\x90\x80\x80"}, {"F1", "\xf1\x80\x80\x80"},           {"F3", "\xf3\xbf\xbf\xbf"},
    {"last of all", "\xf4\x8f\xbf\xbf"},
};

constexpr Utf8Case kBadUtf8[] = {
    {"a stray tail", "\x80"},
    {"the last stray tail", "\xbf"},
    {"overlong slash", "\xc0\xaf"},
    {"overlong NUL", "\xc0\x80"},
    {"overlong in two", "\xc1\xbf"},
    {"overlong in three", "\xe0\x9f\xbf"},
    {"overlong in four", "\xf0\x8f\xbf\xbf"},
    {"first surrogate", "\xed\xa0\x80"},
    {"last surrogate", "\xed\xbf\xbf"},
    {"a pair of surrogates", "\xed\xa0\xbd\xed\xb8\x80"},
    {"past U+10FFFF", "\xf4\x90\x80\x80"},
    {"F5", "\xf5\x80\x80\x80"},
    {"five bytes", "\xf8\x88\x80\x80\x80"},
    {"FE", "\xfe"},
    {"FF", "\xff"},
    {"two, cut", "\xc3"},
    {"three, cut after two", "\xe2\x82"},
    {"three, cut after one", "\xe2"},
    {"four, cut after three", "\xf0\x9f\x98"},
    {"two, wrong second", "\xc3\x28"},
    {"two, second too high", "\xc3\xc0"},
    {"three, wrong third", "\xe2\x82\x28"},
    {"four, wrong third", "\xf0\x9f\x28\x80"},
    {"four, wrong fourth", "\xf0\x9f\x98\x28"},
    {"latin-1", "caf\xe9"},
};

TEST(JsonString, AcceptsTheEdgesOfUtf8) {
  for (const auto& [what, bytes] : kGoodUtf8) {
    EXPECT_EQ(read(bytes), std::string(bytes)) << what;
    EXPECT_EQ(read("\\n" + std::string(bytes)), "\n" + std::string(bytes)) << what << ", behind an escape";
    EXPECT_TRUE(is_clean_utf8(bytes)) << what;
  }
}

TEST(JsonString, RefusesWhatIsNoUtf8) {
  for (const auto& [what, bytes] : kBadUtf8) {
    EXPECT_EQ(read(bytes), std::nullopt) << what;
    EXPECT_EQ(read("a" + std::string(bytes) + "b"), std::nullopt) << what;
    EXPECT_EQ(read("\\n" + std::string(bytes)), std::nullopt) << what << ", behind an escape";
    EXPECT_FALSE(is_clean_utf8(bytes)) << what;
  }
}

TEST(CleanUtf8, IsEmptyTextAndAsciiButNoNul) {
  EXPECT_TRUE(is_clean_utf8(""));
  EXPECT_TRUE(is_clean_utf8("swt:session:\x01\x7f"));
  EXPECT_FALSE(is_clean_utf8(std::string_view("a\0b", 3)));
}

TEST(JsonQuote, WritesWhatJsonStringifyWrites) {
  EXPECT_EQ(json_quote(""), R"("")");
  EXPECT_EQ(json_quote("alice"), R"("alice")");
  EXPECT_EQ(json_quote("\"\\/"), R"("\"\\/")");
  EXPECT_EQ(json_quote("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(json_quote("\x01\x0b\x1f"), R"("\u0001\u000b\u001f")");
  EXPECT_EQ(json_quote("\x7f\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80"), "\"\x7f\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80\"");
}

TEST(JsonQuote, IsReadBackAsTheSameText) {
  for (int byte = 1; byte < 0x80; ++byte) {
    const std::string text = "a" + std::string(1, static_cast<char>(byte)) + "b";
    const std::string json = json_quote(text);
    EXPECT_EQ(read(std::string_view(json).substr(1, json.size() - 2)), text) << byte;
  }
}

}  // namespace
}  // namespace swt
