// The first part of a token, readable by everybody. Nothing in it is believed before the signature has been checked; its
// exp may only ever refuse early.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/token_key.h"

namespace swt {

enum class TokenType { access, refresh };

struct TokenHeader {
  Algorithm algorithm = Algorithm::hs256;
  std::string key_id;  // kid: which key of a ring signed it; empty for none
  TokenType type = TokenType::access;
  int64_t expires_at = 0;
};

std::string write_header(const TokenHeader& header);

// Reads a header: an object of exactly alg, typ, exp and, if it likes, kid. A member that is not known here (jku, jwk,
// crit, zip, …) could change what the token means for another reader, so it is refused.
// token_algorithm when it names an algorithm that does not exist here.
Result<TokenHeader> read_header(std::string_view json);

// As headers write it. The text is static and ends in a NUL.
std::string_view name_of(Algorithm algorithm);

// Does the header name this key's algorithm? A token never chooses one: it belongs to the key. 3.0.1 writes RS256 over
// signatures of EC keys too.
bool is_algorithm_of(Algorithm named, const TokenKey& key);

}  // namespace swt
