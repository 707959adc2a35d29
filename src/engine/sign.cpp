#include "base/base64url.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "dpop/jwk.h"
#include "engine/engine.h"

namespace swt {
namespace {

Result<int64_t> expiry(int64_t issued_at, int64_t lifetime_s) {
  if (lifetime_s < 1) return Status::lifetime;
  if (lifetime_s > kMaxSafeInteger - issued_at)
    return Error(Status::lifetime, "the lifetime goes past the end of time");
  return issued_at + lifetime_s;
}

// The claims for the next token, with their own random id and expiry; all else as in `like`.
Result<Claims> claims_for(TokenType type, int64_t lifetime_s, const Claims& like) {
  const Result<int64_t> expires_at = expiry(like.issued_at, lifetime_s);
  if (!expires_at) return expires_at.error();
  Result<std::string> id = random_id();
  if (!id) return id.error();
  Claims claims = like;
  claims.type = type;
  claims.expires_at = *expires_at;
  claims.token_id = *std::move(id);
  return claims;
}

Result<std::string> sign_token(const TokenKey& key, TokenType type, int64_t lifetime_s, const Claims& like,
                               std::string_view data_json) {
  const Result<Claims> claims = claims_for(type, lifetime_s, like);
  if (!claims) return claims.error();
  return seal_token(key, *claims, data_json);
}

// What a store may know of a refresh token: enough to recognise it, not enough to use it.
Result<std::string> hash_of(std::string_view refresh_token) {
  Sha256 digest{};
  if (!sha256(as_bytes(refresh_token), digest)) return Status::internal_crypto;
  return base64url::encode(digest);
}

}  // namespace

Result<PendingSign> Engine::begin_sign(const SignRequest& request, Instant now) const {
  Result<std::string> user_id = check_data(request.data_json);
  if (!user_id) return user_id.error();

  Claims common;
  common.user_id = *std::move(user_id);
  common.issued_at = now.wall_s();
  if (common.issued_at < 0) return Error(Status::argument, "the time lies before 1970");
  if (!request.client_key_jwk.empty()) {
    Result<ClientKey> client_key = read_and_check_client_key(request.client_key_jwk);
    if (!client_key) return client_key.error();
    common.thumbprint = std::move(client_key->thumbprint);
  }
  if (settings_.has_sessions) {
    Result<std::string> session_id = random_uuid();
    if (!session_id) return session_id.error();
    common.session_id = *std::move(session_id);
  }

  Grant grant;
  Result<std::string> token =
      sign_token(*settings_.key, TokenType::access, request.lifetime_s, common, request.data_json);
  if (!token) return token.error();
  grant.token = *std::move(token);
  grant.expires_at = common.issued_at + request.lifetime_s;
  std::string refresh_hash;
  if (request.with_refresh_token) {
    Result<std::string> refresh_token =
        sign_token(*settings_.key, TokenType::refresh, request.refresh_lifetime_s, common, request.data_json);
    if (!refresh_token) return refresh_token.error();
    Result<std::string> hash = hash_of(*refresh_token);
    if (!hash) return hash.error();
    grant.refresh_token = *std::move(refresh_token);
    refresh_hash = *std::move(hash);
  }
  grant.user_id = common.user_id;
  grant.session_id = common.session_id;

  PendingSign pending{{std::move(grant), std::nullopt, now.monotonic_ms}};
  if (settings_.has_sessions) {
    pending.question =
        RegisterQuestion{Session{std::move(common.session_id), std::move(common.user_id), std::move(common.thumbprint)},
                         now.wall_ms, std::move(refresh_hash)};
  }
  return pending;
}

}  // namespace swt
