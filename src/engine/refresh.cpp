#include "base/ids.h"
#include "crypto/secure_bytes.h"
#include "dpop/jwk.h"
#include "engine/issue.h"
#include "engine/possession.h"

namespace swt {
namespace {

// The session that is to go on: the token's own. A request may name it too, and then it is the same. A token of 3.0.1
// names none, so the request must; the store's answer holds it to that session's user and key.
Result<std::string> session_of(const RefreshRequest& request, const Claims& claims, bool is_legacy) {
  const std::string_view named = request.session_id;
  if (named.empty() && is_legacy) return Status::session_missing;
  if (!named.empty() && !is_session_id(named)) return Status::session_revoked;
  if (is_legacy) return std::string(named);
  // A token of an engine that had no store. There is no session that could go on.
  if (claims.session_id.empty()) return Status::session_missing;
  if (!named.empty() && !equal_in_constant_time(as_bytes(named), as_bytes(claims.session_id))) {
    return Status::session_mismatch;
  }
  return claims.session_id;
}

// A caller that is told a key says so: the token goes on with the key that it is bound to, and with no other.
Result<void> check_named_key(const RefreshRequest& request, std::string_view bound) {
  if (request.client_key_jwk.empty()) return {};
  const Result<ClientKey> named = read_and_check_client_key(request.client_key_jwk);
  if (!named) return named.error();
  if (named->thumbprint != bound) return Status::proof_binding;
  return {};
}

// The caller's claims from now on. They may say something else, and about nobody else.
Result<std::string_view> next_data(const RefreshRequest& request, const OpenedToken& opened) {
  if (request.data_json.empty()) return opened.data_json();
  const Result<std::string> user_id = check_data(request.data_json);
  if (!user_id) return user_id.error();
  if (*user_id != opened.claims.user_id) return Error(Status::user_id, "the new claims are of another user");
  return request.data_json;
}

}  // namespace

Result<PendingRefresh> Engine::begin_refresh(const RefreshRequest& request, Instant now, Concerned& concerned) const {
  if (!settings_.spends_refresh_tokens && !request.insecurely_allow_reuse) {
    return Error(Status::store_required, "a refresh needs a store that remembers which refresh tokens were spent");
  }
  if (const Result<void> checked = check_shape(request.http); !checked) return checked.error();
  const std::shared_ptr<const KeyRing> keys = keys_.current();
  const Result<const RingKey*> signer = keys->signer();
  if (!signer) return signer.error();
  const Result<int64_t> time = issued_at(now);
  if (!time) return time.error();

  const Result<OpenedToken> opened = open_token(*keys, request.refresh_token, TokenType::refresh, now.wall_s());
  if (!opened) return opened.error();
  Claims claims = opened->claims;
  concerned = {claims.user_id, claims.session_id};
  LegacyUses legacy;
  legacy.refresh_token = claims.token_id.empty();
  if (legacy.refresh_token && !accepts_legacy(now)) return Status::token_legacy;
  if (settings_.has_sessions) {
    Result<std::string> session_id = session_of(request, claims, legacy.refresh_token);
    if (!session_id) return session_id.error();
    concerned.session_id = *session_id;
    claims.session_id = *std::move(session_id);
  } else if (!claims.session_id.empty()) {
    return Error(Status::store_required, "the token belongs to a session, and there is no store to ask for it");
  }

  // A refresh token of 3.0.1 does not say which key it is bound to; its session does, and the store compares.
  std::string proof_id;
  if (!claims.thumbprint.empty() || (legacy.refresh_token && !request.http.proof.empty())) {
    std::optional<std::string_view> bound;
    if (!claims.thumbprint.empty()) bound = claims.thumbprint;
    Result<Possession> possession =
        check_possession(request.http, request.refresh_token, bound, now, accepts_legacy(now), legacy);
    if (!possession) return possession.error();
    claims.thumbprint = std::move(possession->thumbprint);
    proof_id = std::move(possession->proof_id);
  }
  if (const Result<void> checked = check_named_key(request, claims.thumbprint); !checked) return checked.error();

  const Result<std::string_view> data = next_data(request, *opened);
  if (!data) return data.error();
  claims.issued_at = *time;
  Result<Issued> issued = issue(**signer, claims, *data, request.lifetimes, true);
  if (!issued) return issued.error();
  issued->grant.legacy = legacy;
  PendingRefresh pending{{std::move(issued->grant), std::nullopt, now.monotonic_ms}, opened->claims.expires_at};

  if (!settings_.has_sessions && proof_id.empty()) return pending;
  Session expected{settings_.has_sessions ? claims.session_id : "", claims.user_id, claims.thumbprint};
  Result<VerifyQuestion> question = question_for(std::move(expected), std::move(proof_id), request.http);
  if (!question) return question.error();
  if (!settings_.spends_refresh_tokens) {
    pending.question = *std::move(question);
    return pending;
  }
  Result<std::string> presented = hash_of_refresh_token(request.refresh_token);
  if (!presented) return presented.error();
  pending.question = RotateQuestion{*std::move(question),
                                    *std::move(presented),
                                    std::move(issued->refresh_hash),
                                    opened->claims.expires_at - *time,
                                    request.lifetimes.refresh_s,
                                    legacy.refresh_token};
  return pending;
}

}  // namespace swt
