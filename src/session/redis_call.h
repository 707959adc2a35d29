// How each question is put to Redis: keys, one atomic script, and how its reply reads. Written here once, for every host.
//
//   <prefix><session id>                  the session's record, as 3.0.1 keeps it
//   <prefix>c:{<client prefix><prefix><session id>}   its companion hash, in the same slot of a Redis Cluster:
//       e  epoch of its login; no e: registered by 3.0.1      x  end of its life, in the server's ms
//       d  revoked: "reason:ms"                               r  hash of its refresh token
//       p  hash of the one before it                          y  until when a second try of that is no reuse
//       q  how many fields before spent proofs are swept      w  until when it holds as many proofs as it may
//       P<proof id>  "<attempt> <expiry ms>"
//
// The marker c: comes first so that an ACL of ~<prefix>* covers both, and the braces last so that both hash alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "session/question.h"

namespace swt {

enum class Script : uint32_t { verify = 0, register_session = 1, revoke = 2, lookup = 3, rotate = 4 };
inline constexpr uint32_t kScriptCount = 5;

std::string_view script_source(Script script);

struct RedisLayout {
  std::string prefix = "swt:session:";
  std::string client_key_prefix;
  int64_t session_ttl_s = 0;  // 0: see session_life_s
  int64_t not_after_ms = 0;
};

// argument, when keys would not share a slot or the values are out of range.
Result<void> check_layout(const RedisLayout& layout);

struct RedisCall {
  Script script;
  std::vector<std::string> keys;
  std::vector<std::string> args;
};

// state, for a question that is not about a session.
Result<RedisCall> redis_call_for(const Question& question, const RedisLayout& layout);

// Reads a script's reply, given as text. Anything but an array of three with a number that the script of this question
// can return is `store_protocol`: never "not found", and never "fine".
StoreReply read_redis_reply(const Question& question, const std::vector<std::string_view>& parts);

}  // namespace swt
