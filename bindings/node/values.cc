#include "values.h"

#include <algorithm>
#include <string_view>

namespace swt_node {
namespace {

bool refuse(Napi::Value value, const char* message) {
  throw_type_error(value.Env(), message);
  return false;
}

// The length in UTF-8, asked for before anything is copied: a buffer that is too small cuts without a word.
bool utf8_length(Napi::Value value, size_t* length) {
  if (napi_get_value_string_utf8(value.Env(), value, nullptr, 0, length) != napi_ok) {
    return refuse(value, "a string is needed here");
  }
  return *length <= kMaxText || refuse(value, "a string is too long");
}

// The buffer has room for a NUL as well.
bool copy_utf8(Napi::Value value, char* buffer, size_t length) {
  size_t copied = 0;
  const napi_status status = napi_get_value_string_utf8(value.Env(), value, buffer, length + 1, &copied);
  return (status == napi_ok && copied == length) || refuse(value, "an unreadable string");
}

}  // namespace

bool AnyText::read(Napi::Value value) {
  size_t copied = 0;
  if (napi_get_value_string_utf8(value.Env(), value, small_, capacity_, &copied) != napi_ok) {
    return refuse(value, "a string is needed here");
  }
  // No character has more than 4 bytes: where one more and the NUL would have fitted, nothing was cut.
  if (copied + 4 >= capacity_) return read_large(value);

  data_ = small_;
  length_ = copied;
  return true;
}

bool AnyText::read_large(Napi::Value value) {
  size_t length = 0;
  if (!utf8_length(value, &length)) return false;
  large_ = std::make_unique_for_overwrite<char[]>(length + 1);
  if (!copy_utf8(value, large_.get(), length)) return false;

  data_ = large_.get();
  length_ = length;
  return true;
}

Secret::~Secret() {
  // Volatile: the compiler must not drop the writes although nothing reads them.
  if (bytes_) std::fill_n(static_cast<volatile uint8_t*>(bytes_.get()), length_, uint8_t{0});
}

bool Secret::read(Napi::Value value) {
  if (!value.IsTypedArray()) return read_string(value);
  if (value.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    return refuse(value, "a Uint8Array is needed here");
  }

  const auto source = value.As<Napi::Uint8Array>();
  if (source.ElementLength() > kMaxText) return refuse(value, "the bytes are too many");

  // A detached array has no data and no length. A shared one may change while it is copied, but not afterwards.
  allocate(source.ElementLength());
  std::copy_n(source.Data(), length_, bytes_.get());
  return true;
}

bool Secret::read_string(Napi::Value value) {
  size_t length = 0;
  if (!utf8_length(value, &length)) return false;
  allocate(length);
  return copy_utf8(value, reinterpret_cast<char*>(bytes_.get()), length);
}

// With a NUL at the end: an empty secret has bytes too, unlike one that is not given.
void Secret::allocate(size_t length) {
  bytes_ = std::make_unique<uint8_t[]>(length + 1);
  length_ = length;
}

bool read_integer(Napi::Value value, int64_t* out) {
  return napi_get_value_int64(value.Env(), value, out) == napi_ok || refuse(value, "a number is needed here");
}

bool read_flag(Napi::Value value, bool* out) {
  return napi_get_value_bool(value.Env(), value, out) == napi_ok || refuse(value, "a boolean is needed here");
}

bool read_count(Napi::Value value, uint32_t* out) {
  int64_t number = 0;
  if (!read_integer(value, &number)) return false;
  if (number < 0 || number > UINT32_MAX) return refuse(value, "a number is out of its range");
  *out = static_cast<uint32_t>(number);
  return true;
}

Napi::Value to_string(Napi::Env env, swt_bytes text) {
  return Napi::String::New(env, std::string_view(reinterpret_cast<const char*>(text.data), text.len));
}

Napi::Value to_ascii_string(Napi::Env env, swt_bytes text) {
  napi_value result = nullptr;
  const char* data = reinterpret_cast<const char*>(text.data);
  NAPI_THROW_IF_FAILED(env, napi_create_string_latin1(env, data, text.len, &result), Napi::Value());
  return {env, result};
}

Napi::Value to_object(Napi::Env env, std::initializer_list<Member> members) {
  Napi::Object object = Napi::Object::New(env);
  if (object.IsEmpty()) return {};
  for (const Member& member : members) {
    if (!object.Set(member.name, member.value.IsEmpty() ? env.Undefined() : member.value)) return {};
  }
  return object;
}

void throw_type_error(Napi::Env env, const char* message) {
  // node-addon-api ends the process when it is to throw on top of another exception.
  if (!env.IsExceptionPending()) Napi::TypeError::New(env, message).ThrowAsJavaScriptException();
}

}  // namespace swt_node
