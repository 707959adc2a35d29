#include <gtest/gtest.h>

#include <string>

#include "support/client_key.h"
#include "support/outcome.h"
#include "support/sessions.h"
#include "support/test_engine.h"
#include "support/text.h"

namespace swt {
namespace {

using test::kNowS;
using test::make_proof;
using test::ProofFields;
using test::request_with;
using test::sign_request;
using test::status_of;
using test::TestEngine;

// A login, bound to the key of a client.
class EngineVerifyTest : public testing::Test {
 protected:
  Grant login(std::string_view data = R"({"userId":"alice"})") { return *engine_.sign(sign_request(data)); }
  Grant bound_login(std::string_view data = R"({"userId":"alice"})") {
    const std::string jwk = client_.jwk();
    return *engine_.sign(sign_request(data, jwk));
  }

  std::string proof(std::string_view jti = "proof-1") {
    ProofFields fields;
    fields.jti = jti;
    fields.timestamp = engine_.now.wall_s();
    return make_proof(client_, fields);
  }

  Status verify(const VerifyRequest& request) { return status_of(engine_.verify(request)); }

  TestEngine engine_;
  test::ClientKey client_;
};

TEST_F(EngineVerifyTest, GivesWhatWasSigned) {
  const Grant grant = login(R"({"userId":"alice","role":"admin"})");
  const auto verified = engine_.verify(request_with(grant));
  ASSERT_TRUE(verified);
  EXPECT_NE(verified->opened.payload.find(R"("role":"admin")"), std::string::npos);
  EXPECT_EQ(verified->opened.claims.user_id, R"("alice")");
  EXPECT_EQ(verified->session_id, grant.session_id);
  EXPECT_FALSE(verified->legacy.token_without_session);
  EXPECT_FALSE(verified->legacy.proof_without_jti);
  EXPECT_FALSE(verified->legacy.proof_not_compared);
}

TEST_F(EngineVerifyTest, AcceptsATokenAsOftenAsItComes) {
  const Grant grant = login();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(verify(request_with(grant)), Status::ok);
}

TEST_F(EngineVerifyTest, RefusesARequestWithoutItsSession) {
  const Grant grant = login();
  EXPECT_EQ(verify(request_with(grant.token, "")), Status::session_missing);
}

TEST_F(EngineVerifyTest, RefusesAnotherSessionOfTheSameUser) {
  const Grant one = login();
  const Grant two = login();
  EXPECT_EQ(verify(request_with(one.token, two.session_id)), Status::session_mismatch);
  EXPECT_EQ(verify(request_with(one.token, one.session_id)), Status::ok);
}

TEST_F(EngineVerifyTest, RefusesASessionIdThatIsNoneAndAsksNothing) {
  const Grant grant = login();
  std::string upper = grant.session_id;
  for (char& c : upper) c = static_cast<char>(toupper(c));
  for (const std::string& bad : {std::string("x"), std::string("*"), grant.session_id + ' ', grant.session_id + '\0',
                                 '{' + grant.session_id + '}', std::string("c:{swt:session:") + grant.session_id + '}',
                                 upper + '-', std::string(1 << 20, 'a')}) {
    EXPECT_EQ(status_of(engine_.begin_verify(request_with(grant.token, bad))), Status::session_revoked)
        << bad.substr(0, 60);
  }
}

TEST_F(EngineVerifyTest, RefusesATokenWhoseSessionWasRevoked) {
  const Grant grant = login();
  const Grant other = login();
  EXPECT_EQ(verify(request_with(grant)), Status::ok);
  EXPECT_TRUE(engine_.revoke(grant.session_id));
  EXPECT_EQ(verify(request_with(grant)), Status::session_revoked);
  EXPECT_EQ(verify(request_with(other)), Status::ok);
}

TEST_F(EngineVerifyTest, RefusesATokenWhoseSessionTheStoreDoesNotKnow) {
  const Grant grant = login();
  TestEngine elsewhere;
  EXPECT_EQ(status_of(elsewhere.verify(request_with(grant))), Status::session_revoked);
}

TEST_F(EngineVerifyTest, RefusesASessionThatBelongsToAnotherUserOrKey) {
  const auto verify_over = [&](const Session& stored) {
    TestEngine engine;
    EXPECT_TRUE(std::holds_alternative<Answer>(engine.store.ask(test::registration_of(stored), engine.now)));
    const std::string payload = R"({"data":{"userId":"alice"},"iat":1799999999,"exp":1800000900,"sid":")" +
                                std::string(test::kSessionId) + R"("})";
    const std::string token =
        test::TokenMaker().make(R"({"alg":"AES-256-GCM+HMAC","typ":"SWT","exp":1800000900})", payload);
    return status_of(engine.verify(request_with(token, test::kSessionId)));
  };
  EXPECT_EQ(verify_over(test::alice()), Status::ok);
  EXPECT_EQ(verify_over({test::kSessionId, R"("bob")", ""}), Status::session_user);
  EXPECT_EQ(verify_over(test::bound_alice()), Status::session_binding);
}

