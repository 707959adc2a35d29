#include "capi/audit.h"

#include "capi/boundary.h"

using namespace swt;
using namespace swt::capi;

namespace swt::capi {
namespace {

void tell_legacy(const AuditSink& sink, const LegacyUses& legacy, AuditEvent event) noexcept {
  event.name = "legacy_accepted";
  const std::pair<bool, const char*> uses[] = {
      {legacy.token_without_session, "a token that does not name its session"},
      {legacy.proof_without_jti, "a proof without jti"},
      {legacy.proof_not_compared, "a proof that was not compared with a method and a url"},
      {legacy.refresh_token, "a refresh token without an id"},
  };
  for (const auto& [is_used, what] : uses) {
    if (!is_used) continue;
    event.reason = what;
    tell(sink, event);
  }
}

AuditEvent about(const char* name, std::string_view user_id, std::string_view session_id, Instant now) {
  return {name, Status::ok, now.wall_ms, user_id, session_id, ""};
}

}  // namespace

void tell(const AuditSink& sink, const AuditEvent& event) noexcept {
  if (sink.callback == nullptr) return;
  try {
    const swt_event told(event);
    sink.callback(sink.user, &told);
  } catch (...) {
    // An audit cannot change what was decided.
  }
}

void tell_signed(const AuditSink& sink, const Grant& grant, Instant now) noexcept {
  const AuditEvent event = about("sign", grant.user_id, grant.session_id, now);
  tell(sink, event);
  tell_legacy(sink, grant.legacy, event);
}

void tell_verified(const AuditSink& sink, const VerifiedToken& verified, Instant now) noexcept {
  const AuditEvent event = about("verify_success", verified.opened.claims.user_id, verified.session_id, now);
  tell(sink, event);
  tell_legacy(sink, verified.legacy, event);
}

void tell_refreshed(const AuditSink& sink, const Grant& grant, Instant now) noexcept {
  tell(sink, about("verify_success", grant.user_id, grant.session_id, now));
  tell_signed(sink, grant, now);
  tell(sink, about("refresh", grant.user_id, grant.session_id, now));
}

void tell_revoked(const AuditSink& sink, const std::string& session_id, Instant now) noexcept {
  tell(sink, about("revoke", "", session_id, now));
}

void tell_failed(const AuditSink& sink, const Error& error, const Concerned& concerned, Instant now) noexcept {
  constexpr int32_t kUsage = 1;
  if (status_class(error.status) == kUsage) return;
  const char* reason = error.detail != nullptr ? error.detail : status_text(error.status).message;
  tell(sink, {"verify_failure", error.status, now.wall_ms, concerned.user_id, concerned.session_id, reason});
  if (error.status == Status::refresh_reused) tell_revoked(sink, concerned.session_id, now);
}

void tell_warning(const AuditSink& sink, const char* sentence, Instant now) noexcept {
  tell(sink, {"warning", Status::ok, now.wall_ms, "", "", sentence});
}

}  // namespace swt::capi

extern "C" {

const char* swt_event_name(const swt_event* event) { return as(event) ? event->event.name : ""; }

swt_status swt_event_status(const swt_event* event) {
  return as(event) ? static_cast<swt_status>(event->event.status) : SWT_OK;
}

int64_t swt_event_time_ms(const swt_event* event) { return as(event) ? event->event.wall_ms : 0; }

swt_bytes swt_event_user_id(const swt_event* event) {
  return as(event) ? view_of(event->event.user_id) : swt_bytes{nullptr, 0};
}

swt_bytes swt_event_session_id(const swt_event* event) {
  return as(event) ? view_of(event->event.session_id) : swt_bytes{nullptr, 0};
}

const char* swt_event_reason(const swt_event* event) { return as(event) ? event->event.reason : ""; }

swt_bytes swt_event_json(const swt_event* event) { return as(event) ? view_of(event->json) : swt_bytes{nullptr, 0}; }

}  // extern "C"
