// The Node.js addon: swt.h for the JavaScript in js/, and nothing that decides about trust.
#include <napi.h>

#include "functions.h"
#include "values.h"

namespace swt_node {
namespace {

struct Constant {
  const char* name;
  int64_t value;
};

// The numbers of swt.h that JavaScript uses itself, so that they are written down once.
constexpr Constant kConstants[] = {
    {"ERR_ARGUMENT", SWT_ERR_ARGUMENT},
    {"ERR_DATA", SWT_ERR_DATA},
    {"ERR_DATA_TOO_LARGE", SWT_ERR_DATA_TOO_LARGE},
    {"ERR_LIFETIME", SWT_ERR_LIFETIME},
    {"ERR_CLIENT_KEY", SWT_ERR_CLIENT_KEY},
    {"ERR_STORE_REQUIRED", SWT_ERR_STORE_REQUIRED},
    {"REJECTED_TOKEN_MALFORMED", SWT_REJECTED_TOKEN_MALFORMED},
    {"REJECTED_TOKEN_EXPIRED", SWT_REJECTED_TOKEN_EXPIRED},
    {"UNAVAILABLE_TIMEOUT", SWT_UNAVAILABLE_TIMEOUT},
    {"UNAVAILABLE_CONNECTION", SWT_UNAVAILABLE_CONNECTION},
    {"UNAVAILABLE_PROTOCOL", SWT_UNAVAILABLE_PROTOCOL},
    {"UNAVAILABLE_FULL", SWT_UNAVAILABLE_FULL},
    {"ERR_KEY", SWT_ERR_KEY},
    {"ERR_SECRET_TOO_SHORT", SWT_ERR_SECRET_TOO_SHORT},
    {"ERR_KEY_ID", SWT_ERR_KEY_ID},
    {"INTERNAL_BUG", SWT_INTERNAL_BUG},
    {"NO_STORE", kNoStore},
    {"REMEMBERING_STORE", kRememberingStore},
    {"FORGETTING_STORE", kForgettingStore},
    {"FACT_OK", SWT_FACT_OK},
    {"FACT_MISSING", SWT_FACT_MISSING},
    {"FACT_REVOKED", SWT_FACT_REVOKED},
    {"FACT_PROOF_USED", SWT_FACT_PROOF_USED},
    {"FACT_TAKEN", SWT_FACT_TAKEN},
    {"FACT_MISMATCH", SWT_FACT_MISMATCH},
    {"FACT_SUPERSEDED", SWT_FACT_SUPERSEDED},
    {"FACT_REUSED", SWT_FACT_REUSED},
    {"LEGACY_TOKEN_WITHOUT_SESSION", SWT_LEGACY_TOKEN_WITHOUT_SESSION},
    {"LEGACY_PROOF_WITHOUT_JTI", SWT_LEGACY_PROOF_WITHOUT_JTI},
    {"LEGACY_PROOF_NOT_COMPARED", SWT_LEGACY_PROOF_NOT_COMPARED},
    {"LEGACY_REFRESH_TOKEN", SWT_LEGACY_REFRESH_TOKEN},
    // Rounded up to 2^63 on the way to JavaScript, and back to INT64_MAX on the way in.
    {"NO_END", SWT_NO_END},
};

template <Napi::Value (*Callback)(const Napi::CallbackInfo&)>
void define(Napi::Object exports, const char* name) {
  exports.Set(name, Napi::Function::New<Callback>(exports.Env(), name));
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  // A header and a library of different versions must not be mixed.
  if (swt_abi_version() != SWT_ABI_VERSION) {
    throw_type_error(env, "the addon and its library do not match");
    return exports;
  }

  define<create_key>(exports, "createKey");
  define<release>(exports, "release");
  define<create_key_ring>(exports, "createKeyRing");
  define<add_to_key_ring>(exports, "addToKeyRing");
  define<create_engine>(exports, "createEngine");
  define<set_key_ring>(exports, "setKeyRing");
  define<kill_key>(exports, "killKey");
  define<create_memory_store>(exports, "createMemoryStore");
  define<sign>(exports, "sign");
  define<verify>(exports, "verify");
  define<refresh>(exports, "refresh");
  define<new_attempt>(exports, "newAttempt");
  define<revoke_begin>(exports, "revokeBegin");
  define<enroll_begin>(exports, "enrollBegin");
  define<lookup_begin>(exports, "lookupBegin");
  define<is_pending>(exports, "isPending");
  define<needs_store>(exports, "needsStore");
  define<redis_call>(exports, "redisCall");
  define<question>(exports, "question");
  define<create_host_store>(exports, "createHostStore");
  define<ask>(exports, "ask");
  define<ask_with>(exports, "askWith");
  define<answer>(exports, "answer");
  define<unavailable>(exports, "unavailable");
  define<complete>(exports, "complete");
  define<status_name>(exports, "statusName");
  define<status_message>(exports, "statusMessage");
  define<status_class>(exports, "statusClass");
  define<status_challenge>(exports, "statusChallenge");
  define<last_error_message>(exports, "lastErrorMessage");
  define<version_details>(exports, "versionDetails");
  define<check_redis_options>(exports, "checkRedisOptions");
  define<redis_scripts>(exports, "redisScripts");
  define<jwk_thumbprint>(exports, "jwkThumbprint");

  for (const auto& [name, value] : kConstants) exports.Set(name, Napi::Number::New(env, static_cast<double>(value)));
  exports.Freeze();
  return exports;
}

}  // namespace

NODE_API_MODULE(NODE_GYP_MODULE_NAME, initialize)

}  // namespace swt_node