TEST_F(EngineVerifyTest, RefusesARefreshTokenAndATokenThatIsNone) {
  SignRequest request = sign_request();
  request.with_refresh_token = true;
  const Grant grant = *engine_.sign(request);
  EXPECT_EQ(verify(request_with(grant.refresh_token, grant.session_id)), Status::token_type);
  EXPECT_EQ(verify(request_with("", grant.session_id)), Status::token_malformed);
  EXPECT_EQ(verify(request_with("a.b.c", grant.session_id)), Status::token_malformed);
  EXPECT_EQ(verify(request_with(grant)), Status::ok);
}

TEST_F(EngineVerifyTest, RefusesATokenThatHasExpired) {
  const Grant grant = login();
  engine_.pass(899999);
  EXPECT_EQ(verify(request_with(grant)), Status::ok);
  engine_.pass(1);
  EXPECT_EQ(verify(request_with(grant)), Status::token_expired);
}

TEST_F(EngineVerifyTest, WantsMethodAndUrlTogether) {
  const Grant grant = login();
  VerifyRequest request = request_with(grant);
  request.http.url = "";
  EXPECT_EQ(verify(request), Status::argument);
  request.http.url = "/api/profile";
  request.http.method = "";
  EXPECT_EQ(verify(request), Status::argument);
  request.http.url = "";
  EXPECT_EQ(verify(request), Status::ok) << "an unbound token needs neither";
}

TEST_F(EngineVerifyTest, AcceptsABoundTokenWithItsProof) {
  const Grant grant = bound_login();
  const auto verified = engine_.verify(request_with(grant, proof()));
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->opened.claims.thumbprint, client_.thumbprint());
}

TEST_F(EngineVerifyTest, RefusesABoundTokenWithoutProof) {
  EXPECT_EQ(verify(request_with(bound_login())), Status::proof_missing);
}

TEST_F(EngineVerifyTest, RefusesABoundTokenWithTheProofOfAnotherKey) {
  const Grant grant = bound_login();
  EXPECT_EQ(verify(request_with(grant, make_proof(test::ClientKey()))), Status::proof_binding);
}

TEST_F(EngineVerifyTest, RefusesAProofThatWasUsed) {
  const Grant grant = bound_login();
  const std::string once = proof();
  EXPECT_EQ(verify(request_with(grant, once)), Status::ok);
  EXPECT_EQ(verify(request_with(grant, once)), Status::proof_replayed);
  EXPECT_EQ(verify(request_with(grant, proof("proof-2"))), Status::ok);
}

TEST_F(EngineVerifyTest, KnowsAProofAgainForTheSameAttempt) {
  const Grant grant = bound_login();
  const std::string once = proof();
  VerifyRequest request = request_with(grant, once);
  request.http.attempt = "attempt-of-one-request";
  EXPECT_EQ(verify(request), Status::ok);
  EXPECT_EQ(verify(request), Status::ok) << "a second guard";
  request.http.attempt = "attempt-of-another-one";
  EXPECT_EQ(verify(request), Status::proof_replayed);
  request.http.attempt = "";
  EXPECT_EQ(verify(request), Status::proof_replayed);
}

TEST_F(EngineVerifyTest, RefusesAnAttemptThatItDidNotName) {
  const Grant grant = bound_login();
  const std::string once = proof();
  VerifyRequest request = request_with(grant, once);
  for (const std::string_view attempt :
       {"1", "attempt of one request", "attempt-of-one-request-", "attempt-of-one-reques"}) {
    request.http.attempt = attempt;
    EXPECT_EQ(verify(request), Status::argument) << attempt;
  }
  request.http.attempt = "attempt-of-one-request";
  EXPECT_EQ(verify(request), Status::ok);
}

TEST_F(EngineVerifyTest, IgnoresAProofThatComesWithAnUnboundToken) {
  const Grant grant = login();
  EXPECT_EQ(verify(request_with(grant, "rubbish")), Status::ok);
  const std::string good = proof();
  EXPECT_EQ(verify(request_with(grant, good)), Status::ok);
  EXPECT_EQ(verify(request_with(bound_login(), good)), Status::ok) << "it was not spent";
}

// What is refused must not cost the victim its proof.
TEST_F(EngineVerifyTest, SpendsNoProofOnARequestThatIsRefused) {
  const Grant grant = bound_login();
  const Grant other = bound_login();
  const std::string good = proof();
  EXPECT_EQ(verify(request_with(grant.token, "", good)), Status::session_missing);
  EXPECT_EQ(verify(request_with(grant.token, other.session_id, good)), Status::session_mismatch);
  EXPECT_EQ(verify(request_with(grant.token, test::kSessionId, good)), Status::session_mismatch);
  VerifyRequest elsewhere = request_with(grant, good);
  elsewhere.http.url = "/api/admin";
  EXPECT_EQ(verify(elsewhere), Status::proof_url);
  elsewhere = request_with(grant, good);
  elsewhere.http.method = "POST";
  EXPECT_EQ(verify(elsewhere), Status::proof_method);
  EXPECT_EQ(verify(request_with(grant, good)), Status::ok);
}

