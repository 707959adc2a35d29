#include <utility>

#include "functions.h"
#include "handles.h"
#include "values.h"

namespace swt_node {
namespace {

using Begin = swt_status (*)(swt_bytes input, swt_pending** out_pending);

Napi::Value begin_with_text(const Napi::CallbackInfo& info, Begin begin, Operation operation) {
  Text text;
  if (!text.read(info[0])) return {};

  PendingHandle pending;
  const swt_status status = begin(text.view(), out_ptr(pending));
  if (status != SWT_OK) return Napi::Number::New(info.Env(), status);
  return wrap_pending(info.Env(), std::move(pending), operation);
}

Napi::Value complete_lookup(Napi::Env env, swt_pending* pending) {
  SessionHandle session;
  const swt_status status = swt_lookup_complete(pending, out_ptr(session));
  if (status != SWT_OK) return Napi::Number::New(env, status);
  return session ? to_string(env, swt_session_json(session.get())) : env.Null();
}

Napi::Value legacy_uses_if_any(Napi::Env env, uint32_t uses) {
  return uses == 0 ? Napi::Value() : Napi::Number::New(env, uses);
}

Napi::Value text_if_any(Napi::Env env, swt_bytes text) {
  return text.len == 0 ? Napi::Value() : to_ascii_string(env, text);
}

Napi::Value complete_sign(Napi::Env env, swt_pending* pending, int64_t now_ms) {
  GrantHandle grant;
  const swt_status status = swt_sign_complete(pending, now_ms, out_ptr(grant));
  if (status != SWT_OK) return Napi::Number::New(env, status);

  const Napi::Value token = to_ascii_string(env, swt_grant_token(grant.get()));
  const swt_bytes session_id = swt_grant_session_id(grant.get());
  const swt_bytes refresh_token = swt_grant_refresh_token(grant.get());
  const uint32_t legacy_uses = swt_grant_legacy_uses(grant.get());
  if (session_id.len == 0 && refresh_token.len == 0 && legacy_uses == 0) return token;
  return to_object(env, {{"token", token},
                         {"sessionId", text_if_any(env, session_id)},
                         {"refreshToken", text_if_any(env, refresh_token)},
                         {"legacyUses", legacy_uses_if_any(env, legacy_uses)}});
}

Napi::Value complete_refresh(Napi::Env env, swt_pending* pending, int64_t now_ms) {
  GrantHandle grant;
  const swt_status status = swt_refresh_complete(pending, now_ms, out_ptr(grant));
  if (status != SWT_OK) return Napi::Number::New(env, status);

  return to_object(env, {{"token", to_ascii_string(env, swt_grant_token(grant.get()))},
                         {"sessionId", text_if_any(env, swt_grant_session_id(grant.get()))},
                         {"refreshToken", to_ascii_string(env, swt_grant_refresh_token(grant.get()))},
                         {"userId", to_string(env, swt_grant_user_id(grant.get()))},
                         {"legacyUses", legacy_uses_if_any(env, swt_grant_legacy_uses(grant.get()))}});
}

Napi::Value complete_verify(Napi::Env env, swt_pending* pending, int64_t now_ms) {
  ClaimsHandle claims;
  const swt_status status = swt_verify_complete(pending, now_ms, out_ptr(claims));
  if (status != SWT_OK) return Napi::Number::New(env, status);

  const Napi::Value payload = to_string(env, swt_claims_payload(claims.get()));
  const uint32_t legacy_uses = swt_claims_legacy_uses(claims.get());
  if (legacy_uses == 0) return payload;
  return to_object(env, {{"payload", payload}, {"legacyUses", Napi::Number::New(env, legacy_uses)}});
}

Napi::Value done_or_status(Napi::Env env, swt_status status) {
  return status == SWT_OK ? env.Undefined() : Napi::Number::New(env, status);
}

}  // namespace

Pending* unwrap_live(Napi::Value value) {
  Pending* pending = unwrap<Pending>(value);
  if (pending == nullptr || pending->handle) return pending;
  throw_type_error(value.Env(), "the pending operation is over");
  return nullptr;
}

Napi::Value wrap_pending(Napi::Env env, PendingHandle handle, Operation operation) {
  auto pending = std::make_unique<Pending>();
  pending->handle = std::move(handle);
  pending->operation = operation;
  return wrap(env, std::move(pending));
}

Napi::Value revoke_begin(const Napi::CallbackInfo& info) {
  return begin_with_text(info, swt_revoke_begin, Operation::revoke);
}

Napi::Value enroll_begin(const Napi::CallbackInfo& info) {
  return begin_with_text(info, swt_register_begin, Operation::enroll);
}

Napi::Value lookup_begin(const Napi::CallbackInfo& info) {
  return begin_with_text(info, swt_lookup_begin, Operation::lookup);
}

Napi::Value is_pending(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), holds<Pending>(info[0]));
}

