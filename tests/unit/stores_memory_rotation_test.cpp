// Refreshing in memory: which token is the session's own, and how long the session lives by it.
#include <gtest/gtest.h>

#include <string>

#include "stores/memory_store.h"
#include "support/outcome.h"
#include "support/sessions.h"

namespace swt {
namespace {

using test::alice;
using test::verification_of;

constexpr int64_t kDayMs = 86400000;

class MemoryRotation : public testing::Test {
 protected:
  Fact fact(const Question& question) {
    const StoreReply reply = store_->ask(question, {1800000000000, now_ms_});
    const auto* answer = std::get_if<Answer>(&reply);
    return answer != nullptr ? answer->fact : static_cast<Fact>(99);
  }

  void open(int64_t session_ttl_s, const std::string& hash = "r0", int64_t refresh_life_s = 604800) {
    store_ = std::make_unique<MemoryStore>(MemoryStoreLimits{session_ttl_s, 1000, 1000});
    RegisterQuestion question = test::registration_of(alice());
    question.refresh_hash = hash;
    question.refresh_life_s = hash.empty() ? 0 : refresh_life_s;
    EXPECT_EQ(fact(question), Fact::yes);
  }

  Fact rotate(const std::string& presented, const std::string& successor, int64_t life_s = 604800) {
    VerifyQuestion request = verification_of(alice());
    request.attempt = "attempt-" + std::to_string(++attempts_);
    return fact(RotateQuestion{request, presented, successor, 604800, life_s, false});
  }

  bool is_alive() { return fact(verification_of(alice())) == Fact::yes; }

