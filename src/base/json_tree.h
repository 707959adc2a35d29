// A JSON text as a tree, for the places off the hot path that look members up: client keys and session records.
//
// The tree is cJSON's. cJSON alone would take trailing bytes, duplicate names, U+0000 and 1e309, so it only ever sees a
// text that the strict gate (json_reader.h) has passed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

struct cJSON;

namespace swt {

class JsonNode;

// The version of cJSON in use, for bug reports.
const char* json_library_version();

class JsonTree {
 public:
  // nullopt when the text is no JSON by the gate's rules, has another root than an object, or is deeper than max_depth.
  static std::optional<JsonTree> parse_object(std::string_view text, int max_depth);

  JsonNode root() const;

 private:
  struct Deleter {
    void operator()(cJSON* tree) const;
  };
  explicit JsonTree(cJSON* tree) : tree_(tree) {}

  std::unique_ptr<cJSON, Deleter> tree_;
};

// A value inside a tree, or nothing; lives as long as its tree. Names are compared byte by byte.
class JsonNode {
 public:
  explicit JsonNode(const cJSON* node) : node_(node) {}

  bool exists() const { return node_ != nullptr; }
  bool is_object() const;
  JsonNode member(const char* name) const;

  std::optional<std::string_view> string() const;
  std::optional<int64_t> safe_integer() const;  // within ±(2^53 - 1)
  // True for an array that holds exactly this one text.
  bool is_array_of_one(std::string_view text) const;

 private:
  const cJSON* node_;
};

}  // namespace swt
