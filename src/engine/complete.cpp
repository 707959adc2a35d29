#include "base/ids.h"
#include "engine/engine.h"
#include "session/conclusion.h"

namespace swt {
namespace {

// The answer to a question that was asked in time; else why it cannot be relied on. Without a question there is none.
template <typename Outcome>
Result<const Answer*> answer_to(const Pending<Outcome>& pending, const StoreReply* reply, Instant now) {
  const int64_t age_ms = now.monotonic_ms - pending.begun_monotonic_ms;
  if (age_ms < 0 || age_ms > kPendingLifeMs)
    return Error(Status::store_timeout, "the operation was not completed in time");
  if (!pending.question) return static_cast<const Answer*>(nullptr);
  if (reply == nullptr) return Error(Status::state, "the store has not been asked yet");
  if (const auto* unavailable = std::get_if<Status>(reply)) return *unavailable;
  return std::get_if<Answer>(reply);
}

}  // namespace

PendingRevoke begin_revoke(std::string_view session_id, Instant now) {
  PendingRevoke pending{{{}, std::nullopt, now.monotonic_ms}};
  // What is no session id belongs to no session, so there is nothing to end and nothing to ask.
  if (is_session_id(session_id)) pending.question = RevokeQuestion{std::string(session_id)};
  return pending;
}

Result<PendingRegister> begin_register(std::string_view session_json, Instant now) {
  Result<Session> session = read_described_session(session_json);
  if (!session) return session.error();
  return PendingRegister{{{}, RegisterQuestion{*std::move(session), now.wall_ms, "", 0}, now.monotonic_ms}};
}

PendingLookup begin_lookup(std::string_view session_id, Instant now) {
  PendingLookup pending{{{}, std::nullopt, now.monotonic_ms}};
  if (is_session_id(session_id)) pending.question = LookupQuestion{std::string(session_id)};
  return pending;
}

Result<Grant> complete_sign(PendingSign pending, const StoreReply* reply, Instant now) {
  const Result<const Answer*> answer = answer_to(pending, reply, now);
  if (!answer) return answer.error();
  if (*answer != nullptr) {
    if (const Result<void> registered = conclude_register(**answer); !registered) return registered.error();
  }
  return std::move(pending.outcome);
}

Result<VerifiedToken> complete_verify(PendingVerify pending, const StoreReply* reply, Instant now) {
  const Result<const Answer*> answer = answer_to(pending, reply, now);
  if (!answer) return answer.error();
  if (*answer != nullptr) {
    const auto& question = std::get<VerifyQuestion>(*pending.question);
    if (const Result<void> concluded = conclude_verify(question, **answer); !concluded) return concluded.error();
  }
  // Time has passed since begin; the token may have expired meanwhile.
  const VerifiedToken& verified = pending.outcome;
  const Result<void> judged = judge_times(verified.opened.claims, now.wall_s(), verified.leeway_s);
  if (!judged) return judged.error();
  return std::move(pending.outcome);
}

Result<Grant> complete_refresh(PendingRefresh pending, const StoreReply* reply, Instant now) {
  const Result<const Answer*> answer = answer_to(pending, reply, now);
  if (!answer) return answer.error();
  if (*answer != nullptr) {
    const auto* rotation = std::get_if<RotateQuestion>(&*pending.question);
    const Result<void> concluded = rotation != nullptr
                                       ? conclude_rotate(*rotation, **answer)
                                       : conclude_verify(std::get<VerifyQuestion>(*pending.question), **answer);
    if (!concluded) return concluded.error();
  }
  if (pending.presented_expires_at <= now.wall_s()) return Status::token_expired;
  return std::move(pending.outcome);
}

Result<void> complete_revoke(const PendingRevoke& pending, const StoreReply* reply, Instant now) {
  const Result<const Answer*> answer = answer_to(pending, reply, now);
  if (!answer) return answer.error();
  if (*answer != nullptr && (*answer)->fact != Fact::yes) return Status::store_protocol;
  return {};
}

Result<void> complete_register(const PendingRegister& pending, const StoreReply* reply, Instant now) {
  const Result<const Answer*> answer = answer_to(pending, reply, now);
  if (!answer) return answer.error();
  return conclude_register(**answer);
}

Result<std::optional<Session>> complete_lookup(const PendingLookup& pending, const StoreReply* reply, Instant now) {
  const Result<const Answer*> answer = answer_to(pending, reply, now);
  if (!answer) return answer.error();
  if (*answer == nullptr) return std::optional<Session>();
  return conclude_lookup(std::get<LookupQuestion>(*pending.question), **answer);
}

}  // namespace swt
