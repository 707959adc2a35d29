// Names, looked up by a getaddrinfo of the test's own: it is as slow as the test wants.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "support/asking.h"
#include "support/fake_redis.h"
#include "support/redis_process.h"

namespace {

constexpr int kSlowMs = 400;

std::atomic<int> slow_lookups = 0;
std::atomic<int> slow_lookups_at_once = 0;
std::atomic<int> most_at_once = 0;
std::atomic<bool> all_signals_blocked = false;

int real_getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  static const auto real = reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(node, service, hints, result);
}

bool are_all_signals_blocked() {
  sigset_t blocked;
  sigemptyset(&blocked);
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGCHLD, SIGUSR1, SIGPIPE}) {
    if (sigismember(&blocked, number) != 1) return false;
  }
  return true;
}

}  // namespace

// slow.test is 127.0.0.1 after a while; two.test is first 127.0.0.2 and then 127.0.0.1.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  if (node == nullptr) return real_getaddrinfo(node, service, hints, result);
  if (std::strcmp(node, "slow.test") == 0) {
    ++slow_lookups;
    const int at_once = ++slow_lookups_at_once;
    if (at_once > most_at_once) most_at_once = at_once;
    all_signals_blocked = are_all_signals_blocked();
    usleep(kSlowMs * 1000);
    --slow_lookups_at_once;
    return real_getaddrinfo("127.0.0.1", service, hints, result);
  }
  if (std::strcmp(node, "two.test") == 0) {
    const int error = real_getaddrinfo("127.0.0.2", service, hints, result);
    return error != 0 ? error : real_getaddrinfo("127.0.0.1", service, hints, &(*result)->ai_next);
  }
  return real_getaddrinfo(node, service, hints, result);
}

namespace swt {
namespace {

using test::alice;
using test::ask;
using test::kMissing;
using test::kNoConnection;
using test::kTimeout;
using test::lookup_of;
using test::open_store;
using test::RedisProcess;
using test::Stopwatch;
using test::with_timeouts;

std::string url_of(const std::string& name, int port) { return "redis://" + name + ":" + std::to_string(port); }

void in_threads(int count, const std::function<void()>& run) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(run);
  for (std::thread& thread : threads) thread.join();
}

void wait_for_slow_lookups() {
  while (slow_lookups_at_once > 0) usleep(5000);
}

TEST(RedisStoreName, ThatDoesNotExistIsNoConnection) {
  const auto store = open_store("redis://does-not-exist.invalid", with_timeouts(1000, 250));
  const Stopwatch watch;
  const test::Said said = ask(*store, lookup_of(alice()));
  EXPECT_TRUE(said == kNoConnection || said == kTimeout);
  EXPECT_LT(watch.ms(), 1000 + 250 + test::kSlackMs);
}

TEST(RedisStoreName, IsWaitedForNoLongerThanTheLimit) {
  const RedisProcess redis;
  const auto hurried = open_store(url_of("slow.test", redis.port()), with_timeouts(100, 250));
  const Stopwatch watch;
  EXPECT_EQ(ask(*hurried, lookup_of(alice())), kTimeout);
  EXPECT_LT(watch.ms(), kSlowMs);
  const auto patient = open_store(url_of("slow.test", redis.port()), with_timeouts(2000, 250));
  EXPECT_EQ(ask(*patient, lookup_of(alice())), kMissing);
  wait_for_slow_lookups();
}

// However many ask, and however often: one thread at the most hangs in a lookup that does not come back.
TEST(RedisStoreName, IsLookedUpOnceAtATime) {
  const RedisProcess redis;
  const auto store = open_store(url_of("slow.test", redis.port()), with_timeouts(50, 250));
  slow_lookups = 0;
  most_at_once = 0;
  in_threads(8, [&] {
    for (int i = 0; i < 4; ++i) EXPECT_EQ(ask(*store, lookup_of(alice())), kTimeout);
  });
  EXPECT_EQ(slow_lookups, 1);
  EXPECT_EQ(most_at_once, 1);
  wait_for_slow_lookups();
}

TEST(RedisStoreName, IsTheSameAnswerForAllWhoWait) {
  const RedisProcess redis;
  const auto store = open_store(url_of("slow.test", redis.port()), with_timeouts(5000, 5000));
  slow_lookups = 0;
  in_threads(8, [&] { EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing); });
  EXPECT_EQ(slow_lookups, 1);
}

TEST(RedisStoreName, IsLookedUpWithoutTheHostsSignals) {
  const RedisProcess redis;
  all_signals_blocked = false;
  EXPECT_EQ(ask(*open_store(url_of("slow.test", redis.port()), with_timeouts(5000, 250)), lookup_of(alice())),
            kMissing);
  EXPECT_TRUE(all_signals_blocked);
  EXPECT_FALSE(are_all_signals_blocked()) << "the caller's are as they were";
}

TEST(RedisStoreName, MayOutliveItsStore) {
  auto store = open_store(url_of("slow.test", 1), with_timeouts(20, 250));
  EXPECT_EQ(ask(*store, lookup_of(alice())), kTimeout);
  store.reset();
  EXPECT_EQ(slow_lookups_at_once, 1);
  wait_for_slow_lookups();
  usleep(20000);
}

TEST(RedisStoreName, IsNotLookedUpForAnAddress) {
  const RedisProcess redis;
  slow_lookups = 0;
  EXPECT_EQ(ask(*open_store(redis.url(), with_timeouts(100, 250)), lookup_of(alice())), kMissing);
  EXPECT_EQ(slow_lookups, 0);
}

TEST(RedisStoreName, WithSeveralAddressesIsTriedAtEach) {
  const RedisProcess redis;
  EXPECT_EQ(ask(*open_store(url_of("two.test", redis.port())), lookup_of(alice())), kMissing);
  EXPECT_EQ(ask(*open_store(url_of("two.test", test::free_port())), lookup_of(alice())), kNoConnection);
}

// The first address takes nobody in and refuses nobody: its queue is full. It must not use up all the time.
TEST(RedisStoreName, WithAnAddressThatIsSilentLeavesTimeForTheOther) {
  const RedisProcess redis;
  const int silent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(redis.port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
  ASSERT_EQ(bind(silent, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(silent, 0), 0);
  std::vector<int> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    connect(waiting.back(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  const Stopwatch watch;
  EXPECT_EQ(ask(*open_store(url_of("two.test", redis.port()), with_timeouts(1000, 250)), lookup_of(alice())), kMissing);
  EXPECT_GE(watch.ms(), 400) << "the first address was silent";
  EXPECT_LT(watch.ms(), 1000);
  for (const int descriptor : waiting) close(descriptor);
  close(silent);
}

}  // namespace
}  // namespace swt