Napi::Value needs_store(const Napi::CallbackInfo& info) {
  const Pending* pending = unwrap_live(info[0]);
  if (pending == nullptr) return {};
  return Napi::Boolean::New(info.Env(), swt_pending_needs_store(pending->handle.get()) != 0);
}

Napi::Value redis_call(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Pending* pending = unwrap_live(info[0]);
  if (pending == nullptr) return {};

  Text prefix;
  Text client_key_prefix;
  swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
  if (!prefix.read(info[1]) || !client_key_prefix.read_optional(info[2]) ||
      !read_integer(info[3], &options.session_ttl_s) || !read_integer(info[4], &options.not_after_ms)) {
    return {};
  }
  options.prefix = prefix.view();
  options.client_key_prefix = client_key_prefix.view();

  RedisCallHandle call;
  const swt_status status = swt_pending_redis_call(pending->handle.get(), &options, out_ptr(call));
  if (status != SWT_OK) return Napi::Number::New(env, status);

  const auto key = [&call](size_t index) { return swt_redis_call_key(call.get(), index); };
  const auto arg = [&call](size_t index) { return swt_redis_call_arg(call.get(), index); };
  const bool logs_in = pending->operation == Operation::sign;
  const bool logs_out = pending->operation == Operation::revoke;
  return to_object(env, {{"script", Napi::Number::New(env, swt_redis_call_script(call.get()))},
                         {"keys", to_array(env, swt_redis_call_key_count(call.get()), key)},
                         {"args", to_array(env, swt_redis_call_arg_count(call.get()), arg)},
                         {"logsIn", Napi::Boolean::New(env, logs_in)},
                         {"logsOut", Napi::Boolean::New(env, logs_out)}});
}

Napi::Value question(const Napi::CallbackInfo& info) {
  const Pending* pending = unwrap_live(info[0]);
  if (pending == nullptr) return {};
  return to_string(info.Env(), swt_pending_question(pending->handle.get()));
}

Napi::Value ask(const Napi::CallbackInfo& info) {
  Pending* pending = unwrap_live(info[0]);
  if (pending == nullptr) return {};
  const MemoryStore* store = unwrap<MemoryStore>(info[1]);
  if (store == nullptr) return {};

  pending->failure = swt_pending_ask(pending->handle.get(), store->handle.get());
  return info.Env().Undefined();
}

Napi::Value answer(const Napi::CallbackInfo& info) {
  Pending* pending = unwrap_live(info[0]);
  if (pending == nullptr) return {};

  constexpr size_t kParts = 3;
  Text texts[kParts];
  swt_bytes parts[kParts] = {};
  size_t count = 0;
  for (size_t i = 0; i < kParts; ++i) {
    if (!texts[i].read_optional(info[i + 1])) return {};
    parts[i] = texts[i].view();
    if (parts[i].data != nullptr) ++count;
  }
  if (count != 0 && count != kParts) {
    throw_type_error(info.Env(), "an answer has three parts or none");
    return {};
  }

  pending->failure = swt_pending_answer(pending->handle.get(), parts, count);
  return info.Env().Undefined();
}

Napi::Value unavailable(const Napi::CallbackInfo& info) {
  Pending* pending = unwrap_live(info[0]);
  if (pending == nullptr) return {};
  int64_t reason = 0;
  if (!read_integer(info[1], &reason)) return {};

  pending->failure = swt_pending_unavailable(pending->handle.get(), static_cast<swt_status>(reason));
  return info.Env().Undefined();
}

Napi::Value complete(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Pending* pending = unwrap_live(info[0]);
  if (pending == nullptr) return {};
  int64_t now_ms = 0;
  if (!read_integer(info[1], &now_ms)) return {};

  // Used once: from here on the object holds nothing, and its memory does not wait for the garbage collector.
  const PendingHandle handle = std::move(pending->handle);
  if (pending->failure != SWT_OK) return Napi::Number::New(env, pending->failure);

  return complete_pending(env, handle.get(), pending->operation, now_ms);
}

Napi::Value complete_pending(Napi::Env env, swt_pending* pending, Operation operation, int64_t now_ms) {
  switch (operation) {
    case Operation::sign: return complete_sign(env, pending, now_ms);
    case Operation::verify: return complete_verify(env, pending, now_ms);
    case Operation::refresh: return complete_refresh(env, pending, now_ms);
    case Operation::revoke: return done_or_status(env, swt_revoke_complete(pending));
    case Operation::enroll: return done_or_status(env, swt_register_complete(pending));
    case Operation::lookup: return complete_lookup(env, pending);
  }
  return Napi::Number::New(env, SWT_INTERNAL_BUG);
}

}  // namespace swt_node
