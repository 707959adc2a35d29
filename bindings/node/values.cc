#include "values.h"

#include <new>

namespace swt_node {
namespace {

bool is_of_type(napi_env env, napi_value value, napi_valuetype expected) {
  napi_valuetype type = napi_undefined;
  return value != nullptr && napi_typeof(env, value, &type) == napi_ok && type == expected;
}

bool is_undefined(napi_env env, napi_value value) { return is_of_type(env, value, napi_undefined); }

bool refuse(napi_env env, const char* message) {
  throw_type_error(env, message);
  return false;
}

// The compiler must not drop the writes although nothing reads them.
void wipe(uint8_t* bytes, size_t length) {
  volatile uint8_t* byte = bytes;
  while (length-- > 0) *byte++ = 0;
}

// The length in UTF-8, asked for before anything is copied: a buffer that is too small cuts without a word.
bool string_length(napi_env env, napi_value value, size_t* length) {
  if (!is_of_type(env, value, napi_string)) return refuse(env, "a string is needed here");
  if (napi_get_value_string_utf8(env, value, nullptr, 0, length) != napi_ok) return refuse(env, "an unreadable string");
  if (*length > kMaxText) return refuse(env, "a string is too long");
  return true;
}

}  // namespace

bool Text::read(napi_env env, napi_value value) {
  size_t length = 0;
  if (!string_length(env, value, &length)) return false;

  char* buffer = small_;
  if (length + 1 > kSmall) {
    large_.reset(new (std::nothrow) char[length + 1]);
    if (!large_) return refuse(env, "out of memory");
    buffer = large_.get();
  }

  size_t copied = 0;
  if (napi_get_value_string_utf8(env, value, buffer, length + 1, &copied) != napi_ok || copied != length) {
    return refuse(env, "an unreadable string");
  }
  data_ = buffer;
  length_ = length;
  return true;
}

bool Text::read_optional(napi_env env, napi_value value) { return is_undefined(env, value) || read(env, value); }

Secret::~Secret() { wipe(bytes_.get(), capacity_); }

bool Secret::read(napi_env env, napi_value value) {
  bool is_typed_array = false;
  if (value != nullptr && napi_is_typedarray(env, value, &is_typed_array) == napi_ok && is_typed_array) {
    return read_bytes(env, value);
  }
  return read_string(env, value);
}

bool Secret::read_optional(napi_env env, napi_value value) { return is_undefined(env, value) || read(env, value); }

bool Secret::read_string(napi_env env, napi_value value) {
  size_t length = 0;
  if (!string_length(env, value, &length) || !allocate(env, length)) return false;

  size_t copied = 0;
  char* buffer = reinterpret_cast<char*>(bytes_.get());
  if (napi_get_value_string_utf8(env, value, buffer, capacity_, &copied) != napi_ok || copied != length) {
    return refuse(env, "an unreadable string");
  }
  length_ = length;
  return true;
}

bool Secret::read_bytes(napi_env env, napi_value value) {
  napi_typedarray_type type = napi_int8_array;
  size_t length = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr) != napi_ok) {
    return refuse(env, "unreadable bytes");
  }
  if (type != napi_uint8_array) return refuse(env, "a Uint8Array is needed here");
  if (length > kMaxText) return refuse(env, "the bytes are too many");
  if (!allocate(env, length)) return false;

  // A detached array has no data and no length. A shared one may change while it is copied, but not afterwards.
  const uint8_t* source = static_cast<const uint8_t*>(data);
  for (size_t i = 0; i < length; ++i) bytes_[i] = source[i];
  length_ = length;
  return true;
}

bool Secret::allocate(napi_env env, size_t length) {
  capacity_ = length + 1;
  bytes_.reset(new (std::nothrow) uint8_t[capacity_]());
  if (bytes_) return true;
  capacity_ = 0;
  return refuse(env, "out of memory");
}

bool read_integer(napi_env env, napi_value value, int64_t* out) {
  if (!is_of_type(env, value, napi_number)) return refuse(env, "a number is needed here");
  return napi_get_value_int64(env, value, out) == napi_ok;
}

bool read_flag(napi_env env, napi_value value, bool* out) {
  if (!is_of_type(env, value, napi_boolean)) return refuse(env, "a boolean is needed here");
  return napi_get_value_bool(env, value, out) == napi_ok;
}

bool read_count(napi_env env, napi_value value, uint32_t* out) {
  int64_t number = 0;
  if (!read_integer(env, value, &number)) return false;
  if (number < 0 || number > UINT32_MAX) return refuse(env, "a number is out of its range");
  *out = static_cast<uint32_t>(number);
  return true;
}

napi_value to_number(napi_env env, int64_t value) {
  napi_value result = nullptr;
  return napi_create_int64(env, value, &result) == napi_ok ? result : nullptr;
}

napi_value to_string(napi_env env, swt_bytes text) {
  napi_value result = nullptr;
  const char* data = text.len > 0 ? reinterpret_cast<const char*>(text.data) : "";
  return napi_create_string_utf8(env, data, text.len, &result) == napi_ok ? result : nullptr;
}

napi_value to_string(napi_env env, const char* text) { return to_string(env, swt_text(text)); }

napi_value to_ascii_string(napi_env env, swt_bytes text) {
  napi_value result = nullptr;
  const char* data = text.len > 0 ? reinterpret_cast<const char*>(text.data) : "";
  return napi_create_string_latin1(env, data, text.len, &result) == napi_ok ? result : nullptr;
}

napi_value undefined(napi_env env) {
  napi_value result = nullptr;
  return napi_get_undefined(env, &result) == napi_ok ? result : nullptr;
}

napi_value null(napi_env env) {
  napi_value result = nullptr;
  return napi_get_null(env, &result) == napi_ok ? result : nullptr;
}

napi_value throw_type_error(napi_env env, const char* message) {
  // When an exception is pending already, that one stays.
  napi_throw_type_error(env, nullptr, message);
  return nullptr;
}

ObjectBuilder::ObjectBuilder(napi_env env) : env_(env) {
  if (napi_create_object(env, &object_) != napi_ok) object_ = nullptr;
}

ObjectBuilder& ObjectBuilder::set(const char* name, napi_value value) {
  if (object_ == nullptr) return *this;
  const bool done = value != nullptr && napi_set_named_property(env_, object_, name, value) == napi_ok;
  if (!done) object_ = nullptr;
  return *this;
}

}  // namespace swt_node
