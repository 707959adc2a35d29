// The connections of one process: so many and no more, each used by one caller at a time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "stores/redis_connection.h"
#include "stores/redis_deadline.h"

namespace swt {

// May be used by any number of threads at once.
class RedisPool {
 public:
  // The right to have one connection, until it is destroyed. Then the connection is kept for others, if it is reusable.
  class Lease {
   public:
    Lease(RedisPool& pool, std::unique_ptr<RedisConnection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), connection_(std::move(other.connection_)) {}
    ~Lease() {
      if (pool_ != nullptr) pool_->give_back(std::move(connection_));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease& operator=(Lease&&) = delete;

    // nullptr: there is none yet.
    RedisConnection* connection() const { return connection_.get(); }
    void set(std::unique_ptr<RedisConnection> connection) { connection_ = std::move(connection); }

   private:
    RedisPool* pool_;
    std::unique_ptr<RedisConnection> connection_;
  };

  explicit RedisPool(uint32_t max_connections);
  RedisPool(const RedisPool&) = delete;
  RedisPool& operator=(const RedisPool&) = delete;

  // First come, first served. The connection used last comes first, so that those that are not needed grow old.
  // store_timeout: none became free in time, or too many wait already.
  Result<Lease> lease(Deadline deadline);

 private:
  struct Waiter {
    std::condition_variable turn;
    bool has_turn = false;
    std::unique_ptr<RedisConnection> connection;
  };
  struct Idle {
    std::unique_ptr<RedisConnection> connection;
    int64_t since_us;
  };

  std::vector<Lease> lease_aged();
  Result<Lease> wait(std::unique_lock<std::mutex>& lock, Deadline deadline);
  void give_back(std::unique_ptr<RedisConnection> connection) noexcept;

  const uint32_t max_connections_;
  std::mutex mutex_;
  uint32_t leased_ = 0;
  std::vector<Idle> idle_;  // the one used last at the end
  std::list<Waiter*> waiters_;
};

}  // namespace swt
