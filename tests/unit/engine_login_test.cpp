// A login that proves whose key it names; issuer, subject and audiences of a new token.
#include <gtest/gtest.h>

#include <string>

#include "support/one_key.h"
#include "support/outcome.h"
#include "support/test_engine.h"

namespace swt {
namespace {

using test::kNowS;
using test::make_proof;
using test::ProofFields;
using test::status_of;
using test::TestEngine;

class Login : public testing::Test {
 protected:
  static SignRequest request_with(std::string_view proof, std::string_view jwk = "") {
    SignRequest request = test::sign_request(R"({"userId":"alice"})", jwk);
    request.http = {proof, "POST", "/login", "app.example"};
    return request;
  }

  static ProofFields login_fields() {
    ProofFields fields;
    fields.url = "https://app.example/login";
    fields.method = "POST";
    return fields;
  }

  Status sign_with(const ProofFields& fields) {
    return status_of(engine_.sign(request_with(make_proof(client_, fields))));
  }

  std::string thumbprint_of(const Result<Grant>& grant) {
    EXPECT_TRUE(grant);
    return grant ? open_token(*test::token_key(), grant->token, TokenType::access, kNowS)->claims.thumbprint : "";
  }

  TestEngine engine_;
  test::ClientKey client_;
  ProofFields fields_ = login_fields();
};

TEST_F(Login, WithAProofBindsTheTokenToItsKey) {
  const std::string proof = make_proof(client_, fields_);
  EXPECT_EQ(thumbprint_of(engine_.sign(request_with(proof))), client_.thumbprint());
  const Result<PendingSign> pending = engine_.begin_sign(request_with(proof));
  EXPECT_EQ(std::get<RegisterQuestion>(*pending->question).session.thumbprint, client_.thumbprint());
}

TEST_F(Login, WithAProofAndAKeyTakesTheKeysOwnProof) {
  const std::string proof = make_proof(client_, fields_);
  const std::string own = client_.jwk();
  const std::string other = test::ClientKey().jwk();
  EXPECT_EQ(thumbprint_of(engine_.sign(request_with(proof, own))), client_.thumbprint());
  EXPECT_EQ(status_of(engine_.sign(request_with(proof, other))), Status::proof_binding);
  EXPECT_EQ(status_of(engine_.sign(request_with(proof, "{}"))), Status::client_key);
}

TEST_F(Login, WithoutAProofTakesAnyKeyThatIsNamed) {
  const std::string jwk = client_.jwk();
  EXPECT_EQ(thumbprint_of(engine_.sign(request_with("", jwk))), client_.thumbprint());
  EXPECT_EQ(thumbprint_of(engine_.sign(request_with(""))), "");
}

TEST_F(Login, TakesAProofForItsMethodAndUrl) {
  EXPECT_EQ(sign_with(fields_), Status::ok);
  ProofFields other = fields_;
  other.method = "GET";
  EXPECT_EQ(sign_with(other), Status::proof_method);
  for (const std::string url : {"https://app.example/logout", "https://evil.example/login"}) {
    other = fields_;
    other.url = url;
    EXPECT_EQ(sign_with(other), Status::proof_url) << url;
  }
}

TEST_F(Login, TakesAFreshProof) {
  for (const auto& [seconds, wanted] :
       {std::pair(-300, Status::ok), {-301, Status::proof_time}, {60, Status::ok}, {61, Status::proof_time}}) {
    fields_.timestamp = kNowS + seconds;
    EXPECT_EQ(sign_with(fields_), wanted) << seconds;
  }
}

TEST_F(Login, TakesNoProofThatWasMadeForAToken) {
  fields_.ath = test::base64url_of(test::sha256_of("some.other.token"));
  EXPECT_EQ(sign_with(fields_), Status::proof_token);
}

TEST_F(Login, TakesNoProofThatItCannotCompare) {
  const std::string proof = make_proof(client_, fields_);
  SignRequest request = request_with(proof);
  request.http.method = "";
  EXPECT_EQ(status_of(engine_.sign(request)), Status::argument) << "half of a request";
  request.http.url = "";
  EXPECT_EQ(status_of(engine_.sign(request)), Status::proof_legacy);
  TestEngine tolerant(true, INT64_MAX);
  const Result<Grant> grant = tolerant.sign(request);
  ASSERT_TRUE(grant);
  EXPECT_TRUE(grant->legacy.proof_not_compared);
}

TEST_F(Login, TakesAProofWithoutJtiOnlyWhereThatIsAskedFor) {
  fields_.jti = "";
  const std::string proof = make_proof(client_, fields_);
  EXPECT_EQ(status_of(engine_.sign(request_with(proof))), Status::proof_legacy);
  TestEngine tolerant(true, INT64_MAX);
  const Result<Grant> grant = tolerant.sign(request_with(proof));
  ASSERT_TRUE(grant);
  EXPECT_TRUE(grant->legacy.proof_without_jti);
}

TEST_F(Login, TakesNoProofThatIsNone) {
  for (const std::string& bad : {std::string("x"), std::string("e30"), std::string(4097, 'A')}) {
    EXPECT_EQ(status_of(engine_.sign(request_with(bad))), Status::proof_malformed);
  }
  const std::string forged =
      test::proof_of(client_.jwk(), fields_.payload(), test::ClientKey().sign(fields_.payload()));
  EXPECT_EQ(status_of(engine_.sign(request_with(forged))), Status::proof_signature);
}

// It opens nothing, and a second login gives a second session.
TEST_F(Login, DoesNotSpendItsProof) {
  const std::string proof = make_proof(client_, fields_);
  const Result<Grant> one = engine_.sign(request_with(proof));
  const Result<Grant> two = engine_.sign(request_with(proof));
  ASSERT_TRUE(one && two);
  EXPECT_NE(one->session_id, two->session_id);
}

TEST_F(Login, WritesTheNamesThatItIsGiven) {
  SignRequest request = test::login_request();
  request.issuer = "https://issuer.example";
  request.subject = "user:7";
  request.audiences = {"api", "admin"};
  const Result<Grant> grant = engine_.sign(request);
  ASSERT_TRUE(grant);
  for (const Claims& claims :
       {open_token(*test::token_key(), grant->token, TokenType::access, kNowS)->claims,
        open_token(*test::token_key(), grant->refresh_token, TokenType::refresh, kNowS)->claims}) {
    EXPECT_EQ(claims.issuer, "https://issuer.example");
    EXPECT_EQ(claims.subject, "user:7");
    EXPECT_EQ(claims.audiences, (std::vector<std::string>{"api", "admin"}));
  }
}

TEST_F(Login, TakesNamesOfOneTo256Bytes) {
  const std::string longest(256, 'x');
  const std::string longer(257, 'x');
  const auto sign_as = [&](std::string_view issuer, std::string_view subject, std::string_view audience) {
    SignRequest request = test::sign_request();
    request.issuer = issuer;
    request.subject = subject;
    request.audiences = {"a", audience};
    return status_of(engine_.sign(request));
  };
  EXPECT_EQ(sign_as(longest, longest, longest), Status::ok);
  EXPECT_EQ(sign_as(longer, "s", "a"), Status::argument);
  EXPECT_EQ(sign_as("i", longer, "a"), Status::argument);
  EXPECT_EQ(sign_as("i", "s", longer), Status::argument);
  EXPECT_EQ(sign_as("i", "s", ""), Status::argument);
  EXPECT_EQ(sign_as("\xff", "s", "a"), Status::argument);
}

TEST_F(Login, TakesUpTo16Audiences) {
  SignRequest request = test::sign_request();
  request.audiences.assign(16, "a");
  EXPECT_EQ(status_of(engine_.sign(request)), Status::ok);
  request.audiences.emplace_back("a");
  EXPECT_EQ(status_of(engine_.sign(request)), Status::argument);
}

// What is signed must be what can be opened.
TEST_F(Login, GivesNoTokenThatNobodyWouldRead) {
  const std::string name(256, 'x');
  const std::string data = R"({"userId":"alice","a":")" + std::string(kMaxDataSize - 25, 'x') + R"("})";
  SignRequest request = test::sign_request(data);
  EXPECT_EQ(status_of(engine_.sign(request)), Status::ok);
  request.audiences.assign(16, name);
  EXPECT_EQ(status_of(engine_.sign(request)), Status::data_too_large);
}

TEST_F(Login, TellsTheStoreHowLongItsRefreshTokenLives) {
  SignRequest request = test::login_request();
  request.lifetimes.refresh_s = 1234;
  EXPECT_EQ(std::get<RegisterQuestion>(*engine_.begin_sign(request)->question).refresh_life_s, 1234);
  request.with_refresh_token = false;
  EXPECT_EQ(std::get<RegisterQuestion>(*engine_.begin_sign(request)->question).refresh_life_s, 0);
}

VerifyRequest expecting(const Grant& grant, Expectations expected) {
  VerifyRequest request = test::request_with(grant);
  request.expected = std::move(expected);
  return request;
}

TEST_F(Login, IsVerifiedAgainstWhatIsExpected) {
  SignRequest login = test::sign_request();
  login.audiences = {"api"};
  const Grant grant = *engine_.sign(login);
  EXPECT_EQ(status_of(engine_.verify(expecting(grant, {}))), Status::token_audience);
  EXPECT_EQ(status_of(engine_.verify(expecting(grant, {{"api"}, {}, "", 0, 0}))), Status::ok);
  EXPECT_EQ(status_of(engine_.verify(expecting(grant, {{"api"}, {"i"}, "", 0, 0}))), Status::token_issuer);
  EXPECT_EQ(status_of(engine_.verify(expecting(grant, {{"api"}, {}, "s", 0, 0}))), Status::token_subject);
  EXPECT_EQ(status_of(engine_.verify(expecting(grant, {{"api"}, {}, "", 301, 0}))), Status::argument);
  engine_.pass(61000);
  EXPECT_EQ(status_of(engine_.verify(expecting(grant, {{"api"}, {}, "", 0, 60}))), Status::token_age);
}

TEST_F(Login, IsVerifiedWithLeewayFromBeginToComplete) {
  const Grant grant = *engine_.sign();
  engine_.pass(900000);
  EXPECT_EQ(status_of(engine_.verify(expecting(grant, {}))), Status::token_expired);
  EXPECT_EQ(status_of(engine_.verify(expecting(grant, {{}, {}, "", 1, 0}))), Status::ok);
  engine_.pass(299000);
  EXPECT_EQ(status_of(engine_.verify(expecting(grant, {{}, {}, "", 300, 0}))), Status::ok);
  engine_.pass(1000);
  EXPECT_EQ(status_of(engine_.verify(expecting(grant, {{}, {}, "", 300, 0}))), Status::token_expired);
}

}  // namespace
}  // namespace swt
