#include "stores/memory_store.h"

#include <algorithm>
#include <utility>

namespace swt {

Result<void> MemoryStore::check(const MemoryStoreLimits& limits) {
  if (limits.session_ttl_s < 0 || limits.session_ttl_s > kMaxSessionTtlS) {
    return Error(Status::lifetime, kSessionTtlRange);
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
    Expiry next = session_expiries_.top();
    session_expiries_.pop();
    const auto found = sessions_.find(next.key);
    if (found == sessions_.end()) continue;
    next.at_ms = found->second.expires_ms;
    if (next.at_ms <= now_ms) sessions_.erase(found);
    else session_expiries_.push(std::move(next));  // a refresh has put it off
  }
  while (!proof_expiries_.empty() && proof_expiries_.top().at_ms <= now_ms) {
    const auto proof = proofs_.find(proof_expiries_.top().key);
    if (proof != proofs_.end()) {
      const auto of_client = proofs_of_client_.find(proof->second.thumbprint);
      if (of_client != proofs_of_client_.end() && --of_client->second == 0) proofs_of_client_.erase(of_client);
      proofs_.erase(proof);
    }
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
  if (sessions_.size() >= limits_.max_sessions) return Status::store_full;
  Entry entry;
  entry.record = write_session_record(question.session, question.created_ms);
  entry.record_beginning = write_record_beginning(question.session);
  entry.refresh_hash = question.refresh_hash;
  entry.expires_ms = now_ms + session_life_s(limits_.session_ttl_s, question.refresh_life_s) * 1000;
  session_expiries_.push({entry.expires_ms, id});
  sessions_[id] = std::move(entry);
  return Answer{Fact::yes, ""};
}

StoreReply MemoryStore::answer(const VerifyQuestion& question, int64_t now_ms) {
  Entry* entry = nullptr;
  if (!question.expected.id.empty()) {
    entry = find(question.expected.id, now_ms);
    if (entry == nullptr) return Answer{Fact::missing, ""};
    if (entry->revoked) return Answer{Fact::revoked, ""};
    if (entry->record_beginning != write_record_beginning(question.expected))
      return Answer{Fact::mismatch, entry->record};
  }
  if (!question.proof_id.empty()) {
    const StoreReply spent = spend(question, now_ms);
    const auto* answer = std::get_if<Answer>(&spent);
    if (answer == nullptr || answer->fact != Fact::yes) return spent;
  }
  return Answer{Fact::yes, entry != nullptr ? entry->record : ""};
}

// As the script for Redis does it.
StoreReply MemoryStore::answer(const RotateQuestion& question, int64_t now_ms) {
  const StoreReply checked = answer(question.request, now_ms);
  const auto* answered = std::get_if<Answer>(&checked);
  if (answered == nullptr || answered->fact != Fact::yes) return checked;
  Entry& entry = *find(question.request.expected.id, now_ms);
  // Every session here was registered by us, and none of ours has a refresh token of 3.0.1.
  if (question.is_legacy) return Answer{Fact::mismatch, entry.record};
  const bool is_previous =
      !entry.previous_refresh_hash.empty() && entry.previous_refresh_hash == question.presented_hash;
  if (is_previous && entry.refresh_hash == question.successor_hash) return checked;
  if (entry.refresh_hash == question.presented_hash) {
    std::string successor_hash = question.successor_hash;  // from here on nothing runs out of memory half way
    entry.previous_refresh_hash = std::move(entry.refresh_hash);
    entry.refresh_hash = std::move(successor_hash);
    entry.rotated_ms = now_ms;
    const int64_t life_ms = session_life_s(limits_.session_ttl_s, question.successor_life_s) * 1000;
    entry.expires_ms = std::max(entry.expires_ms, now_ms + life_ms);
    return checked;
  }
  if (is_previous && now_ms - entry.rotated_ms <= kRotationGraceMs) return Answer{Fact::superseded, ""};
  if (entry.refresh_hash.empty()) return Answer{Fact::missing, ""};
  revoke(entry);
  return Answer{Fact::reused, ""};
}

// A client that uses up its share is told so; it must not be able to use up everybody's.
StoreReply MemoryStore::spend(const VerifyQuestion& question, int64_t now_ms) {
  const auto spent = proofs_.find(question.proof_id);
  if (spent != proofs_.end()) {
    return Answer{spent->second.attempt == question.attempt ? Fact::yes : Fact::proof_used, ""};
  }
  const std::string& thumbprint = question.expected.thumbprint;
  const auto of_client = proofs_of_client_.find(thumbprint);
  if (of_client != proofs_of_client_.end() && of_client->second >= kMaxProofsPerSession) {
    return Answer{Fact::too_many_proofs, ""};
  }
  if (proofs_.size() >= limits_.max_proofs) return Status::store_full;
  // First what will sweep it: where memory ends in between, nothing stays for ever.
  proof_expiries_.push({now_ms + question.proof_life_ms, question.proof_id});
  proofs_[question.proof_id] = SpentProof{question.attempt, thumbprint};
  ++proofs_of_client_[thumbprint];
  return Answer{Fact::yes, ""};
}

StoreReply MemoryStore::answer(const RevokeQuestion& question, int64_t now_ms) {
  // A session that is not here cannot be on its way either: registering is one step. So nothing is kept for an id that
  // nobody has, and nobody can fill the store with such ids.
  Entry* entry = find(question.session_id, now_ms);
  if (entry != nullptr) revoke(*entry);
  return Answer{Fact::yes, ""};
}

// The entry stays until it would have expired, and says so.
void MemoryStore::revoke(Entry& entry) {
  Entry revoked;
  revoked.expires_ms = entry.expires_ms;
  revoked.revoked = true;
  entry = std::move(revoked);
}

StoreReply MemoryStore::answer(const LookupQuestion& question, int64_t now_ms) {
  const Entry* entry = find(question.session_id, now_ms);
  if (entry == nullptr) return Answer{Fact::missing, ""};
  if (entry->revoked) return Answer{Fact::revoked, ""};
  return Answer{Fact::yes, entry->record};
}

}  // namespace swt
