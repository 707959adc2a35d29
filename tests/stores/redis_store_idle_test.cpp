// Connections that nobody used for a while, under a clock that the test moves.
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "support/asking.h"
#include "support/redis_process.h"

namespace {

std::atomic<time_t> ahead_s = 0;

}  // namespace

// The monotonic clock of this program goes ahead of the kernel's when a test wants it.
extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const auto result = static_cast<int>(syscall(SYS_clock_gettime, clock, now));
  if (clock == CLOCK_MONOTONIC && result == 0) now->tv_sec += ahead_s;
  return result;
}

namespace swt {
namespace {

using test::alice;
using test::ask;
using test::kMissing;
using test::lookup_of;
using test::open_store;
using test::RedisProcess;

// How often the store connected: each connection begins with TIME, and each script asks for it once.
int connections_made(const RedisProcess& redis, int questions) { return redis.calls_of("time") - questions; }

TEST(RedisStoreIdle, ConnectionsAreUsedForAMinute) {
  const RedisProcess redis;
  const auto store = open_store(redis.url());
  EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing);
  ahead_s = 59;
  EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing);
  EXPECT_EQ(connections_made(redis, 2), 1);
  ahead_s = 59 + 61;
  EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing);
  EXPECT_EQ(connections_made(redis, 3), 2);
  ahead_s = 0;
}

// Those that are needed in a rush only are closed later, though others are used all the time.
TEST(RedisStoreIdle, ConnectionsAreClosedThoughOthersAreUsed) {
  const RedisProcess redis;
  const auto store = open_store(redis.url(), test::with_connections(4));
  redis.freeze();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing); });
  usleep(100000);
  redis.thaw();
  for (std::thread& thread : threads) thread.join();
  const auto clients = [&] { return redis.run({"INFO", "clients"}); };
  EXPECT_NE(clients().find("connected_clients:5\r\n"), std::string::npos);
  for (ahead_s = 0; ahead_s < 70; ahead_s += 10) EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing);
  for (int i = 0; i < 100 && clients().find("connected_clients:2\r\n") == std::string::npos; ++i) usleep(2000);
  EXPECT_NE(clients().find("connected_clients:2\r\n"), std::string::npos);
  EXPECT_EQ(connections_made(redis, 4 + 7), 4);
  ahead_s = 0;
}

}  // namespace
}  // namespace swt
