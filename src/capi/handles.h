// What is behind the opaque handles of swt.h.
//
// Every handle begins with a number that says what it is, so that a wrong one is an error and not a crash. A handle that
// was freed is not recognised for certain; using one stays the caller's mistake.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "crypto/token_key.h"
#include "engine/audit.h"
#include "engine/engine.h"
#include "session/redis_call.h"
#include "stores/store.h"
#include "swt/swt.h"

namespace swt::capi {

struct Handle {
  explicit Handle(uint32_t type_in) : type(type_in) {}
  ~Handle() { const_cast<volatile uint32_t&>(type) = 0; }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  uint32_t type;
};

// Whom an engine tells what happened.
struct AuditSink {
  swt_audit_callback callback = nullptr;
  void* user = nullptr;
};

}  // namespace swt::capi

struct swt_key : swt::capi::Handle {
  static constexpr uint32_t kType = 0x53574B31;
  explicit swt_key(std::shared_ptr<const swt::TokenKey> key_in) : Handle(kType), key(std::move(key_in)) {}
  std::shared_ptr<const swt::TokenKey> key;
};

struct swt_keyring : swt::capi::Handle {
  static constexpr uint32_t kType = 0x53575231;
  swt_keyring() : Handle(kType) {}
  swt::KeyRing keys;
};

struct swt_store : swt::capi::Handle {
  static constexpr uint32_t kType = 0x53575331;
  explicit swt_store(std::shared_ptr<swt::Store> store_in) : Handle(kType), store(std::move(store_in)) {}
  std::shared_ptr<swt::Store> store;
};

struct swt_config : swt::capi::Handle {
  static constexpr uint32_t kType = 0x53574331;
  swt_config() : Handle(kType) {}
  swt::KeyRing keys;  // empty: not set yet
  std::shared_ptr<swt::Store> store;
  bool uses_external_store = false;
  bool external_store_forgets = false;
  int64_t accept_legacy_until_ms = 0;
  swt::capi::AuditSink audit;
};

struct swt_engine : swt::capi::Handle {
  static constexpr uint32_t kType = 0x53574531;
  swt_engine(swt::EngineSettings settings, std::shared_ptr<swt::Store> store_in, bool uses_external_store_in,
             swt::capi::AuditSink audit_in)
      : Handle(kType),
        engine(std::move(settings)),
        store(std::move(store_in)),
        uses_external_store(uses_external_store_in),
        audit(audit_in) {}
  swt::Engine engine;
  const std::shared_ptr<swt::Store> store;  // where there are no sessions: for spent proofs only
  const bool uses_external_store;
  const swt::capi::AuditSink audit;
};

// Made on the stack for the time of one callback.
struct swt_event : swt::capi::Handle {
  static constexpr uint32_t kType = 0x53574131;
  explicit swt_event(const swt::AuditEvent& event_in)
      : Handle(kType), event(event_in), json(swt::write_audit_line(event_in)) {}
  const swt::AuditEvent event;
  const std::string json;
};

// The same.
struct swt_reply : swt::capi::Handle {
  static constexpr uint32_t kType = 0x53575931;
  swt_reply() : Handle(kType) {}
  std::optional<std::string> value;
  bool was_too_large = false;
};

struct swt_grant : swt::capi::Handle {
  static constexpr uint32_t kType = 0x53574731;
  explicit swt_grant(swt::Grant grant_in) : Handle(kType), grant(std::move(grant_in)) {}
  const swt::Grant grant;
};

struct swt_claims : swt::capi::Handle {
  static constexpr uint32_t kType = 0x53575631;
  explicit swt_claims(swt::VerifiedToken verified_in)
      : Handle(kType), verified(std::move(verified_in)), data(verified.opened.data_json()) {}
  const swt::VerifiedToken verified;
  const std::string data;  // a copy, since a text view is followed by a NUL
};

struct swt_session : swt::capi::Handle {
  static constexpr uint32_t kType = 0x53574E31;
  explicit swt_session(std::string json_in) : Handle(kType), json(std::move(json_in)) {}
  const std::string json;
};

struct swt_redis_call : swt::capi::Handle {
  static constexpr uint32_t kType = 0x53574C31;
  explicit swt_redis_call(swt::RedisCall call_in) : Handle(kType), call(std::move(call_in)) {}
  const swt::RedisCall call;
};

namespace swt::capi {

struct Completed {};
using Step =
    std::variant<PendingSign, PendingVerify, PendingRefresh, PendingRevoke, PendingRegister, PendingLookup, Completed>;

}  // namespace swt::capi

struct swt_pending : swt::capi::Handle {
  static constexpr uint32_t kType = 0x53575031;
  swt_pending(swt::capi::Step step_in, swt::capi::AuditSink audit_in)
      : Handle(kType), step(std::move(step_in)), audit(audit_in) {}
  explicit swt_pending(swt::capi::Step step_in) : swt_pending(std::move(step_in), {}) {}

  // nullptr when nothing is to be asked, or not any more.
  const swt::Question* question() const;

  swt::capi::Step step;
  std::optional<swt::StoreReply> reply;
  mutable std::string question_json;  // written when it is first asked for
  swt::capi::AuditSink audit;         // of the engine that it was begun with
};
