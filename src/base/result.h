// Result<T>: a value or the reason why there is none. No exception crosses a room; those that exist are bugs and
// bad_alloc, and stop in src/capi.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "base/status.h"

namespace swt {

// Why an operation failed. The detail is a literal by construction, so that no secret and no byte of an attacker can end
// up in a log; nullptr where the status says all.
struct Error {
  constexpr Error(Status status_in, const char* detail_in = nullptr) : status(status_in), detail(detail_in) {}

  Status status;
  const char* detail;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Error error) : error_(error) {}
  Result(Status status) : error_(status) {}

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }

  T& operator*() & { return *value_; }
  T&& operator*() && { return *std::move(value_); }
  const T& operator*() const& { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

  const Error& error() const { return error_; }

 private:
  std::optional<T> value_;
  Error error_ = Status::internal_bug;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() : error_(Status::ok) {}
  Result(Error error) : error_(error) {}
  Result(Status status) : error_(status) {}

  bool ok() const { return error_.status == Status::ok; }
  explicit operator bool() const { return ok(); }

  const Error& error() const { return error_; }

 private:
  Error error_;
};

}  // namespace swt
