// The operations: begin, complete, and both in one call over a store of this library.
#include "capi/audit.h"
#include "capi/boundary.h"
#include "capi/requests.h"
#include "crypto/random.h"

using namespace swt;
using namespace swt::capi;

namespace {

Result<PendingSign> begin(const Engine& engine, const SignRequest& request, Instant now, Concerned&) {
  return engine.begin_sign(request, now);
}
Result<PendingVerify> begin(const Engine& engine, const VerifyRequest& request, Instant now, Concerned& concerned) {
  return engine.begin_verify(request, now, concerned);
}
Result<PendingRefresh> begin(const Engine& engine, const RefreshRequest& request, Instant now, Concerned& concerned) {
  return engine.begin_refresh(request, now, concerned);
}

Concerned concerned_by(const PendingVerify& begun) {
  return {begun.outcome.opened.claims.user_id, begun.outcome.session_id};
}
template <typename Begun>
Concerned concerned_by(const Begun& begun) {
  return {begun.outcome.user_id, begun.outcome.session_id};
}

// Reads a request and begins its operation. `now` is the operation's moment.
template <typename Request>
auto begin_request(const swt_engine& engine, const Request* given, Instant& now)
    -> decltype(begin(engine.engine, *read_request(given, now.wall_ms), now, std::declval<Concerned&>())) {
  int64_t now_ms = 0;
  const auto request = read_request(given, now_ms);
  if (!request) return request.error();
  const Result<Instant> moment = instant_from(now_ms);
  if (!moment) return moment.error();
  now = *moment;
  Concerned concerned;
  auto begun = begin(engine.engine, *request, now, concerned);
  if (!begun) tell_failed(engine.audit, begun.error(), concerned, now);
  return begun;
}

// Completes an operation and tells the audit how it ended.
template <typename Begun, typename Complete, typename Tell>
auto complete_and_tell(const AuditSink& audit, Begun begun, const StoreReply* reply, Instant now, Complete complete,
                       Tell tell_done) {
  const Concerned concerned = audit.callback != nullptr ? concerned_by(begun) : Concerned{};
  auto outcome = complete(std::move(begun), reply, now);
  if (outcome) tell_done(audit, *outcome, now);
  else tell_failed(audit, outcome.error(), concerned, now);
  return outcome;
}

// An engine that can ask its store itself.
Result<void> check_engine(const swt_engine* engine) {
  if (as(engine) == nullptr) return not_a_handle(engine);
  if (!engine->uses_external_store) return {};
  return Error(Status::state, "this engine's store is external: use begin and complete");
}

// Begin, the engine's own store where there is a question, and complete.
template <typename Outcome, typename Request, typename Complete, typename Tell>
Result<Outcome> in_one_call(const swt_engine* engine, const Request* given, Complete complete, Tell tell_done) {
  if (const Result<void> checked = check_engine(engine); !checked) return checked.error();
  Instant now{};
  auto begun = begin_request(*engine, given, now);
  if (!begun) return begun.error();
  std::optional<StoreReply> reply;
  if (begun->question) reply = engine->store->ask(*begun->question, now);
  return complete_and_tell(engine->audit, *std::move(begun), reply ? &*reply : nullptr, now, complete, tell_done);
}

template <typename Request>
swt_status begin_only(const swt_engine* engine, const Request* given, swt_pending** out_pending) {
  return guarded([&]() -> Result<void> {
    if (out_pending == nullptr) return is_null("the place for the result is NULL");
    *out_pending = nullptr;
    if (as(engine) == nullptr) return not_a_handle(engine);
    Instant now{};
    auto begun = begin_request(*engine, given, now);
    if (!begun) return begun.error();
    hand_out(out_pending, Step(*std::move(begun)), engine->audit);
    return {};
  });
}

// Takes a step out of a pending operation, of the type that it was begun as: whatever comes of it, it is completed.
template <typename Begun>
Result<Begun> take(swt_pending* pending) {
  if (as(pending) == nullptr) return not_a_handle(pending);
  if (std::holds_alternative<Completed>(pending->step)) return Error(Status::state, "this was completed before");
  auto* step = std::get_if<Begun>(&pending->step);
  if (step == nullptr) return Error(Status::state, "this was begun as another operation");
  Begun taken = std::move(*step);
  pending->step = Completed{};
  return taken;
}

template <typename Begun, typename Complete>
auto complete_with(swt_pending* pending, int64_t now_ms, Complete complete)
    -> decltype(complete(std::declval<Begun>(), nullptr, Instant{})) {
  const Result<Instant> now = instant_from(now_ms);
  if (!now) return now.error();
  Result<Begun> begun = take<Begun>(pending);
  if (!begun) return begun.error();
  return complete(*std::move(begun), pending->reply ? &*pending->reply : nullptr, *now);
}

template <typename Begun, typename Complete, typename Tell>
auto complete_and_tell(swt_pending* pending, int64_t now_ms, Complete complete, Tell tell_done) {
  return complete_with<Begun>(pending, now_ms, [&](Begun begun, const StoreReply* reply, Instant now) {
    return complete_and_tell(pending->audit, std::move(begun), reply, now, complete, tell_done);
  });
}

// The begin of an operation that needs nothing but one text.
template <typename Begin>
Result<Step> begin_with(swt_bytes input, Begin begin) {
  const Result<std::string_view> text = text_from(input);
  if (!text) return text.error();
  const Result<Instant> now = instant_from(0);
  if (!now) return now.error();
  return begin(*text, *now);
}

template <typename Begun>
Result<Step> as_step(Result<Begun> begun) {
  if (!begun) return begun.error();
  return Step(*std::move(begun));
}

}  // namespace

