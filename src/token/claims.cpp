#include "token/claims.h"

#include "base/ids.h"
#include "base/json_reader.h"

namespace swt {
namespace {

// Reads the object `data` and the user id in it. The rest of it is the caller's, and only checked.
bool read_data(JsonReader& reader, std::optional<std::string>& user_id) {
  JsonObject data(reader);
  std::string_view name;
  while (data.next(name)) {
    if (name != "userId") {
      if (!reader.skip()) return false;
      continue;
    }
    std::string_view text;
    int64_t number = 0;
    if (reader.peek() == JsonReader::Kind::string) {
      if (!reader.read_string(text)) return false;
      user_id = user_id_json(text);
    } else if (reader.peek() == JsonReader::Kind::number) {
      if (!reader.read_integer(number)) return false;
      user_id = user_id_json(number);
    } else {
      return false;
    }
  }
  return reader.ok();
}

// cnf (RFC 7800 section 3.1) with the one confirmation method that exists here.
bool read_confirmation(JsonReader& reader, std::string_view& thumbprint) {
  JsonObject confirmation(reader);
  std::string_view name;
  while (confirmation.next(name)) {
    if (name != "jkt" || !reader.read_string(thumbprint)) return false;
  }
  return reader.ok() && is_thumbprint(thumbprint);
}

bool read_name(JsonReader& reader, std::string& out) {
  std::string_view text;
  if (!reader.read_string(text) || !is_name(text)) return false;
  out = text;
  return true;
}

// aud is one text or an array of texts (RFC 7519 section 4.1.3).
bool read_audiences(JsonReader& reader, std::vector<std::string>& out) {
  if (reader.peek() != JsonReader::Kind::array) return read_name(reader, out.emplace_back());
  JsonArray array(reader);
  while (array.next()) {
    if (out.size() == kMaxAudiences || !read_name(reader, out.emplace_back())) return false;
  }
  return reader.ok() && !out.empty();
}

void append_name(std::string& json, std::string_view member, std::string_view name) {
  if (name.empty()) return;
  json += member;
  json += json_quote(name);
}

void append_audiences(std::string& json, const std::vector<std::string>& audiences) {
  if (audiences.size() == 1) return append_name(json, R"(,"aud":)", audiences.front());
  for (const std::string& audience : audiences) {
    append_name(json, &audience == &audiences.front() ? R"(,"aud":[)" : ",", audience);
  }
  if (!audiences.empty()) json += ']';
}

}  // namespace

Result<std::string> check_data(std::string_view data_json) {
  if (data_json.size() > kMaxDataSize) return Status::data_too_large;
  JsonReader reader(data_json, kMaxDataDepth);
  std::optional<std::string> user_id;
  if (read_data(reader, user_id) && reader.at_end() && user_id) return *std::move(user_id);

  // What is wrong with it: the JSON, or, where that is good, the user id.
  JsonReader gate(data_json, kMaxDataDepth);
  if (gate.peek() != JsonReader::Kind::object) return Error(Status::data, "the data is not a JSON object");
  if (!gate.skip() || !gate.at_end()) return gate.too_deep() ? Status::data_too_large : Status::data;
  return Status::user_id;
}

std::string write_payload(const Claims& claims, std::string_view data_json) {
  std::string json;
  json.reserve(data_json.size() + 256);
  json += R"({"data":)";
  json += data_json;
  json += R"(,"iat":)";
  json += std::to_string(claims.issued_at);
  json += R"(,"exp":)";
  json += std::to_string(claims.expires_at);
  if (!claims.thumbprint.empty()) {
    json += R"(,"cnf":{"jkt":")";
    json += claims.thumbprint;
    json += R"("})";
  }
  if (claims.type == TokenType::refresh) json += R"(,"isRefresh":true)";
  if (!claims.session_id.empty()) {
    json += R"(,"sid":")";
    json += claims.session_id;
    json += '"';
  }
  append_name(json, R"(,"iss":)", claims.issuer);
  append_name(json, R"(,"sub":)", claims.subject);
  append_audiences(json, claims.audiences);
  json += R"(,"jti":")";
  json += claims.token_id;
  json += R"("})";
  return json;
}

Result<ReadPayload> read_payload(std::string_view json) {
  JsonReader reader(json, kMaxDataDepth + 1);
  JsonObject payload(reader);
  Claims claims;
  std::optional<std::string> user_id;
  std::string_view name, data_json, thumbprint, session_id, token_id;
  bool has_issued_at = false;
  bool has_expires_at = false;
  while (payload.next(name)) {
    bool is_read = false;
    if (name == "data") {
      if (reader.peek() != JsonReader::Kind::object) return Status::token_claims;
      const size_t begin = reader.position();
      is_read = read_data(reader, user_id);
      data_json = json.substr(begin, reader.position() - begin);
    } else if (name == "iat") {
      is_read = has_issued_at = reader.read_integer(claims.issued_at);
    } else if (name == "exp") {
      is_read = has_expires_at = reader.read_integer(claims.expires_at);
    } else if (name == "cnf") {
      is_read = reader.peek() == JsonReader::Kind::object && read_confirmation(reader, thumbprint);
    } else if (name == "isRefresh") {
      is_read = reader.read_true();
      claims.type = TokenType::refresh;
    } else if (name == "sid") {
      is_read = reader.read_string(session_id) && is_session_id(session_id);
    } else if (name == "iss") {
      is_read = read_name(reader, claims.issuer);
    } else if (name == "sub") {
      is_read = read_name(reader, claims.subject);
    } else if (name == "aud") {
      is_read = read_audiences(reader, claims.audiences);
    } else if (name == "jti") {
      is_read = reader.read_string(token_id) && is_token_id(token_id);
    } else {
      is_read = reader.skip();
    }
    if (!is_read) return Status::token_claims;
  }
  const bool is_whole = reader.at_end() && user_id && has_issued_at && has_expires_at;
  if (!is_whole || claims.issued_at < 0 || claims.expires_at <= claims.issued_at) return Status::token_claims;
  claims.user_id = *std::move(user_id);
  claims.thumbprint = thumbprint;
  claims.session_id = session_id;
  claims.token_id = token_id;
  return ReadPayload{std::move(claims), data_json};
}

}  // namespace swt
