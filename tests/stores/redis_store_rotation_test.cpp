// Refresh tokens traded in, on a real Redis.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "support/asking.h"
#include "support/redis_process.h"

namespace swt {
namespace {

using test::ask;
using test::bound_alice;
using test::kMissing;
using test::kRevoked;
using test::kYes;
using test::open_store;
using test::RedisProcess;
using test::Said;
using test::verification_of;
using test::verification_with_proof;

const Said kSuperseded = Fact::superseded;
const Said kReused = Fact::reused;
const std::string kRecord = std::string("swt:session:") + test::kSessionId;
const std::string kCompanion = "swt:session:c:{" + kRecord + "}";

RegisterQuestion login() {
  RegisterQuestion question = test::registration_of(bound_alice());
  question.refresh_hash = "first";
  question.refresh_life_s = 604800;
  return question;
}

RotateQuestion rotation(const std::string& presented, const std::string& successor, const std::string& attempt) {
  RotateQuestion question;
  question.request = verification_of(bound_alice());
  question.request.attempt = attempt;
  question.presented_hash = presented;
  question.successor_hash = successor;
  question.presented_life_s = 604800;
  question.successor_life_s = 604800;
  return question;
}

class RedisRotationTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(ask(*store_, login()), kYes); }

  Said rotate(const std::string& presented, const std::string& successor, const std::string& attempt) {
    return ask(*store_, rotation(presented, successor, attempt));
  }
  // As if so much time had passed since the last rotation.
  void end_grace() const { redis_.run({"HSET", kCompanion, "y", "1"}); }
  int64_t ttl_s(const std::string& key) const { return std::stoll(redis_.run({"TTL", key}).substr(1)); }

  RedisProcess redis_;
  std::shared_ptr<RedisStore> store_ = open_store(redis_.url());
};

TEST_F(RedisRotationTest, GoesOnFromEachTokenToTheNext) {
  EXPECT_EQ(rotate("first", "second", "a"), kYes);
  EXPECT_EQ(rotate("second", "third", "b"), kYes);
  EXPECT_EQ(rotate("third", "fourth", "c"), kYes);
  EXPECT_EQ(ask(*store_, verification_of(bound_alice())), kYes);
}

TEST_F(RedisRotationTest, AnswersTheSameCallAlike) {
  EXPECT_EQ(rotate("first", "second", "a"), kYes);
  EXPECT_EQ(rotate("first", "second", "a"), kYes) << "the command was sent again";
  EXPECT_EQ(rotate("first", "other", "a"), kSuperseded) << "another call for the same request has another successor";
  EXPECT_EQ(rotate("second", "third", "b"), kYes);
}

TEST_F(RedisRotationTest, RefusesASecondTryInTheGraceAndNoMore) {
  EXPECT_EQ(rotate("first", "second", "a"), kYes);
  EXPECT_EQ(rotate("first", "other", "b"), kSuperseded);
  EXPECT_EQ(rotate("second", "third", "c"), kYes) << "the session lives";
}

TEST_F(RedisRotationTest, EndsTheSessionWhenATokenComesBackLater) {
  EXPECT_EQ(rotate("first", "second", "a"), kYes);
  end_grace();
  EXPECT_EQ(rotate("first", "other", "b"), kReused);
  EXPECT_EQ(rotate("second", "third", "c"), kMissing) << "the newest token is dead too";
  EXPECT_EQ(ask(*store_, verification_of(bound_alice())), kMissing);
  EXPECT_EQ(ask(*store_, login()), kRevoked) << "and is remembered as revoked";
  EXPECT_GT(ttl_s(kCompanion), 604800);
}

TEST_F(RedisRotationTest, EndsTheSessionWhenAnAncestorComesBackAtOnce) {
  EXPECT_EQ(rotate("first", "second", "a"), kYes);
  EXPECT_EQ(rotate("second", "third", "b"), kYes);
  EXPECT_EQ(rotate("first", "other", "c"), kReused);
  EXPECT_EQ(rotate("third", "fourth", "d"), kMissing);
}

