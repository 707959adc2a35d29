// Results and statuses, as tests look at them.
#pragma once

#include <ostream>

#include "base/result.h"
#include "base/status.h"

namespace swt {

inline void PrintTo(Status status, std::ostream* out) { *out << status_text(status).name; }

}  // namespace swt

namespace swt::test {

template <typename T>
Status status_of(const Result<T>& result) {
  return result ? Status::ok : result.error().status;
}

}  // namespace swt::test
