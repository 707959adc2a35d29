#include <gtest/gtest.h>

#include <cctype>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/status.h"
#include "support/outcome.h"
#include "swt/swt.h"

namespace swt {
namespace {

struct Known {
  int32_t number;
  std::string_view name;
};

// Programs store the numbers and grep their logs for the names: neither may ever change.
constexpr Known kKnown[] = {
    {0, "ok"},
    {101, "argument"},
    {102, "state"},
    {103, "unsupported"},
    {104, "handle"},
    {105, "key"},
    {106, "secret_too_short"},
    {107, "user_id"},
    {108, "data"},
    {109, "data_too_large"},
    {110, "lifetime"},
    {111, "client_key"},
    {112, "store_required"},
    {113, "key_id"},
    {201, "token_malformed"},
    {202, "token_algorithm"},
    {203, "token_key"},
    {204, "token_authentication"},
    {205, "token_expired"},
    {206, "token_not_yet_valid"},
    {207, "token_audience"},
    {208, "token_type"},
    {209, "token_claims"},
    {210, "token_legacy"},
    {211, "token_issuer"},
    {212, "token_subject"},
    {213, "token_age"},
    {301, "proof_missing"},
    {302, "proof_malformed"},
    {303, "proof_signature"},
    {304, "proof_binding"},
    {305, "proof_method"},
    {306, "proof_url"},
    {307, "proof_time"},
    {308, "proof_replayed"},
    {309, "proof_token"},
    {310, "proof_legacy"},
    {351, "session_missing"},
    {352, "session_revoked"},
    {353, "session_mismatch"},
    {354, "session_user"},
    {355, "session_binding"},
    {356, "refresh_superseded"},
    {357, "refresh_reused"},
    {401, "store_timeout"},
    {402, "store_connection"},
    {403, "store_protocol"},
    {404, "store_full"},
    {405, "store_refused"},
    {501, "internal_memory"},
    {502, "internal_crypto"},
    {503, "internal_bug"},
};

TEST(Status, KeepsItsNumbersAndNames) {
  for (const auto& [number, name] : kKnown) EXPECT_EQ(status_text(static_cast<Status>(number)).name, name) << number;
}

TEST(Status, GivesEachCodeANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const auto& known : kKnown) names.insert(status_text(static_cast<Status>(known.number)).name);
  EXPECT_EQ(names.size(), std::size(kKnown));
}

TEST(Status, CallsEveryOtherNumberUnknown) {
  std::set<int32_t> numbers;
  for (const auto& known : kKnown) numbers.insert(known.number);
  for (int32_t number = -2; number < 1000; ++number) {
    if (numbers.contains(number)) continue;
    EXPECT_EQ(std::string_view(status_text(static_cast<Status>(number)).name), "unknown") << number;
  }
  EXPECT_STREQ(swt_status_name(INT32_MAX), "unknown");
  EXPECT_STREQ(swt_status_name(INT32_MIN), "unknown");
  EXPECT_STREQ(swt_status_message(-1), status_text(static_cast<Status>(999)).message);
  EXPECT_STREQ(swt_status_challenge(999), "");
}

TEST(Status, SaysWhat301SaidWhereApplicationsCompareTexts) {
  EXPECT_STREQ(status_text(Status::token_expired).message, "Token expired");
  EXPECT_STREQ(status_text(Status::token_malformed).message, "Invalid token format");
  EXPECT_STREQ(status_text(Status::token_authentication).message, "Invalid signature");
  EXPECT_STREQ(status_text(Status::session_revoked).message, "Session revoked or invalid");
  EXPECT_STREQ(status_text(Status::session_missing).message, "Session revoked or invalid");
  EXPECT_STREQ(status_text(Status::session_user).message, "User mismatch");
  EXPECT_STREQ(status_text(Status::proof_missing).message, "DPoP proof required for this token");
}

TEST(Status, HasAChallengeForEveryRejectionAndForNothingElse) {
  for (const auto& [number, name] : kKnown) {
    const std::string_view challenge = status_text(static_cast<Status>(number)).challenge;
    if (number >= 301 && number < 350) EXPECT_EQ(challenge, "invalid_dpop_proof") << name;
    else if (number >= 200 && number < 400) EXPECT_EQ(challenge, "invalid_token") << name;
    else EXPECT_EQ(challenge, "") << name;
  }
}

TEST(Status, HasASentenceForEveryCode) {
  for (const auto& [number, name] : kKnown) EXPECT_STRNE(swt_status_message(number), "") << name;
}

TEST(Status, FallsIntoClasses) {
  EXPECT_EQ(status_class(Status::ok), 0);
  EXPECT_EQ(status_class(Status::store_required), 1);
  EXPECT_EQ(status_class(Status::token_legacy), 2);
  EXPECT_EQ(status_class(Status::session_binding), 3);
  EXPECT_EQ(status_class(Status::store_full), 4);
  EXPECT_EQ(status_class(Status::internal_bug), 5);
  EXPECT_TRUE(is_unavailable(Status::store_timeout));
  EXPECT_FALSE(is_unavailable(Status::session_revoked));
  EXPECT_FALSE(is_unavailable(Status::internal_bug));
}

TEST(Status, IsTheSameInCAndInTheCore) {
  for (const auto& [number, name] : kKnown) {
    EXPECT_EQ(swt_status_name(number), name);
    EXPECT_EQ(swt_status_class(number), number / 100);
    EXPECT_EQ(swt_status_challenge(number), status_text(static_cast<Status>(number)).challenge);
  }
}

}  // namespace
}  // namespace swt
