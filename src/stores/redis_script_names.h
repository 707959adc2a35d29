// The name that Redis knows a script by: its SHA-1 in hexadecimal. Nothing's security rests on it.
#pragma once

#include <array>
#include <string>

#include "base/result.h"
#include "session/redis_call.h"

namespace swt {

using RedisScriptNames = std::array<std::string, kScriptCount>;

// internal_crypto.
Result<RedisScriptNames> redis_script_names();

}  // namespace swt
