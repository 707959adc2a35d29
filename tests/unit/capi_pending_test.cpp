// Operations in two steps: asked once, completed once, as what they were begun.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "support/capi.h"
#include "support/sessions.h"

namespace swt {
namespace {

using test::kSessionId;
using test::view;

test::PendingHandle revocation(std::string_view session_id = kSessionId) {
  swt_pending* pending = nullptr;
  EXPECT_EQ(swt_revoke_begin(view(session_id), &pending), SWT_OK);
  return test::PendingHandle(pending);
}

test::PendingHandle lookup(std::string_view session_id = kSessionId) {
  swt_pending* pending = nullptr;
  EXPECT_EQ(swt_lookup_begin(view(session_id), &pending), SWT_OK);
  return test::PendingHandle(pending);
}

test::PendingHandle registration(
    std::string_view json = R"({"sessionId":"c94dc9c9-fcf8-4396-8aca-66b911000d9c","userId":7})") {
  swt_pending* pending = nullptr;
  EXPECT_EQ(swt_register_begin(view(json), &pending), SWT_OK);
  return test::PendingHandle(pending);
}

test::PendingHandle signing(const swt_engine* engine) {
  const swt_sign_request request = test::new_sign_request();
  swt_pending* pending = nullptr;
  EXPECT_EQ(swt_sign_begin(engine, &request, &pending), SWT_OK);
  return test::PendingHandle(pending);
}

// Completes as each kind; the outputs that came are freed.
swt_status complete_sign(swt_pending* pending) {
  swt_grant* grant = nullptr;
  const swt_status status = swt_sign_complete(pending, test::kNowS * 1000, &grant);
  EXPECT_EQ(grant != nullptr, status == SWT_OK);
  swt_grant_free(grant);
  return status;
}

swt_status complete_verify(swt_pending* pending) {
  swt_claims* claims = nullptr;
  const swt_status status = swt_verify_complete(pending, test::kNowS * 1000, &claims);
  EXPECT_EQ(claims != nullptr, status == SWT_OK);
  swt_claims_free(claims);
  return status;
}

swt_status complete_lookup(swt_pending* pending) {
  swt_session* session = nullptr;
  const swt_status status = swt_lookup_complete(pending, &session);
  EXPECT_TRUE(session == nullptr || status == SWT_OK);
  swt_session_free(session);
  return status;
}

using Complete = std::function<swt_status(swt_pending*)>;

class CapiPendingTest : public testing::Test {
 protected:
  test::PendingHandle verification() {
    if (!grant_) grant_ = test::sign(in_memory_.get());
    return test::begin_verify(external_.get(), test::new_verify_request(grant_.get()));
  }

