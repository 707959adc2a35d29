// From the facts that a store stated to what they mean. The one place that does so.
#pragma once

#include "base/result.h"
#include "session/question.h"

namespace swt {

// May the request pass? ok only for a session that is alive and for exactly the expected session, user and key.
Result<void> conclude_verify(const VerifyQuestion& question, const Answer& answer);

// May this refresh token be traded in?
Result<void> conclude_rotate(const RotateQuestion& question, const Answer& answer);

Result<void> conclude_register(const Answer& answer);

// The session, or nothing where there is none.
Result<std::optional<Session>> conclude_lookup(const LookupQuestion& question, const Answer& answer);

}  // namespace swt
