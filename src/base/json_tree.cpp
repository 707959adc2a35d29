#include "base/json_tree.h"

#include <cjson/cJSON.h>

#include <cmath>
#include <new>

#include "base/json_reader.h"
#include "base/time.h"

namespace swt {

const char* json_library_version() { return cJSON_Version(); }

void JsonTree::Deleter::operator()(cJSON* tree) const { cJSON_Delete(tree); }

std::optional<JsonTree> JsonTree::parse_object(std::string_view text, int max_depth) {
  JsonReader gate(text, max_depth);
  if (gate.peek() != JsonReader::Kind::object || !gate.skip() || !gate.at_end()) return std::nullopt;
  cJSON* tree = cJSON_ParseWithLength(text.data(), text.size());
  // The text is good JSON, so there was no memory for its tree. That must not pass for bad input.
  if (tree == nullptr) throw std::bad_alloc();
  return JsonTree(tree);
}

JsonNode JsonTree::root() const { return JsonNode(tree_.get()); }

bool JsonNode::is_object() const { return cJSON_IsObject(node_) != 0; }

JsonNode JsonNode::member(const char* name) const { return JsonNode(cJSON_GetObjectItemCaseSensitive(node_, name)); }

std::optional<std::string_view> JsonNode::string() const {
  if (cJSON_IsString(node_) == 0) return std::nullopt;
  return std::string_view(node_->valuestring);
}

std::optional<int64_t> JsonNode::safe_integer() const {
  if (cJSON_IsNumber(node_) == 0) return std::nullopt;
  const double value = node_->valuedouble;
  const bool is_safe = std::abs(value) <= static_cast<double>(kMaxSafeInteger) && std::trunc(value) == value;
  if (!is_safe) return std::nullopt;
  return static_cast<int64_t>(value);
}

bool JsonNode::is_array_of_one(std::string_view text) const {
  if (cJSON_IsArray(node_) == 0 || cJSON_GetArraySize(node_) != 1) return false;
  return JsonNode(cJSON_GetArrayItem(node_, 0)).string() == text;
}

}  // namespace swt