  test::EngineHandle external_ = test::new_engine(test::Sessions::external);
  test::EngineHandle in_memory_ = test::new_engine();
  test::GrantHandle grant_;
  test::Store store_ = test::new_store();
};

TEST_F(CapiPendingTest, LeadsFromLoginToLogout) {
  const test::PendingHandle login = signing(external_.get());
  ASSERT_EQ(swt_pending_needs_store(login.get()), 1);
  ASSERT_EQ(swt_pending_ask(login.get(), store_.get()), SWT_OK);
  swt_grant* given = nullptr;
  ASSERT_EQ(swt_sign_complete(login.get(), test::kNowS * 1000, &given), SWT_OK);
  const test::GrantHandle grant(given);

  const auto visit = [&] {
    const test::PendingHandle pending = test::begin_verify(external_.get(), test::new_verify_request(grant.get()));
    EXPECT_EQ(swt_pending_ask(pending.get(), store_.get()), SWT_OK);
    return complete_verify(pending.get());
  };
  EXPECT_EQ(visit(), SWT_OK);
  const test::PendingHandle logout = revocation(test::text(swt_grant_session_id(given)));
  ASSERT_EQ(swt_pending_ask(logout.get(), store_.get()), SWT_OK);
  EXPECT_EQ(swt_revoke_complete(logout.get()), SWT_OK);
  EXPECT_EQ(visit(), SWT_REJECTED_SESSION_REVOKED);
}

TEST_F(CapiPendingTest, IsCompletedOnce) {
  const std::pair<test::PendingHandle, Complete> all[] = {
      {signing(external_.get()), complete_sign}, {verification(), complete_verify}, {revocation(), swt_revoke_complete},
      {registration(), swt_register_complete},   {lookup(), complete_lookup},
  };
  for (const auto& [pending, complete] : all) {
    EXPECT_EQ(swt_pending_ask(pending.get(), store_.get()), SWT_OK);
    EXPECT_NE(complete(pending.get()), SWT_ERR_STATE);
    EXPECT_EQ(complete(pending.get()), SWT_ERR_STATE);
    EXPECT_EQ(swt_pending_ask(pending.get(), store_.get()), SWT_ERR_STATE);
    EXPECT_EQ(swt_pending_unavailable(pending.get(), SWT_UNAVAILABLE_TIMEOUT), SWT_ERR_STATE);
    EXPECT_EQ(swt_pending_answer(pending.get(), nullptr, 0), SWT_ERR_STATE);
    EXPECT_EQ(swt_pending_needs_store(pending.get()), 0);
    const swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
    swt_redis_call* call = nullptr;
    EXPECT_EQ(swt_pending_redis_call(pending.get(), &options, &call), SWT_ERR_STATE);
    EXPECT_EQ(call, nullptr);
  }
}

TEST_F(CapiPendingTest, IsCompletedAsWhatItWasBegun) {
  const Complete completes[] = {complete_sign, complete_verify, swt_revoke_complete, swt_register_complete,
                                complete_lookup};
  const auto all = [&] {
    std::vector<test::PendingHandle> made;
    made.push_back(signing(external_.get()));
    made.push_back(verification());
    made.push_back(revocation());
    made.push_back(registration());
    made.push_back(lookup());
    return made;
  };
  for (size_t kind = 0; kind < 5; ++kind) {
    const std::vector<test::PendingHandle> pending = all();
    ASSERT_EQ(swt_pending_ask(pending[kind].get(), store_.get()), SWT_OK);
    for (size_t other = 0; other < 5; ++other) {
      if (other == kind) continue;
      EXPECT_EQ(completes[other](pending[kind].get()), SWT_ERR_STATE) << kind << " as " << other;
    }
    EXPECT_NE(completes[kind](pending[kind].get()), SWT_ERR_STATE) << kind << " as what it is";
  }
}

TEST_F(CapiPendingTest, IsNotCompletedBeforeTheStoreWasAsked) {
  EXPECT_EQ(complete_sign(signing(external_.get()).get()), SWT_ERR_STATE);
  EXPECT_EQ(complete_verify(verification().get()), SWT_ERR_STATE);
  EXPECT_EQ(swt_revoke_complete(revocation().get()), SWT_ERR_STATE);
  EXPECT_EQ(swt_register_complete(registration().get()), SWT_ERR_STATE);
  EXPECT_EQ(complete_lookup(lookup().get()), SWT_ERR_STATE);
}

TEST_F(CapiPendingTest, IsAskedOnce) {
  const test::PendingHandle pending = lookup();
  ASSERT_EQ(swt_pending_ask(pending.get(), store_.get()), SWT_OK);
  EXPECT_EQ(swt_pending_ask(pending.get(), store_.get()), SWT_ERR_STATE);
  const swt_bytes parts[] = {view("1"), view("{}"), view("1")};
  EXPECT_EQ(swt_pending_answer(pending.get(), parts, 3), SWT_ERR_STATE);
  EXPECT_EQ(swt_pending_unavailable(pending.get(), SWT_UNAVAILABLE_TIMEOUT), SWT_ERR_STATE);
  EXPECT_EQ(complete_lookup(pending.get()), SWT_OK);
}

TEST_F(CapiPendingTest, WithNothingToAskFollowsAtOnce) {
  const test::PendingHandle no_session = revocation("not a session id");
  EXPECT_EQ(swt_pending_needs_store(no_session.get()), 0);
  EXPECT_EQ(swt_pending_ask(no_session.get(), store_.get()), SWT_ERR_STATE);
  EXPECT_EQ(swt_revoke_complete(no_session.get()), SWT_OK);
  const test::EngineHandle stateless = test::new_engine(test::Sessions::none);
  const test::PendingHandle login = signing(stateless.get());
  EXPECT_EQ(swt_pending_needs_store(login.get()), 0);
  EXPECT_EQ(complete_sign(login.get()), SWT_OK);
}

TEST_F(CapiPendingTest, KeepsWhyTheStoreIsUnavailable) {
  for (const swt_status reason : {SWT_UNAVAILABLE_TIMEOUT, SWT_UNAVAILABLE_CONNECTION, SWT_UNAVAILABLE_PROTOCOL,
                                  SWT_UNAVAILABLE_FULL, SWT_UNAVAILABLE_REFUSED}) {
    const test::PendingHandle pending = verification();
    ASSERT_EQ(swt_pending_unavailable(pending.get(), reason), SWT_OK);
    EXPECT_EQ(complete_verify(pending.get()), reason);
  }
}

TEST_F(CapiPendingTest, IsUnavailableForNoOtherReason) {
  const test::PendingHandle pending = verification();
  for (const swt_status reason : {SWT_OK, SWT_ERR_ARGUMENT, SWT_REJECTED_SESSION_REVOKED, SWT_INTERNAL_BUG, 400, 406,
                                  499, -1, INT32_MAX, INT32_MIN}) {
    EXPECT_EQ(swt_pending_unavailable(pending.get(), reason), SWT_ERR_ARGUMENT) << reason;
  }
  EXPECT_EQ(swt_pending_ask(pending.get(), store_.get()), SWT_OK) << "nothing was kept";
}

TEST_F(CapiPendingTest, TakesTheReplyOfRedis) {
  const test::PendingHandle pending = verification();
  const std::string good =
      R"({"sessionId":")" + test::text(swt_grant_session_id(grant_.get())) + R"(","userId":"alice","v":4,"created":1})";
  const swt_bytes parts[] = {view("1"), view(good), view("1800000000000")};
  ASSERT_EQ(swt_pending_answer(pending.get(), parts, 3), SWT_OK);
  EXPECT_EQ(complete_verify(pending.get()), SWT_OK);
}

TEST_F(CapiPendingTest, TakesAnyOtherReplyForUnavailable) {
  const swt_bytes not_given = {nullptr, 0};
  const std::vector<std::vector<swt_bytes>> wrong = {
      {},
      {view("1")},
      {view("1"), view("{}")},
      {view("1"), view("{}"), view("1800000000000"), view("")},
      {view(""), view(""), view("")},
      {not_given, not_given, not_given},
      {view("OK"), view(""), view("1800000000000")},
      {view("1.0"), view("{}"), view("1800000000000")},
      {view("99"), view("{}"), view("1800000000000")},
      {view("-5"), view("{}"), view("1800000000000")},
      {view("1"), view("{}"), view("soon")},
      std::vector<swt_bytes>(1000, view("1")),
  };
  for (const std::vector<swt_bytes>& parts : wrong) {
    const test::PendingHandle pending = verification();
    ASSERT_EQ(swt_pending_answer(pending.get(), parts.data(), parts.size()), SWT_OK);
    EXPECT_EQ(complete_verify(pending.get()), SWT_UNAVAILABLE_PROTOCOL) << parts.size();
  }
  const test::PendingHandle pending = verification();
  ASSERT_EQ(swt_pending_answer(pending.get(), nullptr, 0), SWT_OK) << "what is no array at all";
  EXPECT_EQ(complete_verify(pending.get()), SWT_UNAVAILABLE_PROTOCOL);
}

TEST_F(CapiPendingTest, CountsItsPartsBeforeItReadsOne) {
  const swt_bytes one = view("1");
  const test::PendingHandle pending = verification();
  ASSERT_EQ(swt_pending_answer(pending.get(), &one, SIZE_MAX), SWT_OK);
  EXPECT_EQ(complete_verify(pending.get()), SWT_UNAVAILABLE_PROTOCOL);
}

TEST_F(CapiPendingTest, MayBeFreedAtAnyPoint) {
  revocation();
  const test::PendingHandle asked = lookup();
  EXPECT_EQ(swt_pending_ask(asked.get(), store_.get()), SWT_OK);
}

TEST_F(CapiPendingTest, OfAnExternalStoreHasNoShortCut) {
  const swt_sign_request sign = test::new_sign_request();
  swt_grant* grant = nullptr;
  EXPECT_EQ(swt_sign(external_.get(), &sign, &grant), SWT_ERR_STATE);
  EXPECT_EQ(grant, nullptr);
  const test::GrantHandle good = test::sign(in_memory_.get());
  const swt_verify_request verify = test::new_verify_request(good.get());
  swt_claims* claims = nullptr;
  EXPECT_EQ(swt_verify(external_.get(), &verify, &claims), SWT_ERR_STATE);
  EXPECT_EQ(claims, nullptr);
  EXPECT_EQ(swt_revoke(external_.get(), view(kSessionId)), SWT_ERR_STATE);
}

TEST_F(CapiPendingTest, OfAStatelessEngineSpendsItsProofInAStoreOfTheHost) {
  const test::EngineHandle stateless = test::new_engine(test::Sessions::none);
  const test::ClientKey client;
  const std::string jwk = client.jwk();
  swt_sign_request login = test::new_sign_request();
  login.client_key_jwk = view(jwk);
  const test::GrantHandle grant = test::sign(stateless.get(), login);
  const std::string proof = test::make_proof(client);
  swt_verify_request request = test::new_verify_request(grant.get());
  request.proof = view(proof);
  request.method = view("GET");
  request.url = view("/api/profile");
  for (const swt_status wanted : {SWT_OK, SWT_REJECTED_PROOF_REPLAYED}) {
    const test::PendingHandle pending = test::begin_verify(stateless.get(), request);
    ASSERT_EQ(swt_pending_needs_store(pending.get()), 1);
    const swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
    swt_redis_call* call = nullptr;
    EXPECT_EQ(swt_pending_redis_call(pending.get(), &options, &call), SWT_ERR_STATE) << "Redis keeps proofs by session";
    ASSERT_EQ(swt_pending_ask(pending.get(), store_.get()), SWT_OK);
    EXPECT_EQ(complete_verify(pending.get()), wanted);
  }
}

}  // namespace
}  // namespace swt
