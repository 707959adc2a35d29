// What crosses between JavaScript and C: strings, bytes and numbers in, values out.
//
// The JavaScript of this package checks what its callers pass and maps it to plain values. So a value of a wrong type
// here is a mistake of our own: the readers throw a TypeError for it and return false, and their callers return at
// once.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "swt/swt.h"

namespace swt_node {

// Far above every limit of the core. A longer string is refused before a byte of it is copied.
inline constexpr size_t kMaxText = 1 << 20;

// The arguments of a call; what was not passed is undefined.
template <size_t N>
class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info) {
    size_t count = N;
    if (napi_get_cb_info(env, info, &count, values_, nullptr, nullptr) != napi_ok) {
      for (napi_value& value : values_) value = nullptr;
    }
  }

  napi_value operator[](size_t index) const { return values_[index]; }

 private:
  napi_value values_[N];
};

// A copy of a JavaScript string in UTF-8. It owns its bytes: nothing that JavaScript does later can change them.
class Text {
 public:
  Text() = default;
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;

  [[nodiscard]] bool read(napi_env env, napi_value value);
  // undefined is read as "not given".
  [[nodiscard]] bool read_optional(napi_env env, napi_value value);

  swt_bytes view() const { return {reinterpret_cast<const uint8_t*>(data_), length_}; }

 private:
  // Tokens and proofs of the usual size need no allocation.
  static constexpr size_t kSmall = 2048;

  const char* data_ = nullptr;
  size_t length_ = 0;
  std::unique_ptr<char[]> large_;
  char small_[kSmall];
};

// A copy of a secret, from a string or a Uint8Array, that is wiped when it is let go.
class Secret {
 public:
  Secret() = default;
  ~Secret();
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  [[nodiscard]] bool read(napi_env env, napi_value value);
  [[nodiscard]] bool read_optional(napi_env env, napi_value value);

  swt_bytes view() const { return {bytes_.get(), length_}; }

 private:
  bool read_string(napi_env env, napi_value value);
  bool read_bytes(napi_env env, napi_value value);
  bool allocate(napi_env env, size_t length);

  std::unique_ptr<uint8_t[]> bytes_;
  size_t capacity_ = 0;
  size_t length_ = 0;
};

[[nodiscard]] bool read_integer(napi_env env, napi_value value, int64_t* out);
[[nodiscard]] bool read_flag(napi_env env, napi_value value, bool* out);
// An integer from 0 to 2^32 - 1.
[[nodiscard]] bool read_count(napi_env env, napi_value value, uint32_t* out);

// These give nullptr when the engine cannot go on; an exception is pending then.
napi_value to_number(napi_env env, int64_t value);
napi_value to_string(napi_env env, swt_bytes text);
napi_value to_string(napi_env env, const char* text);
// For base64url, UUIDs and the like: cheaper than UTF-8.
napi_value to_ascii_string(napi_env env, swt_bytes text);
napi_value undefined(napi_env env);
napi_value null(napi_env env);

// Always nullptr, so that a function can return it.
napi_value throw_type_error(napi_env env, const char* message);

// An object that grows by one member at a time; the first failure sticks.
class ObjectBuilder {
 public:
  explicit ObjectBuilder(napi_env env);

  ObjectBuilder& set(const char* name, napi_value value);
  napi_value get() const { return object_; }

 private:
  napi_env env_;
  napi_value object_ = nullptr;
};

}  // namespace swt_node
