// When a token is good, and what is looked at first.
#include <gtest/gtest.h>

#include <string>

#include "base/time.h"
#include "support/one_key.h"
#include "support/outcome.h"
#include "support/text.h"
#include "support/token_maker.h"
#include "token/codec.h"

namespace swt {
namespace {

using test::TokenMaker;

std::string header_with(int64_t exp) {
  return R"({"alg":"AES-256-GCM+HMAC","typ":"SWT","exp":)" + std::to_string(exp) + "}";
}

std::string payload_with(int64_t iat, int64_t exp) {
  return R"({"data":{"userId":"alice"},"iat":)" + std::to_string(iat) + R"(,"exp":)" + std::to_string(exp) + "}";
}

Status open(const std::string& token, int64_t now) {
  static const auto key = *TokenKey::from_secret(test::kSecret, test::kEncryptionSecret, ShortSecret::refuse);
  return test::status_of(open_token(*key, token, TokenType::access, now));
}

TEST(TokenTimes, ExpireInTheSecondOfExp) {
  const std::string token = TokenMaker().make(header_with(2000), payload_with(1000, 2000));
  EXPECT_EQ(open(token, 1000), Status::ok);
  EXPECT_EQ(open(token, 1999), Status::ok);
  EXPECT_EQ(open(token, 2000), Status::token_expired);
  EXPECT_EQ(open(token, 2001), Status::token_expired);
  EXPECT_EQ(open(token, kMaxSafeInteger), Status::token_expired);
}

TEST(TokenTimes, LastAsLongAsTheySay) {
  const std::string token = TokenMaker().make(header_with(kMaxSafeInteger), payload_with(0, kMaxSafeInteger));
  EXPECT_EQ(open(token, 0), Status::ok);
  EXPECT_EQ(open(token, kMaxSafeInteger / 1000), Status::ok);
}

TEST(TokenTimes, MayBeIssuedAheadByAsMuchAsAClockMayBeFast) {
  const std::string token = TokenMaker().make(header_with(2000), payload_with(1000, 2000));
  EXPECT_EQ(open(token, 1000 - kClockErrorS), Status::ok);
  EXPECT_EQ(open(token, 999 - kClockErrorS), Status::token_not_yet_valid);
  EXPECT_EQ(open(token, 0), Status::token_not_yet_valid);
}

// Before anything costs a MAC.
TEST(TokenTimes, ThatEverybodyCanReadRefuseInTheSecondOfExpToo) {
  const TokenMaker stranger{std::string(test::kOtherSecret), std::string(test::kEncryptionSecret)};
  const std::string token = stranger.make(header_with(2000), payload_with(1000, 2000));
  EXPECT_EQ(open(token, 1999), Status::token_authentication);
  EXPECT_EQ(open(token, 2000), Status::token_expired);
}

// The header can be read by everybody, and only ever refuses early.
TEST(TokenTimes, OfHeaderAndPayloadAreTheSame) {
  const TokenMaker maker;
  EXPECT_EQ(open(maker.make(header_with(2000), payload_with(1000, 2000)), 1500), Status::ok);
  EXPECT_EQ(open(maker.make(header_with(3000), payload_with(1000, 2000)), 1500), Status::token_claims);
  EXPECT_EQ(open(maker.make(header_with(3000), payload_with(1000, 2000)), 2500), Status::token_claims);
  EXPECT_EQ(open(maker.make(header_with(2000), payload_with(1000, 3000)), 1500), Status::token_claims);
  EXPECT_EQ(open(maker.make(header_with(2000), payload_with(1000, 3000)), 2500), Status::token_expired);
}

TEST(TokenTimes, OfAForgedHeaderProlongNothing) {
  const std::string token = TokenMaker().make(header_with(2000), payload_with(1000, 2000));
  const std::string forged = test::base64url_of(header_with(9000)) + token.substr(token.find('.'));
  EXPECT_EQ(open(forged, 1500), Status::token_authentication);
  EXPECT_EQ(open(forged, 2500), Status::token_authentication);
}

TEST(TokenTimes, AreJudgedOnTheirOwnTheSameWay) {
  Claims claims;
  claims.issued_at = 1000;
  claims.expires_at = 2000;
  EXPECT_EQ(test::status_of(judge_times(claims, 1999)), Status::ok);
  EXPECT_EQ(test::status_of(judge_times(claims, 2000)), Status::token_expired);
  EXPECT_EQ(test::status_of(judge_times(claims, 1000 - kClockErrorS)), Status::ok);
  EXPECT_EQ(test::status_of(judge_times(claims, 999 - kClockErrorS)), Status::token_not_yet_valid);
}

// Cheapest first: an expired token costs no MAC, and an unsigned one is never decrypted.
TEST(TokenOrder, IsShapeThenAlgorithmThenTypeThenExpiryThenSignatureThenClaims) {
  const TokenMaker stranger{std::string(test::kOtherSecret), std::string(test::kEncryptionSecret)};
  EXPECT_EQ(open("x." + stranger.make(header_with(2000), "{}"), 1500), Status::token_malformed);
  EXPECT_EQ(open(stranger.make(R"({"alg":"x","typ":"SWT-Refresh","exp":1})", "{}"), 1500), Status::token_algorithm);
  EXPECT_EQ(open(stranger.make(R"({"alg":"AES-256-GCM+HMAC","typ":"SWT-Refresh","exp":1})", "{}"), 1500),
            Status::token_type);
  EXPECT_EQ(open(stranger.make(header_with(1), "{}"), 1500), Status::token_expired);
  EXPECT_EQ(open(stranger.make(header_with(2000), "{}"), 1500), Status::token_authentication);
  EXPECT_EQ(open(TokenMaker().make(header_with(2000), "{}"), 1500), Status::token_claims);
}

TEST(TokenOrder, ChecksTheSignatureBeforeItDecrypts) {
  // Not even long enough to be decrypted; with a bad signature that does not come up.
  const TokenMaker stranger{std::string(test::kOtherSecret), ""};
  const std::string header = test::base64url_of(header_with(2000));
  EXPECT_EQ(open(stranger.sign_parts(header, "AAAA"), 1500), Status::token_authentication);
  EXPECT_EQ(open(stranger.sign_parts(header, "A+=!"), 1500), Status::token_authentication);
  EXPECT_EQ(open(TokenMaker().sign_parts(header, "AAAA"), 1500), Status::token_malformed);
}

TEST(TokenPayload, ThatIsNoPayloadIsRefusedThoughItIsAuthentic) {
  const TokenMaker maker;
  for (const std::string& payload :
       {std::string("not JSON"), std::string("[]"), std::string("\"text\""), std::string("1"), std::string(64, '\0'),
        std::string("{"), payload_with(1000, 2000) + '\0', payload_with(1000, 2000) + payload_with(1000, 2000)}) {
    EXPECT_EQ(open(maker.make(header_with(2000), payload), 1500), Status::token_claims) << payload;
  }
  EXPECT_EQ(open(maker.make(header_with(2000), ""), 1500), Status::token_malformed);
}

}  // namespace
}  // namespace swt
