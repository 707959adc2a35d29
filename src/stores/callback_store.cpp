#include "stores/callback_store.h"

#include <algorithm>
#include <charconv>

#include "base/ids.h"

namespace swt {
namespace {

// How long a claimed refresh token is remembered beyond its own life: the error that clocks may have, both ways.
constexpr int64_t kClaimMarginS = 2 * kClockErrorS;

StoreReply yes(std::string record = "") { return Answer{Fact::yes, std::move(record)}; }

// "<hash of the successor> <ms>": which call claimed it, and when.
struct Claim {
  std::string_view successor_hash;
  int64_t at_ms = 0;
};

std::optional<Claim> read_claim(std::string_view text) {
  const size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  Claim claim{text.substr(0, space), 0};
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data() + space + 1, end, claim.at_ms);
  const bool is_time = error == std::errc{} && at == end && claim.at_ms >= 0 && claim.at_ms <= kMaxSafeInteger;
  if (!is_time) return std::nullopt;
  return claim;
}

}  // namespace

StoreReply CallbackStore::ask(const Question& question, Instant now) {
  return std::visit([&](const auto& asked) { return answer(asked, now); }, question);
}

StoreReply CallbackStore::answer(const RegisterQuestion& question, Instant) {
  const std::string json = write_session_record(question.session, question.created_ms);
  const int64_t ttl_s = session_life_s(session_ttl_s_, question.refresh_life_s);
  const Result<void> done = host_->register_session(question.session.id, json, ttl_s);
  if (!done) return done.error().status;
  return yes();
}

// The record, or that there is none. It is compared in conclusion.h, and before anything is spent here too.
StoreReply CallbackStore::find(const std::string& session_id) {
  Result<std::optional<std::string>> found = host_->get_session(session_id);
  if (!found) return found.error().status;
  if (!*found) return Answer{Fact::missing, ""};
  return yes(**std::move(found));
}

StoreReply CallbackStore::answer(const VerifyQuestion& question, Instant now) {
  if (question.expected.id.empty()) return proofs_.ask(question, now);
  StoreReply found = find(question.expected.id);
  const auto* answered = std::get_if<Answer>(&found);
  if (answered == nullptr || answered->fact != Fact::yes) return found;
  // Nothing is spent for a session of somebody else.
  const std::optional<SessionRecord> record = read_session_record(answered->record);
  if (!record || !(record->session == question.expected)) return Answer{Fact::mismatch, answered->record};
  if (question.proof_id.empty()) return found;
  const StoreReply spent = spend(question, now);
  const auto* fact = std::get_if<Answer>(&spent);
  return fact != nullptr && fact->fact == Fact::yes ? found : spent;
}

StoreReply CallbackStore::spend(const VerifyQuestion& question, Instant now) {
  if (!host_->can_claim()) {
    VerifyQuestion proof_alone = question;
    proof_alone.expected.id.clear();
    return proofs_.ask(proof_alone, now);
  }
  const Result<std::string> stands = host_->claim("proof:" + question.expected.id + ":" + question.proof_id,
                                                  question.attempt, question.proof_life_ms / 1000);
  if (!stands) return stands.error().status;
  if (stands->size() != question.attempt.size() || !is_token_id(*stands)) return Status::store_protocol;
  return *stands == question.attempt ? yes() : Answer{Fact::proof_used, ""};
}

// Every refresh token that is presented is claimed. The first claim trades it in; another one finds that first claim.
StoreReply CallbackStore::answer(const RotateQuestion& question, Instant now) {
  if (!host_->can_claim()) return Status::store_protocol;
  StoreReply checked = answer(question.request, now);
  const auto* answered = std::get_if<Answer>(&checked);
  if (answered == nullptr || answered->fact != Fact::yes) return checked;
  // A session that we registered knows its refresh token; one of 3.0.1 cannot be its own.
  if (question.is_legacy && read_session_record(answered->record)->written_by_us) {
    return Answer{Fact::mismatch, answered->record};
  }

  const std::string& session_id = question.request.expected.id;
  const int64_t life_s = std::min(question.presented_life_s, kMaxSessionTtlS) + kClaimMarginS;
  const Result<std::string> stands = host_->claim("refresh:" + session_id + ":" + question.presented_hash,
                                                  question.successor_hash + ' ' + std::to_string(now.wall_ms), life_s);
  if (!stands) return stands.error().status;
  const std::optional<Claim> first = read_claim(*stands);
  if (!first) return Status::store_protocol;
  if (first->successor_hash == question.successor_hash) return checked;
  const int64_t age_ms = now.wall_ms - first->at_ms;
  if (age_ms <= kRotationGraceMs && age_ms >= -kClockErrorS * 1000) return Answer{Fact::superseded, ""};
  const Result<void> revoked = host_->revoke_session(session_id);
  if (!revoked) return revoked.error().status;
  return Answer{Fact::reused, ""};
}

StoreReply CallbackStore::answer(const RevokeQuestion& question, Instant) {
  const Result<void> done = host_->revoke_session(question.session_id);
  if (!done) return done.error().status;
  return yes();
}

StoreReply CallbackStore::answer(const LookupQuestion& question, Instant) { return find(question.session_id); }

}  // namespace swt
