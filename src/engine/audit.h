// What an audit is told of an operation. Ids, codes and literal sentences only: no token, no proof, no secret can get in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace swt {

struct AuditEvent {
  const char* name = "";
  Status status = Status::ok;
  int64_t wall_ms = 0;
  std::string_view user_id = {};     // as JSON; empty when it is not known
  std::string_view session_id = {};  // empty when it is not known
  const char* reason = "";
};

// The event as one line of JSON, without the line's end.
std::string write_audit_line(const AuditEvent& event);

}  // namespace swt
