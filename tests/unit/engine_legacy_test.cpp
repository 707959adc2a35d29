// What 3.0.1 wrote and version 4 would refuse: accepted for a time, where it is asked for, and each use is told.
#include <gtest/gtest.h>

#include <string>

#include "support/client_key.h"
#include "support/outcome.h"
#include "support/sessions.h"
#include "support/test_engine.h"

namespace swt {
namespace {

using test::kNowS;
using test::make_proof;
using test::ProofFields;
using test::request_with;
using test::status_of;
using test::TestEngine;

constexpr int64_t kAlways = INT64_MAX;

// A token as 3.0.1 writes it: no sid, no jti.
std::string token_of_301(std::string_view thumbprint = "") {
  std::string payload = R"({"data":{"userId":"alice"},"iat":1799999999,"exp":1800000900)";
  if (!thumbprint.empty()) payload += R"(,"cnf":{"jkt":")" + std::string(thumbprint) + R"("})";
  return test::TokenMaker().make(R"({"alg":"AES-256-GCM+HMAC","typ":"SWT","exp":1800000900})", payload + '}');
}

class LegacyTest : public testing::Test {
 protected:
  // Verifies over a store that holds one session.
  Result<VerifiedToken> verify(const VerifyRequest& request, const Session& stored, int64_t accept_legacy_until_ms) {
    TestEngine engine(true, accept_legacy_until_ms);
    EXPECT_TRUE(std::holds_alternative<Answer>(engine.store.ask(test::registration_of(stored), engine.now)));
    return engine.verify(request);
  }

  Session bound_to_client() const { return {test::kSessionId, R"("alice")", client_.thumbprint()}; }

  std::string proof_without_jti() const {
    ProofFields fields;
    fields.jti = "";
    return make_proof(client_, fields);
  }

