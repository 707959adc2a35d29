// What the handles that operations hand out have to tell.
#include "capi/boundary.h"

using namespace swt;
using namespace swt::capi;

namespace {

constexpr swt_bytes kNothing = {nullptr, 0};

swt_bytes at(const std::vector<std::string>& texts, size_t index) {
  return index < texts.size() ? view_of(texts[index]) : kNothing;
}

uint32_t flags_of(const LegacyUses& legacy) {
  return (legacy.token_without_session ? SWT_LEGACY_TOKEN_WITHOUT_SESSION : 0u) |
         (legacy.proof_without_jti ? SWT_LEGACY_PROOF_WITHOUT_JTI : 0u) |
         (legacy.proof_not_compared ? SWT_LEGACY_PROOF_NOT_COMPARED : 0u) |
         (legacy.refresh_token ? SWT_LEGACY_REFRESH_TOKEN : 0u);
}

}  // namespace

extern "C" {

swt_bytes swt_grant_token(const swt_grant* grant) { return as(grant) ? view_of(grant->grant.token) : kNothing; }

swt_bytes swt_grant_session_id(const swt_grant* grant) {
  return as(grant) ? view_of(grant->grant.session_id) : kNothing;
}

swt_bytes swt_grant_refresh_token(const swt_grant* grant) {
  return as(grant) ? view_of(grant->grant.refresh_token) : kNothing;
}

swt_bytes swt_grant_user_id(const swt_grant* grant) { return as(grant) ? view_of(grant->grant.user_id) : kNothing; }

int64_t swt_grant_expires_at(const swt_grant* grant) { return as(grant) ? grant->grant.expires_at : 0; }

uint32_t swt_grant_legacy_uses(const swt_grant* grant) { return as(grant) ? flags_of(grant->grant.legacy) : 0; }

void swt_grant_free(swt_grant* grant) { release(grant); }

swt_bytes swt_claims_payload(const swt_claims* claims) {
  return as(claims) ? view_of(claims->verified.opened.payload) : kNothing;
}

swt_bytes swt_claims_data(const swt_claims* claims) { return as(claims) ? view_of(claims->data) : kNothing; }

swt_bytes swt_claims_token_id(const swt_claims* claims) {
  return as(claims) ? view_of(claims->verified.opened.claims.token_id) : kNothing;
}

swt_bytes swt_claims_key_id(const swt_claims* claims) {
  return as(claims) ? view_of(claims->verified.opened.key_id) : kNothing;
}

swt_bytes swt_claims_user_id(const swt_claims* claims) {
  return as(claims) ? view_of(claims->verified.opened.claims.user_id) : kNothing;
}

swt_bytes swt_claims_session_id(const swt_claims* claims) {
  return as(claims) ? view_of(claims->verified.session_id) : kNothing;
}

swt_bytes swt_claims_thumbprint(const swt_claims* claims) {
  return as(claims) ? view_of(claims->verified.opened.claims.thumbprint) : kNothing;
}

int64_t swt_claims_issued_at(const swt_claims* claims) {
  return as(claims) ? claims->verified.opened.claims.issued_at : 0;
}

int64_t swt_claims_expires_at(const swt_claims* claims) {
  return as(claims) ? claims->verified.opened.claims.expires_at : 0;
}

uint32_t swt_claims_legacy_uses(const swt_claims* claims) { return as(claims) ? flags_of(claims->verified.legacy) : 0; }

void swt_claims_free(swt_claims* claims) { release(claims); }

swt_bytes swt_session_json(const swt_session* session) { return as(session) ? view_of(session->json) : kNothing; }

void swt_session_free(swt_session* session) { release(session); }

uint32_t swt_redis_call_script(const swt_redis_call* call) {
  return as(call) ? static_cast<uint32_t>(call->call.script) : 0;
}

size_t swt_redis_call_key_count(const swt_redis_call* call) { return as(call) ? call->call.keys.size() : 0; }

swt_bytes swt_redis_call_key(const swt_redis_call* call, size_t index) {
  return as(call) ? at(call->call.keys, index) : kNothing;
}

size_t swt_redis_call_arg_count(const swt_redis_call* call) { return as(call) ? call->call.args.size() : 0; }

swt_bytes swt_redis_call_arg(const swt_redis_call* call, size_t index) {
  return as(call) ? at(call->call.args, index) : kNothing;
}

void swt_redis_call_free(swt_redis_call* call) { release(call); }

}  // extern "C"
