// What crosses between JavaScript and C: strings, bytes and numbers in, values out.
//
// The JavaScript of this package checks what its callers pass and maps it to plain values. So a value of a wrong type
// here is a mistake of our own: the readers throw a TypeError for it and return false, and their callers return at
// once. What a function returns while an exception is pending reaches nobody.
//
// Readers call the C functions of Node-API: one call each, where the classes of node-addon-api take two or three and a
// std::string.
#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>

#include "swt/swt.h"

namespace swt_node {

// Far above every limit of the core. Of a longer string no more than the buffer on the stack is ever copied.
inline constexpr size_t kMaxText = 1 << 20;

// A copy of a JavaScript string in UTF-8. It owns its bytes: nothing that JavaScript does later can change them. One that
// fits into the buffer that it was made with needs no allocation.
class AnyText {
 public:
  AnyText(const AnyText&) = delete;
  AnyText& operator=(const AnyText&) = delete;

  [[nodiscard]] bool read(Napi::Value value);
  // undefined is read as "not given".
  [[nodiscard]] bool read_optional(Napi::Value value) { return value.IsUndefined() || read(value); }

  swt_bytes view() const { return {reinterpret_cast<const uint8_t*>(data_), length_}; }

 protected:
  AnyText(char* small, size_t capacity) : small_(small), capacity_(capacity) {}
  ~AnyText() = default;

 private:
  bool read_large(Napi::Value value);

  const char* data_ = nullptr;
  size_t length_ = 0;
  std::unique_ptr<char[]> large_;
  char* const small_;
  const size_t capacity_;
};

template <size_t Capacity>
class TextOf final : public AnyText {
 public:
  TextOf() : AnyText(buffer_, Capacity) {}

 private:
  char buffer_[Capacity];
};

using Text = TextOf<2048>;      // tokens, proofs, claims
using ShortText = TextOf<256>;  // what requests wait with for another thread, by the thousand

// A copy of a secret, from a string or a Uint8Array, that is wiped when it is let go.
class Secret {
 public:
  Secret() = default;
  ~Secret();
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  [[nodiscard]] bool read(Napi::Value value);
  [[nodiscard]] bool read_optional(Napi::Value value) { return value.IsUndefined() || read(value); }

  swt_bytes view() const { return {bytes_.get(), length_}; }

 private:
  bool read_string(Napi::Value value);
  void allocate(size_t length);

  std::unique_ptr<uint8_t[]> bytes_;
  size_t length_ = 0;
};

[[nodiscard]] bool read_integer(Napi::Value value, int64_t* out);
[[nodiscard]] bool read_flag(Napi::Value value, bool* out);
// An integer from 0 to 2^32 - 1.
[[nodiscard]] bool read_count(Napi::Value value, uint32_t* out);

Napi::Value to_string(Napi::Env env, swt_bytes text);
// For base64url, UUIDs and the like: cheaper than UTF-8.
Napi::Value to_ascii_string(Napi::Env env, swt_bytes text);

struct Member {
  const char* name;
  Napi::Value value;
};

// An object of these members. One whose value is empty is undefined and not left out: Object.prototype would be asked.
Napi::Value to_object(Napi::Env env, std::initializer_list<Member> members);

// An array of the strings that item gives for 0 to count - 1.
template <typename Item>
Napi::Value to_array(Napi::Env env, size_t count, Item item) {
  Napi::Array array = Napi::Array::New(env, count);
  if (array.IsEmpty()) return {};
  for (uint32_t i = 0; i < count; ++i) {
    if (!array.Set(i, to_string(env, item(i)))) return {};
  }
  return array;
}

// When an exception is pending already, that one stays.
void throw_type_error(Napi::Env env, const char* message);

}  // namespace swt_node
