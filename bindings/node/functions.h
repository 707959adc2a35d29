// The functions that addon.cc hands to JavaScript.
//
// Each takes positional plain values and decides nothing. Where the library refuses, a function returns its status as a
// number: making Error objects is JavaScript's part. Results are never numbers, so the two cannot be confused.
#pragma once

#include <napi.h>

#include "handles.h"

namespace swt_node {

inline constexpr int64_t kNoStore = 0;
inline constexpr int64_t kRememberingStore = 1;
inline constexpr int64_t kForgettingStore = 2;

// createKey(text, encryptionSecret?, insecureShortSecret): key | status. The text is a secret or a PEM.
Napi::Value create_key(const Napi::CallbackInfo& info);
// release(keyOrEngine): undefined. Its memory is given back now and not at the next garbage collection; what is in flight on
// another thread keeps what it needs. It is of no use afterwards.
Napi::Value release(const Napi::CallbackInfo& info);
// createKeyRing(): ring | status
Napi::Value create_key_ring(const Napi::CallbackInfo& info);
// addToKeyRing(ring, key, kid, signs, untilMs): status
Napi::Value add_to_key_ring(const Napi::CallbackInfo& info);
// createEngine(keyOrRing, storeKind, acceptLegacyUntilMs): engine | status. storeKind is NO_STORE, REMEMBERING_STORE or, for
// one that does not remember which refresh tokens were spent, FORGETTING_STORE.
Napi::Value create_engine(const Napi::CallbackInfo& info);
// setKeyRing(engine, ring): status
Napi::Value set_key_ring(const Napi::CallbackInfo& info);
// killKey(engine, kid): status
Napi::Value kill_key(const Napi::CallbackInfo& info);
// createMemoryStore(ttlSeconds, maxSessions, maxProofs): store | status; 0 stands for the library's default
Napi::Value create_memory_store(const Napi::CallbackInfo& info);

// The three that need an engine. With a secret and no proof they answer at once; else they give a promise, which is never
// rejected, of the same answer or, where that would be a status, of { status, detail }: the sentence about a failure
// belongs to the thread that it happened on.
//
// sign(engine, dataJson, clientKeyJwk?, lifetimeSeconds, refreshLifetimeSeconds, wantRefresh, nowMs,
//      { proof?, method?, url?, host?, issuer?, subject?, audiences? }?):
//   the token when there is nothing else to give | { token, sessionId?, refreshToken?, legacyUses? } | pending | status;
//   what is not there is a member of its own that is undefined, here and below
Napi::Value sign(const Napi::CallbackInfo& info);
// verify(engine, token, sessionId?, proof?, method?, url?, host?, nowMs, attempt?,
//        { audiences?, issuers?, subject?, leewaySeconds, maxAgeSeconds }?):
//   the payload's JSON | { payload, legacyUses } when something of 3.0.1 was accepted | pending | status
Napi::Value verify(const Napi::CallbackInfo& info);
// refresh(engine, { refreshToken, sessionId?, proof?, method?, url?, host?, attempt?, clientKeyJwk?, dataJson?,
//                   lifetimeSeconds, refreshLifetimeSeconds, nowMs, insecureReuse }):
//   { token, sessionId?, refreshToken, userId, legacyUses? } (userId as JSON) | pending | status
Napi::Value refresh(const Napi::CallbackInfo& info);

// Operations on a store alone: pending | status
Napi::Value revoke_begin(const Napi::CallbackInfo& info);  // (sessionId)
Napi::Value enroll_begin(const Napi::CallbackInfo& info);  // (sessionJson)
Napi::Value lookup_begin(const Napi::CallbackInfo& info);  // (sessionId)

// isPending(value), needsStore(pending): boolean
Napi::Value is_pending(const Napi::CallbackInfo& info);
Napi::Value needs_store(const Napi::CallbackInfo& info);

// redisCall(pending, prefix, clientKeyPrefix?, ttlSeconds, notAfterMs):
//   { script, keys, args, logsIn, logsOut } | status
//   logsIn: the call makes the session of a new token; logsOut: the call ends a session
Napi::Value redis_call(const Napi::CallbackInfo& info);

// question(pending): what is to be asked, as JSON; "" when there is nothing to ask any more
Napi::Value question(const Napi::CallbackInfo& info);

// createHostStore(): store | status. For one of the application's own that keeps sessions and no more.
Napi::Value create_host_store(const Napi::CallbackInfo& info);

// One of these between a begin and its complete, which reports their failures as well.
Napi::Value ask(const Napi::CallbackInfo& info);          // (pending, memoryStore)
Napi::Value ask_with(const Napi::CallbackInfo& info);     // (pending, hostStore, what it found?: the session's JSON)
Napi::Value answer(const Napi::CallbackInfo& info);       // (pending, code?, text?, serverMs?): all three, or none
Napi::Value unavailable(const Napi::CallbackInfo& info);  // (pending, status)

// complete(pending, nowMs): what sign, verify and refresh give | the session's JSON or null | undefined | status
Napi::Value complete(const Napi::CallbackInfo& info);

// Shared by a function that finishes at once and by complete.
Napi::Value complete_pending(Napi::Env env, swt_pending* pending, Operation operation, int64_t now_ms);
Napi::Value wrap_pending(Napi::Env env, PendingHandle handle, Operation operation);

// statusName(n), statusMessage(n), statusClass(n), statusChallenge(n)
Napi::Value status_name(const Napi::CallbackInfo& info);
Napi::Value status_message(const Napi::CallbackInfo& info);
Napi::Value status_class(const Napi::CallbackInfo& info);
Napi::Value status_challenge(const Napi::CallbackInfo& info);
Napi::Value last_error_message(const Napi::CallbackInfo& info);
Napi::Value version_details(const Napi::CallbackInfo& info);

// checkRedisOptions(prefix, clientKeyPrefix?, ttlSeconds): status, 0 when they are good
Napi::Value check_redis_options(const Napi::CallbackInfo& info);
// redisScripts(): the sources, by number
Napi::Value redis_scripts(const Napi::CallbackInfo& info);
// jwkThumbprint(jwkJson): string | status
Napi::Value jwk_thumbprint(const Napi::CallbackInfo& info);
// newAttempt(): string | status
Napi::Value new_attempt(const Napi::CallbackInfo& info);

}  // namespace swt_node
