// How questions are put to Redis: keys, slots, arguments.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/time.h"
#include "session/redis_call.h"
#include "support/outcome.h"
#include "support/sessions.h"

namespace swt {
namespace {

using test::alice;
using test::bound_alice;
using test::kSessionId;

Status check(const RedisLayout& layout) { return test::status_of(check_layout(layout)); }

Status check_prefix(std::string_view prefix, std::string_view client_prefix = "") {
  RedisLayout layout;
  layout.prefix = prefix;
  layout.client_key_prefix = client_prefix;
  return check(layout);
}

using Texts = std::vector<std::string>;

TEST(RedisCall, AsksForASessionUnderItsRecordAndItsCompanion) {
  const auto call = redis_call_for(LookupQuestion{kSessionId}, {});
  ASSERT_TRUE(call);
  EXPECT_EQ(call->script, Script::lookup);
  EXPECT_EQ(call->keys, (Texts{"swt:session:c94dc9c9-fcf8-4396-8aca-66b911000d9c",
                               "swt:session:c:{swt:session:c94dc9c9-fcf8-4396-8aca-66b911000d9c}"}));
  EXPECT_EQ(call->args, Texts{});
}

TEST(RedisCall, PutsTheClientsOwnPrefixIntoTheTagOnly) {
  RedisLayout layout;
  layout.prefix = "my:";
  layout.client_key_prefix = "app:";
  const auto call = redis_call_for(LookupQuestion{kSessionId}, layout);
  ASSERT_TRUE(call);
  EXPECT_EQ(call->keys,
            (Texts{"my:c94dc9c9-fcf8-4396-8aca-66b911000d9c", "my:c:{app:my:c94dc9c9-fcf8-4396-8aca-66b911000d9c}"}));
}

TEST(RedisCall, ToVerifyCarriesWhatIsExpectedAndTheProof) {
  const auto call = redis_call_for(test::verification_with_proof(bound_alice(), "proof", "attempt"), {});
  ASSERT_TRUE(call);
  EXPECT_EQ(call->script, Script::verify);
  EXPECT_EQ(call->keys.size(), 2u);
  EXPECT_EQ(call->args, (Texts{write_record_beginning(bound_alice()), "proof", "attempt", "1200000", "4096"}));
}

TEST(RedisCall, ToRegisterCarriesTheRecordAndItsLife) {
  RedisLayout layout;
  layout.session_ttl_s = 3600;
  layout.not_after_ms = 1800000001000;
  RegisterQuestion question = test::registration_of(bound_alice());
  question.refresh_hash = "hash";
  const auto call = redis_call_for(question, layout);
  ASSERT_TRUE(call);
  EXPECT_EQ(call->script, Script::register_session);
  EXPECT_EQ(call->args,
            (Texts{write_session_record(bound_alice(), 1799999000000), "3600000", "hash", "1800000001000"}));
}

TEST(RedisCall, ToRevokeRemembersForAsLongAsAnythingMayNameTheSession) {
  RedisLayout layout;
  EXPECT_EQ(redis_call_for(RevokeQuestion{kSessionId}, layout)->args, (Texts{"604860000", "60000"}));
  layout.session_ttl_s = 1000000;
  EXPECT_EQ(redis_call_for(RevokeQuestion{kSessionId}, layout)->args, (Texts{"1000060000", "60000"}));
}

TEST(RedisCall, OfOneQuestionIsTheSameAttemptEachTime) {
  const VerifyQuestion question = test::verification_with_proof(alice(), "proof", "attempt");
  EXPECT_EQ(redis_call_for(question, {})->args, redis_call_for(question, {})->args);
}

TEST(RedisCall, NeedsASession) {
  EXPECT_EQ(
      test::status_of(redis_call_for(test::verification_with_proof({"", "\"alice\"", ""}, "proof", "attempt"), {})),
      Status::state);
}

TEST(RedisCall, ChecksItsLayout) {
  RedisLayout layout;
  layout.prefix = "a}b:";
  EXPECT_EQ(test::status_of(redis_call_for(LookupQuestion{kSessionId}, layout)), Status::argument);
}

TEST(RedisPrefix, WhoseKeysShareASlotIsAccepted) {
  for (const std::string_view prefix : {"swt:session:", "{swt}:session:", "{a}{b}:", "x{y}z{", "",
                                        "a:b:c:", "s\xc3\xa9ssion:", "{a}", "}{a}", "a b "}) {
    EXPECT_EQ(check_prefix(prefix), Status::ok) << prefix;
  }
}

// Redis Cluster hashes what stands in the first braces; with these, record and companion would part.
TEST(RedisPrefix, WhoseKeysWouldNotShareASlotIsRefused) {
  for (const std::string_view prefix : {"a}b:", "a{b:", "{}:s:", "}", "{", "{}", "a{}b:", "}a:"}) {
    EXPECT_EQ(check_prefix(prefix), Status::argument) << prefix;
  }
}

TEST(RedisPrefix, OfTheClientCountsToo) {
  EXPECT_EQ(check_prefix("swt:session:", "app:"), Status::ok);
  EXPECT_EQ(check_prefix("swt:session:", "{app}:"), Status::ok);
  EXPECT_EQ(check_prefix("{swt}:", "app:"), Status::ok);
  EXPECT_EQ(check_prefix("swt:session:", "{"), Status::argument);
  EXPECT_EQ(check_prefix("swt:session:", "}"), Status::argument);
  EXPECT_EQ(check_prefix("swt:session:", "{}"), Status::argument);
}

TEST(RedisPrefix, HoldsNoControlCharacterAndIsUtf8) {
  for (int byte = 0; byte < 0x80; ++byte) {
    if (byte == '{' || byte == '}') continue;
    const bool is_control = byte < 0x20 || byte == 0x7f;
    const std::string prefix = "a" + std::string(1, static_cast<char>(byte)) + "b:";
    EXPECT_EQ(check_prefix(prefix), is_control ? Status::argument : Status::ok) << byte;
    EXPECT_EQ(check_prefix("s:", prefix), is_control ? Status::argument : Status::ok) << byte;
  }
  EXPECT_EQ(check_prefix("a\xff:"), Status::argument);
  EXPECT_EQ(check_prefix("a\xc3"), Status::argument);
}

TEST(RedisPrefix, EndsAt128Bytes) {
  EXPECT_EQ(check_prefix(std::string(128, 'p')), Status::ok);
  EXPECT_EQ(check_prefix(std::string(129, 'p')), Status::argument);
  EXPECT_EQ(check_prefix("s:", std::string(128, 'p')), Status::ok);
  EXPECT_EQ(check_prefix("s:", std::string(129, 'p')), Status::argument);
}

TEST(RedisLayout, HasALifetimeOfOneSecondToTenYears) {
  const auto with_ttl = [](int64_t ttl) {
    RedisLayout layout;
    layout.session_ttl_s = ttl;
    return check(layout);
  };
  constexpr int64_t kTenYears = 10LL * 366 * 86400;
  EXPECT_EQ(with_ttl(1), Status::ok);
  EXPECT_EQ(with_ttl(kTenYears), Status::ok);
  EXPECT_EQ(with_ttl(0), Status::ok) << "the default";
  for (const int64_t bad : {int64_t{-1}, INT64_MIN, kTenYears + 1, INT64_MAX})
    EXPECT_EQ(with_ttl(bad), Status::lifetime) << bad;
}

TEST(RedisLayout, HasATimeLimitInRange) {
  const auto with_limit = [](int64_t limit) {
    RedisLayout layout;
    layout.not_after_ms = limit;
    return check(layout);
  };
  EXPECT_EQ(with_limit(0), Status::ok);
  EXPECT_EQ(with_limit(kMaxSafeInteger), Status::ok);
  for (const int64_t bad : {int64_t{-1}, INT64_MIN, kMaxSafeInteger + 1, INT64_MAX})
    EXPECT_EQ(with_limit(bad), Status::argument) << bad;
}

TEST(RedisScripts, AreAllDifferentAndThere) {
  std::set<std::string_view> sources;
  for (uint32_t script = 0; script < kScriptCount; ++script) sources.insert(script_source(static_cast<Script>(script)));
  EXPECT_EQ(sources.size(), kScriptCount);
  EXPECT_FALSE(sources.contains(""));
  EXPECT_EQ(script_source(static_cast<Script>(kScriptCount)), "");
  EXPECT_EQ(script_source(static_cast<Script>(UINT32_MAX)), "");
}

}  // namespace
}  // namespace swt