  test::ClientKey client_;
};

TEST_F(LegacyTest, ATokenThatNamesNoSessionIsRefused) {
  const std::string token = token_of_301();
  EXPECT_EQ(status_of(verify(request_with(token, test::kSessionId), test::alice(), 0)), Status::token_legacy);
}

TEST_F(LegacyTest, ATokenThatNamesNoSessionIsAcceptedWhereItIsAskedFor) {
  const std::string token = token_of_301();
  const auto verified = verify(request_with(token, test::kSessionId), test::alice(), kAlways);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->session_id, test::kSessionId);
  EXPECT_TRUE(verified->legacy.token_without_session);
  EXPECT_FALSE(verified->legacy.proof_without_jti);
  EXPECT_FALSE(verified->legacy.proof_not_compared);
}

TEST_F(LegacyTest, ATokenThatNamesNoSessionIsHeldToUserAndKeyOfTheOneThatComes) {
  const std::string token = token_of_301();
  EXPECT_EQ(status_of(verify(request_with(token, ""), test::alice(), kAlways)), Status::session_missing);
  EXPECT_EQ(status_of(verify(request_with(token, test::kOtherSessionId), test::alice(), kAlways)),
            Status::session_revoked);
  EXPECT_EQ(status_of(verify(request_with(token, test::kSessionId), {test::kSessionId, R"("bob")", ""}, kAlways)),
            Status::session_user);
  EXPECT_EQ(status_of(verify(request_with(token, test::kSessionId), bound_to_client(), kAlways)),
            Status::session_binding);
}

TEST_F(LegacyTest, ATokenThatNamesItsSessionIsHeldToItEvenThere) {
  TestEngine engine(true, kAlways);
  const Grant one = *engine.sign();
  const Grant two = *engine.sign();
  EXPECT_EQ(status_of(engine.verify(request_with(one.token, two.session_id))), Status::session_mismatch);
  const auto verified = engine.verify(request_with(one));
  ASSERT_TRUE(verified);
  EXPECT_FALSE(verified->legacy.token_without_session);
}

TEST_F(LegacyTest, AProofWithoutJtiIsRefused) {
  TestEngine engine;
  const std::string jwk = client_.jwk();
  const Grant grant = *engine.sign(test::sign_request(R"({"userId":"alice"})", jwk));
  EXPECT_EQ(status_of(engine.verify(request_with(grant, proof_without_jti()))), Status::proof_legacy);
  EXPECT_EQ(status_of(engine.verify(request_with(grant, make_proof(client_)))), Status::ok);
}

TEST_F(LegacyTest, AProofWithoutJtiIsAcceptedWhereItIsAskedForAndOnce) {
  TestEngine engine(true, kAlways);
  const std::string jwk = client_.jwk();
  const Grant grant = *engine.sign(test::sign_request(R"({"userId":"alice"})", jwk));
  const std::string proof = proof_without_jti();
  const auto verified = engine.verify(request_with(grant, proof));
  ASSERT_TRUE(verified);
  EXPECT_TRUE(verified->legacy.proof_without_jti);
  EXPECT_FALSE(verified->legacy.proof_not_compared);
  EXPECT_FALSE(verified->legacy.token_without_session);
  EXPECT_EQ(status_of(engine.verify(request_with(grant, proof))), Status::proof_replayed);
  EXPECT_EQ(status_of(engine.verify(request_with(grant, proof_without_jti()))), Status::ok)
      << "another of the same second";
}

TEST_F(LegacyTest, AProofThatIsComparedWithNothingIsRefused) {
  TestEngine engine;
  const std::string jwk = client_.jwk();
  const Grant grant = *engine.sign(test::sign_request(R"({"userId":"alice"})", jwk));
  const std::string proof = make_proof(client_);
  const VerifyRequest request{grant.token, grant.session_id, proof, "", "", ""};
  EXPECT_EQ(status_of(engine.verify(request)), Status::proof_legacy);
}

TEST_F(LegacyTest, AProofThatIsComparedWithNothingIsAcceptedWhereItIsAskedFor) {
  TestEngine engine(true, kAlways);
  const std::string jwk = client_.jwk();
  const Grant grant = *engine.sign(test::sign_request(R"({"userId":"alice"})", jwk));
  const std::string proof = make_proof(client_);
  const auto verified = engine.verify({grant.token, grant.session_id, proof, "", "", ""});
  ASSERT_TRUE(verified);
  EXPECT_TRUE(verified->legacy.proof_not_compared);
  EXPECT_FALSE(verified->legacy.proof_without_jti);
}

TEST_F(LegacyTest, AllThreeAtOnceAreTold) {
  const std::string token = token_of_301(client_.thumbprint());
  const std::string proof = proof_without_jti();
  const VerifyRequest request{token, test::kSessionId, proof, "", "", ""};
  const auto verified = verify(request, bound_to_client(), kAlways);
  ASSERT_TRUE(verified);
  EXPECT_TRUE(verified->legacy.token_without_session);
  EXPECT_TRUE(verified->legacy.proof_without_jti);
  EXPECT_TRUE(verified->legacy.proof_not_compared);
  EXPECT_EQ(status_of(verify(request, bound_to_client(), 0)), Status::token_legacy);
}

TEST_F(LegacyTest, IsAcceptedUntilTheMomentThatWasSet) {
  const std::string token = token_of_301();
  const VerifyRequest request = request_with(token, test::kSessionId);
  EXPECT_EQ(status_of(verify(request, test::alice(), kNowS * 1000 + 1)), Status::ok);
  EXPECT_EQ(status_of(verify(request, test::alice(), kNowS * 1000)), Status::token_legacy);
  EXPECT_EQ(status_of(verify(request, test::alice(), kNowS * 1000 - 1)), Status::token_legacy);
}

TEST_F(LegacyTest, TokensNeedNothingWhereThereAreNoSessions) {
  TestEngine engine(false);
  const std::string token = token_of_301();
  const auto verified = engine.verify(request_with(token, ""));
  ASSERT_TRUE(verified);
  EXPECT_FALSE(verified->legacy.token_without_session);
}

TEST_F(LegacyTest, BindingIsNotLoosened) {
  const std::string token = token_of_301(client_.thumbprint());
  EXPECT_EQ(status_of(verify(request_with(token, test::kSessionId), bound_to_client(), kAlways)),
            Status::proof_missing);
  const std::string stolen = make_proof(test::ClientKey());
  EXPECT_EQ(status_of(verify(request_with(token, test::kSessionId, stolen), bound_to_client(), kAlways)),
            Status::proof_binding);
}

}  // namespace
}  // namespace swt
