// The proof of possession that comes with a request: the client signs what it is about to ask for with the key that its
// token is bound to. This is the x-dpop-proof form of 3.0.1:
//
//   b64url({"jwk":{…},"payload":"<JSON text>","signature":"<b64url DER>"})
//   payload: {"url":…,"method":…,"timestamp":…[,"jti":…][,"ath":…][,"nonce":…]}
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "dpop/url.h"

namespace swt {

inline constexpr size_t kMaxProofSize = 4096;

// For how long a proof is good, and how far ahead it may be dated (seconds).
inline constexpr int64_t kProofPastS = 300;
inline constexpr int64_t kProofFutureS = 60;
inline constexpr int64_t kLegacyProofFutureS = 300;
// For how long a spent proof is remembered, whatever its timestamp says: the widest window a proof can have, and twice the
// error of a clock, since a fast node may accept it first and a slow one last.
inline constexpr int64_t kSpentProofLifeS = kProofPastS + kLegacyProofFutureS + 2 * kClockErrorS;

// What the proof must fit.
struct ProofExpectation {
  std::string_view token;                      // the token it came with; empty at a login
  std::optional<std::string_view> thumbprint;  // the key that must have made it; nullopt: any, at a login
  std::string_view method;  // empty, and target.url too: there is nothing to compare (the 3.0.1 form of verify)
  RequestTarget target;
  int64_t now_s = 0;
  bool accept_legacy = false;
};

struct CheckedProof {
  std::array<uint8_t, 16> id{};  // what it is spent under
  std::string thumbprint;        // the key that made it
  bool without_jti = false;
  bool not_compared = false;
};

// Checks everything about a proof but its first use, the signature last: it costs more than all the rest.
Result<CheckedProof> check_proof(std::string_view proof, const ProofExpectation& expected);

}  // namespace swt
