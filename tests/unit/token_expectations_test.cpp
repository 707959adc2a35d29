// What a caller expects of a token, beyond being good.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/time.h"
#include "support/outcome.h"
#include "token/codec.h"
#include "token/expectations.h"

namespace swt {
namespace {

using Names = std::vector<std::string>;
using Views = std::vector<std::string_view>;

constexpr int64_t kNowS = 1800000000;

Claims claims_with(const Names& audiences, std::string_view issuer = "", std::string_view subject = "") {
  Claims claims;
  claims.audiences = audiences;
  claims.issuer = issuer;
  claims.subject = subject;
  claims.issued_at = kNowS - 100;
  claims.expires_at = kNowS + 100;
  return claims;
}

Status judge(const Claims& claims, const Expectations& expected, int64_t now_s = kNowS) {
  return test::status_of(judge_claims(claims, expected, now_s));
}

Status check(const Expectations& expected) { return test::status_of(check_expectations(expected)); }

Expectations expecting(const Views& audiences, const Views& issuers = {}, std::string_view subject = "") {
  return {audiences, issuers, subject, 0, 0};
}

TEST(Expectations, OfNothingTakeATokenOfNobodyInParticular) {
  EXPECT_EQ(judge(claims_with({}), {}), Status::ok);
  EXPECT_EQ(judge(claims_with({}, "issuer", "subject"), {}), Status::ok);
}

// RFC 7519 section 4.1.3: whoever does not find itself in aud must refuse.
TEST(Expectations, OfNoAudienceRefuseATokenThatHasOne) {
  EXPECT_EQ(judge(claims_with({"api"}), {}), Status::token_audience);
  EXPECT_EQ(judge(claims_with({"api"}), expecting({}, {}, "")), Status::token_audience);
}

TEST(Expectations, OfAudiencesTakeATokenForOneOfThem) {
  EXPECT_EQ(judge(claims_with({"api"}), expecting({"api"})), Status::ok);
  EXPECT_EQ(judge(claims_with({"other", "api"}), expecting({"api"})), Status::ok);
  EXPECT_EQ(judge(claims_with({"api"}), expecting({"other", "api"})), Status::ok);
  EXPECT_EQ(judge(claims_with({"a", "b"}), expecting({"c", "b"})), Status::ok);
}

TEST(Expectations, OfAudiencesRefuseATokenForOthersOrForNobody) {
  EXPECT_EQ(judge(claims_with({}), expecting({"api"})), Status::token_audience);
  EXPECT_EQ(judge(claims_with({"a", "b"}), expecting({"c", "d"})), Status::token_audience);
  for (const std::string near : {"API", "api ", " api", "ap", "api/", "apis"}) {
    EXPECT_EQ(judge(claims_with({near}), expecting({"api"})), Status::token_audience) << near;
  }
}

TEST(Expectations, OfIssuersTakeATokenOfOneOfThem) {
  EXPECT_EQ(judge(claims_with({}, "a"), expecting({}, {"a"})), Status::ok);
  EXPECT_EQ(judge(claims_with({}, "b"), expecting({}, {"a", "b"})), Status::ok);
  EXPECT_EQ(judge(claims_with({}, "c"), expecting({}, {"a", "b"})), Status::token_issuer);
  EXPECT_EQ(judge(claims_with({}, "A"), expecting({}, {"a"})), Status::token_issuer);
  EXPECT_EQ(judge(claims_with({}), expecting({}, {"a"})), Status::token_issuer) << "one without an issuer is of none";
}

TEST(Expectations, OfASubjectTakeATokenAboutIt) {
  EXPECT_EQ(judge(claims_with({}, "", "s"), expecting({}, {}, "s")), Status::ok);
  EXPECT_EQ(judge(claims_with({}, "", "S"), expecting({}, {}, "s")), Status::token_subject);
  EXPECT_EQ(judge(claims_with({}), expecting({}, {}, "s")), Status::token_subject);
}

TEST(Expectations, AllCount) {
  for (int bits = 0; bits < 8; ++bits) {
    const Claims claims =
        claims_with({(bits & 1) != 0 ? "aud" : "x"}, (bits & 2) != 0 ? "iss" : "x", (bits & 4) != 0 ? "sub" : "x");
    const Status status = judge(claims, expecting({"aud"}, {"iss"}, "sub"));
    EXPECT_EQ(status == Status::ok, bits == 7) << bits;
  }
}

TEST(Expectations, OfAnAgeTakeATokenThatIsNoOlder) {
  const auto at_age = [](int64_t age_s, int64_t max_age_s, int64_t leeway_s = 0) {
    Expectations expected;
    expected.max_age_s = max_age_s;
    expected.leeway_s = leeway_s;
    return judge(claims_with({}), expected, kNowS - 100 + age_s);
  };
  EXPECT_EQ(at_age(60, 60), Status::ok);
  EXPECT_EQ(at_age(61, 60), Status::token_age);
  EXPECT_EQ(at_age(1, 1), Status::ok);
  EXPECT_EQ(at_age(2, 1), Status::token_age);
  EXPECT_EQ(at_age(90, 60, 30), Status::ok);
  EXPECT_EQ(at_age(91, 60, 30), Status::token_age);
  EXPECT_EQ(at_age(100000000, 0), Status::ok) << "0 sets no limit";
  EXPECT_EQ(at_age(100000000, kMaxSafeInteger, 300), Status::ok);
  EXPECT_EQ(at_age(-60, 1), Status::ok) << "a clock that is ahead made it";
}

TEST(Expectations, HaveNamesOfOneTo256Bytes) {
  const std::string longest(256, 'x');
  const std::string longer(257, 'x');
  EXPECT_EQ(check(expecting({longest}, {longest}, longest)), Status::ok);
  EXPECT_EQ(check(expecting({"a", longer})), Status::argument);
  EXPECT_EQ(check(expecting({}, {"a", longer})), Status::argument);
  EXPECT_EQ(check(expecting({}, {}, longer)), Status::argument);
  EXPECT_EQ(check(expecting({"a", ""})), Status::argument);
  EXPECT_EQ(check(expecting({}, {"a", ""})), Status::argument);
  EXPECT_EQ(check(expecting({"\xff"})), Status::argument);
  EXPECT_EQ(check(expecting({}, {"\xff"})), Status::argument);
  EXPECT_EQ(check(expecting({}, {}, "\xff")), Status::argument);
}

TEST(Expectations, HaveALeewayOfUpTo300Seconds) {
  const auto with_leeway = [](int64_t leeway_s) {
    Expectations expected;
    expected.leeway_s = leeway_s;
    return check(expected);
  };
  EXPECT_EQ(with_leeway(0), Status::ok);
  EXPECT_EQ(with_leeway(300), Status::ok);
  for (const int64_t bad : {int64_t{-1}, int64_t{301}, INT64_MIN, INT64_MAX}) {
    EXPECT_EQ(with_leeway(bad), Status::argument) << bad;
  }
}

TEST(Expectations, HaveAnAgeThatIsOne) {
  const auto with_age = [](int64_t age_s) {
    Expectations expected;
    expected.max_age_s = age_s;
    return check(expected);
  };
  EXPECT_EQ(with_age(0), Status::ok);
  EXPECT_EQ(with_age(kMaxSafeInteger), Status::ok);
  for (const int64_t bad : {int64_t{-1}, kMaxSafeInteger + 1, INT64_MIN, INT64_MAX}) {
    EXPECT_EQ(with_age(bad), Status::argument) << bad;
  }
}

TEST(Leeway, LetsATokenLiveThatMuchLonger) {
  const auto expired_for = [](int64_t seconds, int64_t leeway_s) {
    return test::status_of(judge_times(claims_with({}), kNowS + 100 + seconds, leeway_s));
  };
  EXPECT_EQ(expired_for(-1, 0), Status::ok);
  EXPECT_EQ(expired_for(0, 0), Status::token_expired);
  EXPECT_EQ(expired_for(0, 1), Status::ok);
  EXPECT_EQ(expired_for(1, 1), Status::token_expired);
  EXPECT_EQ(expired_for(299, 300), Status::ok);
  EXPECT_EQ(expired_for(300, 300), Status::token_expired);
}

TEST(Leeway, DoesNotLetATokenBeMadeLater) {
  const auto issued_in = [](int64_t seconds, int64_t leeway_s) {
    return test::status_of(judge_times(claims_with({}), kNowS - 100 - seconds, leeway_s));
  };
  EXPECT_EQ(issued_in(300, 300), Status::ok);
  EXPECT_EQ(issued_in(301, 300), Status::token_not_yet_valid);
}

}  // namespace
}  // namespace swt
