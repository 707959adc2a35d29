#include "engine/issue.h"

#include "base/base64url.h"
#include "crypto/hash.h"
#include "crypto/random.h"

namespace swt {
namespace {

Result<int64_t> expiry(int64_t issued_at, int64_t lifetime_s) {
  if (lifetime_s < 1) return Status::lifetime;
  if (lifetime_s > kMaxSafeInteger - issued_at)
    return Error(Status::lifetime, "the lifetime goes past the end of time");
  return issued_at + lifetime_s;
}

// The next token; of the claims only id, type and expiry change.
Result<std::string> seal_as(const RingKey& signer, TokenType type, int64_t lifetime_s, Claims& claims,
                            std::string_view data_json) {
  const Result<int64_t> expires_at = expiry(claims.issued_at, lifetime_s);
  if (!expires_at) return expires_at.error();
  Result<std::string> id = random_id();
  if (!id) return id.error();
  claims.type = type;
  claims.expires_at = *expires_at;
  claims.token_id = *std::move(id);
  return seal_token(signer, claims, data_json);
}

}  // namespace

Result<Issued> issue(const RingKey& signer, Claims claims, std::string_view data_json, const Lifetimes& lifetimes,
                     bool with_refresh_token) {
  Issued issued;
  Result<std::string> token = seal_as(signer, TokenType::access, lifetimes.access_s, claims, data_json);
  if (!token) return token.error();
  issued.grant.token = *std::move(token);
  issued.grant.expires_at = claims.expires_at;
  issued.grant.user_id = claims.user_id;
  issued.grant.session_id = claims.session_id;
  if (!with_refresh_token) return issued;

  Result<std::string> refresh_token = seal_as(signer, TokenType::refresh, lifetimes.refresh_s, claims, data_json);
  if (!refresh_token) return refresh_token.error();
  Result<std::string> hash = hash_of_refresh_token(*refresh_token);
  if (!hash) return hash.error();
  issued.grant.refresh_token = *std::move(refresh_token);
  issued.refresh_hash = *std::move(hash);
  return issued;
}

Result<std::string> hash_of_refresh_token(std::string_view token) {
  Sha256 digest{};
  if (!sha256(as_bytes(signed_part(token)), digest)) return Status::internal_crypto;
  return base64url::encode(digest);
}

Result<int64_t> issued_at(Instant now) {
  if (now.wall_s() < 0) return Error(Status::argument, "the time lies before 1970");
  return now.wall_s();
}

}  // namespace swt
