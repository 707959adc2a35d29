#include "session/session.h"

#include "base/ids.h"
#include "base/json_reader.h"
#include "base/json_tree.h"

namespace swt {
namespace {

constexpr const char* kVersion = "4";

std::optional<std::string> read_user_id(const JsonNode& node) {
  if (const std::optional<std::string_view> text = node.string()) return user_id_json(*text);
  if (const std::optional<int64_t> number = node.safe_integer()) return user_id_json(*number);
  return std::nullopt;
}

std::optional<std::string> read_user_id(JsonReader& reader) {
  std::string_view text;
  int64_t number = 0;
  switch (reader.peek()) {
    case JsonReader::Kind::string: return reader.read_string(text) ? user_id_json(text) : std::nullopt;
    case JsonReader::Kind::number: return reader.read_integer(number) ? user_id_json(number) : std::nullopt;
    default: return std::nullopt;
  }
}

}  // namespace

std::string write_record_beginning(const Session& session) {
  std::string json = R"({"sessionId":")" + session.id + R"(","userId":)" + session.user_id;
  if (!session.thumbprint.empty()) json += R"(,"jkt":")" + session.thumbprint + '"';
  return json;
}

std::string write_session(const Session& session) { return write_record_beginning(session) + '}'; }

std::string write_session_record(const Session& session, int64_t created_ms) {
  return write_record_beginning(session) + R"(,"v":)" + kVersion + R"(,"created":)" + std::to_string(created_ms) + '}';
}

std::optional<SessionRecord> read_session_record(std::string_view json) {
  if (json.size() > kMaxSessionRecordSize) return std::nullopt;
  const std::optional<JsonTree> tree = JsonTree::parse_object(json, kMaxSessionRecordDepth);
  if (!tree) return std::nullopt;
  const JsonNode root = tree->root();

  const std::optional<std::string_view> id = root.member("sessionId").string();
  std::optional<std::string> user_id = read_user_id(root.member("userId"));
  if (!id || !is_session_id(*id) || !user_id) return std::nullopt;
  SessionRecord record{Session{std::string(*id), *std::move(user_id), ""}, root.member("v").exists()};

  const JsonNode thumbprint = root.member("jkt");
  if (!thumbprint.exists()) return record;
  if (!thumbprint.string() || !is_thumbprint(*thumbprint.string())) return std::nullopt;
  record.session.thumbprint = *thumbprint.string();
  return record;
}

Result<Session> read_described_session(std::string_view json) {
  const Error malformed(Status::argument,
                        "a session has a sessionId (a lower-case UUID), a userId and, if bound, a jkt");
  if (json.size() > kMaxSessionRecordSize) return malformed;
  JsonReader reader(json, 1);
  JsonObject object(reader);
  std::string_view name, id, thumbprint;
  std::optional<std::string> user_id;
  while (object.next(name)) {
    bool is_read = false;
    if (name == "sessionId") is_read = reader.read_string(id) && is_session_id(id);
    else if (name == "jkt") is_read = reader.read_string(thumbprint) && is_thumbprint(thumbprint);
    else if (name == "userId") {
      user_id = read_user_id(reader);
      if (!user_id) return Status::user_id;
      is_read = true;
    }
    if (!is_read) return malformed;
  }
  if (!reader.at_end() || id.empty()) return malformed;
  if (!user_id) return Status::user_id;
  return Session{std::string(id), *std::move(user_id), std::string(thumbprint)};
}

}  // namespace swt
