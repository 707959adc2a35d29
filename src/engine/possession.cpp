#include "engine/possession.h"

#include "base/base64url.h"
#include "base/ids.h"
#include "crypto/random.h"
#include "dpop/proof.h"

namespace swt {

Result<void> check_shape(const HttpRequest& http) {
  if (http.method.empty() == http.url.empty()) return {};
  return Error(Status::argument, "method and url belong together: give both, or neither");
}

Result<Possession> check_possession(const HttpRequest& http, std::string_view token,
                                    std::optional<std::string_view> thumbprint, Instant now, bool accept_legacy,
                                    LegacyUses& legacy) {
  if (http.proof.empty()) return Status::proof_missing;
  const ProofExpectation expected{token,        thumbprint,   http.method, RequestTarget{http.url, http.host},
                                  now.wall_s(), accept_legacy};
  Result<CheckedProof> proof = check_proof(http.proof, expected);
  if (!proof) return proof.error();
  legacy.proof_without_jti = proof->without_jti;
  legacy.proof_not_compared = proof->not_compared;
  return Possession{std::move(proof->thumbprint), base64url::encode(proof->id)};
}

Result<std::string> attempt_of(const HttpRequest& http) {
  if (http.attempt.empty()) return random_id();
  if (http.attempt.size() != kAttemptSize || !is_token_id(http.attempt)) {
    return Error(Status::argument, "the attempt is none of swt_attempt_new");
  }
  return std::string(http.attempt);
}

Result<VerifyQuestion> question_for(Session expected, std::string proof_id, const HttpRequest& http) {
  VerifyQuestion question;
  question.expected = std::move(expected);
  Result<std::string> attempt = attempt_of(http);
  if (!attempt) return attempt.error();
  question.attempt = *std::move(attempt);
  if (!proof_id.empty()) {
    question.proof_id = std::move(proof_id);
    question.proof_life_ms = kSpentProofLifeS * 1000;
  }
  return question;
}

}  // namespace swt
