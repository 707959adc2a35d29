// sign, verify and revoke: begin, complete, and both in one call over a store of this library.
#include "capi/boundary.h"
#include "crypto/random.h"

using namespace swt;
using namespace swt::capi;

namespace {

const StoreReply* reply_of(const swt_pending& pending) { return pending.reply ? &*pending.reply : nullptr; }

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
  const Result<swt_sign_request> options = options_from(given, sizeof(swt_sign_request));
  if (!options) return options.error();
  const Result<SignRequest> request = sign_request_from(*options);
  if (!request) return request.error();
  const Result<Instant> now = instant_from(options->now_ms);
  if (!now) return now.error();
  return engine.engine.begin_sign(*request, *now);
}

Result<PendingVerify> begin_verify(const swt_engine& engine, const swt_verify_request* given) {
  const Result<swt_verify_request> options = options_from(given, sizeof(swt_verify_request));
  if (!options) return options.error();
  const Result<VerifyRequest> request = verify_request_from(*options);
  if (!request) return request.error();
  const Result<Instant> now = instant_from(options->now_ms);
  if (!now) return now.error();
  return engine.engine.begin_verify(*request, *now);
}

Error external_store() { return Error(Status::state, "this engine's store is external: use begin and complete"); }

// Asks the engine's own store where there is a question.
template <typename Outcome>
std::optional<StoreReply> ask(const swt_engine& engine, const Pending<Outcome>& pending, Instant now) {
  if (!pending.question) return std::nullopt;
  return engine.store->ask(*pending.question, now);
}

template <typename Step>
Result<Step*> step_of(swt_pending* pending) {
  if (as(pending) == nullptr) return not_a_handle(pending);
  if (std::holds_alternative<Completed>(pending->step)) return Error(Status::state, "this was completed before");
  auto* step = std::get_if<Step>(&pending->step);
  if (step == nullptr) return Error(Status::state, "this was begun as another operation");
  return step;
}

// Takes the step out of a pending operation: whatever comes of it, it is completed.
template <typename Step>
Result<Step> take_step(swt_pending* pending) {
  const Result<Step*> step = step_of<Step>(pending);
  if (!step) return step.error();
  Step taken = std::move(**step);
  pending->step = Completed{};
  return taken;
}

template <typename Step>
Result<void> hand_out_pending(swt_pending** out, Result<Step> step) {
  if (!step) return step.error();
  hand_out(out, capi::Step(*std::move(step)));
  return {};
}

}  // namespace

const Question* swt_pending::question() const {
  return std::visit(
      [](const auto& waiting) -> const Question* {
        if constexpr (std::is_same_v<std::decay_t<decltype(waiting)>, Completed>) return nullptr;
        else return waiting.question ? &*waiting.question : nullptr;
      },
      step);
}

