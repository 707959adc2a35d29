// Refresh tokens of 3.0.1, which no store has heard of; and engines whose store remembers nothing.
#include <optional>
#include <string>

#include "support/refreshing.h"
#include "support/sessions.h"

namespace swt {
namespace {

using test::kSessionId;
using test::refresh_with;
using test::status_of;
using test::TestEngine;

constexpr int64_t kAlways = INT64_MAX;

// As 3.0.1 writes it: no sid, no jti, and no word of the key that it is bound to.
std::string refresh_token_of_301() {
  return test::TokenMaker().make(R"({"alg":"AES-256-GCM+HMAC","typ":"SWT-Refresh","exp":1800604800})",
                                 R"({"data":{"userId":"alice"},"iat":1800000000,"exp":1800604800,"isRefresh":true})");
}

class LegacyRefresh : public testing::Test {
 protected:
  // Asked over a store of which this is the answer.
  Result<Grant> refresh(const RefreshRequest& request, const StoreReply& reply) {
    const Result<PendingRefresh> pending = engine_.begin_refresh(request);
    if (!pending) return pending.error();
    question_ = std::get<RotateQuestion>(*pending->question);
    return complete_refresh(*pending, &reply, engine_.now);
  }

  // A session of 3.0.1's, as a store answers.
  static StoreReply found(const Session& session) { return Answer{Fact::yes_legacy, write_session(session)}; }

