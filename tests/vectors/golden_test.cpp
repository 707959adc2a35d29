// What secure-web-token 3.0.1 wrote: tokens, refresh tokens, sessions and proofs.
#include <gtest/gtest.h>

#include <string>

#include "../unit/support/one_key.h"
#include "../unit/support/outcome.h"
#include "../unit/support/pem_key.h"
#include "../unit/support/proof.h"
#include "../unit/support/vector_count.h"
#include "../unit/support/vectors.h"
#include "dpop/jwk.h"
#include "dpop/proof.h"
#include "engine/engine.h"
#include "session/redis_call.h"

namespace swt {
namespace {

using test::status_of;

constexpr const char* kFile = "v3/golden.json";
constexpr int64_t kIssuedBefore = 1800000000;  // all of them
constexpr const char* kOtherSecret = "another-secret-of-more-than-32-bytes";

std::shared_ptr<const TokenKey> key_of(const std::string& secret) {
  return *TokenKey::from_secret(secret, "", ShortSecret::refuse);
}

// The tokens of one kind of key. Their numbers are stated below, so that none goes missing unseen.
std::vector<test::Vector> tokens_of(const test::VectorFile& file, bool with_secret) {
  std::vector<test::Vector> chosen;
  for (const test::Vector& vector : file.root()["tokens"].items()) {
    if ((vector.text("key") == "secret") == with_secret) chosen.push_back(vector);
  }
  return chosen;
}

std::shared_ptr<const TokenKey> private_key_of(const test::Vector& vector) {
  return *TokenKey::from_private_pem(vector.text("privateKey"), vector.text("encryptionSecret"), ShortSecret::refuse);
}

std::shared_ptr<const TokenKey> public_key_of(const test::Vector& vector) {
  return *TokenKey::from_public_pem(vector.text("publicKey"), vector.text("encryptionSecret"), ShortSecret::refuse);
}

void expect_opened(const TokenKey& key, const std::string& token, TokenType type, const test::Vector& payload) {
  const int64_t issued_at = payload["iat"].number();
  const int64_t expires_at = payload["exp"].number();
  const TokenType other = type == TokenType::access ? TokenType::refresh : TokenType::access;
  const auto opened = open_token(key, token, type, issued_at);
  ASSERT_TRUE(opened) << status_text(opened.error().status).name;
  EXPECT_TRUE(payload.is_same_json_as(opened->payload)) << opened->payload;
  EXPECT_EQ(opened->claims.issued_at, issued_at);
  EXPECT_EQ(opened->claims.expires_at, expires_at);
  EXPECT_EQ(opened->claims.session_id, "");
  EXPECT_EQ(status_of(open_token(key, token, type, expires_at - 1)), Status::ok);
  EXPECT_EQ(status_of(open_token(key, token, type, expires_at)), Status::token_expired);
  EXPECT_EQ(status_of(open_token(key, token, other, issued_at)), Status::token_type);
}

TEST(GoldenVectors, TokensAreOpenedToTheirExactPayload) {
  SWT_OPEN_VECTORS(file, kFile);
  size_t count = 0;
  for (const test::Vector& vector : tokens_of(*file, true)) {
    SCOPED_TRACE(vector.text("token").substr(0, 100));
    expect_opened(*key_of(vector.text("secret")), vector.text("token"), TokenType::access, vector["payload"]);
    EXPECT_EQ(status_of(open_token(*key_of(kOtherSecret), vector.text("token"), TokenType::access, kIssuedBefore)),
              Status::token_authentication);
    ++count;
  }
  EXPECT_EQ(count, 25u);
  test::report_vectors({{"tokens", count}});
}

TEST(GoldenVectors, RefreshTokensAreOpenedToTheirExactPayload) {
  SWT_OPEN_VECTORS(file, kFile);
  size_t count = 0;
  for (const test::Vector& vector : tokens_of(*file, true)) {
    if (!vector.has("refreshToken")) continue;
    SCOPED_TRACE(vector.text("refreshToken").substr(0, 100));
    expect_opened(*key_of(vector.text("secret")), vector.text("refreshToken"), TokenType::refresh,
                  vector["refreshPayload"]);
    EXPECT_EQ(
        status_of(open_token(*key_of(kOtherSecret), vector.text("refreshToken"), TokenType::refresh, kIssuedBefore)),
        Status::token_authentication);
    ++count;
  }
  EXPECT_GT(count, 0u);
  test::report_vectors({{"refresh tokens", count}});
}

// 3.0.1 writes RS256 over the signatures of EC keys, too.
TEST(GoldenVectors, TokensOfPemKeysAreOpenedToTheirExactPayload) {
  SWT_OPEN_VECTORS(file, kFile);
  size_t rsa = 0;
  size_t ec = 0;
  for (const test::Vector& vector : tokens_of(*file, false)) {
    SCOPED_TRACE(vector.text("token").substr(0, 100));
    const bool is_ec = vector.text("key") == "p-256";
    ++(is_ec ? ec : rsa);
    const auto private_key = private_key_of(vector);
    const auto public_key = public_key_of(vector);
    EXPECT_EQ(private_key->algorithm(), is_ec ? Algorithm::es256 : Algorithm::rs256);
    EXPECT_EQ(public_key->algorithm(), private_key->algorithm());
    expect_opened(*private_key, vector.text("token"), TokenType::access, vector["payload"]);
    expect_opened(*public_key, vector.text("token"), TokenType::access, vector["payload"]);
    expect_opened(**private_key->public_half(), vector.text("token"), TokenType::access, vector["payload"]);
  }
  EXPECT_EQ(rsa, 4u);
  EXPECT_EQ(ec, 4u);
  test::report_vectors({{"tokens of an RSA key", rsa}, {"tokens of an EC key", ec}});
}

TEST(GoldenVectors, TokensOfPemKeysAreRefusedByEveryOtherKey) {
  SWT_OPEN_VECTORS(file, kFile);
  size_t count = 0;
  const std::vector<test::Vector> vectors = tokens_of(*file, false);
  for (const test::Vector& vector : vectors) {
    ++count;
    const std::string token = vector.text("token");
    const int64_t now = vector["payload"]["iat"].number();
    const auto open_with = [&](const TokenKey& key) {
      return status_of(open_token(key, token, TokenType::access, now));
    };
    EXPECT_EQ(open_with(*key_of(kOtherSecret)), Status::token_algorithm);
    // Its own signature under another secret of sealing
    EXPECT_EQ(open_with(**TokenKey::from_public_pem(vector.text("publicKey"), kOtherSecret, ShortSecret::refuse)),
              Status::token_authentication);
    for (const test::Vector& other : vectors) {
      if (other.text("publicKey") == vector.text("publicKey")) continue;
      // The names agree, since 3.0.1 always writes RS256; the signatures do not.
      EXPECT_EQ(open_with(*public_key_of(other)), Status::token_authentication);
    }
  }
  EXPECT_GT(count, 0u);
  test::report_vectors({{"tokens, each refused", count}});
}

TEST(GoldenVectors, SessionsAreReadAndWrittenByteByByte) {
  SWT_OPEN_VECTORS(file, kFile);
  const std::vector<test::Vector> sessions = file->root()["sessions"].items();
  ASSERT_FALSE(sessions.empty());
  for (const test::Vector& vector : sessions) {
    SCOPED_TRACE(vector.text("sessionId"));
    const auto record = read_session_record(vector.text("redisValue"));
    ASSERT_TRUE(record);
    EXPECT_FALSE(record->written_by_us);
    EXPECT_EQ(write_session(record->session), vector.text("redisValue"));
    EXPECT_EQ(redis_call_for(LookupQuestion{vector.text("sessionId")}, {})->keys[0], vector.text("redisKey"));
  }
  test::report_vectors({{"sessions", sessions.size()}});
}

// The key of a session's client, from its JWK.
test::ClientKey client_of(const test::Vector& jwk) {
  return test::ClientKey(test::from_base64url(jwk.text("d")), test::from_base64url(jwk.text("x")),
                         test::from_base64url(jwk.text("y")));
}

TEST(GoldenVectors, SessionsCarryTheirTokensWithALegacyProof) {
  SWT_OPEN_VECTORS(file, kFile);
  const std::vector<test::Vector> sessions = file->root()["sessions"].items();
  for (const test::Vector& vector : sessions) {
    SCOPED_TRACE(vector.text("sessionId"));
    const Engine engine({KeyRing::of_one(key_of(vector.text("secret"))), true, true, INT64_MAX});
    const Instant now{test::kNowS * 1000, 0};
    test::ProofFields fields;
    fields.jti = "";
    const std::string proof = test::make_proof(client_of(vector["privateJwk"]), fields);
    const std::string token = vector.text("token");
    const std::string session_id = vector.text("sessionId");
    const VerifyRequest request{token, session_id, {proof, "GET", "/api/profile", std::nullopt}};
    Concerned concerned;
    const auto verify_over = [&](const Answer& answer) {
      auto pending = engine.begin_verify(request, now, concerned);
      EXPECT_TRUE(pending) << status_text(pending.error().status).name;
      const StoreReply reply = answer;
      return complete_verify(*std::move(pending), &reply, now);
    };
    const auto verified = verify_over({Fact::yes_legacy, vector.text("redisValue")});
    ASSERT_TRUE(verified);
    EXPECT_TRUE(verified->legacy.token_without_session);
    EXPECT_TRUE(verified->legacy.proof_without_jti);
    EXPECT_EQ(status_of(verify_over({Fact::missing, ""})), Status::session_revoked);
  }
  test::report_vectors({{"sessions", sessions.size()}});
}

TEST(GoldenVectors, ProofsAreGoodForTheirRequestAlone) {
  SWT_OPEN_VECTORS(file, kFile);
  const std::vector<test::Vector> proofs = file->root()["proofs"].items();
  ASSERT_FALSE(proofs.empty());
  for (const test::Vector& vector : proofs) {
    SCOPED_TRACE(vector.text("method") + ' ' + vector.text("url"));
    const std::string token = vector.text("token");
    const std::string jkt = vector.text("jkt");
    const std::string method = vector.text("method");
    const std::string url = vector.text("url");
    const int64_t now = vector["now"].number();
    const ProofExpectation expected{token, jkt, method, RequestTarget{url, std::nullopt}, now, true};
    const auto check = [&](const ProofExpectation& what) { return status_of(check_proof(vector.text("proof"), what)); };

    EXPECT_EQ(check(expected), Status::ok);
    EXPECT_TRUE(check_proof(vector.text("proof"), expected)->without_jti);
    ProofExpectation other = expected;
    other.accept_legacy = false;
    EXPECT_EQ(check(other), Status::proof_legacy);
    other = expected;
    other.method = "PATCH";
    EXPECT_EQ(check(other), Status::proof_method);
    other = expected;
    other.target.url = "/somewhere/else";
    EXPECT_EQ(check(other), Status::proof_url);
    other = expected;
    other.thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    EXPECT_EQ(check(other), Status::proof_binding);
    other = expected;
    other.now_s = now + 300;
    EXPECT_EQ(check(other), Status::ok);
    other.now_s = now + 301;
    EXPECT_EQ(check(other), Status::proof_time);
  }
  test::report_vectors({{"proofs", proofs.size()}});
}

TEST(GoldenVectors, ThumbprintsAreTheSame) {
  SWT_OPEN_VECTORS(file, kFile);
  const std::vector<test::Vector> thumbprints = file->root()["thumbprints"].items();
  ASSERT_FALSE(thumbprints.empty());
  for (const test::Vector& vector : thumbprints) {
    const auto key = read_and_check_client_key(vector["jwk"].json());
    ASSERT_TRUE(key);
    EXPECT_EQ(key->thumbprint, vector.text("jkt"));
  }
  test::report_vectors({{"thumbprints", thumbprints.size()}});
}

}  // namespace
}  // namespace swt
