// Time is an argument: nothing below src/capi reads a clock.
#pragma once

#include <cstdint>

namespace swt {

// One moment on both clocks. Tokens and proofs are judged by the wall clock; what is counted from now on (a pending
// operation, a spent proof in memory) by the monotonic one, which nobody can set back.
struct Instant {
  int64_t wall_ms;
  int64_t monotonic_ms;

  // Whole seconds since 1970, as tokens and proofs write them. Rounded down, also before 1970.
  int64_t wall_s() const { return wall_ms / 1000 - (wall_ms % 1000 < 0 ? 1 : 0); }
};

// How far the clocks of two nodes of one fleet may lie from the right time, each in its own direction.
inline constexpr int64_t kClockErrorS = 300;

// The largest integer that JSON readers agree on: 2^53 - 1 (RFC 8259 section 6).
inline constexpr int64_t kMaxSafeInteger = 9007199254740991;

}  // namespace swt
