#include "stores/redis_pool.h"

#include <algorithm>
#include <chrono>

namespace swt {
namespace {

constexpr size_t kMaxWaiters = 1024;

// Firewalls forget connections that are idle for minutes, and drop what comes on them later.
constexpr int64_t kMaxIdleUs = 60000000;

constexpr Error kTooMany = Error(Status::store_timeout, "too many wait for a connection to redis");
constexpr Error kNoneFree = Error(Status::store_timeout, "no connection to redis became free in time");

}  // namespace

RedisPool::RedisPool(uint32_t max_connections) : max_connections_(max_connections) {
  idle_.reserve(max_connections);  // so that giving back needs no memory
}

// Those that have been idle for too long, leased for the last time: giving them back closes them, without the lock.
std::vector<RedisPool::Lease> RedisPool::lease_aged() {
  const int64_t now_us = monotonic_us();
  std::vector<Lease> aged;
  const std::lock_guard lock(mutex_);
  const auto end =
      std::find_if(idle_.begin(), idle_.end(), [&](const Idle& idle) { return now_us - idle.since_us < kMaxIdleUs; });
  if (end == idle_.begin()) return aged;
  aged.reserve(static_cast<size_t>(end - idle_.begin()));
  for (auto idle = idle_.begin(); idle != end; ++idle) {
    idle->connection->do_not_reuse();
    aged.emplace_back(*this, std::move(idle->connection));
    ++leased_;
  }
  idle_.erase(idle_.begin(), end);
  return aged;
}

Result<RedisPool::Lease> RedisPool::lease(Deadline deadline) {
  lease_aged().clear();
  std::unique_lock lock(mutex_);
  if (leased_ == max_connections_) return wait(lock, deadline);
  std::unique_ptr<RedisConnection> connection;
  if (!idle_.empty()) {
    connection = std::move(idle_.back().connection);
    idle_.pop_back();
  }
  ++leased_;
  return Lease(*this, std::move(connection));
}

Result<RedisPool::Lease> RedisPool::wait(std::unique_lock<std::mutex>& lock, Deadline deadline) {
  if (waiters_.size() >= kMaxWaiters) return kTooMany;
  Waiter waiter;
  const auto place = waiters_.insert(waiters_.end(), &waiter);
  if (!waiter.turn.wait_for(lock, std::chrono::microseconds(deadline.left_us()), [&] { return waiter.has_turn; })) {
    waiters_.erase(place);
    return kNoneFree;
  }
  return Lease(*this, std::move(waiter.connection));
}

void RedisPool::give_back(std::unique_ptr<RedisConnection> connection) noexcept {
  // Closed without the lock, and before another connection may be made in its place.
  if (connection && !connection->is_reusable()) connection.reset();
  const std::lock_guard lock(mutex_);
  if (!waiters_.empty()) {
    Waiter* first = waiters_.front();
    waiters_.pop_front();
    first->connection = std::move(connection);
    first->has_turn = true;
    first->turn.notify_one();
    return;
  }
  --leased_;
  if (connection) idle_.push_back({std::move(connection), monotonic_us()});
}

}  // namespace swt
