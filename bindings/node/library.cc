#include "functions.h"
#include "values.h"

namespace swt_node {
namespace {

using StatusText = const char* (*)(swt_status status);

bool read_status(napi_env env, napi_callback_info info, swt_status* out) {
  const Arguments<1> arguments(env, info);
  int64_t number = 0;
  if (!read_integer(env, arguments[0], &number)) return false;
  *out = static_cast<swt_status>(number);
  return true;
}

napi_value status_text(napi_env env, napi_callback_info info, StatusText text) {
  swt_status status = SWT_OK;
  return read_status(env, info, &status) ? to_string(env, text(status)) : nullptr;
}

}  // namespace

napi_value status_name(napi_env env, napi_callback_info info) { return status_text(env, info, swt_status_name); }

napi_value status_message(napi_env env, napi_callback_info info) { return status_text(env, info, swt_status_message); }

napi_value status_challenge(napi_env env, napi_callback_info info) {
  return status_text(env, info, swt_status_challenge);
}

napi_value status_class(napi_env env, napi_callback_info info) {
  swt_status status = SWT_OK;
  return read_status(env, info, &status) ? to_number(env, swt_status_class(status)) : nullptr;
}

napi_value last_error_message(napi_env env, napi_callback_info) { return to_string(env, swt_last_error_message()); }

napi_value version_details(napi_env env, napi_callback_info) { return to_string(env, swt_version_details()); }

napi_value check_redis_options(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  Text prefix;
  Text client_key_prefix;
  swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
  if (!prefix.read(env, arguments[0]) || !client_key_prefix.read_optional(env, arguments[1]) ||
      !read_integer(env, arguments[2], &options.session_ttl_s)) {
    return nullptr;
  }
  options.prefix = prefix.view();
  options.client_key_prefix = client_key_prefix.view();
  return to_number(env, swt_redis_options_check(&options));
}

napi_value redis_scripts(napi_env env, napi_callback_info) {
  napi_value sources = nullptr;
  const uint32_t count = swt_redis_script_count();
  if (napi_create_array_with_length(env, count, &sources) != napi_ok) return nullptr;
  for (uint32_t i = 0; i < count; ++i) {
    napi_value source = to_string(env, swt_redis_script_source(i));
    if (source == nullptr || napi_set_element(env, sources, i, source) != napi_ok) return nullptr;
  }
  return sources;
}

napi_value jwk_thumbprint(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  Text jwk;
  if (!jwk.read(env, arguments[0])) return nullptr;

  char thumbprint[SWT_THUMBPRINT_LEN + 1];
  const swt_status status = swt_jwk_thumbprint(jwk.view(), thumbprint);
  return status == SWT_OK ? to_string(env, thumbprint) : to_number(env, status);
}

}  // namespace swt_node
