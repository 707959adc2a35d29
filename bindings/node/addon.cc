// The Node.js addon: swt.h for the JavaScript in js/, and nothing that decides about trust.
#include <node_api.h>

#include "functions.h"
#include "values.h"

namespace swt_node {
namespace {

struct Function {
  const char* name;
  napi_callback callback;
};

constexpr Function kFunctions[] = {
    {"createEngine", create_engine},
    {"createMemoryStore", create_memory_store},
    {"sign", sign},
    {"verify", verify},
    {"revokeBegin", revoke_begin},
    {"enrollBegin", enroll_begin},
    {"lookupBegin", lookup_begin},
    {"isPending", is_pending},
    {"needsStore", needs_store},
    {"redisCall", redis_call},
    {"ask", ask},
    {"answer", answer},
    {"unavailable", unavailable},
    {"complete", complete},
    {"statusName", status_name},
    {"statusMessage", status_message},
    {"statusClass", status_class},
    {"statusChallenge", status_challenge},
    {"lastErrorMessage", last_error_message},
    {"versionDetails", version_details},
    {"checkRedisOptions", check_redis_options},
    {"redisScripts", redis_scripts},
    {"jwkThumbprint", jwk_thumbprint},
};

struct Constant {
  const char* name;
  int64_t value;
};

// The numbers of swt.h that JavaScript uses itself, so that they are written down once.
constexpr Constant kConstants[] = {
    {"ERR_ARGUMENT", SWT_ERR_ARGUMENT},
    {"ERR_KEY", SWT_ERR_KEY},
    {"ERR_DATA", SWT_ERR_DATA},
    {"ERR_DATA_TOO_LARGE", SWT_ERR_DATA_TOO_LARGE},
    {"ERR_LIFETIME", SWT_ERR_LIFETIME},
    {"ERR_CLIENT_KEY", SWT_ERR_CLIENT_KEY},
    {"ERR_STORE_REQUIRED", SWT_ERR_STORE_REQUIRED},
    {"REJECTED_TOKEN_EXPIRED", SWT_REJECTED_TOKEN_EXPIRED},
    {"UNAVAILABLE_TIMEOUT", SWT_UNAVAILABLE_TIMEOUT},
    {"UNAVAILABLE_CONNECTION", SWT_UNAVAILABLE_CONNECTION},
    {"UNAVAILABLE_PROTOCOL", SWT_UNAVAILABLE_PROTOCOL},
    {"INTERNAL_BUG", SWT_INTERNAL_BUG},
    {"LEGACY_TOKEN_WITHOUT_SESSION", SWT_LEGACY_TOKEN_WITHOUT_SESSION},
    {"LEGACY_PROOF_WITHOUT_JTI", SWT_LEGACY_PROOF_WITHOUT_JTI},
    {"LEGACY_PROOF_NOT_COMPARED", SWT_LEGACY_PROOF_NOT_COMPARED},
    // Rounded up to 2^63 on the way to JavaScript, and back to INT64_MAX on the way in.
    {"ACCEPT_LEGACY_ALWAYS", SWT_ACCEPT_LEGACY_ALWAYS},
};

bool define(napi_env env, napi_value exports, const char* name, napi_value value) {
  return value != nullptr && napi_set_named_property(env, exports, name, value) == napi_ok;
}

napi_value initialize(napi_env env, napi_value exports) {
  for (const Function& function : kFunctions) {
    napi_value value = nullptr;
    const napi_status status =
        napi_create_function(env, function.name, NAPI_AUTO_LENGTH, function.callback, nullptr, &value);
    if (status != napi_ok || !define(env, exports, function.name, value)) return nullptr;
  }
  for (const Constant& constant : kConstants) {
    if (!define(env, exports, constant.name, to_number(env, constant.value))) return nullptr;
  }
  // A header and a library of different versions must not be mixed.
  if (swt_abi_version() != SWT_ABI_VERSION) return throw_type_error(env, "the addon and its library do not match");
  return napi_object_freeze(env, exports) == napi_ok ? exports : nullptr;
}

}  // namespace
}  // namespace swt_node

NAPI_MODULE_INIT() { return swt_node::initialize(env, exports); }
