// A store of callbacks through the C interface: what they may answer, when they are called, and pinging.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "support/recorder.h"
#include "support/sessions.h"
#include "support/sized.h"

namespace swt {
namespace {

using test::text;
using test::view;

// A host's database behind the four callbacks.
struct Host {
  std::map<std::string, std::string> sessions, claims;
  swt_status answer = SWT_OK;  // to everything
  int calls = 0;
  int released = 0;
  swt_status reply_set = SWT_OK;  // what the last swt_reply_set said
  std::string instead;            // handed over instead of what is there
  bool says_nothing = false;

  static Host& of(void* user) {
    Host& host = *static_cast<Host*>(user);
    ++host.calls;
    return host;
  }
  swt_status hand_over(swt_reply* reply, const std::string& value) {
    if (says_nothing) return answer;
    reply_set = swt_reply_set(reply, view(instead.empty() ? value : instead));
    return answer;
  }

  static swt_status register_session(void* user, swt_bytes id, swt_bytes json, int64_t) {
    Host& host = of(user);
    host.sessions[text(id)] = text(json);
    return host.answer;
  }
  static swt_status get_session(void* user, swt_bytes id, swt_reply* reply) {
    Host& host = of(user);
    const auto found = host.sessions.find(text(id));
    return found == host.sessions.end() ? host.answer : host.hand_over(reply, found->second);
  }
  static swt_status revoke_session(void* user, swt_bytes id) {
    Host& host = of(user);
    host.sessions.erase(text(id));
    return host.answer;
  }
  static swt_status claim(void* user, swt_bytes name, swt_bytes value, int64_t, swt_reply* reply) {
    Host& host = of(user);
    return host.hand_over(reply, host.claims.emplace(text(name), text(value)).first->second);
  }
  static void release(void* user) { ++static_cast<Host*>(user)->released; }
};

swt_store_callbacks callbacks_of(Host& host, bool with_claim = true) {
  swt_store_callbacks callbacks = SWT_STORE_CALLBACKS_INIT;
  callbacks.user = &host;
  callbacks.register_session = Host::register_session;
  callbacks.get_session = Host::get_session;
  callbacks.revoke_session = Host::revoke_session;
  if (with_claim) callbacks.claim = Host::claim;
  callbacks.release = Host::release;
  return callbacks;
}

test::Store open_store(const swt_store_callbacks& callbacks) {
  swt_store* store = nullptr;
  EXPECT_EQ(swt_store_callbacks_open(&callbacks, &store), SWT_OK);
  return test::Store(store);
}

class CapiCallbacks : public testing::Test {
 protected:
  swt_status verify(const test::GrantHandle& grant) {
    return test::verify(engine_.get(), test::new_verify_request(grant.get()));
  }

