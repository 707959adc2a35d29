// What time it is on the server, learned from its replies.
#pragma once

#include <atomic>
#include <cstdint>

namespace swt {

// The end of the year 9999. What lies beyond is no time, and would overflow in microseconds some day.
inline constexpr int64_t kMaxRedisServerMs = 253402300799999;

// May be used by any number of threads at once, and in a child of fork. Of two samples at the same moment one may be lost.
class RedisServerClock {
 public:
  // When a command was sent and its reply received, by our monotonic clock, and what the server's clock showed between.
  void learn(int64_t server_ms, int64_t sent_us, int64_t received_us);

  // The server's time in ms at a moment of our monotonic clock; 0 while it is unknown.
  int64_t at(int64_t now_us) const;

 private:
  static constexpr int64_t kUnknown = INT64_MIN;

  std::atomic<int64_t> offset_us_{kUnknown};
};

}  // namespace swt
