#include "token/header.h"

#include "base/ids.h"
#include "base/json_reader.h"

namespace swt {
namespace {

constexpr std::string_view kAccess = "SWT";
constexpr std::string_view kRefresh = "SWT-Refresh";

}  // namespace

std::string write_header(std::string_view algorithm, TokenType type, int64_t expires_at) {
  std::string json;
  json.reserve(96);
  json += R"({"alg":")";
  json += algorithm;
  json += R"(","typ":")";
  json += type == TokenType::access ? kAccess : kRefresh;
  json += R"(","exp":)";
  json += std::to_string(expires_at);
  json += '}';
  return json;
}

Result<TokenHeader> read_header(std::string_view json, std::string_view algorithm_of_key) {
  JsonReader reader(json, 1);
  JsonObject object(reader);
  TokenHeader header;
  std::string_view name, algorithm, type, kid;
  while (object.next(name)) {
    bool is_read = false;
    if (name == "alg") is_read = reader.read_string(algorithm);
    else if (name == "typ") is_read = reader.read_string(type);
    else if (name == "exp") is_read = reader.read_integer(header.expires_at);
    else if (name == "kid") is_read = reader.read_string(kid) && is_token_id(kid);
    if (!is_read) return Status::token_malformed;
  }
  if (!reader.at_end() || algorithm.empty() || header.expires_at < 1) return Status::token_malformed;
  if (type != kAccess && type != kRefresh) return Status::token_malformed;
  if (algorithm != algorithm_of_key) return Status::token_algorithm;
  header.type = type == kAccess ? TokenType::access : TokenType::refresh;
  return header;
}

}  // namespace swt