  Host host_;
  test::Recorder recorder_;
  test::Store store_ = open_store(callbacks_of(host_));
  test::EngineHandle engine_ = test::audited_engine(recorder_, store_.get());
};

TEST_F(CapiCallbacks, KeepSessions) {
  EXPECT_EQ(recorder_.since(), "") << "a store that can claim holds all it promises";
  const test::GrantHandle grant = test::login(engine_.get());
  EXPECT_EQ(verify(grant), SWT_OK);
  const std::string token = text(swt_grant_refresh_token(grant.get()));
  EXPECT_EQ(test::refresh(engine_.get(), test::new_refresh_request(token)).status, SWT_OK);
  EXPECT_EQ(test::refresh(engine_.get(), test::new_refresh_request(token)).status, SWT_REJECTED_REFRESH_SUPERSEDED);
  EXPECT_EQ(swt_revoke(engine_.get(), swt_grant_session_id(grant.get())), SWT_OK);
  EXPECT_EQ(verify(grant), SWT_REJECTED_SESSION_REVOKED);
  EXPECT_TRUE(host_.sessions.empty());
}

TEST_F(CapiCallbacks, SayWhyTheyCannotAnswer) {
  const test::GrantHandle grant = test::login(engine_.get());
  for (const swt_status down : {SWT_UNAVAILABLE_TIMEOUT, SWT_UNAVAILABLE_CONNECTION, SWT_UNAVAILABLE_PROTOCOL,
                                SWT_UNAVAILABLE_FULL, SWT_UNAVAILABLE_REFUSED}) {
    host_.answer = down;
    const swt_sign_request login = test::new_sign_request();
    swt_grant* none = nullptr;
    EXPECT_EQ(swt_sign(engine_.get(), &login, &none), down);
    EXPECT_EQ(verify(grant), down);
    EXPECT_EQ(swt_revoke(engine_.get(), view(test::kSessionId)), down);
  }
  host_.answer = SWT_OK;
  EXPECT_EQ(verify(grant), SWT_OK);
}

TEST_F(CapiCallbacks, SayNothingElse) {
  const test::GrantHandle grant = test::login(engine_.get());
  for (const swt_status strange : {1, -1, 100, 101, 204, 352, 399, 400, 406, 503, INT32_MAX, INT32_MIN}) {
    host_.answer = strange;
    EXPECT_EQ(verify(grant), SWT_UNAVAILABLE_PROTOCOL) << strange;
    EXPECT_EQ(swt_revoke(engine_.get(), view(test::kSessionId)), SWT_UNAVAILABLE_PROTOCOL) << strange;
  }
}

TEST_F(CapiCallbacks, HandOverAtMost4096Bytes) {
  const test::GrantHandle grant = test::login(engine_.get());
  const std::string record = host_.sessions.begin()->second;
  host_.instead = record + std::string(4096 - record.size(), ' ');
  EXPECT_EQ(verify(grant), SWT_OK);
  EXPECT_EQ(host_.reply_set, SWT_OK);
  host_.instead += ' ';
  EXPECT_EQ(verify(grant), SWT_UNAVAILABLE_PROTOCOL) << "what was found did not arrive: not the same as nothing";
  EXPECT_EQ(host_.reply_set, SWT_ERR_ARGUMENT);
}

TEST_F(CapiCallbacks, ThatClaimAndHandNothingOverAreNotBelieved) {
  const test::GrantHandle grant = test::login(engine_.get());
  const std::string token = text(swt_grant_refresh_token(grant.get()));
  swt_store_callbacks silent = callbacks_of(host_);
  silent.claim = [](void*, swt_bytes, swt_bytes, int64_t, swt_reply*) -> swt_status { return SWT_OK; };
  const test::Store store = open_store(silent);
  const test::EngineHandle engine = test::audited_engine(recorder_, store.get());
  EXPECT_EQ(test::refresh(engine.get(), test::new_refresh_request(token)).status, SWT_UNAVAILABLE_PROTOCOL);
  EXPECT_EQ(verify(grant), SWT_OK) << "and the session is alive";
}

TEST_F(CapiCallbacks, AreReleasedOnceWhenNobodyUsesThem) {
  store_.reset();
  const test::GrantHandle grant = test::login(engine_.get());
  EXPECT_EQ(host_.released, 0) << "the engine holds the store";
  engine_.reset();
  EXPECT_EQ(host_.released, 1);
}

TEST_F(CapiCallbacks, AreThreeAtLeast) {
  const auto open = [&](auto remove) {
    swt_store_callbacks callbacks = callbacks_of(host_);
    remove(callbacks);
    swt_store* store = reinterpret_cast<swt_store*>(&host_);
    const swt_status status = swt_store_callbacks_open(&callbacks, &store);
    EXPECT_EQ(store, nullptr);
    return status;
  };
  EXPECT_EQ(open([](auto& callbacks) { callbacks.register_session = nullptr; }), SWT_ERR_ARGUMENT);
  EXPECT_EQ(open([](auto& callbacks) { callbacks.get_session = nullptr; }), SWT_ERR_ARGUMENT);
  EXPECT_EQ(open([](auto& callbacks) { callbacks.revoke_session = nullptr; }), SWT_ERR_ARGUMENT);
  for (const int64_t ttl : {int64_t{-1}, INT64_MIN, int64_t{10} * 366 * 86400 + 1, INT64_MAX}) {
    EXPECT_EQ(open([&](auto& callbacks) { callbacks.session_ttl_s = ttl; }), SWT_ERR_LIFETIME) << ttl;
  }
  EXPECT_EQ(host_.released, 0) << "what was not opened is not released";
  EXPECT_EQ(swt_store_callbacks_open(nullptr, nullptr), SWT_ERR_ARGUMENT);
  swt_store* store = nullptr;
  EXPECT_EQ(swt_store_callbacks_open(nullptr, &store), SWT_ERR_ARGUMENT);
}

TEST_F(CapiCallbacks, HaveTheirSize) {
  test::expect_sizes_checked(callbacks_of(host_), [](const swt_store_callbacks* given) {
    swt_store* store = nullptr;
    const swt_status status = swt_store_callbacks_open(given, &store);
    EXPECT_EQ(store != nullptr, status == SWT_OK);
    swt_store_free(store);
    return status;
  });
}

TEST_F(CapiCallbacks, WithoutClaimAreWarnedOfOncePerEngine) {
  const test::Store limited = open_store(callbacks_of(host_, false));
  const test::EngineHandle engine = test::audited_engine(recorder_, limited.get());
  ASSERT_EQ(recorder_.told.size(), 1u);
  EXPECT_NE(recorder_.told[0].reason, "");
  EXPECT_EQ(recorder_.told[0].status, SWT_OK);
  EXPECT_GT(recorder_.told[0].time_ms, 1700000000000);
  EXPECT_EQ(recorder_.since(), "warning");
  const test::GrantHandle grant = test::login(engine.get());
  EXPECT_EQ(test::verify(engine.get(), test::new_verify_request(grant.get())), SWT_OK);
  const std::string token = text(swt_grant_refresh_token(grant.get()));
  swt_refresh_request request = test::new_refresh_request(token);
  EXPECT_EQ(test::refresh(engine.get(), request).status, SWT_ERR_STORE_REQUIRED);
  request.flags = SWT_REFRESH_INSECURE_REUSE;
  EXPECT_EQ(test::refresh(engine.get(), request).status, SWT_OK);
  EXPECT_EQ(recorder_.since(), "sign verify_success verify_success sign refresh");
}

TEST(CapiReply, KnowsItsHandle) {
  const test::Key key = test::new_key();
  EXPECT_EQ(swt_reply_set(nullptr, view("x")), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_reply_set(reinterpret_cast<swt_reply*>(key.get()), view("x")), SWT_ERR_HANDLE);
}

TEST(CapiPing, AsksAStoreWhetherItCanBeUsed) {
  Host host;
  const test::Store memory = test::new_store();
  const test::Store callbacks = open_store(callbacks_of(host));
  EXPECT_EQ(swt_store_ping(memory.get()), SWT_OK);
  EXPECT_EQ(swt_store_ping(callbacks.get()), SWT_OK);
  EXPECT_EQ(host.calls, 0);
  EXPECT_EQ(swt_store_ping(nullptr), SWT_ERR_ARGUMENT);
  const test::Key key = test::new_key();
  EXPECT_EQ(swt_store_ping(reinterpret_cast<swt_store*>(key.get())), SWT_ERR_HANDLE);
}

TEST(CapiPing, OfARedisThatIsNotThereSaysSo) {
  swt_store* store = nullptr;
  ASSERT_EQ(swt_store_redis_open(view("unix:///nowhere/there.sock"), nullptr, &store), SWT_OK)
      << "it does not connect yet";
  const test::Store owner(store);
  EXPECT_EQ(swt_status_class(swt_store_ping(store)), 4);
}

}  // namespace
}  // namespace swt
