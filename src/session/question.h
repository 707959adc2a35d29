// What the core asks a store, and what it is told.
//
// A store is asked one question per operation and answers with facts. Whether they are good enough is decided in one place
// (conclusion.h), the same for a store in memory, in Redis, or of the host's own.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/status.h"
#include "session/session.h"

namespace swt {

// How many unexpired proofs one session (in memory: one client's key) may have spent; past it the store answers that it
// is full. Over the life of a spent proof that is 3.4 requests in every second, for twenty minutes.
inline constexpr int64_t kMaxProofsPerSession = 4096;

// Keep this session, unless its id was revoked or is taken.
struct RegisterQuestion {
  Session session;
  int64_t created_ms = 0;
  std::string refresh_hash;  // of the refresh token that goes with it; empty for none
};

// Is this session alive, and this proof new? The proof is spent only if the record is for this session, user and key.
struct VerifyQuestion {
  Session expected;      // id empty: there is no session, only a proof to spend
  std::string proof_id;  // empty: there is no proof
  std::string attempt;   // random: a command that a client sends again after a lost reply is the same attempt
  int64_t proof_life_ms = 0;
};

struct RevokeQuestion {
  std::string session_id;
};

struct LookupQuestion {
  std::string session_id;
};

using Question = std::variant<RegisterQuestion, VerifyQuestion, RevokeQuestion, LookupQuestion>;

// The longest life of a session.
inline constexpr int64_t kMaxSessionTtlS = 10LL * 366 * 86400;
inline constexpr const char* kSessionTtlRange = "the lifetime of sessions must be between 1 second and 10 years";

// The facts a store can state. The numbers are those that the scripts return; those between are reserved for what Redis
// holds beyond this (cut-offs, refresh tokens, limits).
enum class Fact : int64_t {
  yes = 1,          // alive and as expected; registered; revoked
  yes_legacy = 2,   // alive and as expected, registered by 3.0.1
  missing = 0,      // there is no such session
  revoked = -1,     // it was revoked
  proof_used = -2,  // another attempt has spent this proof
  too_many_proofs = -4,
  taken = -5,     // another session has this id
  too_late = -6,  // the login arrived after it was given up
  mismatch = -9,  // alive, but for another session, user or key; nothing was spent
};

struct Answer {
  Fact fact = Fact::missing;
  std::string record;  // the session's stored text, where the fact has one
};

// An answer, or why there is none: a status of the class `unavailable`.
using StoreReply = std::variant<Answer, Status>;

}  // namespace swt
