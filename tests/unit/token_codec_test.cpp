// Tokens as text: made, opened, and taken apart by somebody else.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/time.h"
#include "support/one_key.h"
#include "support/outcome.h"
#include "support/text.h"
#include "support/token_maker.h"
#include "token/codec.h"

namespace swt {
namespace {

using test::base64url_of;
using test::repeated;
using test::replaced;
using test::TokenMaker;

constexpr int64_t kNow = 1799999500;

constexpr std::string_view kHeader = R"({"alg":"AES-256-GCM+HMAC","typ":"SWT","exp":1800000000})";
constexpr std::string_view kRefreshHeader = R"({"alg":"AES-256-GCM+HMAC","typ":"SWT-Refresh","exp":1800000000})";
constexpr std::string_view kPayload = R"({"data":{"userId":"alice"},"iat":1799999000,"exp":1800000000})";
constexpr std::string_view kRefreshPayload =
    R"({"data":{"userId":"alice"},"iat":1799999000,"exp":1800000000,"isRefresh":true})";

const TokenKey& key() {
  static const auto made = *TokenKey::from_secret(test::kSecret, test::kEncryptionSecret, ShortSecret::refuse);
  return *made;
}

Status open(std::string_view token, TokenType type = TokenType::access, int64_t now = kNow) {
  return test::status_of(open_token(key(), token, type, now));
}

std::string good_token() { return TokenMaker().make(kHeader, kPayload); }

TEST(Token, MadeElsewhereByTheSameRulesIsOpened) {
  const auto opened = open_token(key(), good_token(), TokenType::access, kNow);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->payload, kPayload);
  EXPECT_EQ(opened->claims.user_id, R"("alice")");
}

TEST(Token, IsOpenedAsItWasSealed) {
  Claims claims;
  claims.issued_at = 1799999000;
  claims.expires_at = 1800000000;
  claims.token_id = "id";
  const auto token = seal_token(key(), claims, R"({"userId":"alice"})");
  ASSERT_TRUE(token);
  const auto opened = open_token(key(), *token, TokenType::access, kNow);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->payload, write_payload(claims, R"({"userId":"alice"})"));
}

TEST(Token, SealedTwiceIsTwoTokens) {
  Claims claims;
  claims.expires_at = 2;
  claims.token_id = "id";
  EXPECT_NE(*seal_token(key(), claims, R"({"userId":1})"), *seal_token(key(), claims, R"({"userId":1})"));
}

TEST(Token, WithTheMostDataFitsIntoItsLimit) {
  Claims claims;
  claims.thumbprint = std::string(43, 'A');
  claims.session_id = std::string(36, 'a');
  claims.token_id = std::string(22, 'a');
  claims.issued_at = kMaxSafeInteger - 1;
  claims.expires_at = kMaxSafeInteger;
  claims.type = TokenType::refresh;
  const auto token =
      seal_token(key(), claims, R"({"userId":"alice","a":")" + std::string(kMaxDataSize - 25, 'x') + R"("})");
  ASSERT_TRUE(token);
  EXPECT_LE(token->size(), kMaxTokenSize);
}

TEST(Token, WithAnySingleCharacterChangedIsRefused) {
  const std::string good = good_token();
  ASSERT_EQ(open(good), Status::ok);
  for (size_t place = 0; place < good.size(); ++place) {
    for (const char c : std::string_view("AQZabz059-_.+/= \n\x80")) {
      if (good[place] == c) continue;
      std::string bad = good;
      bad[place] = c;
      EXPECT_NE(open(bad), Status::ok) << "character " << int{c} << " at " << place;
    }
  }
}

TEST(Token, WithACharacterMoreOrLessIsRefused) {
  const std::string good = good_token();
  for (size_t place = 0; place <= good.size(); ++place) {
    EXPECT_NE(open(good.substr(0, place) + 'A' + good.substr(place)), Status::ok) << place;
    EXPECT_NE(open(good.substr(0, place) + '.' + good.substr(place)), Status::ok) << place;
  }
  for (size_t place = 0; place < good.size(); ++place) {
    EXPECT_NE(open(good.substr(0, place) + good.substr(place + 1)), Status::ok) << place;
    EXPECT_NE(open(good.substr(0, place)), Status::ok) << place;
  }
}

TEST(Token, HasExactlyThreePartsAndNoneIsEmpty) {
  const std::string good = good_token();
  const std::string header = good.substr(0, good.find('.'));
  const std::string rest = good.substr(good.find('.') + 1);
  const std::string sealed = rest.substr(0, rest.find('.'));
  const std::string signature = rest.substr(rest.find('.') + 1);
  ASSERT_EQ(open(header + '.' + sealed + '.' + signature), Status::ok);
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".."), std::string("..."), std::string(12000, '.'), header,
        header + '.' + sealed, header + '.' + sealed + '.', '.' + sealed + '.' + signature, header + ".." + signature,
        header + '.' + sealed + '.' + signature + '.', header + '.' + sealed + '.' + signature + '.' + signature,
        '.' + good, header + '.' + sealed + ".." + signature, std::string("a.b.c.d.e")}) {
    EXPECT_EQ(open(bad), Status::token_malformed) << bad.substr(0, 40);
  }
}

