// The use cases: sign, verify, refresh, revoke, and what a store of 3.0.1 can do besides. No I/O.
//
// Each goes in three steps. begin decides all that can be decided from what is at hand, and names the one question that is
// left for the store; somebody asks the store; complete decides what the reply means.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "engine/live_keys.h"
#include "session/question.h"
#include "token/codec.h"
#include "token/expectations.h"

namespace swt {

inline constexpr int64_t kDefaultLifetimeS = 900;
inline constexpr int64_t kDefaultRefreshLifetimeS = 604800;
// 128 random bits in base64url.
inline constexpr size_t kAttemptSize = 22;
// A reply that took longer is about a moment that has passed.
inline constexpr int64_t kPendingLifeMs = 5000;

struct EngineSettings {
  KeyRing keys;
  bool has_sessions = false;           // there is a store: every token gets a session, every request must name its own
  bool spends_refresh_tokens = false;  // and the store remembers which refresh tokens were used
  int64_t accept_legacy_until_ms = 0;
};

// What is known of the HTTP request that asks for something, and the proof that it brings.
struct HttpRequest {
  std::string_view proof;
  std::string_view method;
  std::string_view url;
  std::optional<std::string_view> host;  // empty is not the same as not known
  std::string_view attempt = {};         // empty: one of its own
};

struct Lifetimes {
  int64_t access_s = kDefaultLifetimeS;
  int64_t refresh_s = kDefaultRefreshLifetimeS;
};

struct SignRequest {
  std::string_view data_json;
  std::string_view client_key_jwk;
  HttpRequest http;  // the login; it may bring no proof
  std::string_view issuer;
  std::string_view subject;
  std::vector<std::string_view> audiences;
  Lifetimes lifetimes;
  bool with_refresh_token = false;
};

struct VerifyRequest {
  std::string_view token;
  std::string_view session_id;
  HttpRequest http;
  Expectations expected = {};
};

struct RefreshRequest {
  std::string_view refresh_token;
  std::string_view session_id;
  HttpRequest http;
  std::string_view client_key_jwk;  // empty: not told
  std::string_view data_json;       // empty: the claims stay as they were
  Lifetimes lifetimes;
  bool insecurely_allow_reuse = false;  // although nothing remembers which refresh tokens were used
};

struct LegacyUses {
  bool token_without_session = false;
  bool proof_without_jti = false;
  bool proof_not_compared = false;
  bool refresh_token = false;
};

struct Grant {
  std::string token;
  std::string session_id;
  std::string refresh_token;
  std::string user_id;
  int64_t expires_at = 0;
  LegacyUses legacy;
};

struct VerifiedToken {
  OpenedToken opened;
  std::string session_id;
  int64_t leeway_s = 0;
  LegacyUses legacy;
};

// Whom an operation is about, as far as it is known when it fails: for the audit.
struct Concerned {
  std::string user_id;
  std::string session_id;
};

// An operation between begin and complete: what it will give, and the question that stands between. It is completed once.
template <typename Outcome>
struct Pending {
  Outcome outcome;
  std::optional<Question> question;
  int64_t begun_monotonic_ms = 0;
};

struct Nothing {};

// Types of their own, so that none is completed as another.
struct PendingSign : Pending<Grant> {};
struct PendingVerify : Pending<VerifiedToken> {};
struct PendingRefresh : Pending<Grant> {
  int64_t presented_expires_at = 0;
};
struct PendingRevoke : Pending<Nothing> {};
struct PendingRegister : Pending<Nothing> {};
struct PendingLookup : Pending<Nothing> {};

// May be used by any number of threads at once.
class Engine {
 public:
  explicit Engine(EngineSettings settings) : settings_(std::move(settings)), keys_(std::exchange(settings_.keys, {})) {}

  bool has_sessions() const { return settings_.has_sessions; }
  LiveKeys& keys() { return keys_; }

  // `concerned` is filled as far as a begin that fails has come.
  Result<PendingSign> begin_sign(const SignRequest& request, Instant now) const;
  Result<PendingVerify> begin_verify(const VerifyRequest& request, Instant now, Concerned& concerned) const;
  Result<PendingRefresh> begin_refresh(const RefreshRequest& request, Instant now, Concerned& concerned) const;

  // What a token is by itself, whether or not it may be used.
  Result<VerifiedToken> open_unchecked_session(std::string_view token, Instant now) const;

 private:
  bool accepts_legacy(Instant now) const { return now.wall_ms < settings_.accept_legacy_until_ms; }

  EngineSettings settings_;
  LiveKeys keys_;
};

// These need no key.
PendingRevoke begin_revoke(std::string_view session_id, Instant now);
Result<PendingRegister> begin_register(std::string_view session_json, Instant now);
PendingLookup begin_lookup(std::string_view session_id, Instant now);

// reply is nullptr where there was no question.
Result<Grant> complete_sign(PendingSign pending, const StoreReply* reply, Instant now);
Result<VerifiedToken> complete_verify(PendingVerify pending, const StoreReply* reply, Instant now);
Result<Grant> complete_refresh(PendingRefresh pending, const StoreReply* reply, Instant now);
Result<void> complete_revoke(const PendingRevoke& pending, const StoreReply* reply, Instant now);
Result<void> complete_register(const PendingRegister& pending, const StoreReply* reply, Instant now);
Result<std::optional<Session>> complete_lookup(const PendingLookup& pending, const StoreReply* reply, Instant now);

}  // namespace swt
