#include <gtest/gtest.h>

#include <string>

#include "base/ids.h"
#include "support/client_key.h"
#include "support/one_key.h"
#include "support/outcome.h"
#include "support/test_engine.h"
#include "support/text.h"

namespace swt {
namespace {

using test::kNowS;
using test::sign_request;
using test::status_of;
using test::TestEngine;

OpenedToken open(std::string_view token, TokenType type = TokenType::access) {
  Result<OpenedToken> opened = open_token(*test::token_key(), token, type, kNowS);
  EXPECT_EQ(status_of(opened), Status::ok);
  return opened ? *opened : OpenedToken{};
}

TEST(EngineSign, GivesATokenWithWhatWasAskedFor) {
  TestEngine engine;
  const auto grant = engine.sign(sign_request(R"({"userId":"alice","role":"admin"})"));
  ASSERT_TRUE(grant);
  EXPECT_TRUE(is_session_id(grant->session_id));
  EXPECT_EQ(grant->user_id, R"("alice")");
  EXPECT_EQ(grant->expires_at, kNowS + 900);
  EXPECT_EQ(grant->refresh_token, "");
  const OpenedToken opened = open(grant->token);
  const Claims& claims = opened.claims;
  EXPECT_NE(opened.payload.find(R"({"data":{"userId":"alice","role":"admin"},)"), std::string::npos);
  EXPECT_EQ(claims.user_id, R"("alice")");
  EXPECT_EQ(claims.session_id, grant->session_id);
  EXPECT_EQ(claims.issued_at, kNowS);
  EXPECT_EQ(claims.expires_at, kNowS + 900);
  EXPECT_EQ(claims.thumbprint, "");
  EXPECT_TRUE(is_token_id(claims.token_id));
}

TEST(EngineSign, RegistersTheSessionAndAsksForNothingElse) {
  const TestEngine engine;
  const auto pending = engine.begin_sign(sign_request());
  ASSERT_TRUE(pending && pending->question);
  const auto& question = std::get<RegisterQuestion>(*pending->question);
  EXPECT_EQ(question.session.id, pending->outcome.session_id);
  EXPECT_EQ(question.session.user_id, R"("alice")");
  EXPECT_EQ(question.session.thumbprint, "");
  EXPECT_EQ(question.created_ms, kNowS * 1000);
  EXPECT_EQ(question.refresh_hash, "");
}

TEST(EngineSign, GivesTwoTokensAndTwoSessionsForTheSameClaims) {
  TestEngine engine;
  const auto one = engine.sign();
  const auto two = engine.sign();
  ASSERT_TRUE(one && two);
  EXPECT_NE(one->session_id, two->session_id);
  EXPECT_NE(open(one->token).claims.token_id, open(two->token).claims.token_id);
}

TEST(EngineSign, BindsTheTokenAndTheSessionToTheClientsKey) {
  TestEngine engine;
  const test::ClientKey client;
  const std::string jwk = client.jwk();
  const auto pending = engine.begin_sign(sign_request(R"({"userId":7})", jwk));
  ASSERT_TRUE(pending);
  EXPECT_EQ(open(pending->outcome.token).claims.thumbprint, client.thumbprint());
  EXPECT_EQ(std::get<RegisterQuestion>(*pending->question).session.thumbprint, client.thumbprint());
}

TEST(EngineSign, RefusesAClientKeyThatIsNone) {
  TestEngine engine;
  for (const std::string_view bad : {"null", "{}", "not JSON", R"({"kty":"oct","k":"AAAA"})"}) {
    EXPECT_EQ(status_of(engine.sign(sign_request(R"({"userId":"alice"})", bad))), Status::client_key) << bad;
  }
  const std::string p384 = test::ClientKey("P-384").jwk();
  EXPECT_EQ(status_of(engine.sign(sign_request(R"({"userId":"alice"})", p384))), Status::client_key);
}

TEST(EngineSign, MakesARefreshTokenThatGoesWithIt) {
  TestEngine engine;
  SignRequest request = sign_request();
  request.with_refresh_token = true;
  const auto pending = engine.begin_sign(request);
  ASSERT_TRUE(pending);
  const Claims access = open(pending->outcome.token).claims;
  const Claims refresh = open(pending->outcome.refresh_token, TokenType::refresh).claims;
  EXPECT_EQ(refresh.type, TokenType::refresh);
  EXPECT_EQ(refresh.expires_at, kNowS + 604800);
  EXPECT_EQ(refresh.session_id, access.session_id);
  EXPECT_EQ(refresh.user_id, access.user_id);
  EXPECT_NE(refresh.token_id, access.token_id);
  EXPECT_EQ(std::get<RegisterQuestion>(*pending->question).refresh_hash,
            test::base64url_of(test::sha256_of(signed_part(pending->outcome.refresh_token))))
      << "a store can recognise it and cannot use it";
}

TEST(EngineSign, CarriesAllDataIntoTheRefreshToken) {
  TestEngine engine;
  SignRequest request = sign_request(R"({"userId":"alice","role":"admin"})");
  request.with_refresh_token = true;
  const auto grant = engine.sign(request);
  ASSERT_TRUE(grant);
  EXPECT_NE(open(grant->refresh_token, TokenType::refresh).payload.find(R"("role":"admin")"), std::string::npos);
}

TEST(EngineSign, TakesLifetimesFromOneSecondToTheEndOfTime) {
  TestEngine engine;
  const auto with_lifetime = [&](int64_t lifetime, int64_t refresh_lifetime) {
    SignRequest request = sign_request();
    request.with_refresh_token = true;
    request.lifetimes.access_s = lifetime;
    request.lifetimes.refresh_s = refresh_lifetime;
    return engine.sign(request);
  };
  EXPECT_EQ(with_lifetime(1, 1)->expires_at, kNowS + 1);
  EXPECT_EQ(with_lifetime(kMaxSafeInteger - kNowS, 1)->expires_at, kMaxSafeInteger);
  for (const int64_t bad : {int64_t{0}, int64_t{-1}, INT64_MIN, kMaxSafeInteger - kNowS + 1, INT64_MAX}) {
    EXPECT_EQ(status_of(with_lifetime(bad, 1)), Status::lifetime) << bad;
    EXPECT_EQ(status_of(with_lifetime(1, bad)), Status::lifetime) << bad;
  }
}

TEST(EngineSign, RefusesDataThatIsNone) {
  TestEngine engine;
  EXPECT_EQ(status_of(engine.sign(sign_request(""))), Status::data);
  EXPECT_EQ(status_of(engine.sign(sign_request("[]"))), Status::data);
  EXPECT_EQ(status_of(engine.sign(sign_request("{}"))), Status::user_id);
  EXPECT_EQ(status_of(engine.sign(sign_request(std::string(8193, ' ')))), Status::data_too_large);
}

TEST(EngineSign, LetsNoDataSetAClaim) {
  TestEngine engine;
  const auto grant = engine.sign(sign_request(
      R"({"userId":"alice","exp":9999999999,"iat":1,"sid":"x","jti":"y","isRefresh":true,"cnf":{"jkt":"z"}})"));
  ASSERT_TRUE(grant);
  const Claims claims = open(grant->token).claims;
  EXPECT_EQ(claims.expires_at, kNowS + 900);
  EXPECT_EQ(claims.issued_at, kNowS);
  EXPECT_EQ(claims.session_id, grant->session_id);
  EXPECT_EQ(claims.thumbprint, "");
  EXPECT_EQ(claims.type, TokenType::access);
}

TEST(EngineSign, SignsTheLargestDataThereMayBe) {
  TestEngine engine;
  const test::ClientKey client;
  const std::string jwk = client.jwk();
  const std::string data = R"({"userId":"alice","a":")" + std::string(kMaxDataSize - 25, 'x') + R"("})";
  SignRequest request = sign_request(data, jwk);
  request.with_refresh_token = true;
  const auto grant = engine.sign(request);
  ASSERT_TRUE(grant);
  EXPECT_EQ(open(grant->refresh_token, TokenType::refresh).claims.thumbprint, client.thumbprint());
}

TEST(EngineSign, WithoutAStoreMakesNoSessionAndAsksNothing) {
  TestEngine engine(false);
  const auto pending = engine.begin_sign(sign_request());
  ASSERT_TRUE(pending);
  EXPECT_FALSE(pending->question);
  EXPECT_EQ(pending->outcome.session_id, "");
  EXPECT_EQ(open(pending->outcome.token).claims.session_id, "");
  EXPECT_TRUE(engine.sign());
}

TEST(EngineSign, BeforeTheYear1970IsRefused) {
  TestEngine engine;
  engine.now.wall_ms = 0;
  EXPECT_EQ(status_of(engine.sign()), Status::ok);
  engine.now.wall_ms = -1;
  EXPECT_EQ(status_of(engine.sign()), Status::argument);
}

TEST(EngineSign, GivesNoTokenWhenTheStoreDidNotRegisterTheSession) {
  const TestEngine engine;
  const auto complete_with = [&](const StoreReply& reply) {
    return status_of(complete_sign(*engine.begin_sign(sign_request()), &reply, engine.now));
  };
  EXPECT_EQ(complete_with(Answer{Fact::yes, ""}), Status::ok);
  EXPECT_EQ(complete_with(Answer{Fact::taken, ""}), Status::state);
  EXPECT_EQ(complete_with(Answer{Fact::revoked, ""}), Status::state);
  EXPECT_EQ(complete_with(Answer{Fact::too_late, ""}), Status::store_timeout);
  EXPECT_EQ(complete_with(Answer{Fact::missing, ""}), Status::store_protocol);
  for (const Status down :
       {Status::store_timeout, Status::store_connection, Status::store_protocol, Status::store_full}) {
    EXPECT_EQ(complete_with(down), down);
  }
}

}  // namespace
}  // namespace swt
