// The clock of the network. Decisions are given their time; to wait for a socket, a clock must be read.
#pragma once

#include <cstddef>
#include <cstdint>

namespace swt {

// Microseconds on a clock that nobody can set back.
int64_t monotonic_us();

// Up to when an operation may take, over all its steps.
class Deadline {
 public:
  static Deadline after_ms(int64_t ms) { return Deadline(monotonic_us() + ms * 1000); }

  // 0 once it has passed.
  int64_t left_us() const;
  // For poll: rounded up, so that nobody wakes just before.
  int poll_ms() const { return static_cast<int>((left_us() + 999) / 1000); }

  void extend_us(int64_t us) { at_us_ += us; }
  // This deadline, or an earlier one that leaves a share of the time to others.
  Deadline share_of(size_t how_many) const;

 private:
  explicit Deadline(int64_t at_us) : at_us_(at_us) {}

  int64_t at_us_;
};

}  // namespace swt
