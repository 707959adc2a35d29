// The strict JSON reader against JSONTestSuite.
//
// What the suite says must be refused is refused. What it says must be accepted, or leaves to the parser, is accepted
// unless one of our own rules forbids it. The rules are found in the text by other means than the reader's: iconv for
// UTF-8, strtod for numbers, cJSON for names that come twice.
#include <gtest/gtest.h>
#include <iconv.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "../unit/support/text.h"
#include "../unit/support/vector_count.h"
#include "../unit/support/vectors.h"
#include "base/json_reader.h"

namespace swt {
namespace {

constexpr int kDepth = 16;

bool is_accepted(const std::string& text) {
  JsonReader reader(text, kDepth);
  return reader.skip() && reader.at_end();
}

bool is_utf8(std::string text) {
  const iconv_t converter = iconv_open("UTF-32LE", "UTF-8");
  std::string out(text.size() * 4 + 4, '\0');
  char* from = text.data();
  char* to = out.data();
  size_t from_left = text.size();
  size_t to_left = out.size();
  const bool is_good = iconv(converter, &from, &from_left, &to, &to_left) != static_cast<size_t>(-1);
  iconv_close(converter);
  return is_good;
}

bool begins_with_a_byte_order_mark(const std::string& text) { return text.starts_with("\xef\xbb\xbf"); }

// The \u escapes of a text, in order; 0 for everything between two that do not touch.
std::vector<unsigned long> unicode_escapes(const std::string& text) {
  std::vector<unsigned long> units = {0};
  for (size_t at = 0; at < text.size(); ++at) {
    const bool is_escape = text[at] == '\\' && at + 1 < text.size();
    if (is_escape && text[at + 1] == 'u') {
      units.push_back(std::strtoul(text.substr(at + 2, 4).c_str(), nullptr, 16));
      at += 5;
      continue;
    }
    if (units.back() != 0) units.push_back(0);
    if (is_escape) ++at;
  }
  units.push_back(0);
  return units;
}

bool has_lone_surrogate(const std::string& text) {
  const std::vector<unsigned long> units = unicode_escapes(text);
  const auto is_high = [&](size_t i) { return units[i] >= 0xD800 && units[i] < 0xDC00; };
  const auto is_low = [&](size_t i) { return units[i] >= 0xDC00 && units[i] < 0xE000; };
  for (size_t i = 0; i < units.size(); ++i) {
    if (is_high(i) && !is_low(i + 1)) return true;
    if (is_low(i) && !is_high(i - 1)) return true;
  }
  return false;
}

// Of a text in which no backslash is escaped but before another letter.
bool has_escaped_zero(const std::string& text) {
  const size_t at = text.find("\\u0000");
  return at != std::string::npos && (at == 0 || text[at - 1] != '\\');
}

bool has_number_out_of_range(const std::string& text) {
  if (text.find('"') != std::string::npos) return false;
  for (const char* at = text.c_str(); *at != '\0'; ++at) {
    if (std::strchr("-0123456789", *at) == nullptr) continue;
    errno = 0;
    char* end = nullptr;
    static_cast<void>(std::strtod(at, &end));
    if (errno == ERANGE) return true;
    if (end > at) at = end - 1;
  }
  return false;
}

bool is_too_deep(const std::string& text) {
  int depth = 0;
  int deepest = 0;
  for (const char c : text) {
    if (c == '[' || c == '{') deepest = std::max(deepest, ++depth);
    if (c == ']' || c == '}') --depth;
  }
  return deepest > kDepth && text.find('"') == std::string::npos;
}

bool has_name_twice(const cJSON* node) {
  std::set<std::string> names;
  for (const cJSON* item = node == nullptr ? nullptr : node->child; item != nullptr; item = item->next) {
    if (item->string != nullptr && !names.insert(item->string).second) return true;
    if (has_name_twice(item)) return true;
  }
  return false;
}

bool has_name_twice(const std::string& text) {
  const std::unique_ptr<cJSON, decltype(&cJSON_Delete)> tree(cJSON_ParseWithLength(text.data(), text.size()),
                                                             cJSON_Delete);
  return has_name_twice(tree.get());
}

// Why the library refuses a text that the suite does not; "" when no rule of its own speaks against it.
std::string own_rule_against(const std::string& text) {
  if (begins_with_a_byte_order_mark(text)) return "a byte order mark";
  if (!is_utf8(text)) return "no UTF-8";
  if (has_escaped_zero(text)) return "U+0000";
  if (has_lone_surrogate(text)) return "a lone surrogate";
  if (has_number_out_of_range(text)) return "a number that a double cannot hold";
  if (is_too_deep(text)) return "too deep";
  if (has_name_twice(text)) return "a name that comes twice";
  return "";
}

TEST(JsonVectors, AreAcceptedOrRefusedAsStatedAndByOurOwnRules) {
  SWT_OPEN_VECTORS(file, "json/nst_jsontestsuite.json");
  ASSERT_EQ(file->tests().size(), file->stated_count());
  std::set<std::string> rules;
  for (const test::Vector& vector : file->tests()) {
    SCOPED_TRACE(vector.text("id"));
    const std::string text = test::from_base64(vector.text("b64"), sodium_base64_VARIANT_ORIGINAL);
    if (vector.text("expect") == "reject") {
      EXPECT_FALSE(is_accepted(text));
      continue;
    }
    const std::string rule = own_rule_against(text);
    rules.insert(rule);
    EXPECT_EQ(is_accepted(text), rule.empty()) << "rule: " << rule;
  }
  EXPECT_EQ(rules.size(), 8u) << "each of the seven rules has a vector, and most vectors have no rule against them";
  test::report_vectors({{"texts", file->stated_count()}});
}

}  // namespace
}  // namespace swt
