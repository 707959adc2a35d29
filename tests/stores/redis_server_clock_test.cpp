// What time it is on the server.
#include "stores/redis_server_clock.h"

#include <gtest/gtest.h>

namespace swt {
namespace {

constexpr int64_t kMs = 1000;
constexpr int64_t kServerMs = 1800000000000;

TEST(RedisServerClock, IsUnknownAtFirst) {
  const RedisServerClock clock;
  EXPECT_EQ(clock.at(0), 0);
  EXPECT_EQ(clock.at(INT64_MAX), 0);
}

TEST(RedisServerClock, GoesOnFromTheMiddleOfARoundTrip) {
  RedisServerClock clock;
  clock.learn(kServerMs, 1000 * kMs, 1010 * kMs);
  EXPECT_EQ(clock.at(1005 * kMs), kServerMs);
  EXPECT_EQ(clock.at(1605 * kMs), kServerMs + 600);
}

TEST(RedisServerClock, SmoothsWhatSamplesSay) {
  RedisServerClock clock;
  clock.learn(kServerMs, 0, 0);
  clock.learn(kServerMs + 80, 0, 0);
  EXPECT_EQ(clock.at(0), kServerMs + 10);
  clock.learn(kServerMs + 90, 0, 0);
  EXPECT_EQ(clock.at(0), kServerMs + 20);
}

TEST(RedisServerClock, IgnoresSlowReplies) {
  RedisServerClock clock;
  clock.learn(kServerMs, 0, 0);
  clock.learn(kServerMs + 800, 0, 51 * kMs);
  EXPECT_EQ(clock.at(0), kServerMs);
  clock.learn(kServerMs + 825, 0, 50 * kMs);
  EXPECT_EQ(clock.at(0), kServerMs + 100);
}

TEST(RedisServerClock, TakesASlowReplyForWantOfABetter) {
  RedisServerClock clock;
  clock.learn(kServerMs, 0, 400 * kMs);
  EXPECT_EQ(clock.at(200 * kMs), kServerMs);
}

TEST(RedisServerClock, FollowsAStepAtOnce) {
  RedisServerClock clock;
  clock.learn(kServerMs, 0, 0);
  clock.learn(kServerMs + 3600000, 0, 0);
  EXPECT_EQ(clock.at(0), kServerMs + 3600000);
  clock.learn(kServerMs, 0, 300 * kMs);
  EXPECT_EQ(clock.at(150 * kMs), kServerMs) << "a slow reply tells a step back, too";
}

TEST(RedisServerClock, DoesNotCallItAStepWhatASlowReplyMayBeOffBy) {
  RedisServerClock clock;
  clock.learn(kServerMs, 0, 0);
  clock.learn(kServerMs + 1000 + 2400, 0, 2000 * kMs);
  EXPECT_EQ(clock.at(2000 * kMs), kServerMs + 3400 + 1000) << "off by more: a step";
  clock.learn(kServerMs, 0, 0);
  clock.learn(kServerMs + 1000 + 1900, 0, 2000 * kMs);
  EXPECT_EQ(clock.at(0), kServerMs);
}

TEST(RedisServerClock, TakesNoImpossibleTime) {
  RedisServerClock clock;
  for (const int64_t server_ms : {int64_t{0}, int64_t{-1}, INT64_MIN, kMaxRedisServerMs + 1, INT64_MAX}) {
    clock.learn(server_ms, 0, 0);
    EXPECT_EQ(clock.at(0), 0) << server_ms;
  }
  clock.learn(kServerMs, 10, 9);
  EXPECT_EQ(clock.at(0), 0);
  clock.learn(kMaxRedisServerMs, 0, 0);
  EXPECT_EQ(clock.at(0), kMaxRedisServerMs);
}

}  // namespace
}  // namespace swt
