// The operations: begin, complete, and for sign, verify and revoke both in one call over a store of this library.
#include "capi/boundary.h"
#include "crypto/random.h"

using namespace swt;
using namespace swt::capi;

namespace {

Result<SignRequest> sign_request_from(const swt_sign_request& given) {
  if ((given.flags & ~SWT_SIGN_REFRESH_TOKEN) != 0 || given.reserved != 0) {
    return Error(Status::unsupported, "an unknown flag is set");
  }
  const Result<std::string_view> data = text_from(given.data_json);
  if (!data) return data.error();
  const Result<std::string_view> client_key = text_from(given.client_key_jwk);
  if (!client_key) return client_key.error();
  if (is_given_empty(given.client_key_jwk)) return Error(Status::client_key, "the client's key is empty");
  SignRequest request{*data, *client_key, kDefaultLifetimeS, kDefaultRefreshLifetimeS, false};
  if (given.lifetime_s != 0) request.lifetime_s = given.lifetime_s;
  if (given.refresh_lifetime_s != 0) request.refresh_lifetime_s = given.refresh_lifetime_s;
  request.with_refresh_token = (given.flags & SWT_SIGN_REFRESH_TOKEN) != 0;
  return request;
}

Result<VerifyRequest> verify_request_from(const swt_verify_request& given) {
  // A request whose method or url got lost on the way must not look like one that has none to compare.
  if (is_given_empty(given.method) || is_given_empty(given.url)) {
    return Error(Status::argument, "method or url is given and empty");
  }
  VerifyRequest request;
  std::string_view host;
  const std::pair<swt_bytes, std::string_view*> texts[] = {
      {given.token, &request.token},     {given.session_id, &request.session_id},
      {given.proof, &request.proof},     {given.method, &request.method},
      {given.url, &request.url},         {given.host, &host},
      {given.attempt, &request.attempt},
  };
  for (const auto& [bytes, text] : texts) {
    const Result<std::string_view> read = text_from(bytes);
    if (!read) return read.error();
    *text = *read;
  }
  if (given.host.data != nullptr) request.host = host;
  return request;
}

Result<PendingSign> begin_sign(const swt_engine& engine, const swt_sign_request* given) {
  const Result<swt_sign_request> options = options_from(given, SWT_SIZE_WITH(swt_sign_request, reserved));
  if (!options) return options.error();
  const Result<SignRequest> request = sign_request_from(*options);
  if (!request) return request.error();
  const Result<Instant> now = instant_from(options->now_ms);
  if (!now) return now.error();
  return engine.engine.begin_sign(*request, *now);
}

Result<PendingVerify> begin_verify(const swt_engine& engine, const swt_verify_request* given) {
  const Result<swt_verify_request> options = options_from(given, SWT_SIZE_WITH(swt_verify_request, attempt));
  if (!options) return options.error();
  const Result<VerifyRequest> request = verify_request_from(*options);
  if (!request) return request.error();
  const Result<Instant> now = instant_from(options->now_ms);
  if (!now) return now.error();
  return engine.engine.begin_verify(*request, *now);
}

// What is left of an operation that has begun: asks the engine's own store where there is a question, and completes.
template <typename Begun, typename Complete>
auto in_one_call(const swt_engine& engine, Begun begun, int64_t now_ms, Complete complete)
    -> decltype(complete(std::move(begun), nullptr, Instant{})) {
  const Result<Instant> now = instant_from(now_ms);
  if (!now) return now.error();
  std::optional<StoreReply> reply;
  if (begun.question) reply = engine.store->ask(*begun.question, *now);
  return complete(std::move(begun), reply ? &*reply : nullptr, *now);
}

// An engine that can ask its store itself.
Result<void> check_engine(const swt_engine* engine) {
  if (as(engine) == nullptr) return not_a_handle(engine);
  if (!engine->uses_external_store) return {};
  return Error(Status::state, "this engine's store is external: use begin and complete");
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
  return handing_out(out_grant, [&]() -> Result<Grant> {
    if (const Result<void> checked = check_engine(engine); !checked) return checked.error();
    Result<PendingSign> begun = begin_sign(*engine, request);
    if (!begun) return begun.error();
    return in_one_call(*engine, *std::move(begun), request->now_ms, complete_sign);
  });
}

swt_status swt_sign_begin(const swt_engine* engine, const swt_sign_request* request, swt_pending** out_pending) {
  return handing_out(out_pending, [&]() -> Result<Step> {
    if (as(engine) == nullptr) return not_a_handle(engine);
    return as_step(begin_sign(*engine, request));
  });
}

swt_status swt_sign_complete(swt_pending* pending, int64_t now_ms, swt_grant** out_grant) {
  return handing_out(out_grant, [&] { return complete_with<PendingSign>(pending, now_ms, complete_sign); });
}

swt_status swt_verify(const swt_engine* engine, const swt_verify_request* request, swt_claims** out_claims) {
  return handing_out(out_claims, [&]() -> Result<VerifiedToken> {
    if (const Result<void> checked = check_engine(engine); !checked) return checked.error();
    Result<PendingVerify> begun = begin_verify(*engine, request);
    if (!begun) return begun.error();
    return in_one_call(*engine, *std::move(begun), request->now_ms, complete_verify);
  });
}

swt_status swt_verify_begin(const swt_engine* engine, const swt_verify_request* request, swt_pending** out_pending) {
  return handing_out(out_pending, [&]() -> Result<Step> {
    if (as(engine) == nullptr) return not_a_handle(engine);
    return as_step(begin_verify(*engine, request));
  });
}

swt_status swt_verify_complete(swt_pending* pending, int64_t now_ms, swt_claims** out_claims) {
  return handing_out(out_claims, [&] { return complete_with<PendingVerify>(pending, now_ms, complete_verify); });
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
    return in_one_call(*engine, begin_revoke(*id, *now), 0, complete_revoke);
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