TEST(Token, HasNothingAroundIt) {
  const std::string good = good_token();
  for (const std::string& bad : {' ' + good, good + ' ', good + "\r\n", good + '\0', '\0' + good, good + good,
                                 good + ',' + good, "Bearer " + good, '"' + good + '"'}) {
    EXPECT_EQ(open(bad), Status::token_malformed);
  }
}

TEST(Token, OfMoreThanItsLimitIsRefusedUnread) {
  const TokenMaker maker;
  // A payload that is padded with white space, so that everything else about it is right.
  const auto of_size = [&](size_t spaces) {
    return maker.make(kHeader, std::string(kPayload) + std::string(spaces, ' '));
  };
  size_t spaces = 8990;
  while (of_size(spaces + 1).size() <= kMaxTokenSize) ++spaces;
  EXPECT_GT(of_size(spaces).size(), kMaxTokenSize - 4);
  EXPECT_EQ(open(of_size(spaces)), Status::ok);
  EXPECT_EQ(open(of_size(spaces + 1)), Status::token_malformed);
  EXPECT_EQ(open(std::string(1 << 20, 'A')), Status::token_malformed);
  EXPECT_EQ(open(std::string(1 << 20, '.')), Status::token_malformed);
}

TEST(Token, WithAHeaderOfMoreThanItsLimitIsRefused) {
  const TokenMaker maker;
  const auto with_spaces = [&](size_t spaces) {
    return maker.make(std::string(kHeader) + std::string(spaces, ' '), kPayload);
  };
  EXPECT_EQ(open(with_spaces(512 - kHeader.size())), Status::ok);
  EXPECT_EQ(open(with_spaces(513 - kHeader.size())), Status::token_malformed);
}

TEST(Token, WhosePartsArePaddedOrOfPlainBase64IsRefused) {
  const TokenMaker maker;
  const std::string header = base64url_of(std::string(kHeader) + ' ');
  const std::string sealed =
      base64url_of(test::aes_256_gcm_seal(test::sha256_of(test::kEncryptionSecret), std::string(12, '\xff'), kPayload));
  ASSERT_EQ(open(maker.sign_parts(header, sealed)), Status::ok);
  ASSERT_NE(sealed.find('_'), std::string::npos);
  std::string plain = sealed;
  std::replace(plain.begin(), plain.end(), '_', '/');
  EXPECT_EQ(open(maker.sign_parts(header, plain)), Status::token_malformed);
  EXPECT_EQ(open(maker.sign_parts(header + "=", sealed)), Status::token_malformed);
  EXPECT_EQ(open(maker.sign_parts(header + "==", sealed)), Status::token_malformed);
  EXPECT_EQ(open(maker.sign_parts(header, sealed + "=")), Status::token_malformed);
  EXPECT_EQ(open(maker.sign_parts(header, sealed) + "="), Status::token_malformed);
}

// 43 characters hold 258 bits: the last one has two that nobody reads.
TEST(Token, WhoseSignatureDiffersInUnusedBitsOnlyIsRefused) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const std::string good = good_token();
  const size_t last = kAlphabet.find(good.back());
  ASSERT_EQ(last % 4, 0u);
  for (size_t twin = 1; twin < 4; ++twin) {
    std::string bad = good;
    bad.back() = kAlphabet[last + twin];
    EXPECT_EQ(open(bad), Status::token_malformed);
  }
}

TEST(Token, WithASignatureOfAnotherLengthIsRefused) {
  const std::string good = good_token();
  const std::string text = good.substr(0, good.rfind('.') + 1);
  const std::string mac = test::from_base64url(good.substr(text.size()));
  for (const size_t size : {1, 16, 31}) {
    EXPECT_EQ(open(text + base64url_of(mac.substr(0, size))), Status::token_authentication) << size;
  }
  EXPECT_EQ(open(text + base64url_of(mac + '\0')), Status::token_authentication);
  EXPECT_EQ(open(text + base64url_of(mac + mac)), Status::token_authentication);
  EXPECT_EQ(open(text + base64url_of(std::string(1024, 'x'))), Status::token_authentication);
  EXPECT_EQ(open(text + base64url_of(std::string(1025, 'x'))), Status::token_malformed);
}

