// What the core asks a store, and what it is told.
//
// A store is asked one question per operation and answers with facts. Whether they are good enough is decided in one place
// (conclusion.h), the same for a store in memory, in Redis, or of the host's own.
#pragma once

#include <algorithm>
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
  int64_t refresh_life_s = 0;
};

// Is this session alive, and this proof new? The proof is spent only if the record is for this session, user and key.
struct VerifyQuestion {
  Session expected;      // id empty: there is no session, only a proof to spend
  std::string proof_id;  // empty: there is no proof
  std::string attempt;   // random: a command that a client sends again after a lost reply is the same attempt
  int64_t proof_life_ms = 0;
};

// The same of a request that trades its refresh token in: is that the session's current one? Then it is spent, and the
// successor's hash stands in its place. One that was spent before is in two hands, and the session is revoked.
struct RotateQuestion {
  VerifyQuestion request;
  std::string presented_hash;
  std::string successor_hash;
  int64_t presented_life_s = 0;  // how much longer the presented one could be tried
  int64_t successor_life_s = 0;
  bool is_legacy = false;  // a token of 3.0.1, which no store has heard of: the first one is taken
};

struct RevokeQuestion {
  std::string session_id;
};

struct LookupQuestion {
  std::string session_id;
};

using Question = std::variant<RegisterQuestion, VerifyQuestion, RotateQuestion, RevokeQuestion, LookupQuestion>;

// Two tabs that refresh at once are not a thief: for this long the second is refused, and no more than that.
inline constexpr int64_t kRotationGraceMs = 10000;

// The longest life of a session.
inline constexpr int64_t kMaxSessionTtlS = 10LL * 366 * 86400;
inline constexpr int64_t kDefaultSessionTtlS = 86400;

// A session lives as long as it is told to; by default a day, and at least as long as its refresh token.
constexpr int64_t session_life_s(int64_t ttl_s, int64_t refresh_life_s) {
  if (ttl_s != 0) return ttl_s;
  return std::min(std::max(kDefaultSessionTtlS, refresh_life_s), kMaxSessionTtlS);
}
inline constexpr const char* kSessionTtlRange = "the lifetime of sessions must be between 1 second and 10 years";

// The facts a store can state. The numbers are those that the scripts return; those between are reserved for what Redis
// holds beyond this (cut-offs, refresh tokens, limits).
enum class Fact : int64_t {
  yes = 1,          // alive and as expected; registered; revoked
  yes_legacy = 2,   // alive and as expected, registered by 3.0.1
  superseded = 3,   // the refresh token was spent a moment ago; nothing was changed
  missing = 0,      // there is no such session
  revoked = -1,     // it was revoked
  proof_used = -2,  // another attempt has spent this proof
  too_many_proofs = -4,
  taken = -5,     // another session has this id
  too_late = -6,  // the login arrived after it was given up
  reused = -7,    // the refresh token was spent before; the session was revoked
  mismatch = -9,  // alive, but for another session, user or key; nothing was spent
};

struct Answer {
  Fact fact = Fact::missing;
  std::string record;  // the session's stored text, where the fact has one
};

// An answer, or why there is none: a status of the class `unavailable`.
using StoreReply = std::variant<Answer, Status>;

}  // namespace swt
