// The functions that addon.cc hands to JavaScript.
//
// Each takes positional plain values and decides nothing. Where the library refuses, a function returns its status as a
// number: making Error objects is JavaScript's part. Results are never numbers, so the two cannot be confused.
#pragma once

#include <node_api.h>

#include "handles.h"

namespace swt_node {

// createEngine(secret, encryptionSecret?, insecureShortSecret, external, acceptLegacyUntilMs): engine | status
napi_value create_engine(napi_env env, napi_callback_info info);
// createMemoryStore(ttlSeconds, maxSessions, maxProofs): store | status; 0 stands for the library's default
napi_value create_memory_store(napi_env env, napi_callback_info info);

// sign(engine, dataJson, clientKeyJwk?, lifetimeSeconds, refreshLifetimeSeconds, wantRefresh, nowMs):
//   the token when there is nothing else to give | { token, sessionId?, refreshToken? } | pending | status
napi_value sign(napi_env env, napi_callback_info info);
// verify(engine, token, sessionId?, proof?, method?, url?, host?, nowMs):
//   the payload's JSON | { payload, legacyUses } when something of 3.0.1 was accepted | pending | status
napi_value verify(napi_env env, napi_callback_info info);

// Operations on a store alone: pending | status
napi_value revoke_begin(napi_env env, napi_callback_info info);  // (sessionId)
napi_value enroll_begin(napi_env env, napi_callback_info info);  // (sessionJson)
napi_value lookup_begin(napi_env env, napi_callback_info info);  // (sessionId)

// isPending(value), needsStore(pending): boolean
napi_value is_pending(napi_env env, napi_callback_info info);
napi_value needs_store(napi_env env, napi_callback_info info);

// redisCall(pending, prefix, clientKeyPrefix?, ttlSeconds, notAfterMs):
//   { script, keys, args, creates } | status; creates: this call makes a session
napi_value redis_call(napi_env env, napi_callback_info info);

// One of these between a begin and its complete, which reports their failures as well.
napi_value ask(napi_env env, napi_callback_info info);     // (pending, memoryStore)
napi_value answer(napi_env env, napi_callback_info info);  // (pending, code?, text?, serverMs?): all three, or none
napi_value unavailable(napi_env env, napi_callback_info info);  // (pending, status)

// complete(pending, nowMs): what sign and verify give | the session's JSON or null | undefined | status
napi_value complete(napi_env env, napi_callback_info info);

// Shared by a function that finishes at once and by complete. They give nullptr with an exception pending, or a value.
napi_value complete_sign(napi_env env, swt_pending* pending, int64_t now_ms);
napi_value complete_verify(napi_env env, swt_pending* pending, int64_t now_ms);
napi_value wrap_pending(napi_env env, PendingHandle handle, Operation operation);

// statusName(n), statusMessage(n), statusClass(n), statusChallenge(n)
napi_value status_name(napi_env env, napi_callback_info info);
napi_value status_message(napi_env env, napi_callback_info info);
napi_value status_class(napi_env env, napi_callback_info info);
napi_value status_challenge(napi_env env, napi_callback_info info);
napi_value last_error_message(napi_env env, napi_callback_info info);
napi_value version_details(napi_env env, napi_callback_info info);

// checkRedisOptions(prefix, clientKeyPrefix?, ttlSeconds): status, 0 when they are good
napi_value check_redis_options(napi_env env, napi_callback_info info);
// redisScripts(): the sources, by number
napi_value redis_scripts(napi_env env, napi_callback_info info);
// jwkThumbprint(jwkJson): string | status
napi_value jwk_thumbprint(napi_env env, napi_callback_info info);

}  // namespace swt_node
