#include "token/header.h"

#include <optional>
#include <utility>

#include "base/ids.h"
#include "base/json_reader.h"

namespace swt {
namespace {

constexpr std::string_view kAccess = "SWT";
constexpr std::string_view kRefresh = "SWT-Refresh";

constexpr std::pair<Algorithm, std::string_view> kAlgorithms[] = {
    {Algorithm::hs256, "AES-256-GCM+HMAC"},
    {Algorithm::rs256, "RS256"},
    {Algorithm::es256, "ES256"},
};

std::optional<Algorithm> algorithm_named(std::string_view text) {
  for (const auto& [algorithm, name] : kAlgorithms) {
    if (name == text) return algorithm;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Algorithm algorithm) {
  for (const auto& [known, name] : kAlgorithms) {
    if (known == algorithm) return name;
  }
  return {};
}

std::string write_header(const TokenHeader& header) {
  std::string json;
  json.reserve(128 + header.key_id.size());
  json += R"({"alg":")";
  json += name_of(header.algorithm);
  json += R"(","typ":")";
  json += header.type == TokenType::access ? kAccess : kRefresh;
  json += R"(","exp":)";
  json += std::to_string(header.expires_at);
  if (!header.key_id.empty()) {
    json += R"(,"kid":")";
    json += header.key_id;
    json += '"';
  }
  json += '}';
  return json;
}

Result<TokenHeader> read_header(std::string_view json) {
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
  const std::optional<Algorithm> known = algorithm_named(algorithm);
  if (!known) return Status::token_algorithm;
  header.algorithm = *known;
  header.type = type == kAccess ? TokenType::access : TokenType::refresh;
  header.key_id = kid;
  return header;
}

bool is_algorithm_of(Algorithm named, const TokenKey& key) {
  return named == key.algorithm() || (named == Algorithm::rs256 && key.algorithm() == Algorithm::es256);
}

}  // namespace swt