extern "C" {

swt_status swt_sign(const swt_engine* engine, const swt_sign_request* request, swt_grant** out_grant) {
  return handing_out(out_grant, [&] { return in_one_call<Grant>(engine, request, complete_sign, tell_signed); });
}

swt_status swt_sign_begin(const swt_engine* engine, const swt_sign_request* request, swt_pending** out_pending) {
  return begin_only(engine, request, out_pending);
}

swt_status swt_sign_complete(swt_pending* pending, int64_t now_ms, swt_grant** out_grant) {
  return handing_out(out_grant,
                     [&] { return complete_and_tell<PendingSign>(pending, now_ms, complete_sign, tell_signed); });
}

swt_status swt_verify(const swt_engine* engine, const swt_verify_request* request, swt_claims** out_claims) {
  return handing_out(out_claims,
                     [&] { return in_one_call<VerifiedToken>(engine, request, complete_verify, tell_verified); });
}

swt_status swt_verify_begin(const swt_engine* engine, const swt_verify_request* request, swt_pending** out_pending) {
  return begin_only(engine, request, out_pending);
}

swt_status swt_verify_complete(swt_pending* pending, int64_t now_ms, swt_claims** out_claims) {
  return handing_out(out_claims,
                     [&] { return complete_and_tell<PendingVerify>(pending, now_ms, complete_verify, tell_verified); });
}

swt_status swt_refresh(const swt_engine* engine, const swt_refresh_request* request, swt_grant** out_grant) {
  return handing_out(out_grant, [&] { return in_one_call<Grant>(engine, request, complete_refresh, tell_refreshed); });
}

swt_status swt_refresh_begin(const swt_engine* engine, const swt_refresh_request* request, swt_pending** out_pending) {
  return begin_only(engine, request, out_pending);
}

swt_status swt_refresh_complete(swt_pending* pending, int64_t now_ms, swt_grant** out_grant) {
  return handing_out(
      out_grant, [&] { return complete_and_tell<PendingRefresh>(pending, now_ms, complete_refresh, tell_refreshed); });
}

swt_status swt_open_unchecked_session(const swt_engine* engine, swt_bytes token, int64_t now_ms,
                                      swt_claims** out_claims) {
  return handing_out(out_claims, [&]() -> Result<VerifiedToken> {
    if (as(engine) == nullptr) return not_a_handle(engine);
    const Result<std::string_view> text = text_from(token);
    if (!text) return text.error();
    const Result<Instant> now = instant_from(now_ms);
    if (!now) return now.error();
    return engine->engine.open_unchecked_session(*text, *now);
  });
}

swt_status swt_attempt_new(char out_attempt[SWT_ATTEMPT_LEN + 1]) {
  static_assert(SWT_ATTEMPT_LEN == kAttemptSize);
  return guarded([&]() -> Result<void> {
    if (out_attempt == nullptr) return is_null("out_attempt is NULL");
    std::memset(out_attempt, 0, SWT_ATTEMPT_LEN + 1);
    const Result<std::string> attempt = random_id();
    if (!attempt) return attempt.error();
    attempt->copy(out_attempt, SWT_ATTEMPT_LEN);
    return {};
  });
}

swt_status swt_revoke(const swt_engine* engine, swt_bytes session_id) {
  return guarded([&]() -> Result<void> {
    if (const Result<void> checked = check_engine(engine); !checked) return checked.error();
    if (!engine->engine.has_sessions()) return Status::store_required;
    const Result<std::string_view> id = text_from(session_id);
    if (!id) return id.error();
    const Result<Instant> now = instant_from(0);
    if (!now) return now.error();
    const PendingRevoke begun = begin_revoke(*id, *now);
    if (!begun.question) return {};
    const StoreReply reply = engine->store->ask(*begun.question, *now);
    const Result<void> revoked = complete_revoke(begun, &reply, *now);
    if (revoked) tell_revoked(engine->audit, std::string(*id), *now);
    return revoked;
  });
}

swt_status swt_revoke_begin(swt_bytes session_id, swt_pending** out_pending) {
  return handing_out(out_pending, [&] {
    return begin_with(session_id, [](std::string_view id, Instant now) { return Step(begin_revoke(id, now)); });
  });
}

swt_status swt_revoke_complete(swt_pending* pending) {
  return guarded([&] { return complete_with<PendingRevoke>(pending, 0, complete_revoke); });
}

swt_status swt_register_begin(swt_bytes session_json, swt_pending** out_pending) {
  return handing_out(out_pending, [&] {
    return begin_with(session_json,
                      [](std::string_view json, Instant now) { return as_step(begin_register(json, now)); });
  });
}

swt_status swt_register_complete(swt_pending* pending) {
  return guarded([&] { return complete_with<PendingRegister>(pending, 0, complete_register); });
}

swt_status swt_lookup_begin(swt_bytes session_id, swt_pending** out_pending) {
  return handing_out(out_pending, [&] {
    return begin_with(session_id, [](std::string_view id, Instant now) { return Step(begin_lookup(id, now)); });
  });
}

swt_status swt_lookup_complete(swt_pending* pending, swt_session** out_session) {
  return guarded([&]() -> Result<void> {
    if (out_session == nullptr) return is_null("out_session is NULL");
    *out_session = nullptr;
    const Result<std::optional<Session>> found = complete_with<PendingLookup>(pending, 0, complete_lookup);
    if (!found) return found.error();
    if (*found) hand_out(out_session, write_session(**found));
    return {};
  });
}

}  // extern "C"
