// A session as the store keeps it: {"sessionId":…,"userId":…[,"jkt":…]} as 3.0.1 writes it, and our own members after.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace swt {

inline constexpr size_t kMaxSessionRecordSize = 4096;
inline constexpr int kMaxSessionRecordDepth = 8;

struct Session {
  std::string id;
  std::string user_id;     // canonical JSON text
  std::string thumbprint;  // the key that it is bound to; empty for none

  bool operator==(const Session&) const = default;
};

struct SessionRecord {
  Session session;
  bool written_by_us = false;  // has our version member; else by 3.0.1
};

// {"sessionId":…,"userId":…[,"jkt":…] without the closing brace. Members come in this order in every record, ours and
// 3.0.1's, so that a store script can compare session, user and key as one piece of text.
std::string write_record_beginning(const Session& session);

// What the host may see of a session: the three members.
std::string write_session(const Session& session);

// What is stored.
std::string write_session_record(const Session& session, int64_t created_ms);

// Reads a stored record. nullopt for anything that is none.
std::optional<SessionRecord> read_session_record(std::string_view json);

// Reads a session that the host describes: exactly the three members. argument, user_id.
Result<Session> read_described_session(std::string_view json);

}  // namespace swt
