#include "engine/audit.h"

#include "base/json_reader.h"

namespace swt {
namespace {

// JSON lets these stand in a string, and some readers take them for the end of a line or for a command to a terminal:
// DEL, U+0080 to U+009F, U+2028 and U+2029.
std::string on_one_line(std::string_view json) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string line;
  line.reserve(json.size());
  for (size_t i = 0; i < json.size(); ++i) {
    const auto byte = [&](size_t ahead) { return i + ahead < json.size() ? static_cast<uint8_t>(json[i + ahead]) : 0; };
    if (byte(0) == 0x7F) {
      line += "\\u007f";
    } else if (byte(0) == 0xC2 && byte(1) < 0xA0) {
      line += "\\u00";
      line += kHex[byte(1) >> 4];
      line += kHex[byte(1) & 15];
      i += 1;
    } else if (byte(0) == 0xE2 && byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9)) {
      line += byte(2) == 0xA8 ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      line += json[i];
    }
  }
  return line;
}

}  // namespace

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
  return on_one_line(json);
}

}  // namespace swt
