#include "base/base64url.h"
#include "base/ids.h"
#include "crypto/random.h"
#include "crypto/secure_bytes.h"
#include "dpop/proof.h"
#include "engine/engine.h"

namespace swt {
namespace {

// A proof, its method and its url travel as one: comparing the half of a request is comparing nothing.
Result<void> check_shape(const VerifyRequest& request) {
  if (request.method.empty() == request.url.empty()) return {};
  return Error(Status::argument, "method and url belong together: give both, or neither");
}

// Who spends the proof: the caller's name for this one incoming request, else a random one for this call.
Result<std::string> attempt_of(const VerifyRequest& request) {
  if (request.attempt.empty()) return random_id();
  if (request.attempt.size() != kAttemptSize || !is_token_id(request.attempt)) {
    return Error(Status::argument, "the attempt is none of swt_attempt_new");
  }
  return std::string(request.attempt);
}

}  // namespace

// The session that the request names must be the token's own. A token of 3.0.1 does not say which is its own; it is held
// to the session's user and key, by the store's answer.
Result<void> Engine::check_session(const VerifyRequest& request, VerifiedToken& verified, bool accept_legacy) const {
  if (request.session_id.empty()) return Status::session_missing;
  if (!is_session_id(request.session_id)) return Status::session_revoked;
  const std::string& own = verified.claims.session_id;
  if (own.empty()) {
    if (!accept_legacy) return Status::token_legacy;
    verified.legacy.token_without_session = true;
  } else if (!equal_in_constant_time(as_bytes(own), as_bytes(request.session_id))) {
    return Status::session_mismatch;
  }
  verified.session_id = request.session_id;
  return {};
}

Result<PendingVerify> Engine::begin_verify(const VerifyRequest& request, Instant now) const {
  if (const Result<void> checked = check_shape(request); !checked) return checked.error();
  Result<OpenedToken> opened = open_token(*settings_.key, request.token, TokenType::access, now.wall_s());
  if (!opened) return opened.error();

  const bool accept_legacy = now.wall_ms < settings_.accept_legacy_until_ms;
  VerifiedToken verified{std::move(opened->payload), std::move(opened->claims), "", {}};
  if (settings_.has_sessions) {
    if (const Result<void> checked = check_session(request, verified, accept_legacy); !checked) return checked.error();
  }

  PendingVerify pending{{std::move(verified), std::nullopt, now.monotonic_ms}};
  const VerifiedToken& good = pending.outcome;
  const bool is_bound = !good.claims.thumbprint.empty();
  if (!settings_.has_sessions && !is_bound) return pending;

  VerifyQuestion question{Session{good.session_id, good.claims.user_id, good.claims.thumbprint}, "", "", 0};
  if (is_bound) {
    const Result<void> checked = check_possession(request, now, accept_legacy, pending.outcome, question);
    if (!checked) return checked.error();
  }
  pending.question = std::move(question);
  return pending;
}

// The request must prove that it comes from the holder of the token's key. What is left to ask is whether the proof is new.
Result<void> Engine::check_possession(const VerifyRequest& request, Instant now, bool accept_legacy,
                                      VerifiedToken& verified, VerifyQuestion& question) const {
  if (request.proof.empty()) return Status::proof_missing;
  const ProofExpectation expected{request.token,  verified.claims.thumbprint,
                                  request.method, RequestTarget{request.url, request.host},
                                  now.wall_s(),   accept_legacy};
  const Result<CheckedProof> proof = check_proof(request.proof, expected);
  if (!proof) return proof.error();
  Result<std::string> attempt = attempt_of(request);
  if (!attempt) return attempt.error();
  verified.legacy.proof_without_jti = proof->without_jti;
  verified.legacy.proof_not_compared = proof->not_compared;
  question.proof_id = base64url::encode(proof->id);
  question.attempt = *std::move(attempt);
  question.proof_life_ms = kSpentProofLifeS * 1000;
  return {};
}

}  // namespace swt
