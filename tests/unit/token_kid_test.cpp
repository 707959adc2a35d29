// Tokens among several keys: sealed by one, opened by exactly that one.
#include <gtest/gtest.h>

#include <string>

#include "support/outcome.h"
#include "support/ring.h"
#include "support/token_maker.h"
#include "token/codec.h"

namespace swt {
namespace {

using test::ec_key;
using test::ec_public_key;
using test::rsa_key;
using test::rsa_public_key;
using test::secret_key;
using test::SharedKey;
using test::status_of;

constexpr int64_t kNowS = 1800000000;
constexpr std::string_view kData = R"({"userId":"alice"})";

Claims claims_of_alice() {
  Claims claims;
  claims.user_id = R"("alice")";
  claims.token_id = "id";
  claims.issued_at = kNowS;
  claims.expires_at = kNowS + 900;
  return claims;
}

std::string sealed_by(const SharedKey& key, const std::string& kid) {
  return *seal_token(RingKey{kid, key, kNoEnd}, claims_of_alice(), kData);
}

KeyRing ring_with(const SharedKey& key, std::string_view kid) {
  KeyRing ring;
  EXPECT_TRUE(ring.accept(key, kid, kNoEnd));
  return ring;
}

Result<OpenedToken> open(const KeyRing& ring, std::string_view token) {
  return open_token(ring, token, TokenType::access, kNowS);
}

std::string header_of(std::string_view token) { return test::from_base64url(token.substr(0, token.find('.'))); }

// The same signed payload under a header of another text. Signed anew by whoever has the key.
std::string with_header(std::string_view token, std::string_view header, const test::KeyPair& pair) {
  const std::string_view sealed = signed_part(token).substr(token.find('.'));
  const std::string text = test::base64url_of(header) + std::string(sealed);
  return text + '.' + test::base64url_of(pair.sign(text));
}

TEST(KeyedToken, SaysItsKidInTheHeaderAndNowhereElse) {
  const std::string token = sealed_by(secret_key(1), "2026-11");
  EXPECT_EQ(header_of(token), R"({"alg":"AES-256-GCM+HMAC","typ":"SWT","exp":1800000900,"kid":"2026-11"})");
  const auto opened = open(ring_with(secret_key(1), "2026-11"), token);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->key_id, "2026-11");
  EXPECT_EQ(opened->payload.find("2026-11"), std::string::npos);
}

TEST(KeyedToken, OfTheOneKeySaysNone) {
  const std::string token = sealed_by(secret_key(1), "");
  EXPECT_EQ(header_of(token), R"({"alg":"AES-256-GCM+HMAC","typ":"SWT","exp":1800000900})");
  EXPECT_EQ(open(KeyRing::of_one(secret_key(1)), token)->key_id, "");
}

TEST(KeyedToken, IsNotTriedWithTheRightKeyUnderAnotherName) {
  KeyRing ring = ring_with(secret_key(2), "a");
  EXPECT_TRUE(ring.accept(secret_key(1), "b", kNoEnd));
  EXPECT_EQ(status_of(open(ring, sealed_by(secret_key(1), "b"))), Status::ok);
  EXPECT_EQ(status_of(open(ring, sealed_by(secret_key(1), "a"))), Status::token_authentication);
  EXPECT_EQ(status_of(open(ring, sealed_by(secret_key(1), "c"))), Status::token_key);
}

TEST(KeyedToken, FromBeforeTheRingIsFoundAmongItsKeysWhereverThatStands) {
  for (int signer = 0; signer < 4; ++signer) {
    KeyRing ring;
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(ring.accept(secret_key(i), 'k' + std::to_string(i), kNoEnd));
    const auto opened = open(ring, sealed_by(secret_key(signer), ""));
    ASSERT_TRUE(opened) << signer;
    EXPECT_EQ(opened->key_id, 'k' + std::to_string(signer)) << "the ring's name of it";
  }
}

TEST(KeyedToken, OfAKeyThatIsNotInTheRingIsRefused) {
  KeyRing ring;
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(ring.accept(secret_key(i), 'k' + std::to_string(i), kNoEnd));
  EXPECT_EQ(status_of(open(ring, sealed_by(secret_key(4), ""))), Status::token_authentication);
}

TEST(KeyedToken, IsRefusedFromTheEndOfItsKeyOn) {
  KeyRing ring;
  EXPECT_TRUE(ring.accept(secret_key(1), "old", (kNowS + 10) * 1000));
  for (const std::string kid : {"old", ""}) {
    const std::string token = sealed_by(secret_key(1), kid);
    EXPECT_EQ(status_of(open_token(ring, token, TokenType::access, kNowS + 9)), Status::ok);
    EXPECT_EQ(status_of(open_token(ring, token, TokenType::access, kNowS + 10)), Status::token_key);
    EXPECT_EQ(status_of(open_token(ring, token, TokenType::access, kNowS + 10, 300)), Status::token_key)
        << "leeway is for tokens, not for keys";
  }
}

TEST(KeyedToken, IsSealedAndOpenedByEveryKindOfKey) {
  const std::pair<SharedKey, SharedKey> pairs[] = {
      {secret_key(1), secret_key(1)}, {rsa_key(), rsa_public_key()}, {ec_key(), ec_public_key()}};
  const char* const algorithms[] = {"AES-256-GCM+HMAC", "RS256", "ES256"};
  for (size_t i = 0; i < 3; ++i) {
    const std::string token = sealed_by(pairs[i].first, "k");
    EXPECT_NE(header_of(token).find(std::string(R"({"alg":")") + algorithms[i] + '"'), std::string::npos);
    EXPECT_EQ(status_of(open(ring_with(pairs[i].first, "k"), token)), Status::ok) << algorithms[i];
    EXPECT_EQ(status_of(open(ring_with(pairs[i].second, "k"), token)), Status::ok) << algorithms[i];
    EXPECT_EQ(status_of(open(KeyRing::of_one(pairs[i].second), token)), Status::ok) << algorithms[i];
  }
}

TEST(KeyedToken, IsNotSealedByAPublicKey) {
  for (const SharedKey& key : {rsa_public_key(), ec_public_key()}) {
    EXPECT_EQ(status_of(seal_token(RingKey{"k", key, kNoEnd}, claims_of_alice(), kData)), Status::key);
  }
}

TEST(KeyedToken, OfOneAlgorithmIsNotOpenedByAKeyOfAnother) {
  const SharedKey keys[] = {secret_key(1), rsa_key(), ec_key()};
  for (const SharedKey& signer : keys) {
    const std::string token = sealed_by(signer, "k");
    for (const SharedKey& key : keys) {
      if (key->algorithm() == signer->algorithm()) continue;
      for (const KeyRing& ring : {ring_with(key, "k"), KeyRing::of_one(key)})
        EXPECT_NE(status_of(open(ring, token)), Status::ok);
    }
  }
  EXPECT_EQ(status_of(open(ring_with(rsa_key(), "k"), sealed_by(secret_key(1), "k"))), Status::token_algorithm);
  EXPECT_EQ(status_of(open(ring_with(secret_key(1), "k"), sealed_by(rsa_key(), "k"))), Status::token_algorithm);
}

// 3.0.1 signs with whatever key it has and writes RS256.
TEST(KeyedToken, OfAnEcKeyThatSaysRs256IsOpened) {
  const std::string token =
      with_header(sealed_by(ec_key(), ""), R"({"alg":"RS256","typ":"SWT","exp":1800000900})", test::ec_pair());
  EXPECT_EQ(status_of(open(KeyRing::of_one(ec_public_key()), token)), Status::ok);
  KeyRing ring = ring_with(rsa_public_key(), "rsa");
  EXPECT_TRUE(ring.accept(ec_public_key(), "ec", kNoEnd));
  const auto opened = open(ring, token);
  ASSERT_TRUE(opened) << "tried with the RSA key first";
  EXPECT_EQ(opened->key_id, "ec");
}

TEST(KeyedToken, OfAnRsaKeyThatSaysEs256IsRefused) {
  constexpr std::string_view kHeader = R"({"alg":"ES256","typ":"SWT","exp":1800000900})";
  const std::string token = with_header(sealed_by(rsa_key(), ""), kHeader, test::rsa_pair());
  EXPECT_EQ(status_of(open(KeyRing::of_one(rsa_public_key()), token)), Status::token_algorithm);
  EXPECT_EQ(status_of(open(ring_with(rsa_public_key(), "k"), token)), Status::token_algorithm);
  EXPECT_EQ(status_of(open(KeyRing::of_one(rsa_public_key()), sealed_by(rsa_key(), ""))), Status::ok);
}

// The oldest trick: the public key's own text as an HMAC secret.
TEST(KeyedToken, WhoseMacIsKeyedByThePublicKeyIsRefused) {
  for (const auto& [pair, key] :
       {std::pair(&test::rsa_pair(), rsa_public_key()), {&test::ec_pair(), ec_public_key()}}) {
    for (const std::string& secret : {pair->public_pem(), pair->public_der()}) {
      test::TokenMaker maker;
      maker.secret = secret;
      for (const std::string alg : {"AES-256-GCM+HMAC", "RS256", "ES256", "HS256", "none"}) {
        const std::string token =
            maker.make(R"({"alg":")" + alg + R"(","typ":"SWT","exp":1800000900})",
                       R"({"data":{"userId":"alice"},"iat":1800000000,"exp":1800000900,"jti":"x"})");
        EXPECT_NE(status_of(open(KeyRing::of_one(key), token)), Status::ok) << alg;
      }
    }
  }
}

TEST(KeyedToken, OfEitherTypeIsOpenedWhereTheTypeIsNotAsked) {
  Claims claims = claims_of_alice();
  const KeyRing ring = ring_with(secret_key(1), "k");
  claims.type = TokenType::refresh;
  const std::string refresh = *seal_token(RingKey{"k", secret_key(1), kNoEnd}, claims, kData);
  EXPECT_EQ(status_of(open(ring, refresh)), Status::token_type);
  EXPECT_EQ(status_of(open_any_token(ring, refresh, kNowS)), Status::ok);
  EXPECT_EQ(status_of(open_any_token(ring, sealed_by(secret_key(1), "k"), kNowS)), Status::ok);
  EXPECT_EQ(status_of(open_any_token(ring, refresh, kNowS + 900)), Status::token_expired);
}

TEST(KeyedToken, WithAKidOf128CharactersFitsItsHeader) {
  const std::string kid(128, 'k');
  EXPECT_EQ(status_of(open(ring_with(secret_key(1), kid), sealed_by(secret_key(1), kid))), Status::ok);
}

TEST(SignedPart, IsTheTokenWithoutItsSignature) {
  EXPECT_EQ(signed_part("h.p.s"), "h.p");
  EXPECT_EQ(signed_part("h.p."), "h.p");
  EXPECT_EQ(signed_part("no dots"), "no dots");
  EXPECT_EQ(signed_part(""), "");
}

}  // namespace
}  // namespace swt
