// A refresh as a question: how Redis is asked, what it may answer, and what that means.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "session/conclusion.h"
#include "session/redis_call.h"
#include "support/outcome.h"
#include "support/sessions.h"

namespace swt {
namespace {

using test::alice;
using test::bound_alice;
using Texts = std::vector<std::string>;

RotateQuestion rotation_of(const Session& session) {
  return {test::verification_with_proof(session, "proof", "attempt"), "presented", "successor", 600, 3600, false};
}

std::string record_of(const Session& session) { return write_session_record(session, 1799999000000); }

Status conclude(const Session& expected, Fact fact, const std::string& record) {
  return test::status_of(conclude_rotate(rotation_of(expected), Answer{fact, record}));
}

TEST(RotateCall, SpellsTheQuestionInTheOrderOfTheScript) {
  RedisLayout layout;
  layout.not_after_ms = 1800000001000;
  const auto call = redis_call_for(rotation_of(bound_alice()), layout);
  ASSERT_TRUE(call);
  EXPECT_EQ(call->script, Script::rotate);
  EXPECT_EQ(static_cast<uint32_t>(call->script), 4u);
  EXPECT_EQ(call->keys, (Texts{"swt:session:c94dc9c9-fcf8-4396-8aca-66b911000d9c",
                               "swt:session:c:{swt:session:c94dc9c9-fcf8-4396-8aca-66b911000d9c}"}));
  EXPECT_EQ(call->args, (Texts{write_record_beginning(bound_alice()), "proof", "attempt", "1200000", "4096",
                               "presented", "successor", "", "86400000", "10000", "604860000", "1800000001000"}));
}

TEST(RotateCall, SaysWhenTheTokenIsOneOf301) {
  RotateQuestion question = rotation_of(alice());
  question.is_legacy = true;
  EXPECT_EQ(redis_call_for(question, {})->args[7], "1");
}

TEST(RotateCall, LetsTheSessionLiveAsLongAsItsRefreshTokenUnlessItsLifeIsSet) {
  const auto life_with = [](int64_t ttl_s, int64_t successor_life_s) {
    RedisLayout layout;
    layout.session_ttl_s = ttl_s;
    RotateQuestion question = rotation_of(alice());
    question.successor_life_s = successor_life_s;
    return redis_call_for(question, layout)->args[8];
  };
  EXPECT_EQ(life_with(0, 60), "86400000");
  EXPECT_EQ(life_with(0, 604800), "604800000");
  EXPECT_EQ(life_with(60, 604800), "60000");
}

TEST(RotateCall, RemembersARevocationForAsLongAsASessionThatIsSetToLive) {
  RedisLayout layout;
  layout.session_ttl_s = 1000000;
  EXPECT_EQ(redis_call_for(rotation_of(alice()), layout)->args[10], "1000060000");
}

TEST(SessionLife, IsADayOrThatOfTheRefreshTokenOrWhatIsSet) {
  constexpr int64_t kTenYears = 10LL * 366 * 86400;
  EXPECT_EQ(session_life_s(0, 0), 86400);
  EXPECT_EQ(session_life_s(0, 86399), 86400);
  EXPECT_EQ(session_life_s(0, 86401), 86401);
  EXPECT_EQ(session_life_s(0, kTenYears), kTenYears);
  EXPECT_EQ(session_life_s(0, kTenYears + 1), kTenYears);
  EXPECT_EQ(session_life_s(0, INT64_MAX), kTenYears);
  EXPECT_EQ(session_life_s(1, 86401), 1);
  EXPECT_EQ(session_life_s(kTenYears, 1), kTenYears);
}

TEST(RotateReply, CarriesOnlyFactsThatARefreshCanHave) {
  const Question question = rotation_of(alice());
  const std::set<int64_t> possible = {1, 2, 3, 0, -1, -2, -4, -6, -7, -9};
  for (int64_t code = -300; code <= 300; ++code) {
    const std::string text = std::to_string(code);
    const StoreReply reply = read_redis_reply(question, {text, "", "1800000000000"});
    ASSERT_EQ(std::holds_alternative<Answer>(reply), possible.contains(code)) << code;
    if (possible.contains(code)) {
      EXPECT_EQ(static_cast<int64_t>(std::get<Answer>(reply).fact), code);
    } else {
      EXPECT_EQ(std::get<Status>(reply), Status::store_protocol) << code;
    }
  }
}

TEST(RotateReply, IsNoAnswerToAnotherQuestion) {
  for (const Question& question :
       {Question(test::verification_of(alice())), Question(test::registration_of(alice())),
        Question(RevokeQuestion{test::kSessionId}), Question(LookupQuestion{test::kSessionId})}) {
    for (const std::string_view code : {"3", "-7"}) {
      const StoreReply reply = read_redis_reply(question, {code, "", "1800000000000"});
      EXPECT_TRUE(std::holds_alternative<Status>(reply)) << question.index() << " with " << code;
    }
  }
}

TEST(RotateConclusion, OfALiveSessionAsExpectedIsOk) {
  EXPECT_EQ(conclude(alice(), Fact::yes, record_of(alice())), Status::ok);
  EXPECT_EQ(conclude(bound_alice(), Fact::yes, record_of(bound_alice())), Status::ok);
  EXPECT_EQ(conclude(alice(), Fact::yes_legacy, write_session(alice())), Status::ok);
}

TEST(RotateConclusion, OfATokenThatWasSpentSaysWhen) {
  EXPECT_EQ(conclude(alice(), Fact::superseded, ""), Status::refresh_superseded);
  EXPECT_EQ(conclude(alice(), Fact::reused, ""), Status::refresh_reused);
  EXPECT_EQ(conclude(alice(), Fact::superseded, record_of(alice())), Status::refresh_superseded)
      << "whatever else the store says";
  EXPECT_EQ(conclude(alice(), Fact::reused, record_of(alice())), Status::refresh_reused);
}

TEST(RotateConclusion, OfEveryOtherFactIsThatOfAVerification) {
  EXPECT_EQ(conclude(alice(), Fact::missing, record_of(alice())), Status::session_revoked);
  EXPECT_EQ(conclude(alice(), Fact::revoked, record_of(alice())), Status::session_revoked);
  EXPECT_EQ(conclude(alice(), Fact::proof_used, ""), Status::proof_replayed);
  EXPECT_EQ(conclude(alice(), Fact::too_many_proofs, ""), Status::store_full);
  EXPECT_EQ(conclude(alice(), Fact::too_late, ""), Status::store_timeout);
  EXPECT_EQ(conclude(alice(), Fact::taken, record_of(alice())), Status::store_protocol);
  EXPECT_EQ(conclude(alice(), Fact::mismatch, record_of(alice())), Status::session_revoked);
  EXPECT_EQ(conclude(alice(), Fact::mismatch, record_of({test::kSessionId, R"("bob")", ""})), Status::session_user);
  for (const int64_t code : {-3, -8, -10, 4, 99}) {
    EXPECT_EQ(conclude(alice(), static_cast<Fact>(code), record_of(alice())), Status::store_protocol) << code;
  }
}

TEST(RotateConclusion, ComparesTheRecordThatCameWithAYes) {
  for (const Fact fact : {Fact::yes, Fact::yes_legacy}) {
    EXPECT_EQ(conclude(alice(), fact, write_session({test::kSessionId, R"("bob")", ""})), Status::session_user);
    EXPECT_EQ(conclude(alice(), fact, write_session(bound_alice())), Status::session_binding);
    EXPECT_EQ(conclude(bound_alice(), fact, write_session(alice())), Status::session_binding);
    EXPECT_EQ(conclude(alice(), fact, write_session({test::kOtherSessionId, R"("alice")", ""})),
              Status::session_revoked);
    EXPECT_EQ(conclude(alice(), fact, ""), Status::session_revoked);
  }
  EXPECT_EQ(conclude(alice(), Fact::yes_legacy, record_of(alice())), Status::session_revoked)
      << "our record without the state of its login";
}

TEST(VerifyConclusion, OfARefreshsFactIsAProtocolError) {
  for (const Fact fact : {Fact::superseded, Fact::reused}) {
    EXPECT_EQ(test::status_of(conclude_verify(test::verification_of(alice()), Answer{fact, record_of(alice())})),
              Status::store_protocol);
    EXPECT_EQ(test::status_of(conclude_register(Answer{fact, ""})), Status::store_protocol);
    EXPECT_EQ(test::status_of(conclude_lookup(LookupQuestion{test::kSessionId}, Answer{fact, record_of(alice())})),
              Status::store_protocol);
  }
}

}  // namespace
}  // namespace swt
