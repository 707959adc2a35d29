// An engine over a store in memory, with a clock that tests turn.
#pragma once

#include <string>

#include "engine/engine.h"
#include "proof.h"
#include "stores/memory_store.h"
#include "token_maker.h"

namespace swt::test {

inline std::shared_ptr<const TokenKey> token_key() {
  return *TokenKey::from_secret(kSecret, kEncryptionSecret, ShortSecret::refuse);
}

inline SignRequest sign_request(std::string_view data_json = R"({"userId":"alice"})", std::string_view jwk = "") {
  SignRequest request;
  request.data_json = data_json;
  request.client_key_jwk = jwk;
  return request;
}

class TestEngine {
 public:
  explicit TestEngine(bool has_sessions = true, int64_t accept_legacy_until_ms = 0)
      : TestEngine(EngineSettings{KeyRing::of_one(token_key()), has_sessions, has_sessions, accept_legacy_until_ms}) {}
  explicit TestEngine(EngineSettings settings) : engine_(std::move(settings)) {}

  Result<PendingSign> begin_sign(const SignRequest& request) const { return engine_.begin_sign(request, now); }
  Result<PendingVerify> begin_verify(const VerifyRequest& request) const {
    return engine_.begin_verify(request, now, concerned);
  }
  Result<PendingRefresh> begin_refresh(const RefreshRequest& request) const {
    return engine_.begin_refresh(request, now, concerned);
  }

  Result<Grant> sign(const SignRequest& request = sign_request()) {
    Result<PendingSign> pending = begin_sign(request);
    if (!pending) return pending.error();
    const std::optional<StoreReply> reply = ask(pending->question);
    return complete_sign(*std::move(pending), reply ? &*reply : nullptr, now);
  }

  Result<VerifiedToken> verify(const VerifyRequest& request) {
    Result<PendingVerify> pending = begin_verify(request);
    if (!pending) return pending.error();
    const std::optional<StoreReply> reply = ask(pending->question);
    return complete_verify(*std::move(pending), reply ? &*reply : nullptr, now);
  }

  Result<Grant> refresh(const RefreshRequest& request) {
    Result<PendingRefresh> pending = begin_refresh(request);
    if (!pending) return pending.error();
    const std::optional<StoreReply> reply = ask(pending->question);
    return complete_refresh(*std::move(pending), reply ? &*reply : nullptr, now);
  }

  Result<void> revoke(std::string_view session_id) {
    const PendingRevoke pending = begin_revoke(session_id, now);
    const std::optional<StoreReply> reply = ask(pending.question);
    return complete_revoke(pending, reply ? &*reply : nullptr, now);
  }

  std::optional<StoreReply> ask(const std::optional<Question>& question) {
    if (!question) return std::nullopt;
    return store.ask(*question, now);
  }

  LiveKeys& keys() { return engine_.keys(); }

  // What the store keeps of a login.
  std::string record_of(const Grant& grant) {
    return std::get<Answer>(store.ask(LookupQuestion{grant.session_id}, now)).record;
  }

  void pass(int64_t ms) {
    now.wall_ms += ms;
    now.monotonic_ms += ms;
  }

  // Whom the last verification or refresh was about that began.
  mutable Concerned concerned;
  Instant now{kNowS * 1000, 1000000};
  MemoryStore store{MemoryStoreLimits{}};

 private:
  Engine engine_;
};

// GET /api/profile with this token and session
inline VerifyRequest request_with(std::string_view token, std::string_view session_id, std::string_view proof = "") {
  return {token, session_id, {proof, "GET", "/api/profile", ""}, {}};
}

inline VerifyRequest request_with(const Grant& grant, std::string_view proof = "") {
  return request_with(grant.token, grant.session_id, proof);
}

// A login that asks for a refresh token
inline SignRequest login_request(std::string_view data_json = R"({"userId":"alice"})", std::string_view jwk = "") {
  SignRequest request = sign_request(data_json, jwk);
  request.with_refresh_token = true;
  return request;
}

// GET /api/profile with this refresh token
inline RefreshRequest refresh_with(std::string_view token, std::string_view session_id = "",
                                   std::string_view proof = "", std::string_view attempt = "") {
  RefreshRequest request;
  request.refresh_token = token;
  request.session_id = session_id;
  request.http = {proof, "GET", "/api/profile", "", attempt};
  return request;
}

}  // namespace swt::test
