// The crossing from C to C++: the only catch in the library, arguments as they come from C, the error of each thread.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "capi/handles.h"

namespace swt::capi {

// This thread's last error, for swt_last_error_message. Returns its status.
swt_status report(Error error) noexcept;

// Both clocks now; wall_ms instead of the system's where the caller gave one.
Result<Instant> instant_from(int64_t now_ms);

// Runs the body of a function of swt.h, which returns Result<void>. No exception gets out.
template <typename Body>
swt_status guarded(Body&& body) noexcept {
  try {
    const Result<void> result = body();
    return result ? SWT_OK : report(result.error());
  } catch (const std::bad_alloc&) {
    return report(Status::internal_memory);
  } catch (...) {
    return report(Status::internal_bug);
  }
}

// The handle, or nullptr when it is NULL or of another type.
template <typename T>
T* as(T* handle) {
  return handle != nullptr && handle->type == T::kType ? handle : nullptr;
}

// Why `as` gave nullptr.
inline Error not_a_handle(const void* handle) {
  if (handle == nullptr) return Error(Status::argument, "a handle is NULL");
  return Status::handle;
}

inline Error is_null(const char* detail) { return Error(Status::argument, detail); }

// A view from C: no data with a length is an error; no length is "not given".
inline Result<std::string_view> text_from(swt_bytes bytes) {
  if (bytes.len == 0) return std::string_view();
  if (bytes.data == nullptr) return Error(Status::argument, "a text has a length and no data");
  return std::string_view(reinterpret_cast<const char*>(bytes.data), bytes.len);
}

// Empty, but not { NULL, 0 }: a value that somebody meant to give. A lookup that failed must not switch anything off.
inline bool is_given_empty(swt_bytes bytes) { return bytes.data != nullptr && bytes.len == 0; }

inline swt_bytes view_of(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

// The size of a struct up to and with this member. The last member of a struct's first release gives the least size that
// a caller may have; it stays when the struct grows.
#define SWT_SIZE_WITH(type, member) (offsetof(type, member) + sizeof(type::member))

// Reads an option struct that the caller may know in another version. A shorter one is filled with zeros; a longer one is
// taken only if what we do not know is zero: a setting must not be dropped in silence.
template <typename T>
Result<T> options_from(const T* given, size_t first_size) {
  if (given == nullptr) return is_null("an option struct is NULL");
  const size_t size = given->struct_size;
  constexpr size_t kMaxStructSize = 4096;
  if (size < first_size || size > kMaxStructSize) {
    return Error(Status::argument, "struct_size is wrong: start from the struct's INIT macro");
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(given);
  for (size_t i = sizeof(T); i < size; ++i) {
    if (bytes[i] != 0) return Error(Status::unsupported, "an option of a later version is set");
  }
  T options{};
  std::memcpy(&options, given, size < sizeof(T) ? size : sizeof(T));
  return options;
}

template <typename T, typename... Arguments>
void hand_out(T** out, Arguments&&... arguments) {
  *out = std::make_unique<T>(std::forward<Arguments>(arguments)...).release();
}

// guarded, for a function that hands a handle out: the body returns a Result of what the handle is made from.
template <typename T, typename Body>
swt_status handing_out(T** out, Body&& body) noexcept {
  return guarded([&]() -> Result<void> {
    if (out == nullptr) return is_null("the place for the result is NULL");
    *out = nullptr;
    auto made = body();
    if (!made) return made.error();
    hand_out(out, *std::move(made));
    return {};
  });
}

// Frees a handle; one of another type is left alone.
template <typename T>
void release(T* handle) noexcept {
  std::unique_ptr<T> owned(as(handle));
}

}  // namespace swt::capi
