#include "stores/redis_deadline.h"

#include <time.h>

#include <algorithm>

namespace swt {

int64_t monotonic_us() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000000 + now.tv_nsec / 1000;
}

int64_t Deadline::left_us() const { return std::max<int64_t>(0, at_us_ - monotonic_us()); }

Deadline Deadline::share_of(size_t how_many) const {
  const int64_t now_us = monotonic_us();
  return Deadline(now_us + std::max<int64_t>(0, at_us_ - now_us) / static_cast<int64_t>(how_many));
}

}  // namespace swt
