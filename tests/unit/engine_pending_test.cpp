// Between begin and complete: time passes, stores fail, replies are missing.
#include <gtest/gtest.h>

#include <string>

#include "support/outcome.h"
#include "support/sessions.h"
#include "support/test_engine.h"

namespace swt {
namespace {

using test::kNowS;
using test::request_with;
using test::status_of;
using test::TestEngine;

Instant after(const TestEngine& engine, int64_t ms) { return {engine.now.wall_ms + ms, engine.now.monotonic_ms + ms}; }

// Completes a verification that is asked now, at another moment.
Status complete_at(TestEngine& engine, const Grant& grant, Instant then) {
  Result<PendingVerify> pending = engine.begin_verify(request_with(grant));
  const std::optional<StoreReply> reply = engine.ask(pending->question);
  return status_of(complete_verify(*std::move(pending), &*reply, then));
}

TEST(Pending, IsGoodForFiveSeconds) {
  TestEngine engine;
  const Grant grant = *engine.sign();
  EXPECT_EQ(complete_at(engine, grant, after(engine, 0)), Status::ok);
  EXPECT_EQ(complete_at(engine, grant, after(engine, 5000)), Status::ok);
  EXPECT_EQ(complete_at(engine, grant, after(engine, 5001)), Status::store_timeout);
  EXPECT_EQ(complete_at(engine, grant, after(engine, 600000)), Status::store_timeout);
}

TEST(Pending, CountsItsTimeOnTheMonotonicClock) {
  TestEngine engine;
  const Grant grant = *engine.sign();
  EXPECT_EQ(complete_at(engine, grant, {engine.now.wall_ms - 100000, engine.now.monotonic_ms}), Status::ok);
  EXPECT_EQ(complete_at(engine, grant, {engine.now.wall_ms, engine.now.monotonic_ms + 5001}), Status::store_timeout);
  EXPECT_EQ(complete_at(engine, grant, {engine.now.wall_ms, engine.now.monotonic_ms - 1}), Status::store_timeout);
}

TEST(Pending, OfEveryKindDies) {
  TestEngine engine;
  const StoreReply yes = Answer{Fact::yes, ""};
  const Instant late = after(engine, 5001);
  EXPECT_EQ(status_of(complete_sign(*engine.begin_sign(test::sign_request()), &yes, late)), Status::store_timeout);
  EXPECT_EQ(status_of(complete_revoke(begin_revoke(test::kSessionId, engine.now), &yes, late)), Status::store_timeout);
  const auto registration = begin_register(write_session(test::alice()), engine.now);
  EXPECT_EQ(status_of(complete_register(*registration, &yes, late)), Status::store_timeout);
  EXPECT_EQ(status_of(complete_lookup(begin_lookup(test::kSessionId, engine.now), &yes, late)), Status::store_timeout);
}

// A store that answers slowly, and a token that expires meanwhile.
TEST(Pending, JudgesTheTokensExpiryAgain) {
  TestEngine engine;
  const Grant grant = *engine.sign();
  engine.pass(897000);
  EXPECT_EQ(complete_at(engine, grant, after(engine, 2999)), Status::ok);
  EXPECT_EQ(complete_at(engine, grant, after(engine, 3000)), Status::token_expired);
  EXPECT_EQ(complete_at(engine, grant, after(engine, 4000)), Status::token_expired);
}

TEST(Pending, PassesOnWhyTheStoreDidNotAnswer) {
  TestEngine engine;
  const Grant grant = *engine.sign();
  for (const Status down :
       {Status::store_timeout, Status::store_connection, Status::store_protocol, Status::store_full}) {
    const StoreReply reply = down;
    EXPECT_EQ(status_of(complete_verify(*engine.begin_verify(request_with(grant)), &reply, engine.now)), down);
    EXPECT_EQ(status_of(complete_revoke(begin_revoke(test::kSessionId, engine.now), &reply, engine.now)), down);
    EXPECT_EQ(status_of(complete_lookup(begin_lookup(test::kSessionId, engine.now), &reply, engine.now)), down);
    EXPECT_EQ(
        status_of(complete_register(*begin_register(write_session(test::alice()), engine.now), &reply, engine.now)),
        down);
  }
}

TEST(Pending, IsNotCompletedBeforeTheStoreWasAsked) {
  TestEngine engine;
  const Grant grant = *engine.sign();
  EXPECT_EQ(status_of(complete_verify(*engine.begin_verify(request_with(grant)), nullptr, engine.now)), Status::state);
  EXPECT_EQ(status_of(complete_sign(*engine.begin_sign(test::sign_request()), nullptr, engine.now)), Status::state);
  EXPECT_EQ(status_of(complete_revoke(begin_revoke(test::kSessionId, engine.now), nullptr, engine.now)), Status::state);
  EXPECT_EQ(status_of(complete_lookup(begin_lookup(test::kSessionId, engine.now), nullptr, engine.now)), Status::state);
  EXPECT_EQ(
      status_of(complete_register(*begin_register(write_session(test::alice()), engine.now), nullptr, engine.now)),
      Status::state);
}

// A store that says yes, with the record of somebody else.
TEST(Pending, BelievesNoStoreThatContradictsTheToken) {
  TestEngine engine;
  const Grant grant = *engine.sign();
  const auto complete_with = [&](const Session& stored) {
    const StoreReply reply = Answer{Fact::yes, write_session_record(stored, 1)};
    return status_of(complete_verify(*engine.begin_verify(request_with(grant)), &reply, engine.now));
  };
  EXPECT_EQ(complete_with({grant.session_id, R"("alice")", ""}), Status::ok);
  EXPECT_EQ(complete_with({grant.session_id, R"("bob")", ""}), Status::session_user);
  EXPECT_EQ(complete_with({grant.session_id, R"("alice")", test::kThumbprint}), Status::session_binding);
  EXPECT_EQ(complete_with(test::alice()), Status::session_revoked);
}

TEST(Revoke, EndsASessionAndIsIdempotent) {
  TestEngine engine;
  const Grant grant = *engine.sign();
  EXPECT_EQ(status_of(engine.revoke(grant.session_id)), Status::ok);
  EXPECT_EQ(status_of(engine.revoke(grant.session_id)), Status::ok);
  EXPECT_EQ(status_of(engine.verify(request_with(grant))), Status::session_revoked);
}

TEST(Revoke, OfWhatIsNoSessionIsOkAndAsksNothing) {
  TestEngine engine;
  EXPECT_EQ(status_of(engine.revoke(test::kSessionId)), Status::ok) << "unknown";
  for (const std::string_view id : {"", "x", "*", "C94DC9C9-FCF8-4396-8ACA-66B911000D9C", "c:{x}"}) {
    EXPECT_FALSE(begin_revoke(id, engine.now).question) << id;
    EXPECT_EQ(status_of(engine.revoke(id)), Status::ok) << id;
  }
}

TEST(Revoke, IsNotOkUnlessTheStoreConfirmedIt) {
  const TestEngine engine;
  const auto complete_with = [&](const StoreReply& reply) {
    return status_of(complete_revoke(begin_revoke(test::kSessionId, engine.now), &reply, engine.now));
  };
  EXPECT_EQ(complete_with(Answer{Fact::yes, ""}), Status::ok);
  for (const Fact fact : {Fact::missing, Fact::yes_legacy, Fact::revoked, Fact::taken, Fact::mismatch}) {
    EXPECT_EQ(complete_with(Answer{fact, ""}), Status::store_protocol);
  }
}

TEST(RegisterAndLookup, GoTogether) {
  TestEngine engine;
  const auto registration = begin_register(write_session(test::bound_alice()), engine.now);
  ASSERT_TRUE(registration);
  const std::optional<StoreReply> registered = engine.ask(registration->question);
  EXPECT_EQ(status_of(complete_register(*registration, &*registered, engine.now)), Status::ok);
  const auto lookup = [&] {
    const PendingLookup pending = begin_lookup(test::kSessionId, engine.now);
    const std::optional<StoreReply> reply = engine.ask(pending.question);
    return complete_lookup(pending, &*reply, engine.now);
  };
  const auto session = lookup();
  ASSERT_TRUE(session && session->has_value());
  EXPECT_EQ(write_session(**session), write_session(test::bound_alice()));
  EXPECT_TRUE(engine.revoke(test::kSessionId));
  EXPECT_TRUE(lookup());
  EXPECT_FALSE(lookup()->has_value());
}

TEST(Register, OfAnIdThatIsTakenIsRefused) {
  TestEngine engine;
  const auto run = [&] {
    const auto pending = begin_register(write_session(test::alice()), engine.now);
    const std::optional<StoreReply> reply = engine.ask(pending->question);
    return status_of(complete_register(*pending, &*reply, engine.now));
  };
  EXPECT_EQ(run(), Status::ok);
  EXPECT_EQ(run(), Status::state);
}

TEST(Register, OfWhatIsNoSessionIsRefused) {
  const TestEngine engine;
  EXPECT_EQ(status_of(begin_register("{}", engine.now)), Status::argument);
  EXPECT_EQ(status_of(begin_register(R"({"sessionId":"c94dc9c9-fcf8-4396-8aca-66b911000d9c"})", engine.now)),
            Status::user_id);
  EXPECT_EQ(status_of(begin_register(R"({"sessionId":"c94dc9c9-fcf8-4396-8aca-66b911000d9c","userId":0})", engine.now)),
            Status::user_id);
}

TEST(Lookup, OfWhatIsNoSessionIdGivesNothingAndAsksNothing) {
  const TestEngine engine;
  for (const std::string_view id : {"", "x", "C94DC9C9-FCF8-4396-8ACA-66B911000D9C"}) {
    const PendingLookup pending = begin_lookup(id, engine.now);
    EXPECT_FALSE(pending.question) << id;
    const auto session = complete_lookup(pending, nullptr, engine.now);
    ASSERT_TRUE(session) << id;
    EXPECT_FALSE(session->has_value()) << id;
  }
}

}  // namespace
}  // namespace swt