TEST_F(EngineVerifyTest, SpendsNoProofOnASessionOfAnotherUserOrKey) {
  const std::string jkt = client_.thumbprint();
  const std::string payload = R"({"data":{"userId":"alice"},"iat":1799999999,"exp":1800000900,"cnf":{"jkt":")" + jkt +
                              R"("},"sid":")" + std::string(test::kSessionId) + R"("})";
  const std::string token =
      test::TokenMaker().make(R"({"alg":"AES-256-GCM+HMAC","typ":"SWT","exp":1800000900})", payload);
  const std::string good = proof();
  const VerifyRequest request = request_with(token, test::kSessionId, good);
  for (const auto& [stored, refusal] :
       {std::pair(Session{test::kSessionId, R"("bob")", jkt}, Status::session_user),
        std::pair(test::bound_alice(), Status::session_binding), std::pair(test::alice(), Status::session_binding)}) {
    TestEngine engine;
    EXPECT_TRUE(std::holds_alternative<Answer>(engine.store.ask(test::registration_of(stored), engine.now)));
    const auto pending = engine.begin_verify(request);
    ASSERT_TRUE(pending && pending->question);
    EXPECT_EQ(status_of(engine.verify(request)), refusal);
    // The same proof in the same store, now for the session that it belongs to.
    VerifyQuestion right = std::get<VerifyQuestion>(*pending->question);
    right.expected = stored;
    EXPECT_EQ(std::get<Answer>(engine.store.ask(right, engine.now)).fact, Fact::yes);
  }
}

TEST_F(EngineVerifyTest, AsksOneQuestionWithTheExpectedSessionAndTheProof) {
  const Grant grant = bound_login();
  const auto pending = engine_.begin_verify(request_with(grant, proof()));
  ASSERT_TRUE(pending && pending->question);
  const auto& question = std::get<VerifyQuestion>(*pending->question);
  EXPECT_EQ(question.expected.id, grant.session_id);
  EXPECT_EQ(question.expected.user_id, R"("alice")");
  EXPECT_EQ(question.expected.thumbprint, client_.thumbprint());
  EXPECT_EQ(question.proof_id.size(), 22u);
  EXPECT_FALSE(question.attempt.empty());
  EXPECT_EQ(question.proof_life_ms, kSpentProofLifeS * 1000);
  const auto again = engine_.begin_verify(request_with(grant, proof()));
  EXPECT_NE(std::get<VerifyQuestion>(*again->question).attempt, question.attempt) << "each request is its own attempt";
  EXPECT_EQ(std::get<VerifyQuestion>(*again->question).proof_id, question.proof_id);
}

TEST_F(EngineVerifyTest, AsksForAnUnboundTokenWithoutAProof) {
  const auto pending = engine_.begin_verify(request_with(login()));
  ASSERT_TRUE(pending && pending->question);
  EXPECT_EQ(std::get<VerifyQuestion>(*pending->question).proof_id, "");
}

TEST_F(EngineVerifyTest, WithoutAStoreNeedsNoSession) {
  TestEngine engine(false);
  const Grant grant = *engine.sign();
  const auto pending = engine.begin_verify(request_with(grant.token, ""));
  ASSERT_TRUE(pending);
  EXPECT_FALSE(pending->question);
  EXPECT_EQ(status_of(engine.verify(request_with(grant.token, ""))), Status::ok);
}

TEST_F(EngineVerifyTest, WithoutAStoreHoldsATokenToTheSessionThatIsNamed) {
  TestEngine with_store;
  const Grant grant = *with_store.sign();
  TestEngine engine(false);
  EXPECT_EQ(status_of(engine.verify(request_with(grant.token, ""))), Status::ok);
  EXPECT_EQ(status_of(engine.verify(request_with(grant.token, grant.session_id))), Status::ok);
  EXPECT_EQ(status_of(engine.verify(request_with(grant.token, test::kOtherSessionId))), Status::session_mismatch);
}

TEST_F(EngineVerifyTest, WithoutAStoreSpendsProofsAllTheSame) {
  TestEngine engine(false);
  const std::string jwk = client_.jwk();
  const Grant grant = *engine.sign(sign_request(R"({"userId":"alice"})", jwk));
  const std::string once = proof();
  EXPECT_EQ(status_of(engine.verify(request_with(grant.token, ""))), Status::proof_missing);
  EXPECT_EQ(status_of(engine.verify(request_with(grant.token, "", once))), Status::ok);
  EXPECT_EQ(status_of(engine.verify(request_with(grant.token, "", once))), Status::proof_replayed);
}

}  // namespace
}  // namespace swt