  TestEngine engine_{true, kAlways};
  test::ClientKey client_;
  std::optional<RotateQuestion> question_;
  const std::string token_ = refresh_token_of_301();
};

TEST_F(LegacyRefresh, IsRefusedUnlessItIsAskedFor) {
  const TestEngine engine;
  EXPECT_EQ(status_of(engine.begin_refresh(refresh_with(token_, kSessionId))), Status::token_legacy);
  EXPECT_EQ(status_of(engine_.begin_refresh(refresh_with(token_, kSessionId))), Status::ok);
}

TEST_F(LegacyRefresh, IsAcceptedUntilItsTime) {
  for (const int64_t ms : {int64_t{-1}, int64_t{0}, int64_t{1}}) {
    const TestEngine engine(true, engine_.now.wall_ms + ms);
    EXPECT_EQ(status_of(engine.begin_refresh(refresh_with(token_, kSessionId))),
              ms > 0 ? Status::ok : Status::token_legacy)
        << ms;
  }
}

TEST_F(LegacyRefresh, NeedsTheSessionThatItDoesNotName) {
  EXPECT_EQ(status_of(engine_.begin_refresh(refresh_with(token_))), Status::session_missing);
  EXPECT_EQ(status_of(engine_.begin_refresh(refresh_with(token_, "x"))), Status::session_revoked);
}

TEST_F(LegacyRefresh, IsUpgraded) {
  const Result<Grant> grant = refresh(refresh_with(token_, kSessionId), found(test::alice()));
  ASSERT_TRUE(grant);
  EXPECT_TRUE(grant->legacy.refresh_token);
  EXPECT_FALSE(grant->legacy.token_without_session);
  EXPECT_EQ(grant->session_id, kSessionId);
  const Claims next = open_token(*test::token_key(), grant->refresh_token, TokenType::refresh, test::kNowS)->claims;
  EXPECT_EQ(next.session_id, kSessionId);
  EXPECT_NE(next.token_id, "");
  EXPECT_TRUE(question_->is_legacy) << "the store must know that it cannot know it";
}

TEST_F(LegacyRefresh, IsHeldToTheUserOfTheSession) {
  EXPECT_EQ(status_of(refresh(refresh_with(token_, kSessionId), found({kSessionId, R"("bob")", ""}))),
            Status::session_user);
  EXPECT_EQ(status_of(refresh(refresh_with(token_, kSessionId), found({test::kOtherSessionId, R"("alice")", ""}))),
            Status::session_revoked);
}

TEST_F(LegacyRefresh, IsHeldToTheKeyOfTheSession) {
  const Session bound{kSessionId, R"("alice")", client_.thumbprint()};
  EXPECT_EQ(status_of(refresh(refresh_with(token_, kSessionId), found(bound))), Status::session_binding);
  const std::string other = make_proof(test::ClientKey());
  EXPECT_EQ(status_of(refresh(refresh_with(token_, kSessionId, other), found(bound))), Status::session_binding);
  const std::string own = make_proof(client_);
  const Result<Grant> grant = refresh(refresh_with(token_, kSessionId, own), found(bound));
  ASSERT_TRUE(grant);
  const Claims access = open_token(*test::token_key(), grant->token, TokenType::access, test::kNowS)->claims;
  EXPECT_EQ(access.thumbprint, client_.thumbprint()) << "from now on the token says it itself";
  EXPECT_EQ(question_->request.expected.thumbprint, client_.thumbprint());
}

TEST_F(LegacyRefresh, CannotBringAKeyToASessionThatHasNone) {
  const std::string own = make_proof(client_);
  EXPECT_EQ(status_of(refresh(refresh_with(token_, kSessionId, own), found(test::alice()))), Status::session_binding);
}

TEST_F(LegacyRefresh, OfASessionThatWeRegisteredIsRefused) {
  const Grant grant = *engine_.sign(test::login_request());
  EXPECT_EQ(status_of(engine_.refresh(refresh_with(token_, grant.session_id))), Status::session_revoked)
      << "that one has a refresh token of its own";
  EXPECT_EQ(status_of(engine_.refresh(refresh_with(grant.refresh_token))), Status::ok) << "and it lives on";
}

TEST_F(LegacyRefresh, IsNoMarkOfOurOwnTokens) {
  const Result<Grant> grant = engine_.refresh(refresh_with(engine_.sign(test::login_request())->refresh_token));
  ASSERT_TRUE(grant);
  EXPECT_FALSE(grant->legacy.refresh_token);
}

TEST_F(LegacyRefresh, WithAProofWithoutJtiTellsBoth) {
  test::ProofFields fields;
  fields.jti = "";
  const std::string old = make_proof(client_, fields);
  const Session bound{kSessionId, R"("alice")", client_.thumbprint()};
  const Result<Grant> grant = refresh(refresh_with(token_, kSessionId, old), found(bound));
  ASSERT_TRUE(grant);
  EXPECT_TRUE(grant->legacy.refresh_token);
  EXPECT_TRUE(grant->legacy.proof_without_jti);
}

TestEngine engine_without_memory(bool has_sessions) {
  return TestEngine(EngineSettings{KeyRing::of_one(test::token_key()), has_sessions, false, 0});
}

RefreshRequest insecure(std::string_view token, std::string_view proof = "") {
  RefreshRequest request = refresh_with(token, "", proof);
  request.insecurely_allow_reuse = true;
  return request;
}

TEST(RefreshWithoutMemory, IsRefusedUnlessItIsAskedForInSoManyWords) {
  for (const bool has_sessions : {false, true}) {
    TestEngine engine = engine_without_memory(has_sessions);
    const Grant grant = *engine.sign(test::login_request());
    EXPECT_EQ(status_of(engine.refresh(refresh_with(grant.refresh_token))), Status::store_required);
    EXPECT_EQ(status_of(engine.refresh(insecure(grant.refresh_token))), Status::ok);
  }
}

TEST(RefreshWithoutMemory, IsRefusedForATokenOfASessionWithoutAStoreToAsk) {
  TestEngine with_store = engine_without_memory(true);
  const Grant grant = *with_store.sign(test::login_request());
  TestEngine stateless = engine_without_memory(false);
  EXPECT_EQ(status_of(stateless.refresh(insecure(grant.refresh_token))), Status::store_required);
}

TEST(RefreshWithoutMemory, WorksBesideAThief) {
  TestEngine engine = engine_without_memory(true);
  const Grant grant = *engine.sign(test::login_request());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(status_of(engine.refresh(insecure(grant.refresh_token))), Status::ok) << "as its documentation says";
    engine.pass(20000);
  }
}

TEST(RefreshWithoutMemory, HoldsTheTokenToItsSessionWhereThereIsOne) {
  TestEngine engine = engine_without_memory(true);
  const Grant grant = *engine.sign(test::login_request());
  EXPECT_TRUE(engine.revoke(grant.session_id));
  EXPECT_EQ(status_of(engine.refresh(insecure(grant.refresh_token))), Status::session_revoked);
}

TEST(RefreshWithoutMemory, SpendsProofs) {
  for (const bool has_sessions : {false, true}) {
    TestEngine engine = engine_without_memory(has_sessions);
    const test::ClientKey client;
    const std::string jwk = client.jwk();
    const Grant grant = *engine.sign(test::login_request(R"({"userId":"alice"})", jwk));
    const std::string proof = make_proof(client);
    EXPECT_EQ(status_of(engine.refresh(insecure(grant.refresh_token))), Status::proof_missing);
    EXPECT_EQ(status_of(engine.refresh(insecure(grant.refresh_token, proof))), Status::ok);
    EXPECT_EQ(status_of(engine.refresh(insecure(grant.refresh_token, proof))), Status::proof_replayed);
  }
}

TEST(RefreshWithoutMemory, WithoutSessionsAsksNothingForAnUnboundToken) {
  TestEngine engine = engine_without_memory(false);
  const Grant grant = *engine.sign(test::login_request());
  const Result<PendingRefresh> pending = engine.begin_refresh(insecure(grant.refresh_token));
  ASSERT_TRUE(pending);
  EXPECT_FALSE(pending->question);
  EXPECT_EQ(pending->outcome.session_id, "");
}

// A token of an engine that had no store, brought to one that has: there is no session that could go on.
TEST(RefreshWithoutMemory, MakesNoTokenThatASessionWouldKnow) {
  TestEngine stateless = engine_without_memory(false);
  TestEngine engine;
  const Grant grant = *stateless.sign(test::login_request());
  EXPECT_EQ(status_of(engine.refresh(refresh_with(grant.refresh_token))), Status::session_missing);
  const Grant own = *engine.sign(test::login_request());
  EXPECT_EQ(status_of(engine.refresh(refresh_with(grant.refresh_token, own.session_id))), Status::session_missing);
}

}  // namespace
}  // namespace swt
