// What Redis means by an error reply.
#pragma once

#include <string_view>

#include "base/status.h"

namespace swt {

// Every error means that there is no answer: never "missing", and never "fine".
Status status_of_redis_error(std::string_view error);

// True when Redis does not know the script, and wants its source.
bool is_unknown_script(std::string_view error);

// True when the same connection is as good for the next command as a new one. Not when a new one may lead to another
// server, or would say again who we are.
bool survives_redis_error(std::string_view error);

}  // namespace swt
