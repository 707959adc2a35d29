#include "engine/audit.h"

#include "base/json_reader.h"

namespace swt {

std::string write_audit_line(const AuditEvent& event) {
  std::string json = R"({"timestamp":)" + std::to_string(event.wall_ms);
  const auto add = [&](std::string_view member, std::string_view value_json) {
    json.append(",\"").append(member).append("\":").append(value_json);
  };
  add("event", json_quote(event.name));
  add("code", json_quote(status_text(event.status).name));
  if (!event.user_id.empty()) add("userId", event.user_id);
  if (!event.session_id.empty()) add("sessionId", json_quote(event.session_id));
  if (*event.reason != '\0') add("reason", json_quote(event.reason));
  json += '}';
  return json;
}

}  // namespace swt
