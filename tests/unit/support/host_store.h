// A host's own database, as a store of callbacks sees it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "stores/callback_store.h"

namespace swt::test {

// What the host keeps; any number of stores may be over one. Tests look in, put in, and let it fail.
struct Database {
  std::mutex mutex;
  std::map<std::string, std::string> sessions;
  std::map<std::string, std::string> claims;
  std::vector<int64_t> lives;      // of what was kept, in the order in which it was
  std::vector<std::string> names;  // that were claimed
  std::vector<std::string> values;
  bool can_claim = true;
  // Each fails with this status while it is set.
  std::optional<Status> register_fails, get_fails, revoke_fails, claim_fails;
};

class FakeHost final : public HostStore {
 public:
  explicit FakeHost(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  Result<void> register_session(const std::string& id, const std::string& json, int64_t ttl_s) override {
    const std::lock_guard lock(database_->mutex);
    if (database_->register_fails) return *database_->register_fails;
    database_->sessions[id] = json;
    database_->lives.push_back(ttl_s);
    return {};
  }

  Result<std::optional<std::string>> get_session(const std::string& id) override {
    const std::lock_guard lock(database_->mutex);
    if (database_->get_fails) return *database_->get_fails;
    const auto found = database_->sessions.find(id);
    return found == database_->sessions.end() ? std::nullopt : std::optional<std::string>(found->second);
  }

  Result<void> revoke_session(const std::string& id) override {
    const std::lock_guard lock(database_->mutex);
    if (database_->revoke_fails) return *database_->revoke_fails;
    database_->sessions.erase(id);
    return {};
  }

  bool can_claim() const override { return database_->can_claim; }

  Result<std::string> claim(const std::string& name, const std::string& value, int64_t life_s) override {
    const std::lock_guard lock(database_->mutex);
    if (database_->claim_fails) return *database_->claim_fails;
    database_->lives.push_back(life_s);
    database_->names.push_back(name);
    database_->values.push_back(value);
    return database_->claims.emplace(name, value).first->second;
  }

 private:
  const std::shared_ptr<Database> database_;
};

inline std::unique_ptr<CallbackStore> store_over(const std::shared_ptr<Database>& database, int64_t session_ttl_s = 0) {
  return std::make_unique<CallbackStore>(std::make_unique<FakeHost>(database), session_ttl_s);
}

}  // namespace swt::test
