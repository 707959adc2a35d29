// The handles of swt.h in C++ and, wrapped, in JavaScript.
//
// A wrapped handle is a plain object of JavaScript that owns its C++ half: nothing is kept beside it, so the addon has
// no state of its own and works in any number of worker threads. The tag says which type is inside; napi_unwrap alone
// would hand out whatever an object of this or of another addon holds.
//
// Not Napi::ObjectWrap: JavaScript could call its constructor, and each environment would have to keep one. Not
// Napi::External: of each that is alive when a worker ends, Node leaks its own part.
#pragma once

#include <napi.h>

#include <memory>
#include <utility>

#include "requests.h"
#include "swt/swt.h"
#include "values.h"

namespace swt_node {

template <typename T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* handle) const { Free(handle); }
};

using KeyHandle = std::unique_ptr<swt_key, Deleter<swt_key, swt_key_free>>;
using KeyRingHandle = std::unique_ptr<swt_keyring, Deleter<swt_keyring, swt_keyring_free>>;
using ConfigHandle = std::unique_ptr<swt_config, Deleter<swt_config, swt_config_free>>;
using EngineHandle = std::unique_ptr<swt_engine, Deleter<swt_engine, swt_engine_free>>;
using StoreHandle = std::unique_ptr<swt_store, Deleter<swt_store, swt_store_free>>;
using PendingHandle = std::unique_ptr<swt_pending, Deleter<swt_pending, swt_pending_free>>;
using GrantHandle = std::unique_ptr<swt_grant, Deleter<swt_grant, swt_grant_free>>;
using ClaimsHandle = std::unique_ptr<swt_claims, Deleter<swt_claims, swt_claims_free>>;
using SessionHandle = std::unique_ptr<swt_session, Deleter<swt_session, swt_session_free>>;
using RedisCallHandle = std::unique_ptr<swt_redis_call, Deleter<swt_redis_call, swt_redis_call_free>>;

// std::out_ptr of C++23: passed as swt_thing** out_thing, it gives the handle what the call handed out.
template <typename Handle>
class out_ptr {
 public:
  explicit out_ptr(Handle& handle) : handle_(handle) {}
  ~out_ptr() { handle_.reset(raw_); }
  out_ptr(const out_ptr&) = delete;
  out_ptr& operator=(const out_ptr&) = delete;

  operator typename Handle::pointer *() { return &raw_; }

 private:
  Handle& handle_;
  typename Handle::pointer raw_ = nullptr;
};

struct Key {
  static constexpr napi_type_tag kTag = {0x2f5e0a91c3d84b67, 0x9a1c7d3e5b80f246};
  static constexpr const char* kExpected = "a key is needed here";

  KeyHandle handle;
};

struct KeyRing {
  static constexpr napi_type_tag kTag = {0xd1490b7ae26c835f, 0x47e3f0b29c5a6d18};
  static constexpr const char* kExpected = "a key ring is needed here";

  KeyRingHandle handle;
  bool is_asymmetric = false;
};

struct Engine {
  static constexpr napi_type_tag kTag = {0x68cb7605ce617dae, 0x839637ceb04f4ef8};
  static constexpr const char* kExpected = "an engine is needed here";

  std::shared_ptr<swt_engine> handle;  // shared with the threads that are using it
  bool is_asymmetric = false;          // RSA or EC: its work takes long
};

struct MemoryStore {
  static constexpr napi_type_tag kTag = {0xbb98fbd88a516850, 0x30ef0dbffa4d8ad7};
  static constexpr const char* kExpected = "a memory store is needed here";

  StoreHandle handle;
};

// What JavaScript found is there for the time of one askWith.
struct HostStore {
  static constexpr napi_type_tag kTag = {0x1d90d3b2f6a74c05, 0x9a417e63c2508bfe};
  static constexpr const char* kExpected = "a host store is needed here";

  StoreHandle handle;
  swt_bytes found = {};
};

struct Pending {
  static constexpr napi_type_tag kTag = {0x27c24f9f30b6c763, 0xf4b17b072b97f9ce};
  static constexpr const char* kExpected = "a pending operation is needed here";

  PendingHandle handle;
  Operation operation;
  // What a step on the way to complete failed with; complete reports it and does not go on.
  swt_status failure = SWT_OK;
};

// Makes an object of JavaScript that owns the handle.
template <typename T>
Napi::Value wrap(Napi::Env env, std::unique_ptr<T> owned) {
  const Napi::Object object = Napi::Object::New(env);
  const napi_finalize finalize = [](napi_env, void* data, void*) { delete static_cast<T*>(data); };
  NAPI_THROW_IF_FAILED(env, napi_wrap(env, object, owned.get(), finalize, nullptr, nullptr), Napi::Value());
  static_cast<void>(owned.release());  // the object's finalizer deletes it from here on
  object.TypeTag(&T::kTag);
  return object;
}

template <typename T>
bool holds(Napi::Value value) {
  return value.IsObject() && value.As<Napi::Object>().CheckTypeTag(&T::kTag);
}

// The C++ half of a wrapped handle; anything else is a TypeError and nullptr.
template <typename T>
T* unwrap(Napi::Value value) {
  void* data = nullptr;
  if (holds<T>(value) && napi_unwrap(value.Env(), value, &data) == napi_ok) return static_cast<T*>(data);
  throw_type_error(value.Env(), T::kExpected);
  return nullptr;
}

// A pending operation that is not over yet; anything else is a TypeError and nullptr.
Pending* unwrap_live(Napi::Value value);

}  // namespace swt_node
