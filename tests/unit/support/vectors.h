// Published test vectors, read where they lie beside the repository and never copied into it.
#pragma once

#include <cjson/cJSON.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace swt::test {

// A value of a vector file. What a test names must be there: a vector that is skipped by accident proves nothing.
class Vector {
 public:
  explicit Vector(const cJSON* node) : node_(node) {}

  bool has(const char* name) const { return cJSON_GetObjectItemCaseSensitive(node_, name) != nullptr; }

  Vector operator[](const char* name) const {
    const cJSON* found = cJSON_GetObjectItemCaseSensitive(node_, name);
    if (found == nullptr) throw std::out_of_range(std::string("a vector without ") + name);
    return Vector(found);
  }

  std::string text() const {
    if (cJSON_IsString(node_) == 0) throw std::invalid_argument("a vector's text is none");
    return node_->valuestring;
  }
  std::string text(const char* name) const { return (*this)[name].text(); }

  int64_t number() const {
    if (cJSON_IsNumber(node_) == 0) throw std::invalid_argument("a vector's number is none");
    return static_cast<int64_t>(node_->valuedouble);
  }

  std::vector<Vector> items() const {
    std::vector<Vector> all;
    for (const cJSON* item = node_->child; item != nullptr; item = item->next) all.emplace_back(item);
    return all;
  }

  bool is_same_json_as(const std::string& json) const {
    const std::unique_ptr<cJSON, decltype(&cJSON_Delete)> other(cJSON_Parse(json.c_str()), cJSON_Delete);
    return other != nullptr && cJSON_Compare(node_, other.get(), 1) != 0;
  }

  std::string json() const {
    const std::unique_ptr<char, decltype(&cJSON_free)> text(cJSON_PrintUnformatted(node_), cJSON_free);
    return text.get();
  }

  const cJSON* node() const { return node_; }

 private:
  const cJSON* node_;
};

inline std::string vector_path(const std::string& name) { return "../shared/vectors/" + name; }

class VectorFile {
 public:
  // nullopt when the file is absent. One that is there and cannot be read is an error.
  static std::optional<VectorFile> open(const std::string& name) {
    std::ifstream file(vector_path(name), std::ios::binary);
    if (!file) return std::nullopt;
    const std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    std::unique_ptr<cJSON, decltype(&cJSON_Delete)> tree(cJSON_ParseWithLength(content.data(), content.size()),
                                                         cJSON_Delete);
    if (tree == nullptr) throw std::runtime_error(name + " is no JSON");
    return VectorFile(std::move(tree));
  }

  Vector root() const { return Vector(tree_.get()); }
  std::vector<Vector> tests() const { return root()["tests"].items(); }
  size_t stated_count() const { return static_cast<size_t>(root()["numberOfTests"].number()); }

 private:
  explicit VectorFile(std::unique_ptr<cJSON, decltype(&cJSON_Delete)> tree) : tree_(std::move(tree)) {}

  std::unique_ptr<cJSON, decltype(&cJSON_Delete)> tree_;
};

}  // namespace swt::test

// Opens a vector file as `variable`, or reports the test as skipped.
#define SWT_OPEN_VECTORS(variable, name)                     \
  const auto variable = ::swt::test::VectorFile::open(name); \
  if (!variable) GTEST_SKIP() << "1 file is absent: " << ::swt::test::vector_path(name)
