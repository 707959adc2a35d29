// A refresh token is traded in: what stays, what is new, and what it refuses.
#include <set>

#include "support/refreshing.h"
#include "support/sessions.h"

namespace swt {
namespace {

using test::kNowS;
using test::refresh_with;
using test::status_of;
using test::TestEngine;

using EngineRefresh = test::RefreshTest;

TEST_F(EngineRefresh, GivesTheNextPair) {
  const Grant grant = login();
  engine_.pass(60000);
  const Result<Grant> next = refresh(grant.refresh_token);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->session_id, grant.session_id);
  EXPECT_EQ(next->user_id, R"("alice")");
  EXPECT_EQ(next->expires_at, kNowS + 60 + 900);
  const Claims access = open(next->token).claims;
  const Claims refresh = open(next->refresh_token, TokenType::refresh).claims;
  EXPECT_EQ(access.issued_at, kNowS + 60);
  EXPECT_EQ(access.expires_at, kNowS + 60 + 900);
  EXPECT_EQ(refresh.issued_at, kNowS + 60);
  EXPECT_EQ(refresh.expires_at, kNowS + 60 + 604800);
  EXPECT_EQ(verified(*next), Status::ok);
}

TEST_F(EngineRefresh, GivesEachTokenAnIdOfItsOwn) {
  const Grant grant = login();
  const Grant next = *refresh(grant.refresh_token);
  const std::set<std::string> ids = {
      open(grant.token).claims.token_id, open(grant.refresh_token, TokenType::refresh).claims.token_id,
      open(next.token).claims.token_id, open(next.refresh_token, TokenType::refresh).claims.token_id};
  EXPECT_EQ(ids.size(), 4u);
}

TEST_F(EngineRefresh, GoesOnAndOn) {
  Grant grant = login();
  for (int i = 0; i < 30; ++i) {
    engine_.pass(600000000);
    const Result<Grant> next = refresh(grant.refresh_token);
    ASSERT_TRUE(next) << i;
    EXPECT_EQ(next->session_id, grant.session_id);
    grant = *next;
    EXPECT_EQ(verified(grant), Status::ok) << "the session lives as long as its refresh token";
  }
}

TEST_F(EngineRefresh, LeavesTheOldAccessTokenGoodUntilItExpires) {
  const Grant grant = login();
  EXPECT_TRUE(refresh(grant.refresh_token));
  EXPECT_EQ(verified(grant), Status::ok);
  EXPECT_TRUE(engine_.revoke(grant.session_id));
  EXPECT_EQ(verified(grant), Status::session_revoked);
}

// What the host put in comes out as it was, also where another writer would write it otherwise.
TEST_F(EngineRefresh, CarriesTheClaimsOverByteForByte) {
  for (const std::string data :
       {R"({"userId":"alice","role":"admin"})", R"( { "userId" : 7 , "a" : [ 1.50e+1 , -0.0 , { } ] } )",
        R"({"a":"\u0061\/\ud83d\ude00","userId":"\u0061lice","sid":"x","exp":1,"__proto__":{"b":null}})"}) {
    SCOPED_TRACE(data);
    const Grant grant = login(data);
    const std::string access = std::string(open(grant.token).data_json());
    const Grant next = *refresh(grant.refresh_token);
    EXPECT_EQ(open(next.token).data_json(), access);
    EXPECT_EQ(open(next.refresh_token, TokenType::refresh).data_json(), access);
    EXPECT_EQ(data.find(access) != std::string::npos, true);
    EXPECT_EQ(next.user_id, grant.user_id);
  }
}

TEST_F(EngineRefresh, ReplacesTheClaimsWhereItIsTold) {
  const Grant grant = login(R"({"userId":"alice","role":"user"})");
  RefreshRequest request = refresh_with(grant.refresh_token);
  request.data_json = R"({"role":"admin","userId":"al\u0069ce"})";
  const Result<Grant> next = engine_.refresh(request);
  ASSERT_TRUE(next);
  EXPECT_EQ(open(next->token).data_json(), request.data_json);
  EXPECT_EQ(open(next->refresh_token, TokenType::refresh).data_json(), request.data_json) << "from now on";
}

TEST_F(EngineRefresh, TakesNoClaimsOfAnotherUserAndSpendsNothing) {
  const Grant grant = login(R"({"userId":7})");
  for (const std::string_view data : {R"({"userId":"7"})", R"({"userId":8})", R"({"userId":"alice"})"}) {
    RefreshRequest request = refresh_with(grant.refresh_token);
    request.data_json = data;
    EXPECT_EQ(status_of(engine_.refresh(request)), Status::user_id) << data;
  }
  EXPECT_EQ(status_of(refresh(grant.refresh_token)), Status::ok);
}

TEST_F(EngineRefresh, TakesNoClaimsThatAreNone) {
  const Grant grant = login();
  const std::string too_long = R"({"userId":"alice","a":")" + std::string(8192, 'x') + R"("})";
  const std::pair<std::string_view, Status> cases[] = {{"[]", Status::data},
                                                       {"{}", Status::user_id},
                                                       {R"({"userId":"alice",})", Status::data},
                                                       {R"({"userId":"alice","userId":"alice"})", Status::data},
                                                       {too_long, Status::data_too_large}};
  for (const auto& [data, wanted] : cases) {
    RefreshRequest request = refresh_with(grant.refresh_token);
    request.data_json = data;
    EXPECT_EQ(status_of(engine_.refresh(request)), wanted) << data;
  }
}

TEST_F(EngineRefresh, CarriesIssuerSubjectAndAudiencesOver) {
  SignRequest login = test::login_request();
  login.issuer = "issuer";
  login.subject = "subject";
  login.audiences = {"a", "b"};
  const Grant next = *refresh(engine_.sign(login)->refresh_token);
  for (const Claims& claims : {open(next.token).claims, open(next.refresh_token, TokenType::refresh).claims}) {
    EXPECT_EQ(claims.issuer, "issuer");
    EXPECT_EQ(claims.subject, "subject");
    EXPECT_EQ(claims.audiences, (std::vector<std::string>{"a", "b"}));
  }
}

TEST_F(EngineRefresh, TakesLifetimesOfItsOwn) {
  const Grant grant = login();
  RefreshRequest request = refresh_with(grant.refresh_token);
  for (const int64_t bad : {int64_t{0}, int64_t{-1}, INT64_MIN, INT64_MAX}) {
    request.lifetimes = {bad, 20};
    EXPECT_EQ(status_of(engine_.refresh(request)), Status::lifetime) << bad;
    request.lifetimes = {10, bad};
    EXPECT_EQ(status_of(engine_.refresh(request)), Status::lifetime) << bad;
  }
  request.lifetimes = {10, 20};
  const Grant next = *engine_.refresh(request);
  EXPECT_EQ(next.expires_at, kNowS + 10);
  EXPECT_EQ(open(next.refresh_token, TokenType::refresh).claims.expires_at, kNowS + 20);
}

TEST_F(EngineRefresh, TakesARefreshTokenOnly) {
  const Grant grant = login();
  EXPECT_EQ(status_of(refresh(grant.token)), Status::token_type);
  EXPECT_EQ(status_of(engine_.verify(test::request_with(grant.refresh_token, grant.session_id))), Status::token_type);
  EXPECT_EQ(status_of(refresh("")), Status::token_malformed);
  EXPECT_EQ(status_of(refresh(grant.refresh_token + "!")), Status::token_malformed);
}

TEST_F(EngineRefresh, TakesNoTokenOfAnotherSecret) {
  const Grant grant = login();
  TestEngine other(EngineSettings{
      KeyRing::of_one(*TokenKey::from_secret(test::kOtherSecret, test::kEncryptionSecret, ShortSecret::refuse)), true,
      true, 0});
  EXPECT_EQ(status_of(other.refresh(refresh_with(grant.refresh_token))), Status::token_authentication);
}

TEST_F(EngineRefresh, TakesATokenUntilItExpires) {
  SignRequest request = test::login_request();
  request.lifetimes.refresh_s = 100;
  const Grant one = *engine_.sign(request);
  const Grant two = *engine_.sign(request);
  engine_.pass(99000);
  EXPECT_EQ(status_of(refresh(one.refresh_token)), Status::ok);
  engine_.pass(1000);
  EXPECT_EQ(status_of(refresh(two.refresh_token)), Status::token_expired);
}

TEST_F(EngineRefresh, JudgesTheExpiryAgainWhenItIsCompleted) {
  const Grant grant = login();
  for (const int64_t more_s : {int64_t{0}, kDefaultRefreshLifetimeS}) {
    Result<PendingRefresh> pending = engine_.begin_refresh(test::refresh_with(grant.refresh_token));
    ASSERT_TRUE(pending);
    const StoreReply reply = Answer{Fact::yes, engine_.record_of(grant)};
    Instant later = engine_.now;
    later.wall_ms += more_s * 1000;
    const Status status = status_of(complete_refresh(*std::move(pending), &reply, later));
    EXPECT_EQ(status, more_s == 0 ? Status::ok : Status::token_expired);
  }
}

TEST_F(EngineRefresh, TakesTheTokensOwnSessionOnly) {
  const Grant grant = login();
  const Grant other = login();
  EXPECT_EQ(status_of(engine_.refresh(refresh_with(grant.refresh_token, other.session_id))), Status::session_mismatch);
  EXPECT_EQ(status_of(engine_.refresh(refresh_with(grant.refresh_token, "x"))), Status::session_revoked);
  EXPECT_EQ(status_of(engine_.refresh(refresh_with(grant.refresh_token, grant.session_id))), Status::ok)
      << "and nothing was spent before";
}

TEST_F(EngineRefresh, OfASessionThatHasEndedIsRefused) {
  const Grant grant = login();
  EXPECT_TRUE(engine_.revoke(grant.session_id));
  EXPECT_EQ(status_of(refresh(grant.refresh_token)), Status::session_revoked);
}

TEST_F(EngineRefresh, NeedsAProofOfTheBoundKey) {
  const Grant grant = bound_login();
  const test::ClientKey thief;
  EXPECT_EQ(status_of(refresh(grant.refresh_token)), Status::proof_missing);
  EXPECT_EQ(status_of(refresh(grant.refresh_token, proof(thief))), Status::proof_binding);
  const Result<Grant> next = refresh(grant.refresh_token, proof());
  ASSERT_TRUE(next) << "the thief cost the owner nothing";
  EXPECT_EQ(open(next->token).claims.thumbprint, client_.thumbprint());
  EXPECT_EQ(open(next->refresh_token, TokenType::refresh).claims.thumbprint, client_.thumbprint());
  EXPECT_EQ(verified(*next), Status::proof_missing);
  EXPECT_EQ(verified(*next, proof()), Status::ok);
}

TEST_F(EngineRefresh, GoesOnWithTheKeyThatIsNamedOrNotAtAll) {
  const Grant grant = bound_login();
  const test::ClientKey thief;
  const std::string jwk = client_.jwk();
  const std::string other = thief.jwk();
  const auto named = [&](const Grant& from, std::string_view key, const std::string& with_proof) {
    RefreshRequest request = refresh_with(from.refresh_token, "", with_proof);
    request.client_key_jwk = key;
    return status_of(engine_.refresh(request));
  };
  EXPECT_EQ(named(grant, other, proof()), Status::proof_binding);
  EXPECT_EQ(named(grant, other, proof(thief)), Status::proof_binding);
  EXPECT_EQ(named(grant, "{}", proof()), Status::client_key);
  EXPECT_EQ(named(grant, jwk, ""), Status::proof_missing) << "naming a key proves nothing";
  EXPECT_EQ(named(grant, jwk, proof()), Status::ok);
  const Grant unbound = *engine_.sign(test::login_request());
  EXPECT_EQ(named(unbound, jwk, proof()), Status::proof_binding) << "a refresh adds no key";
  EXPECT_EQ(named(unbound, "", ""), Status::ok);
}

TEST_F(EngineRefresh, TakesAProofForThisRequestOnly) {
  const Grant grant = bound_login();
  const std::string for_get = proof();
  RefreshRequest request = refresh_with(grant.refresh_token, "", for_get);
  request.http.method = "POST";
  EXPECT_EQ(status_of(engine_.refresh(request)), Status::proof_method);
  request.http.method = "GET";
  request.http.url = "/refresh";
  EXPECT_EQ(status_of(engine_.refresh(request)), Status::proof_url);
  request.http.url = "";
  EXPECT_EQ(status_of(engine_.refresh(request)), Status::argument);
  request.http.method = "";
  EXPECT_EQ(status_of(engine_.refresh(request)), Status::proof_legacy);
  EXPECT_EQ(status_of(refresh(grant.refresh_token, for_get)), Status::ok);
}

TEST_F(EngineRefresh, HoldsAProofWithAthToTheRefreshToken) {
  const Grant grant = bound_login();
  test::ProofFields fields;
  fields.ath = test::base64url_of(test::sha256_of(grant.token));
  EXPECT_EQ(status_of(refresh(grant.refresh_token, make_proof(client_, fields))), Status::proof_token);
  fields.ath = test::base64url_of(test::sha256_of(grant.refresh_token));
  EXPECT_EQ(status_of(refresh(grant.refresh_token, make_proof(client_, fields))), Status::ok);
}

// Somebody who saw a request sends it again. That is a replay, and no sign that the token is in two hands.
TEST_F(EngineRefresh, OfAReplayedProofDoesNotEndTheSession) {
  const Grant grant = bound_login();
  const std::string seen = proof();
  const Grant next = *refresh(grant.refresh_token, seen);
  engine_.pass(60000);
  EXPECT_EQ(status_of(refresh(grant.refresh_token, seen)), Status::proof_replayed);
  EXPECT_EQ(verified(next, proof()), Status::ok);
  EXPECT_EQ(status_of(refresh(next.refresh_token, proof())), Status::ok);
}

TEST_F(EngineRefresh, IgnoresAProofThatComesWithAnUnboundToken) {
  const Grant grant = login();
  const Result<Grant> next = refresh(grant.refresh_token, proof());
  ASSERT_TRUE(next);
  EXPECT_EQ(open(next->token).claims.thumbprint, "") << "no key is added on the way";
}

TEST_F(EngineRefresh, TellsWhomItIsAboutWhenItFails) {
  const Grant grant = bound_login();
  EXPECT_EQ(status_of(refresh(grant.refresh_token)), Status::proof_missing);
  EXPECT_EQ(engine_.concerned.user_id, R"("alice")");
  EXPECT_EQ(engine_.concerned.session_id, grant.session_id);
}

}  // namespace
}  // namespace swt
