// Telling an engine's audit callback what happened, after it was decided.
#pragma once

#include "capi/handles.h"

namespace swt::capi {

// Nothing that goes wrong in here, in the callback or before it, gets out.
void tell(const AuditSink& sink, const AuditEvent& event) noexcept;

void tell_signed(const AuditSink& sink, const Grant& grant, Instant now) noexcept;
void tell_verified(const AuditSink& sink, const VerifiedToken& verified, Instant now) noexcept;
void tell_refreshed(const AuditSink& sink, const Grant& grant, Instant now) noexcept;
void tell_revoked(const AuditSink& sink, const std::string& session_id, Instant now) noexcept;
// Errors of the program (class 1) are its own and no failed verification.
void tell_failed(const AuditSink& sink, const Error& error, const Concerned& concerned, Instant now) noexcept;
void tell_warning(const AuditSink& sink, const char* sentence, Instant now) noexcept;

}  // namespace swt::capi