extern "C" {

swt_status swt_sign(const swt_engine* engine, const swt_sign_request* request, swt_grant** out_grant) {
  return guarded([&]() -> Result<void> {
    if (out_grant == nullptr) return is_null("out_grant is NULL");
    *out_grant = nullptr;
    if (as(engine) == nullptr) return not_a_handle(engine);
    if (engine->uses_external_store) return external_store();
    Result<PendingSign> begun = begin_sign(*engine, request);
    if (!begun) return begun.error();
    const Result<Instant> now = instant_from(request->now_ms);
    if (!now) return now.error();
    const std::optional<StoreReply> reply = ask(*engine, *begun, *now);
    Result<Grant> grant = complete_sign(*std::move(begun), reply ? &*reply : nullptr, *now);
    if (!grant) return grant.error();
    hand_out(out_grant, *std::move(grant));
    return {};
  });
}

swt_status swt_sign_begin(const swt_engine* engine, const swt_sign_request* request, swt_pending** out_pending) {
  return guarded([&]() -> Result<void> {
    if (out_pending == nullptr) return is_null("out_pending is NULL");
    *out_pending = nullptr;
    if (as(engine) == nullptr) return not_a_handle(engine);
    return hand_out_pending(out_pending, begin_sign(*engine, request));
  });
}

swt_status swt_sign_complete(swt_pending* pending, int64_t now_ms, swt_grant** out_grant) {
  return guarded([&]() -> Result<void> {
    if (out_grant == nullptr) return is_null("out_grant is NULL");
    *out_grant = nullptr;
    const Result<Instant> now = instant_from(now_ms);
    if (!now) return now.error();
    Result<PendingSign> step = take_step<PendingSign>(pending);
    if (!step) return step.error();
    Result<Grant> grant = complete_sign(*std::move(step), reply_of(*pending), *now);
    if (!grant) return grant.error();
    hand_out(out_grant, *std::move(grant));
    return {};
  });
}

swt_status swt_verify(const swt_engine* engine, const swt_verify_request* request, swt_claims** out_claims) {
  return guarded([&]() -> Result<void> {
    if (out_claims == nullptr) return is_null("out_claims is NULL");
    *out_claims = nullptr;
    if (as(engine) == nullptr) return not_a_handle(engine);
    if (engine->uses_external_store) return external_store();
    Result<PendingVerify> begun = begin_verify(*engine, request);
    if (!begun) return begun.error();
    const Result<Instant> now = instant_from(request->now_ms);
    if (!now) return now.error();
    const std::optional<StoreReply> reply = ask(*engine, *begun, *now);
    Result<VerifiedToken> verified = complete_verify(*std::move(begun), reply ? &*reply : nullptr, *now);
    if (!verified) return verified.error();
    hand_out(out_claims, *std::move(verified));
    return {};
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

swt_status swt_verify_begin(const swt_engine* engine, const swt_verify_request* request, swt_pending** out_pending) {
  return guarded([&]() -> Result<void> {
    if (out_pending == nullptr) return is_null("out_pending is NULL");
    *out_pending = nullptr;
    if (as(engine) == nullptr) return not_a_handle(engine);
    return hand_out_pending(out_pending, begin_verify(*engine, request));
  });
}

swt_status swt_verify_complete(swt_pending* pending, int64_t now_ms, swt_claims** out_claims) {
  return guarded([&]() -> Result<void> {
    if (out_claims == nullptr) return is_null("out_claims is NULL");
    *out_claims = nullptr;
    const Result<Instant> now = instant_from(now_ms);
    if (!now) return now.error();
    Result<PendingVerify> step = take_step<PendingVerify>(pending);
    if (!step) return step.error();
    Result<VerifiedToken> verified = complete_verify(*std::move(step), reply_of(*pending), *now);
    if (!verified) return verified.error();
    hand_out(out_claims, *std::move(verified));
    return {};
  });
}

swt_status swt_revoke(const swt_engine* engine, swt_bytes session_id) {
  return guarded([&]() -> Result<void> {
    if (as(engine) == nullptr) return not_a_handle(engine);
    if (engine->uses_external_store) return external_store();
    if (!engine->engine.has_sessions()) return Status::store_required;
    const Result<std::string_view> id = text_from(session_id);
    if (!id) return id.error();
    const Result<Instant> now = instant_from(0);
    if (!now) return now.error();
    const PendingRevoke pending = begin_revoke(*id, *now);
    const std::optional<StoreReply> reply = ask(*engine, pending, *now);
    return complete_revoke(pending, reply ? &*reply : nullptr, *now);
  });
}

swt_status swt_revoke_begin(swt_bytes session_id, swt_pending** out_pending) {
  return guarded([&]() -> Result<void> {
    if (out_pending == nullptr) return is_null("out_pending is NULL");
    *out_pending = nullptr;
    const Result<std::string_view> id = text_from(session_id);
    if (!id) return id.error();
    const Result<Instant> now = instant_from(0);
    if (!now) return now.error();
    return hand_out_pending(out_pending, Result<PendingRevoke>(begin_revoke(*id, *now)));
  });
}

swt_status swt_revoke_complete(swt_pending* pending) {
  return guarded([&]() -> Result<void> {
    const Result<Instant> now = instant_from(0);
    if (!now) return now.error();
    const Result<PendingRevoke> step = take_step<PendingRevoke>(pending);
    if (!step) return step.error();
    return complete_revoke(*step, reply_of(*pending), *now);
  });
}

swt_status swt_register_begin(swt_bytes session_json, swt_pending** out_pending) {
  return guarded([&]() -> Result<void> {
    if (out_pending == nullptr) return is_null("out_pending is NULL");
    *out_pending = nullptr;
    const Result<std::string_view> json = text_from(session_json);
    if (!json) return json.error();
    const Result<Instant> now = instant_from(0);
    if (!now) return now.error();
    return hand_out_pending(out_pending, begin_register(*json, *now));
  });
}

swt_status swt_register_complete(swt_pending* pending) {
  return guarded([&]() -> Result<void> {
    const Result<Instant> now = instant_from(0);
    if (!now) return now.error();
    const Result<PendingRegister> step = take_step<PendingRegister>(pending);
    if (!step) return step.error();
    return complete_register(*step, reply_of(*pending), *now);
  });
}

swt_status swt_lookup_begin(swt_bytes session_id, swt_pending** out_pending) {
  return guarded([&]() -> Result<void> {
    if (out_pending == nullptr) return is_null("out_pending is NULL");
    *out_pending = nullptr;
    const Result<std::string_view> id = text_from(session_id);
    if (!id) return id.error();
    const Result<Instant> now = instant_from(0);
    if (!now) return now.error();
    return hand_out_pending(out_pending, Result<PendingLookup>(begin_lookup(*id, *now)));
  });
}

swt_status swt_lookup_complete(swt_pending* pending, swt_session** out_session) {
  return guarded([&]() -> Result<void> {
    if (out_session == nullptr) return is_null("out_session is NULL");
    *out_session = nullptr;
    const Result<Instant> now = instant_from(0);
    if (!now) return now.error();
    const Result<PendingLookup> step = take_step<PendingLookup>(pending);
    if (!step) return step.error();
    const Result<std::optional<Session>> session = complete_lookup(*step, reply_of(*pending), *now);
    if (!session) return session.error();
    if (*session) hand_out(out_session, write_session(**session));
    return {};
  });
}

}  // extern "C"
