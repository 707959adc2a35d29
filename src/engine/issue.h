// The tokens that sign and refresh hand out.
#pragma once

#include <string>
#include <string_view>

#include "engine/engine.h"

namespace swt {

struct Issued {
  Grant grant;
  std::string refresh_hash;  // what a store may know of the refresh token; empty without one
};

// An access token, and where it is wanted a refresh token, with these claims. Each gets its own id and expiry. lifetime.
Result<Issued> issue(const RingKey& signer, Claims claims, std::string_view data_json, const Lifetimes& lifetimes,
                     bool with_refresh_token);

// Enough to recognise a refresh token, not enough to use it. Not of its signature, which has twins.
Result<std::string> hash_of_refresh_token(std::string_view token);

// now as a token's iat. argument before 1970.
Result<int64_t> issued_at(Instant now);

}  // namespace swt
