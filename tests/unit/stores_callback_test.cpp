// A store of the host's own: with three callbacks, and with the one more that lets it do all.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "base/time.h"
#include "session/conclusion.h"
#include "support/host_store.h"
#include "support/outcome.h"
#include "support/sessions.h"

namespace swt {
namespace {

using test::alice;
using test::bound_alice;
using test::Database;
using test::kSessionId;
using test::verification_of;
using test::verification_with_proof;

constexpr const char* kAttempt = "aaaaaaaaaaaaaaaaaaaaaa";
constexpr const char* kOtherAttempt = "bbbbbbbbbbbbbbbbbbbbbb";

class CallbackStoreTest : public testing::Test {
 protected:
  Fact fact_of(Store& store, const Question& question) {
    const StoreReply reply = store.ask(question, now_);
    const auto* answer = std::get_if<Answer>(&reply);
    return answer != nullptr ? answer->fact : static_cast<Fact>(99);
  }
  Fact fact(const Question& question) { return fact_of(*store_, question); }

  void login(const Session& session = alice()) { EXPECT_EQ(fact(test::registration_of(session)), Fact::yes); }

  RotateQuestion rotation(const std::string& presented, const std::string& attempt = kAttempt) {
    VerifyQuestion request = verification_of(alice());
    request.attempt = attempt;
    return {request, presented, presented + "-by-" + attempt, 1000, 604800, false};
  }

  Instant now_{1800000000000, 5000};
  std::shared_ptr<Database> database_ = std::make_shared<Database>();
  std::unique_ptr<CallbackStore> store_ = test::store_over(database_);
  std::unique_ptr<CallbackStore> other_node_ = test::store_over(database_);
};

TEST_F(CallbackStoreTest, KeepsASessionWithTheHost) {
  EXPECT_EQ(fact(verification_of(alice())), Fact::missing);
  login();
  EXPECT_EQ(database_->sessions[kSessionId], write_session_record(alice(), 1799999000000));
  EXPECT_EQ(fact(verification_of(alice())), Fact::yes);
  EXPECT_EQ(fact_of(*other_node_, verification_of(alice())), Fact::yes);
  EXPECT_EQ(fact(LookupQuestion{kSessionId}), Fact::yes);
  EXPECT_EQ(fact(LookupQuestion{test::kOtherSessionId}), Fact::missing);
}

TEST_F(CallbackStoreTest, TellsTheHostHowLong) {
  RegisterQuestion question = test::registration_of(alice());
  fact(question);
  question.refresh_life_s = 604800;
  fact(question);
  fact_of(*test::store_over(database_, 100), question);
  EXPECT_EQ(database_->lives, (std::vector<int64_t>{86400, 604800, 100}));
}

TEST_F(CallbackStoreTest, EndsASessionEverywhere) {
  login();
  EXPECT_EQ(fact_of(*other_node_, RevokeQuestion{kSessionId}), Fact::yes);
  EXPECT_EQ(fact(verification_of(alice())), Fact::missing);
  EXPECT_EQ(fact(RevokeQuestion{kSessionId}), Fact::yes) << "twice is once";
}

TEST_F(CallbackStoreTest, ReadsARecordWithMoreMembers) {
  database_->sessions[kSessionId] =
      R"({"device":"phone","userId":"alice","sessionId":"c94dc9c9-fcf8-4396-8aca-66b911000d9c","a":[{"b":null}]})";
  EXPECT_EQ(fact(verification_of(alice())), Fact::yes) << "in any order, as the host's writer likes it";
  EXPECT_EQ(fact(verification_of(bound_alice())), Fact::mismatch);
}

TEST_F(CallbackStoreTest, SpendsAProofOnceForAllNodes) {
  login(bound_alice());
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof", kAttempt)), Fact::yes);
  EXPECT_EQ(fact_of(*other_node_, verification_with_proof(bound_alice(), "proof", kOtherAttempt)), Fact::proof_used);
  EXPECT_EQ(fact_of(*other_node_, verification_with_proof(bound_alice(), "proof", kAttempt)), Fact::yes)
      << "two guards on one request";
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "next", kOtherAttempt)), Fact::yes);
  EXPECT_EQ(database_->lives.back(), 1200);
}

TEST_F(CallbackStoreTest, SpendsAProofForItsSessionOnly) {
  login(bound_alice());
  const Session other{test::kOtherSessionId, R"("alice")", test::kThumbprint};
  login(other);
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof", kAttempt)), Fact::yes);
  EXPECT_EQ(fact(verification_with_proof(other, "proof", kOtherAttempt)), Fact::yes);
}

TEST_F(CallbackStoreTest, SpendsNoProofForASessionOfSomebodyElse) {
  login(bound_alice());
  const Session thief{kSessionId, R"("mallory")", test::kThumbprint};
  EXPECT_EQ(fact(verification_with_proof(thief, "proof", kAttempt)), Fact::mismatch);
  EXPECT_EQ(fact(verification_with_proof({test::kOtherSessionId, R"("alice")", test::kThumbprint}, "proof", kAttempt)),
            Fact::missing);
  EXPECT_TRUE(database_->claims.empty());
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof", kOtherAttempt)), Fact::yes);
}

TEST_F(CallbackStoreTest, TakesARefreshTokenOnceForAllNodes) {
  login();
  EXPECT_TRUE(store_->spends_refresh_tokens());
  EXPECT_EQ(fact(rotation("r0")), Fact::yes);
  EXPECT_EQ(fact(rotation("r0")), Fact::yes) << "the same question again";
  EXPECT_EQ(fact_of(*other_node_, rotation("r0", kOtherAttempt)), Fact::superseded);
  EXPECT_EQ(fact_of(*other_node_, rotation("r1", kOtherAttempt)), Fact::yes);
  EXPECT_EQ(fact(verification_of(alice())), Fact::yes);
}

