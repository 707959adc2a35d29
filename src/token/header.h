// The first part of a token, readable by everybody. Nothing in it is believed before the signature has been checked; its
// exp may only ever refuse early.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace swt {

enum class TokenType { access, refresh };

struct TokenHeader {
  TokenType type = TokenType::access;
  int64_t expires_at = 0;
};

std::string write_header(std::string_view algorithm, TokenType type, int64_t expires_at);

// Reads a header: an object of exactly alg, typ, exp and, if it likes, kid. A member that is not known here (jku, jwk,
// crit, zip, …) could change what the token means for another reader, so it is refused.
// token_algorithm when it names another algorithm than the key in hand has: a token never chooses.
Result<TokenHeader> read_header(std::string_view json, std::string_view algorithm_of_key);

}  // namespace swt
