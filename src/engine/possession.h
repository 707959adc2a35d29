// Does the request come from the holder of the key? The part that needs no store.
#pragma once

#include <string>
#include <string_view>

#include "engine/engine.h"

namespace swt {

// A proof, its method and its url travel as one: comparing the half of a request is comparing nothing. argument.
Result<void> check_shape(const HttpRequest& http);

// Checks the request's proof, by this key or, where none is given, by any. Gives the key's thumbprint.
struct Possession {
  std::string thumbprint;
  std::string proof_id;
};
Result<Possession> check_possession(const HttpRequest& http, std::string_view token,
                                    std::optional<std::string_view> thumbprint, Instant now, bool accept_legacy,
                                    LegacyUses& legacy);

// Who spends the proof or the refresh token: the caller's name for this one incoming request, else a random one for
// this call. argument for a name that is none of ours.
Result<std::string> attempt_of(const HttpRequest& http);

// The question of a request for a session that is expected to be this one, with the proof to spend.
Result<VerifyQuestion> question_for(Session expected, std::string proof_id, const HttpRequest& http);

}  // namespace swt
