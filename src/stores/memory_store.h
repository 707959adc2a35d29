// A store in this process's memory: bounded, with expiry, and refusing rather than forgetting when it is full.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "session/question.h"
#include "stores/store.h"

namespace swt {

struct MemoryStoreLimits {
  int64_t session_ttl_s = 0;  // 0: see session_life_s
  uint32_t max_sessions = 100000;
  uint32_t max_proofs = 200000;
};

// May be asked by any number of threads at once. Time is counted on the monotonic clock of the moments it is given.
class MemoryStore final : public Store {
 public:
  static Result<void> check(const MemoryStoreLimits& limits);

  explicit MemoryStore(const MemoryStoreLimits& limits) : limits_(limits) {}

  StoreReply ask(const Question& question, Instant now) override;

 private:
  struct Entry {
    std::string record;
    std::string record_beginning;
    std::string refresh_hash;
    std::string previous_refresh_hash;
    int64_t rotated_ms = 0;
    int64_t expires_ms = 0;
    bool revoked = false;
  };
  struct SpentProof {
    std::string attempt;
    std::string thumbprint;
  };
  // What expires next comes first. Each session is here once, by an expiry that is not later than its own.
  struct Expiry {
    int64_t at_ms;
    std::string key;
    bool operator>(const Expiry& other) const { return at_ms > other.at_ms; }
  };
  using ExpiryQueue = std::priority_queue<Expiry, std::vector<Expiry>, std::greater<>>;

  StoreReply answer(const RegisterQuestion& question, int64_t now_ms);
  StoreReply answer(const VerifyQuestion& question, int64_t now_ms);
  StoreReply answer(const RotateQuestion& question, int64_t now_ms);
  StoreReply answer(const RevokeQuestion& question, int64_t now_ms);
  StoreReply answer(const LookupQuestion& question, int64_t now_ms);

  static void revoke(Entry& entry);
  StoreReply spend(const VerifyQuestion& question, int64_t now_ms);
  void sweep(int64_t now_ms);
  Entry* find(const std::string& session_id, int64_t now_ms);

  const MemoryStoreLimits limits_;
  std::mutex mutex_;
  std::unordered_map<std::string, Entry> sessions_;
  std::unordered_map<std::string, SpentProof> proofs_;         // by proof id
  std::unordered_map<std::string, int64_t> proofs_of_client_;  // how many of them, by the client's thumbprint
  ExpiryQueue session_expiries_;
  ExpiryQueue proof_expiries_;
};

}  // namespace swt
