// The handles of swt.h in C++ and, wrapped, in JavaScript.
//
// A wrapped handle is a plain object of JavaScript that owns its C++ half: nothing is kept beside it, so the addon has
// no state of its own and works in any number of worker threads. The tag says which type is inside; napi_unwrap alone
// would hand out whatever an object of this or of another addon holds.
#pragma once

#include <node_api.h>

#include <memory>
#include <utility>

#include "swt/swt.h"
#include "values.h"

namespace swt_node {

template <typename T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* handle) const { Free(handle); }
};

using KeyHandle = std::unique_ptr<swt_key, Deleter<swt_key, swt_key_free>>;
using ConfigHandle = std::unique_ptr<swt_config, Deleter<swt_config, swt_config_free>>;
using EngineHandle = std::unique_ptr<swt_engine, Deleter<swt_engine, swt_engine_free>>;
using StoreHandle = std::unique_ptr<swt_store, Deleter<swt_store, swt_store_free>>;
using PendingHandle = std::unique_ptr<swt_pending, Deleter<swt_pending, swt_pending_free>>;
using GrantHandle = std::unique_ptr<swt_grant, Deleter<swt_grant, swt_grant_free>>;
using ClaimsHandle = std::unique_ptr<swt_claims, Deleter<swt_claims, swt_claims_free>>;
using SessionHandle = std::unique_ptr<swt_session, Deleter<swt_session, swt_session_free>>;
using RedisCallHandle = std::unique_ptr<swt_redis_call, Deleter<swt_redis_call, swt_redis_call_free>>;

struct Engine {
  static constexpr napi_type_tag kTag = {0x68cb7605ce617dae, 0x839637ceb04f4ef8};
  static constexpr const char* kExpected = "an engine is needed here";

  EngineHandle handle;
};

struct MemoryStore {
  static constexpr napi_type_tag kTag = {0xbb98fbd88a516850, 0x30ef0dbffa4d8ad7};
  static constexpr const char* kExpected = "a memory store is needed here";

  StoreHandle handle;
};

enum class Operation { sign, verify, revoke, enroll, lookup };

struct Pending {
  static constexpr napi_type_tag kTag = {0x27c24f9f30b6c763, 0xf4b17b072b97f9ce};
  static constexpr const char* kExpected = "a pending operation is needed here";

  PendingHandle handle;
  Operation operation;
  // What a step on the way to complete failed with; complete reports it and does not go on.
  swt_status failure = SWT_OK;
};

// Makes an object of JavaScript that owns the handle; nullptr when that failed.
template <typename T>
napi_value wrap(napi_env env, std::unique_ptr<T> owned) {
  napi_value object = nullptr;
  if (napi_create_object(env, &object) != napi_ok) return nullptr;

  const napi_finalize finalize = [](napi_env, void* data, void*) { delete static_cast<T*>(data); };
  if (napi_wrap(env, object, owned.get(), finalize, nullptr, nullptr) != napi_ok) return nullptr;
  static_cast<void>(owned.release());  // the object's finalizer deletes it from here on

  return napi_type_tag_object(env, object, &T::kTag) == napi_ok ? object : nullptr;
}

template <typename T>
bool holds(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  if (value == nullptr || napi_typeof(env, value, &type) != napi_ok || type != napi_object) return false;
  bool matches = false;
  return napi_check_object_type_tag(env, value, &T::kTag, &matches) == napi_ok && matches;
}

// The C++ half of a wrapped handle; anything else is a TypeError and nullptr.
template <typename T>
T* unwrap(napi_env env, napi_value value) {
  void* data = nullptr;
  if (!holds<T>(env, value) || napi_unwrap(env, value, &data) != napi_ok) {
    throw_type_error(env, T::kExpected);
    return nullptr;
  }
  return static_cast<T*>(data);
}

}  // namespace swt_node