  std::unique_ptr<MemoryStore> store_;
  int64_t now_ms_ = 5000;
  int attempts_ = 0;
};

TEST_F(MemoryRotation, TakesTheSessionsTokenAndPutsItsSuccessorInItsPlace) {
  open(0);
  EXPECT_EQ(rotate("r0", "r1"), Fact::yes);
  EXPECT_EQ(rotate("r1", "r2"), Fact::yes);
  EXPECT_EQ(rotate("r2", "r3"), Fact::yes);
}

TEST_F(MemoryRotation, GivesTheRecordThatIsCompared) {
  open(0);
  VerifyQuestion request = verification_of(alice());
  request.attempt = "a";
  const StoreReply reply = store_->ask(RotateQuestion{request, "r0", "r1", 1, 1, false}, {1800000000000, now_ms_});
  EXPECT_EQ(std::get<Answer>(reply).record, write_session_record(alice(), 1799999000000));
}

TEST_F(MemoryRotation, KeepsToTheGraceExactly) {
  open(0);
  EXPECT_EQ(rotate("r0", "r1"), Fact::yes);
  now_ms_ += 10000;
  EXPECT_EQ(rotate("r0", "rX"), Fact::superseded);
  now_ms_ += 1;
  EXPECT_EQ(rotate("r0", "rX"), Fact::reused);
  EXPECT_FALSE(is_alive());
  EXPECT_EQ(rotate("r1", "r2"), Fact::revoked);
}

TEST_F(MemoryRotation, IsNotProlongedByThoseWhoComeTooLate) {
  open(0);
  EXPECT_EQ(rotate("r0", "r1"), Fact::yes);
  for (int i = 0; i < 5; ++i, now_ms_ += 2000) EXPECT_EQ(rotate("r0", "rX"), Fact::superseded);
  now_ms_ += 1;
  EXPECT_EQ(rotate("r0", "rX"), Fact::reused);
}

TEST_F(MemoryRotation, OfATokenThatItNeverKnewIsReuse) {
  open(0);
  EXPECT_EQ(rotate("never", "r1"), Fact::reused);
  EXPECT_FALSE(is_alive());
}

TEST_F(MemoryRotation, OfALoginWithoutARefreshTokenIsNoneAndEndsNothing) {
  open(0, "");
  EXPECT_EQ(rotate("any", "r1"), Fact::missing);
  EXPECT_TRUE(is_alive());
}

TEST_F(MemoryRotation, OfAnotherUserOrKeySpendsNothing) {
  open(0);
  for (const Session& other : {Session{test::kSessionId, R"("bob")", ""}, test::bound_alice()}) {
    EXPECT_EQ(fact(RotateQuestion{verification_of(other), "r0", "rX", 1, 1, false}), Fact::mismatch);
  }
  EXPECT_EQ(fact(RotateQuestion{verification_of({test::kOtherSessionId, R"("alice")", ""}), "r0", "rX", 1, 1, false}),
            Fact::missing);
  EXPECT_EQ(rotate("r0", "r1"), Fact::yes);
}

TEST_F(MemoryRotation, SpendsTheProofFirst) {
  open(0);
  VerifyQuestion request = test::verification_with_proof(alice(), "proof", "a");
  EXPECT_EQ(fact(request), Fact::yes);
  request.attempt = "b";
  EXPECT_EQ(fact(RotateQuestion{request, "r0", "r1", 1, 1, false}), Fact::proof_used);
  EXPECT_EQ(rotate("r0", "r1"), Fact::yes) << "and the token was not spent";
}

TEST_F(MemoryRotation, TakesNoTokenOf301) {
  open(0);
  RotateQuestion question{verification_of(alice()), "r0", "r1", 1, 1, true};
  EXPECT_EQ(fact(question), Fact::mismatch);
  EXPECT_EQ(rotate("r0", "r1"), Fact::yes);
}

TEST_F(MemoryRotation, LetsTheSessionLiveAsLongAsItsRefreshToken) {
  open(0);
  now_ms_ += 7 * kDayMs - 1;
  EXPECT_TRUE(is_alive());
  EXPECT_EQ(rotate("r0", "r1"), Fact::yes);
  now_ms_ += 7 * kDayMs - 1;
  EXPECT_TRUE(is_alive());
  now_ms_ += 1;
  EXPECT_FALSE(is_alive());
}

TEST_F(MemoryRotation, LetsTheSessionLiveADayAtLeast) {
  open(0, "r0", 60);
  EXPECT_EQ(rotate("r0", "r1", 60), Fact::yes);
  now_ms_ += kDayMs - 1;
  EXPECT_TRUE(is_alive());
  now_ms_ += 1;
  EXPECT_FALSE(is_alive());
}

TEST_F(MemoryRotation, LetsTheSessionLiveFromNowOnWhereItsLifeIsSet) {
  open(100);
  now_ms_ += 60000;
  EXPECT_EQ(rotate("r0", "r1"), Fact::yes);
  now_ms_ += 99999;
  EXPECT_TRUE(is_alive());
  now_ms_ += 1;
  EXPECT_FALSE(is_alive());
}

TEST_F(MemoryRotation, NeverShortensALife) {
  open(0, "r0", 604800);
  EXPECT_EQ(rotate("r0", "r1", 60), Fact::yes);
  now_ms_ += 7 * kDayMs - 1;
  EXPECT_TRUE(is_alive());
}

TEST_F(MemoryRotation, ThatFailsProlongsNothing) {
  open(0);
  now_ms_ += kDayMs;
  EXPECT_EQ(rotate("r0", "r1"), Fact::yes);
  now_ms_ += 5000;
  EXPECT_EQ(rotate("r0", "rX"), Fact::superseded);
  now_ms_ += 7 * kDayMs - 5000;
  EXPECT_FALSE(is_alive());
}

// A revocation is remembered until the session would have ended, and its place is free again after.
TEST_F(MemoryRotation, ForgetsARevocationWhenTheSessionWouldHaveEnded) {
  open(0);
  now_ms_ += kDayMs;
  EXPECT_EQ(rotate("r0", "r1"), Fact::yes);
  EXPECT_EQ(fact(RevokeQuestion{test::kSessionId}), Fact::yes);
  now_ms_ += 7 * kDayMs - 1;
  EXPECT_EQ(fact(verification_of(alice())), Fact::revoked);
  now_ms_ += 1;
  EXPECT_EQ(fact(verification_of(alice())), Fact::missing);
}

// Each refresh moves the session's end. A queue that took a note of each would grow without one.
TEST_F(MemoryRotation, CostsNoMemoryHoweverOftenItHappens) {
  store_ = std::make_unique<MemoryStore>(MemoryStoreLimits{0, 1, 1});
  RegisterQuestion question = test::registration_of(alice());
  question.refresh_hash = "r0";
  EXPECT_EQ(fact(question), Fact::yes);
  for (int i = 0; i < 20000; ++i, now_ms_ += kDayMs / 2) {
    ASSERT_EQ(rotate('r' + std::to_string(i), 'r' + std::to_string(i + 1)), Fact::yes) << i;
  }
  now_ms_ += 8 * kDayMs;
  EXPECT_FALSE(is_alive());
  EXPECT_EQ(fact(test::registration_of({test::kOtherSessionId, R"("bob")", ""})), Fact::yes) << "there is room again";
}

}  // namespace
}  // namespace swt
