// What an audit callback was told.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "capi.h"

namespace swt::test {

using Keyring = std::unique_ptr<swt_keyring, HandleDeleter<swt_keyring_free>>;

inline Keyring new_keyring() {
  swt_keyring* keyring = nullptr;
  require(swt_keyring_new(&keyring) == SWT_OK, "a key ring");
  return Keyring(keyring);
}

struct Told {
  std::string name;
  swt_status status;
  int64_t time_ms;
  std::string user_id, session_id, reason, json;
};

struct Recorder {
  std::vector<Told> told;
  std::function<void(const swt_event*)> then;  // and then do this

  static void callback(void* user, const swt_event* event) {
    auto& recorder = *static_cast<Recorder*>(user);
    recorder.told.push_back({swt_event_name(event), swt_event_status(event), swt_event_time_ms(event),
                             text(swt_event_user_id(event)), text(swt_event_session_id(event)), swt_event_reason(event),
                             text(swt_event_json(event))});
    if (recorder.then) recorder.then(event);
  }

  // What was told since, as "name name:code …", and forgets it.
  std::string since() {
    std::string names;
    for (const Told& event : told) {
      names += (names.empty() ? "" : " ") + event.name;
      if (event.status != SWT_OK) names += ':' + std::string(swt_status_name(event.status));
    }
    told.clear();
    return names;
  }
};

inline EngineHandle audited_engine(Recorder& recorder, swt_store* store = nullptr, int64_t accept_legacy_until_ms = 0) {
  const Config config = new_config();
  if (store != nullptr) require(swt_config_set_store(config.get(), store) == SWT_OK, "a store");
  require(swt_config_accept_legacy_until(config.get(), accept_legacy_until_ms) == SWT_OK, "legacy");
  require(swt_config_set_audit(config.get(), Recorder::callback, &recorder) == SWT_OK, "an audit");
  swt_engine* engine = nullptr;
  require(swt_engine_new(config.get(), &engine) == SWT_OK, "an engine");
  return EngineHandle(engine);
}

inline swt_refresh_request new_refresh_request(std::string_view token) {
  swt_refresh_request request = SWT_REFRESH_REQUEST_INIT;
  request.refresh_token = view(token);
  request.now_ms = kNowS * 1000;
  return request;
}

struct Refreshed {
  swt_status status;
  GrantHandle grant;
};

inline Refreshed refresh(const swt_engine* engine, const swt_refresh_request& request) {
  swt_grant* grant = nullptr;
  const swt_status status = swt_refresh(engine, &request, &grant);
  return {status, GrantHandle(grant)};
}

inline GrantHandle login(const swt_engine* engine, std::string_view data = R"({"userId":"alice"})") {
  swt_sign_request request = new_sign_request(data);
  request.flags = SWT_SIGN_REFRESH_TOKEN;
  return sign(engine, request);
}

inline swt_status verify(const swt_engine* engine, const swt_verify_request& request) {
  swt_claims* claims = nullptr;
  const swt_status status = swt_verify(engine, &request, &claims);
  swt_claims_free(claims);
  return status;
}

}  // namespace swt::test
