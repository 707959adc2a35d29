#include <utility>

#include "functions.h"
#include "handles.h"
#include "values.h"

namespace swt_node {
namespace {

using Begin = swt_status (*)(swt_bytes input, swt_pending** out_pending);

napi_value begin_with_text(napi_env env, napi_callback_info info, Begin begin, Operation operation) {
  const Arguments<1> arguments(env, info);
  Text text;
  if (!text.read(env, arguments[0])) return nullptr;

  swt_pending* raw_pending = nullptr;
  const swt_status status = begin(text.view(), &raw_pending);
  if (status != SWT_OK) return to_number(env, status);
  return wrap_pending(env, PendingHandle(raw_pending), operation);
}

// A pending operation that is not over yet; anything else is a TypeError and nullptr.
Pending* unwrap_live(napi_env env, napi_value value) {
  Pending* pending = unwrap<Pending>(env, value);
  if (pending != nullptr && !pending->handle) {
    throw_type_error(env, "the pending operation is over");
    return nullptr;
  }
  return pending;
}

using Count = size_t (*)(const swt_redis_call* call);
using Item = swt_bytes (*)(const swt_redis_call* call, size_t index);

napi_value to_array(napi_env env, const swt_redis_call* call, Count count, Item item) {
  napi_value array = nullptr;
  const size_t length = count(call);
  if (napi_create_array_with_length(env, length, &array) != napi_ok) return nullptr;
  for (size_t i = 0; i < length; ++i) {
    napi_value text = to_string(env, item(call, i));
    if (text == nullptr || napi_set_element(env, array, static_cast<uint32_t>(i), text) != napi_ok) return nullptr;
  }
  return array;
}

napi_value to_boolean(napi_env env, bool value) {
  napi_value result = nullptr;
  return napi_get_boolean(env, value, &result) == napi_ok ? result : nullptr;
}

napi_value complete_lookup(napi_env env, swt_pending* pending) {
  swt_session* raw_session = nullptr;
  const swt_status status = swt_lookup_complete(pending, &raw_session);
  if (status != SWT_OK) return to_number(env, status);
  const SessionHandle session(raw_session);
  return session ? to_string(env, swt_session_json(session.get())) : null(env);
}

napi_value done_or_status(napi_env env, swt_status status) {
  return status == SWT_OK ? undefined(env) : to_number(env, status);
}

}  // namespace

napi_value wrap_pending(napi_env env, PendingHandle handle, Operation operation) {
  auto pending = std::make_unique<Pending>();
  pending->handle = std::move(handle);
  pending->operation = operation;
  return wrap(env, std::move(pending));
}

napi_value revoke_begin(napi_env env, napi_callback_info info) {
  return begin_with_text(env, info, swt_revoke_begin, Operation::revoke);
}

napi_value enroll_begin(napi_env env, napi_callback_info info) {
  return begin_with_text(env, info, swt_register_begin, Operation::enroll);
}

napi_value lookup_begin(napi_env env, napi_callback_info info) {
  return begin_with_text(env, info, swt_lookup_begin, Operation::lookup);
}

napi_value is_pending(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  return to_boolean(env, holds<Pending>(env, arguments[0]));
}

napi_value needs_store(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  const Pending* pending = unwrap_live(env, arguments[0]);
  if (pending == nullptr) return nullptr;
  return to_boolean(env, swt_pending_needs_store(pending->handle.get()) != 0);
}

napi_value redis_call(napi_env env, napi_callback_info info) {
  const Arguments<5> arguments(env, info);
  const Pending* pending = unwrap_live(env, arguments[0]);
  if (pending == nullptr) return nullptr;

  Text prefix;
  Text client_key_prefix;
  swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
  if (!prefix.read(env, arguments[1]) || !client_key_prefix.read_optional(env, arguments[2]) ||
      !read_integer(env, arguments[3], &options.session_ttl_s) ||
      !read_integer(env, arguments[4], &options.not_after_ms)) {
    return nullptr;
  }
  options.prefix = prefix.view();
  options.client_key_prefix = client_key_prefix.view();

  swt_redis_call* raw_call = nullptr;
  const swt_status status = swt_pending_redis_call(pending->handle.get(), &options, &raw_call);
  if (status != SWT_OK) return to_number(env, status);
  const RedisCallHandle call(raw_call);

  const bool creates = pending->operation == Operation::sign || pending->operation == Operation::enroll;
  return ObjectBuilder(env)
      .set("script", to_number(env, swt_redis_call_script(call.get())))
      .set("keys", to_array(env, call.get(), swt_redis_call_key_count, swt_redis_call_key))
      .set("args", to_array(env, call.get(), swt_redis_call_arg_count, swt_redis_call_arg))
      .set("creates", to_boolean(env, creates))
      .get();
}

napi_value ask(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  Pending* pending = unwrap_live(env, arguments[0]);
  if (pending == nullptr) return nullptr;
  const MemoryStore* store = unwrap<MemoryStore>(env, arguments[1]);
  if (store == nullptr) return nullptr;

  pending->failure = swt_pending_ask(pending->handle.get(), store->handle.get());
  return undefined(env);
}

napi_value answer(napi_env env, napi_callback_info info) {
  const Arguments<4> arguments(env, info);
  Pending* pending = unwrap_live(env, arguments[0]);
  if (pending == nullptr) return nullptr;

  constexpr size_t kParts = 3;
  Text texts[kParts];
  swt_bytes parts[kParts] = {};
  size_t count = 0;
  for (size_t i = 0; i < kParts; ++i) {
    if (!texts[i].read_optional(env, arguments[i + 1])) return nullptr;
    parts[i] = texts[i].view();
    if (parts[i].data != nullptr) ++count;
  }
  if (count != 0 && count != kParts) return throw_type_error(env, "an answer has three parts or none");

  pending->failure = swt_pending_answer(pending->handle.get(), parts, count);
  return undefined(env);
}

napi_value unavailable(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  Pending* pending = unwrap_live(env, arguments[0]);
  if (pending == nullptr) return nullptr;
  int64_t reason = 0;
  if (!read_integer(env, arguments[1], &reason)) return nullptr;

  pending->failure = swt_pending_unavailable(pending->handle.get(), static_cast<swt_status>(reason));
  return undefined(env);
}

napi_value complete(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  Pending* pending = unwrap_live(env, arguments[0]);
  if (pending == nullptr) return nullptr;
  int64_t now_ms = 0;
  if (!read_integer(env, arguments[1], &now_ms)) return nullptr;

  // Used once: from here on the object holds nothing, and its memory does not wait for the garbage collector.
  const PendingHandle handle = std::move(pending->handle);
  if (pending->failure != SWT_OK) return to_number(env, pending->failure);

  switch (pending->operation) {
    case Operation::sign:
      return complete_sign(env, handle.get(), now_ms);
    case Operation::verify:
      return complete_verify(env, handle.get(), now_ms);
    case Operation::revoke:
      return done_or_status(env, swt_revoke_complete(handle.get()));
    case Operation::enroll:
      return done_or_status(env, swt_register_complete(handle.get()));
    case Operation::lookup:
      return complete_lookup(env, handle.get());
  }
  return to_number(env, SWT_INTERNAL_BUG);
}

napi_value complete_sign(napi_env env, swt_pending* pending, int64_t now_ms) {
  swt_grant* raw_grant = nullptr;
  const swt_status status = swt_sign_complete(pending, now_ms, &raw_grant);
  if (status != SWT_OK) return to_number(env, status);
  const GrantHandle grant(raw_grant);

  napi_value token = to_ascii_string(env, swt_grant_token(grant.get()));
  const swt_bytes session_id = swt_grant_session_id(grant.get());
  const swt_bytes refresh_token = swt_grant_refresh_token(grant.get());
  if (session_id.len == 0 && refresh_token.len == 0) return token;

  ObjectBuilder result(env);
  result.set("token", token);
  if (session_id.len > 0) result.set("sessionId", to_ascii_string(env, session_id));
  if (refresh_token.len > 0) result.set("refreshToken", to_ascii_string(env, refresh_token));
  return result.get();
}

napi_value complete_verify(napi_env env, swt_pending* pending, int64_t now_ms) {
  swt_claims* raw_claims = nullptr;
  const swt_status status = swt_verify_complete(pending, now_ms, &raw_claims);
  if (status != SWT_OK) return to_number(env, status);
  const ClaimsHandle claims(raw_claims);

  napi_value payload = to_string(env, swt_claims_payload(claims.get()));
  const uint32_t legacy_uses = swt_claims_legacy_uses(claims.get());
  if (legacy_uses == 0) return payload;
  return ObjectBuilder(env).set("payload", payload).set("legacyUses", to_number(env, legacy_uses)).get();
}

}  // namespace swt_node
