#include "functions.h"
#include "values.h"

namespace swt_node {
namespace {

bool read_status(Napi::Value value, swt_status* out) {
  int64_t number = 0;
  if (!read_integer(value, &number)) return false;
  *out = static_cast<swt_status>(number);
  return true;
}

using StatusText = const char* (*)(swt_status status);

Napi::Value status_text(const Napi::CallbackInfo& info, StatusText text) {
  swt_status status = SWT_OK;
  if (!read_status(info[0], &status)) return {};
  return Napi::String::New(info.Env(), text(status));
}

}  // namespace

Napi::Value status_name(const Napi::CallbackInfo& info) { return status_text(info, swt_status_name); }

Napi::Value status_message(const Napi::CallbackInfo& info) { return status_text(info, swt_status_message); }

Napi::Value status_challenge(const Napi::CallbackInfo& info) { return status_text(info, swt_status_challenge); }

Napi::Value status_class(const Napi::CallbackInfo& info) {
  swt_status status = SWT_OK;
  if (!read_status(info[0], &status)) return {};
  return Napi::Number::New(info.Env(), swt_status_class(status));
}

Napi::Value last_error_message(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), swt_last_error_message());
}

Napi::Value version_details(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), swt_version_details());
}

Napi::Value check_redis_options(const Napi::CallbackInfo& info) {
  Text prefix;
  Text client_key_prefix;
  swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
  if (!prefix.read(info[0]) || !client_key_prefix.read_optional(info[1]) ||
      !read_integer(info[2], &options.session_ttl_s)) {
    return {};
  }
  options.prefix = prefix.view();
  options.client_key_prefix = client_key_prefix.view();
  return Napi::Number::New(info.Env(), swt_redis_options_check(&options));
}

Napi::Value redis_scripts(const Napi::CallbackInfo& info) {
  return to_array(info.Env(), swt_redis_script_count(), swt_redis_script_source);
}

Napi::Value jwk_thumbprint(const Napi::CallbackInfo& info) {
  Text jwk;
  if (!jwk.read(info[0])) return {};

  char thumbprint[SWT_THUMBPRINT_LEN + 1];
  const swt_status status = swt_jwk_thumbprint(jwk.view(), thumbprint);
  if (status != SWT_OK) return Napi::Number::New(info.Env(), status);
  return Napi::String::New(info.Env(), thumbprint);
}

Napi::Value new_attempt(const Napi::CallbackInfo& info) {
  char attempt[SWT_ATTEMPT_LEN + 1];
  const swt_status status = swt_attempt_new(attempt);
  if (status != SWT_OK) return Napi::Number::New(info.Env(), status);
  return Napi::String::New(info.Env(), attempt);
}

}  // namespace swt_node