TEST_F(CallbackStoreTest, RemembersASpentTokenLongerThanItLives) {
  login();
  fact(rotation("r0"));
  EXPECT_EQ(database_->lives.back(), 1000 + 600) << "by clocks that differ";
}

TEST_F(CallbackStoreTest, EndsTheSessionOfATokenThatComesBackLater) {
  login();
  EXPECT_EQ(fact(rotation("r0")), Fact::yes);
  EXPECT_EQ(fact(rotation("r1")), Fact::yes);
  now_.wall_ms += 10000;
  EXPECT_EQ(fact(rotation("r0", kOtherAttempt)), Fact::superseded);
  now_.wall_ms += 1;
  EXPECT_EQ(fact(rotation("r0", kOtherAttempt)), Fact::reused);
  EXPECT_FALSE(database_->sessions.contains(kSessionId));
  EXPECT_EQ(fact(rotation("r2")), Fact::missing);
}

TEST_F(CallbackStoreTest, BearsWithANodeWhoseClockIsAhead) {
  login();
  now_.wall_ms += 300000;
  EXPECT_EQ(fact(rotation("r0")), Fact::yes);
  now_.wall_ms -= 300000;
  EXPECT_EQ(fact_of(*other_node_, rotation("r0", kOtherAttempt)), Fact::superseded);
  now_.wall_ms -= 1;
  EXPECT_EQ(fact_of(*other_node_, rotation("r0", kOtherAttempt)), Fact::reused) << "no clock is that far ahead";
}

TEST_F(CallbackStoreTest, SpendsNoTokenForASessionOfSomebodyElse) {
  login();
  RotateQuestion question = rotation("r0");
  question.request.expected.user_id = R"("mallory")";
  EXPECT_EQ(fact(question), Fact::mismatch);
  EXPECT_TRUE(database_->claims.empty());
}

TEST_F(CallbackStoreTest, GivesTheHostNamesAndValuesThatFitItsColumns) {
  login(bound_alice());
  RotateQuestion question = rotation(std::string(43, 'h'));
  question.successor_hash = std::string(43, 's');
  question.request = verification_with_proof(bound_alice(), std::string(43, 'p'), kAttempt);
  EXPECT_EQ(fact(question), Fact::yes);
  ASSERT_EQ(database_->names.size(), 2u);
  for (const std::string& name : database_->names) {
    EXPECT_LE(name.size(), 160u);
    EXPECT_TRUE(std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7f'; })) << name;
    EXPECT_NE(name.find(kSessionId), std::string::npos) << "no other session's";
  }
  for (const std::string& value : database_->values) EXPECT_LE(value.size(), 64u) << value;
}

TEST_F(CallbackStoreTest, HasOneWinnerHoweverManyAsk) {
  login();
  std::atomic<int> winners = 0, superseded = 0, others = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      const std::string attempt = "attempt-00000000000-" + std::to_string(10 + i);
      Store& store = i % 2 == 0 ? *store_ : *other_node_;
      RotateQuestion question = rotation("r0", attempt);
      question.successor_hash = "successor" + std::to_string(i);
      switch (fact_of(store, question)) {
        case Fact::yes: ++winners; break;
        case Fact::superseded: ++superseded; break;
        default: ++others;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(superseded, 15);
  EXPECT_EQ(others, 0);
  EXPECT_EQ(fact(verification_of(alice())), Fact::yes);
}

TEST_F(CallbackStoreTest, WithoutClaimSpendsProofsInThisProcessOnly) {
  database_->can_claim = false;
  login(bound_alice());
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof", kAttempt)), Fact::yes);
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof", kOtherAttempt)), Fact::proof_used);
  EXPECT_EQ(fact_of(*other_node_, verification_with_proof(bound_alice(), "proof", kOtherAttempt)), Fact::yes)
      << "as its documentation says";
  EXPECT_TRUE(database_->claims.empty());
}

TEST_F(CallbackStoreTest, WithoutClaimSpendsNoRefreshTokens) {
  database_->can_claim = false;
  login();
  EXPECT_FALSE(store_->spends_refresh_tokens());
  const StoreReply reply = store_->ask(rotation("r0"), now_);
  ASSERT_TRUE(std::holds_alternative<Status>(reply));
  EXPECT_TRUE(is_unavailable(std::get<Status>(reply)));
  EXPECT_EQ(fact(verification_of(alice())), Fact::yes);
}

TEST_F(CallbackStoreTest, SpendsAProofWithoutASessionByItself) {
  const VerifyQuestion question = verification_with_proof({"", R"("alice")", test::kThumbprint}, "proof", kAttempt);
  EXPECT_EQ(fact(question), Fact::yes);
  EXPECT_TRUE(database_->claims.empty());
}

// As Redis and memory do it: a session that we registered has a refresh token of its own.
TEST_F(CallbackStoreTest, TakesATokenOf301ForASessionOf301Only) {
  RotateQuestion question = rotation("legacy");
  question.is_legacy = true;
  database_->sessions[kSessionId] = write_session(alice());
  EXPECT_EQ(fact(question), Fact::yes);
  database_->claims.clear();
  database_->sessions[kSessionId] = write_session_record(alice(), 1799999000000);
  EXPECT_EQ(fact(question), Fact::mismatch);
  EXPECT_TRUE(database_->claims.empty());
}

}  // namespace
}  // namespace swt
