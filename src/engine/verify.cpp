#include "base/ids.h"
#include "crypto/secure_bytes.h"
#include "engine/possession.h"

namespace swt {
namespace {

// The session that the request names must be the token's own. A token of 3.0.1 does not say which is its own; it is held
// to the session's user and key, by the store's answer.
Result<void> check_session(const VerifyRequest& request, bool accept_legacy, VerifiedToken& verified) {
  if (request.session_id.empty()) return Status::session_missing;
  if (!is_session_id(request.session_id)) return Status::session_revoked;
  const std::string& own = verified.opened.claims.session_id;
  if (own.empty()) {
    if (!accept_legacy) return Status::token_legacy;
    verified.legacy.token_without_session = true;
  } else if (!equal_in_constant_time(as_bytes(own), as_bytes(request.session_id))) {
    return Status::session_mismatch;
  }
  verified.session_id = request.session_id;
  return {};
}

}  // namespace

Result<PendingVerify> Engine::begin_verify(const VerifyRequest& request, Instant now, Concerned& concerned) const {
  if (const Result<void> checked = check_shape(request.http); !checked) return checked.error();
  if (const Result<void> checked = check_expectations(request.expected); !checked) return checked.error();
  const std::shared_ptr<const KeyRing> keys = keys_.current();
  Result<OpenedToken> opened =
      open_token(*keys, request.token, TokenType::access, now.wall_s(), request.expected.leeway_s);
  if (!opened) return opened.error();
  const Claims& claims = opened->claims;
  concerned = {claims.user_id, claims.session_id};
  if (const Result<void> judged = judge_claims(claims, request.expected, now.wall_s()); !judged) return judged.error();

  const bool accept_legacy = accepts_legacy(now);
  PendingVerify pending{{{*std::move(opened), "", request.expected.leeway_s, {}}, std::nullopt, now.monotonic_ms}};
  VerifiedToken& verified = pending.outcome;
  const std::string& claims_session = verified.opened.claims.session_id;
  if (settings_.has_sessions) {
    if (const Result<void> checked = check_session(request, accept_legacy, verified); !checked) return checked.error();
    concerned.session_id = verified.session_id;
  } else if (!claims_session.empty() && !request.session_id.empty() && request.session_id != claims_session) {
    return Status::session_mismatch;
  }

  // What is left to ask is whether the session is alive, and whether the proof is new.
  const std::string& thumbprint = verified.opened.claims.thumbprint;
  if (!settings_.has_sessions && thumbprint.empty()) return pending;
  std::string proof_id;
  if (!thumbprint.empty()) {
    Result<Possession> possession =
        check_possession(request.http, request.token, thumbprint, now, accept_legacy, verified.legacy);
    if (!possession) return possession.error();
    proof_id = std::move(possession->proof_id);
  }
  Result<VerifyQuestion> question = question_for({verified.session_id, verified.opened.claims.user_id, thumbprint},
                                                 std::move(proof_id), request.http);
  if (!question) return question.error();
  pending.question = *std::move(question);
  return pending;
}

Result<VerifiedToken> Engine::open_unchecked_session(std::string_view token, Instant now) const {
  const std::shared_ptr<const KeyRing> keys = keys_.current();
  Result<OpenedToken> opened = open_any_token(*keys, token, now.wall_s());
  if (!opened) return opened.error();
  return VerifiedToken{*std::move(opened), "", 0, {}};
}

}  // namespace swt
