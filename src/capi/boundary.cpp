#include "capi/boundary.h"

#include <time.h>

#include <optional>

namespace swt::capi {
namespace {

// A pointer to a literal, so that it can be set without fail and holds nothing of anybody's input.
thread_local const char* last_error = "";

std::optional<int64_t> read_clock_ms(clockid_t clock) {
  timespec now{};
  if (clock_gettime(clock, &now) != 0) return std::nullopt;
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}

std::optional<int64_t> monotonic_ms() {
#ifdef CLOCK_BOOTTIME
  // Goes on while the machine sleeps.
  if (const std::optional<int64_t> since_boot = read_clock_ms(CLOCK_BOOTTIME)) return since_boot;
#endif
  return read_clock_ms(CLOCK_MONOTONIC);
}

}  // namespace

swt_status report(Error error) noexcept {
  last_error = error.detail != nullptr ? error.detail : status_text(error.status).message;
  return static_cast<swt_status>(error.status);
}

Result<Instant> instant_from(int64_t now_ms) {
  if (now_ms < 0 || now_ms > kMaxSafeInteger) return Error(Status::argument, "now_ms is out of range");
  const std::optional<int64_t> wall = now_ms != 0 ? now_ms : read_clock_ms(CLOCK_REALTIME);
  const std::optional<int64_t> monotonic = monotonic_ms();
  // Without a clock nothing would ever expire.
  if (!wall || !monotonic) return Error(Status::internal_bug, "the system's clock cannot be read");
  return Instant{*wall, *monotonic};
}

}  // namespace swt::capi

extern "C" const char* swt_last_error_message(void) { return swt::capi::last_error; }
