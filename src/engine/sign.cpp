#include <algorithm>

#include "base/ids.h"
#include "crypto/random.h"
#include "crypto/secure_bytes.h"
#include "dpop/jwk.h"
#include "engine/issue.h"
#include "engine/possession.h"

namespace swt {
namespace {

Result<void> check_names(const SignRequest& request) {
  const auto is_absent_or_name = [](std::string_view name) { return name.empty() || is_name(name); };
  if (!is_absent_or_name(request.issuer) || !is_absent_or_name(request.subject) ||
      !std::all_of(request.audiences.begin(), request.audiences.end(), is_name)) {
    return Error(Status::argument, "an audience, issuer or subject has 1 to 256 bytes of UTF-8");
  }
  if (request.audiences.size() > kMaxAudiences) return Error(Status::argument, "a token has at most 16 audiences");
  return {};
}

// The thumbprint of the key that the token is bound to; empty for none. A proof decides; without one it is the key that
// the caller names.
Result<std::string> bound_key(const SignRequest& request, Instant now, bool accept_legacy, LegacyUses& legacy) {
  std::string named;
  if (!request.client_key_jwk.empty()) {
    Result<ClientKey> key = read_and_check_client_key(request.client_key_jwk);
    if (!key) return key.error();
    named = std::move(key->thumbprint);
  }
  if (request.http.proof.empty()) return named;
  std::optional<std::string_view> expected;
  if (!named.empty()) expected = named;
  Result<Possession> possession = check_possession(request.http, "", expected, now, accept_legacy, legacy);
  if (!possession) return possession.error();
  return std::move(possession->thumbprint);
}

}  // namespace

Result<PendingSign> Engine::begin_sign(const SignRequest& request, Instant now) const {
  const std::shared_ptr<const KeyRing> keys = keys_.current();
  const Result<const RingKey*> signer = keys->signer();
  if (!signer) return signer.error();
  if (const Result<void> checked = check_shape(request.http); !checked) return checked.error();
  if (const Result<void> checked = check_names(request); !checked) return checked.error();
  Result<std::string> user_id = check_data(request.data_json);
  if (!user_id) return user_id.error();
  const Result<int64_t> time = issued_at(now);
  if (!time) return time.error();
  LegacyUses legacy;
  Result<std::string> thumbprint = bound_key(request, now, accepts_legacy(now), legacy);
  if (!thumbprint) return thumbprint.error();

  Claims claims;
  claims.user_id = *std::move(user_id);
  claims.thumbprint = *std::move(thumbprint);
  claims.issuer = request.issuer;
  claims.subject = request.subject;
  claims.audiences.assign(request.audiences.begin(), request.audiences.end());
  claims.issued_at = *time;
  if (settings_.has_sessions) {
    Result<std::string> session_id = random_uuid();
    if (!session_id) return session_id.error();
    claims.session_id = *std::move(session_id);
  }

  Result<Issued> issued = issue(**signer, claims, request.data_json, request.lifetimes, request.with_refresh_token);
  if (!issued) return issued.error();
  issued->grant.legacy = legacy;
  PendingSign pending{{std::move(issued->grant), std::nullopt, now.monotonic_ms}};
  if (settings_.has_sessions) {
    RegisterQuestion question;
    question.session = {std::move(claims.session_id), std::move(claims.user_id), std::move(claims.thumbprint)};
    question.created_ms = now.wall_ms;
    question.refresh_hash = std::move(issued->refresh_hash);
    if (request.with_refresh_token) question.refresh_life_s = request.lifetimes.refresh_s;
    pending.question = std::move(question);
  }
  return pending;
}

}  // namespace swt