TEST(Token, TooShortForIvTagAndOneByteIsRefused) {
  const TokenMaker maker;
  for (const size_t size : {1, 12, 27, 28}) {
    EXPECT_EQ(open(maker.sign_parts(base64url_of(kHeader), base64url_of(std::string(size, 'x')))),
              Status::token_malformed)
        << size;
  }
  EXPECT_EQ(open(maker.sign_parts(base64url_of(kHeader), base64url_of(std::string(29, 'x')))),
            Status::token_authentication);
}

TEST(Token, OfAnotherSecretIsRefused) {
  EXPECT_EQ(
      open(TokenMaker{std::string(test::kOtherSecret), std::string(test::kEncryptionSecret)}.make(kHeader, kPayload)),
      Status::token_authentication);
  EXPECT_EQ(open(TokenMaker{std::string(test::kSecret), std::string(test::kOtherSecret)}.make(kHeader, kPayload)),
            Status::token_authentication);
}

TEST(Token, WithPartsOfTwoGoodTokensIsRefused) {
  const std::string one = good_token();
  const std::string two = good_token();
  ASSERT_NE(one, two);
  const size_t signature = one.rfind('.');
  EXPECT_EQ(open(one.substr(0, signature) + two.substr(two.rfind('.'))), Status::token_authentication);
}

// Both have the same MAC formula, so only alg and typ keep them apart.
TEST(Token, ThatIsAJwtOfTheSameSecretIsRefused) {
  const TokenMaker maker;
  EXPECT_EQ(open(maker.sign_parts(base64url_of(R"({"alg":"HS256","typ":"JWT"})"), base64url_of(kPayload))),
            Status::token_malformed);
  EXPECT_EQ(
      open(maker.sign_parts(base64url_of(R"({"alg":"HS256","typ":"SWT","exp":1800000000})"), base64url_of(kPayload))),
      Status::token_algorithm);
}

TEST(Token, OfAnotherKindAltogetherIsRefused) {
  EXPECT_EQ(open("v2.local.lClhzVOuseCWYep44qbA8rmXry66lUupyENijX37_I_z34EiOlfyuwqIIhOjF-e9m2J-Qs17Gs-BpjpLlh3zf-"
                 "J37n7YGHqMBV6G5xD2aeIKpck6rhfwHpGF38L7ryYuzuUeqmPg8XozSfU4PuPp9o8"),
            Status::token_malformed);
  EXPECT_EQ(open("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aaaaaaaaaaaaaaaa.bbbb.cccccccccccccccccccccc"),
            Status::token_malformed);
  EXPECT_EQ(open(R"({"payload":"eyJ1c2VySWQiOiJhbGljZSJ9","signatures":[]})"), Status::token_malformed);
}

TEST(Token, WhoseAlgorithmIsNotExactlyItsKeysIsRefused) {
  for (const std::string_view alg : {"none", "NONE", "nOnE", "aes-256-gcm+hmac", "AES-256-GCM+HMAC ",
                                     " AES-256-GCM+HMAC", "AES-128-GCM+HMAC", "AES-256-GCM", "AES-256-GCM+HMA",
                                     "AES-256-GCM+HMACC", "HS256", "PS256", "RS256", "RS512", "ES256", "dir", "x"}) {
    const std::string header = replaced(std::string(kHeader), "AES-256-GCM+HMAC", alg);
    EXPECT_EQ(open(TokenMaker().make(header, kPayload)), Status::token_algorithm) << alg;
  }
  EXPECT_EQ(open(TokenMaker().make(replaced(std::string(kHeader), "AES", "AES\\u0000"), kPayload)),
            Status::token_malformed);
  EXPECT_EQ(open(TokenMaker().make(replaced(std::string(kHeader), "AES", "\\u0041ES"), kPayload)), Status::ok);
}

TEST(Token, OfTheOtherTypeIsRefusedInBothDirections) {
  const TokenMaker maker;
  const std::string access = maker.make(kHeader, kPayload);
  const std::string refresh = maker.make(kRefreshHeader, kRefreshPayload);
  EXPECT_EQ(open(access, TokenType::access), Status::ok);
  EXPECT_EQ(open(refresh, TokenType::refresh), Status::ok);
  EXPECT_EQ(open(refresh, TokenType::access), Status::token_type);
  EXPECT_EQ(open(access, TokenType::refresh), Status::token_type);
}

TEST(Token, WhoseHeaderAndPayloadDisagreeAboutItsTypeIsRefusedEverywhere) {
  const TokenMaker maker;
  for (const TokenType type : {TokenType::access, TokenType::refresh}) {
    EXPECT_EQ(open(maker.make(kHeader, kRefreshPayload), type), Status::token_type);
    EXPECT_EQ(open(maker.make(kRefreshHeader, kPayload), type), Status::token_type);
  }
}

}  // namespace
}  // namespace swt
