// A store of the host's own, through its callbacks: the three of 3.0.1, and one more with which it can do all that the
// others do.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "stores/memory_store.h"
#include "stores/store.h"

namespace swt {

// What the host offers. Each gives a status of the class `unavailable` when it cannot answer.
class HostStore {
 public:
  HostStore() = default;
  virtual ~HostStore() = default;
  HostStore(const HostStore&) = delete;
  HostStore& operator=(const HostStore&) = delete;

  virtual Result<void> register_session(const std::string& id, const std::string& json, int64_t ttl_s) = 0;
  virtual Result<std::optional<std::string>> get_session(const std::string& id) = 0;
  virtual Result<void> revoke_session(const std::string& id) = 0;

  virtual bool can_claim() const = 0;
  // Keeps the value under the name unless there is one already, in one step, and gives the one that stands.
  virtual Result<std::string> claim(const std::string& name, const std::string& value, int64_t life_s) = 0;
};

class CallbackStore final : public Store {
 public:
  CallbackStore(std::unique_ptr<HostStore> host, int64_t session_ttl_s)
      : host_(std::move(host)), session_ttl_s_(session_ttl_s) {}

  StoreReply ask(const Question& question, Instant now) override;
  bool spends_refresh_tokens() const override { return host_->can_claim(); }

 private:
  StoreReply answer(const RegisterQuestion& question, Instant now);
  StoreReply answer(const VerifyQuestion& question, Instant now);
  StoreReply answer(const RotateQuestion& question, Instant now);
  StoreReply answer(const RevokeQuestion& question, Instant now);
  StoreReply answer(const LookupQuestion& question, Instant now);

  StoreReply find(const std::string& session_id);
  StoreReply spend(const VerifyQuestion& question, Instant now);

  const std::unique_ptr<HostStore> host_;
  const int64_t session_ttl_s_;
  MemoryStore proofs_{MemoryStoreLimits{}};  // where the host cannot claim
};

}  // namespace swt
