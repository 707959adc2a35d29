#include "stores/memory_store.h"

#include "base/ids.h"

namespace swt {
namespace {

constexpr int64_t kMaxTtlS = 10LL * 366 * 86400;

// The room of session ids is fixed, so a session id and a proof id cannot be cut in two ways.
std::string proof_key(const VerifyQuestion& question) { return question.expected.id + question.proof_id; }
std::string session_of(const std::string& proof_key) {
  return proof_key.size() > kSessionIdSize ? proof_key.substr(0, kSessionIdSize) : std::string();
}

}  // namespace

Result<void> MemoryStore::check(const MemoryStoreLimits& limits) {
  if (limits.session_ttl_s < 1 || limits.session_ttl_s > kMaxTtlS) {
    return Error(Status::lifetime, "the lifetime of sessions must be between 1 second and 10 years");
  }
  if (limits.max_sessions == 0 || limits.max_proofs == 0) {
    return Error(Status::argument, "a memory store needs room for at least one session and one proof");
  }
  return {};
}

StoreReply MemoryStore::ask(const Question& question, Instant now) {
  const std::lock_guard lock(mutex_);
  sweep(now.monotonic_ms);
  return std::visit([&](const auto& asked) { return answer(asked, now.monotonic_ms); }, question);
}

// Forgets what has expired, and nothing else.
void MemoryStore::sweep(int64_t now_ms) {
  while (!session_expiries_.empty() && session_expiries_.top().at_ms <= now_ms) {
    const auto found = sessions_.find(session_expiries_.top().key);
    if (found != sessions_.end() && found->second.expires_ms <= now_ms) sessions_.erase(found);
    session_expiries_.pop();
  }
  while (!proof_expiries_.empty() && proof_expiries_.top().at_ms <= now_ms) {
    const std::string& key = proof_expiries_.top().key;
    const auto session = sessions_.find(session_of(key));
    if (session != sessions_.end() && session->second.live_proofs > 0) --session->second.live_proofs;
    proofs_.erase(key);
    proof_expiries_.pop();
  }
}

MemoryStore::Entry* MemoryStore::find(const std::string& session_id, int64_t now_ms) {
  const auto found = sessions_.find(session_id);
  if (found == sessions_.end() || found->second.expires_ms <= now_ms) return nullptr;
  return &found->second;
}

StoreReply MemoryStore::answer(const RegisterQuestion& question, int64_t now_ms) {
  const std::string& id = question.session.id;
  if (const Entry* entry = find(id, now_ms)) return Answer{entry->revoked ? Fact::revoked : Fact::taken, ""};
  if (sessions_.size() >= limits_.max_sessions) {
    return Status::store_full;
  }
  const int64_t expires_ms = now_ms + limits_.session_ttl_s * 1000;
  sessions_[id] = Entry{write_session_record(question.session, question.created_ms),
                        write_session_prefix(question.session), expires_ms, false, 0};
  session_expiries_.push({expires_ms, id});
  return Answer{Fact::yes, ""};
}

StoreReply MemoryStore::answer(const VerifyQuestion& question, int64_t now_ms) {
  Entry* entry = nullptr;
  if (!question.expected.id.empty()) {
    entry = find(question.expected.id, now_ms);
    if (entry == nullptr) return Answer{Fact::missing, ""};
    if (entry->revoked) return Answer{Fact::revoked, ""};
    if (entry->expected_prefix != write_session_prefix(question.expected)) return Answer{Fact::mismatch, entry->record};
  }
  if (!question.proof_id.empty()) {
    const std::string key = proof_key(question);
    const auto spent = proofs_.find(key);
    if (spent != proofs_.end()) {
      if (spent->second.attempt != question.attempt) return Answer{Fact::proof_used, ""};
    } else {
      if (entry != nullptr && entry->live_proofs >= kMaxProofsPerSession) return Answer{Fact::too_many_proofs, ""};
      if (proofs_.size() >= limits_.max_proofs) return Status::store_full;
      const int64_t expires_ms = now_ms + question.proof_life_ms;
      proofs_[key] = SpentProof{question.attempt, expires_ms};
      proof_expiries_.push({expires_ms, key});
      if (entry != nullptr) ++entry->live_proofs;
    }
  }
  return Answer{Fact::yes, entry != nullptr ? entry->record : ""};
}

StoreReply MemoryStore::answer(const RevokeQuestion& question, int64_t now_ms) {
  // A session that is not here cannot be on its way either: registering is one step. So nothing is kept for an id that
  // nobody has, and nobody can fill the store with such ids.
  Entry* entry = find(question.session_id, now_ms);
  if (entry != nullptr) {
    entry->revoked = true;
    entry->record.clear();
  }
  return Answer{Fact::yes, ""};
}

StoreReply MemoryStore::answer(const LookupQuestion& question, int64_t now_ms) {
  const Entry* entry = find(question.session_id, now_ms);
  if (entry == nullptr) return Answer{Fact::missing, ""};
  if (entry->revoked) return Answer{Fact::revoked, ""};
  return Answer{Fact::yes, entry->record};
}

}  // namespace swt
