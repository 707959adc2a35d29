#include "capi/boundary.h"

#include <time.h>

namespace swt::capi {
namespace {

// A pointer to a literal, so that it can be set without fail and holds nothing of anybody's input.
thread_local const char* last_error = "";

int64_t read_clock_ms(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}

}  // namespace

swt_status report(Error error) noexcept {
  last_error = error.detail != nullptr ? error.detail : status_text(error.status).message;
  return static_cast<swt_status>(error.status);
}

Result<Instant> instant_from(int64_t now_ms) {
  if (now_ms < 0 || now_ms > kMaxSafeInteger) return Error(Status::argument, "now_ms is out of range");
#ifdef CLOCK_BOOTTIME
  const int64_t monotonic_ms = read_clock_ms(CLOCK_BOOTTIME);  // goes on while the machine sleeps
#else
  const int64_t monotonic_ms = read_clock_ms(CLOCK_MONOTONIC);
#endif
  return Instant{now_ms != 0 ? now_ms : read_clock_ms(CLOCK_REALTIME), monotonic_ms};
}

}  // namespace swt::capi

extern "C" const char* swt_last_error_message(void) { return swt::capi::last_error; }
