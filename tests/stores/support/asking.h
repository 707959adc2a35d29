// A store in Redis, and what it says.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <variant>

#include "../../unit/support/outcome.h"
#include "../../unit/support/sessions.h"
#include "stores/redis_store.h"

namespace swt::test {

// The answer's fact, or the status of the store that gave none.
struct Said {
  Said(Fact fact) : what(fact) {}
  Said(Status status) : what(status) {}
  bool operator==(const Said&) const = default;

  std::variant<Fact, Status> what;
};

inline void PrintTo(const Said& said, std::ostream* out) {
  if (const auto* status = std::get_if<Status>(&said.what)) {
    *out << status_text(*status).name;
  } else {
    *out << "fact " << static_cast<int64_t>(std::get<Fact>(said.what));
  }
}

inline const Said kYes = Fact::yes;
inline const Said kMissing = Fact::missing;
inline const Said kRevoked = Fact::revoked;
inline const Said kTimeout = Status::store_timeout;
inline const Said kNoConnection = Status::store_connection;
inline const Said kProtocol = Status::store_protocol;
inline const Said kRefused = Status::store_refused;

inline Said ask(RedisStore& store, const Question& question) {
  const StoreReply reply = store.ask(question, {0, 0});
  if (const auto* status = std::get_if<Status>(&reply)) return *status;
  return std::get<Answer>(reply).fact;
}

inline LookupQuestion lookup_of(const Session& session) { return {session.id}; }
inline RevokeQuestion revocation_of(const Session& session) { return {session.id}; }

inline RedisStoreOptions with_timeouts(int64_t connect_ms, int64_t command_ms) {
  RedisStoreOptions options;
  options.connect_timeout_ms = connect_ms;
  options.command_timeout_ms = command_ms;
  return options;
}

// For tests that are not about time: a busy machine is no outage.
inline RedisStoreOptions patient() { return with_timeouts(10000, 10000); }

inline RedisStoreOptions with_connections(uint32_t count) {
  RedisStoreOptions options = patient();
  options.max_connections = count;
  return options;
}

inline std::shared_ptr<RedisStore> open_store(const std::string& url, RedisStoreOptions options = patient()) {
  auto store = RedisStore::open(url, std::move(options));
  if (!store) {
    ADD_FAILURE() << "not opened: " << (store.error().detail != nullptr ? store.error().detail : "");
    return nullptr;
  }
  return *store;
}

// How late somebody may be woken up on a busy machine.
inline constexpr int64_t kSlackMs = 500;

class Stopwatch {
 public:
  int64_t ms() const {
    using std::chrono::duration_cast;
    return duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun_).count();
  }

 private:
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace swt::test
