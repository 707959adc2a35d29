#include "session/conclusion.h"

namespace swt {
namespace {

// The store has compared already, so that it spends nothing in vain. It is compared again here, member by member, because
// what decides is not left to a store.
Result<void> compare(const Session& expected, const Answer& answer) {
  const std::optional<SessionRecord> record = read_session_record(answer.record);
  if (!record || record->session.id != expected.id) return Status::session_revoked;
  if (record->session.user_id != expected.user_id) return Status::session_user;
  if (record->session.thumbprint != expected.thumbprint) return Status::session_binding;
  // Our record with a companion that knows nothing of our login: its state was lost, and a revocation may be lost with it.
  if (record->written_by_us && answer.fact == Fact::yes_legacy) return Status::session_revoked;
  return {};
}

}  // namespace

Result<void> conclude_verify(const VerifyQuestion& question, const Answer& answer) {
  const bool has_session = !question.expected.id.empty();
  switch (answer.fact) {
    case Fact::yes:
    case Fact::yes_legacy: return has_session ? compare(question.expected, answer) : Result<void>();
    case Fact::missing:
    case Fact::revoked: return Status::session_revoked;
    case Fact::proof_used: return Status::proof_replayed;
    case Fact::too_many_proofs:
      return Error(Status::store_full, "too many proofs of this session are still remembered");
    case Fact::mismatch: {
      const Result<void> compared = compare(question.expected, answer);
      // Equal to us and different to the store: its members stand in an order that no writer of ours uses. The proof was
      // not spent, so nothing may pass; a new login makes a record that can be compared.
      return compared ? Result<void>(Status::session_revoked) : compared;
    }
    case Fact::superseded:
    case Fact::reused:
    case Fact::taken:
    case Fact::too_late: break;
  }
  return Status::store_protocol;
}

Result<void> conclude_rotate(const RotateQuestion& question, const Answer& answer) {
  switch (answer.fact) {
    case Fact::superseded: return Status::refresh_superseded;
    case Fact::reused: return Status::refresh_reused;
    case Fact::too_late: return Error(Status::store_timeout, "the refresh reached the session store too late");
    default: return conclude_verify(question.request, answer);
  }
}

Result<void> conclude_register(const Answer& answer) {
  switch (answer.fact) {
    case Fact::yes: return {};
    case Fact::too_late: return Error(Status::store_timeout, "the login reached the session store too late");
    case Fact::revoked:
    case Fact::taken: return Error(Status::state, "this session id is taken, or was revoked");
    default: return Status::store_protocol;
  }
}

Result<std::optional<Session>> conclude_lookup(const LookupQuestion& question, const Answer& answer) {
  switch (answer.fact) {
    case Fact::missing:
    case Fact::revoked: return std::optional<Session>();
    case Fact::yes:
    case Fact::yes_legacy: break;
    default: return Status::store_protocol;
  }
  const std::optional<SessionRecord> record = read_session_record(answer.record);
  // As in a verification: a record that cannot be read is no session.
  if (!record || record->session.id != question.session_id) return std::optional<Session>();
  if (record->written_by_us && answer.fact == Fact::yes_legacy) return std::optional<Session>();
  return std::optional<Session>(record->session);
}

}  // namespace swt