TEST_F(RedisRotationTest, DoesNothingForAnotherUserKeyOrAUsedProof) {
  RotateQuestion stolen = rotation("first", "second", "a");
  stolen.request.expected.thumbprint = test::kOtherThumbprint;
  EXPECT_EQ(ask(*store_, stolen), Said(Fact::mismatch));
  stolen.request.expected = test::alice();
  EXPECT_EQ(ask(*store_, stolen), Said(Fact::mismatch));

  EXPECT_EQ(ask(*store_, verification_with_proof(bound_alice(), "proof", "x")), kYes);
  RotateQuestion replay = rotation("no such token", "second", "a");
  replay.request = verification_with_proof(bound_alice(), "proof", "y");
  EXPECT_EQ(ask(*store_, replay), Said(Fact::proof_used)) << "and the family is not ended";
  EXPECT_EQ(rotate("first", "second", "b"), kYes);
}

TEST_F(RedisRotationTest, KeepsTheSessionAsLongAsItsNewToken) {
  EXPECT_NEAR(static_cast<double>(ttl_s(kRecord)), 604800, 5);
  redis_.run({"EXPIRE", kRecord, "100"});
  EXPECT_EQ(rotate("first", "second", "a"), kYes);
  EXPECT_NEAR(static_cast<double>(ttl_s(kRecord)), 604800, 5);
  EXPECT_GE(ttl_s(kCompanion), ttl_s(kRecord));
}

// What cannot be kept must not be taken for kept; what needs no room goes on.
TEST_F(RedisRotationTest, IsRefusedWhenRedisHasNoMemoryLeft) {
  redis_.run({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  redis_.run({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_EQ(rotate("first", "second", "a"), test::kProtocol);
  EXPECT_EQ(ask(*store_, verification_with_proof(bound_alice(), "proof", "b")), test::kProtocol);
  EXPECT_EQ(ask(*store_, verification_of(bound_alice())), kYes);
  redis_.run({"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_EQ(ask(*store_, verification_with_proof(bound_alice(), "proof", "b")), kYes);
  EXPECT_EQ(rotate("first", "second", "a"), kYes) << "nothing was spent";
}

TEST_F(RedisRotationTest, IsForRevokedSessionsNoMore) {
  EXPECT_EQ(ask(*store_, test::revocation_of(bound_alice())), kYes);
  EXPECT_EQ(rotate("first", "second", "a"), kMissing);
}

TEST_F(RedisRotationTest, LetsOneOfManyThrough) {
  std::atomic<int> passed = 0;
  std::atomic<int> superseded = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 24; ++i) {
    threads.emplace_back([&, i] {
      const Said said = rotate("first", "successor" + std::to_string(i), "attempt" + std::to_string(i));
      if (said == kYes) ++passed;
      if (said == kSuperseded) ++superseded;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(passed, 1);
  EXPECT_EQ(superseded, 23);
}

// A session that 3.0.1 registered, and its refresh token, of which no store has heard.
TEST_F(RedisRotationTest, TakesTheFirstTokenOfALegacySession) {
  redis_.run({"DEL", kRecord, kCompanion});
  redis_.run({"SET", kRecord, write_session(bound_alice()), "EX", "86400"});
  EXPECT_EQ(rotate("unknown", "second", "a"), kMissing) << "one of ours would be known";
  RotateQuestion legacy = rotation("legacy", "second", "b");
  legacy.is_legacy = true;
  EXPECT_EQ(ask(*store_, legacy), Said(Fact::yes_legacy));
  EXPECT_EQ(rotate("second", "third", "c"), Said(Fact::yes_legacy));
  legacy.request.attempt = "d";
  EXPECT_EQ(ask(*store_, legacy), kReused) << "it was spent";
}

TEST_F(RedisRotationTest, TakesNoLegacyTokenForASessionOfOurs) {
  RotateQuestion legacy = rotation("legacy", "second", "a");
  legacy.is_legacy = true;
  EXPECT_EQ(ask(*store_, legacy), Said(Fact::mismatch));
  EXPECT_EQ(rotate("first", "second", "b"), kYes) << "the session is none the worse";
}

}  // namespace
}  // namespace swt
