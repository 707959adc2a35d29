// Is this text fit to be a secret? Most that are not were never meant to be one: a lookup that failed, a public key in
// the wrong setting, an example that was not replaced.
#pragma once

#include <string_view>

#include "base/result.h"

namespace swt {

enum class ShortSecret { refuse, insecurely_accept };

// key, secret_too_short.
Result<void> check_secret(std::string_view secret, ShortSecret short_secret);

}  // namespace swt
