// Many threads, few connections, children of fork, and descriptors that do not leak.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/asking.h"
#include "support/fake_redis.h"
#include "support/redis_process.h"

namespace swt {
namespace {

using test::alice;
using test::answer_honestly;
using test::answers;
using test::ask;
using test::FakeConnection;
using test::FakeRedis;
using test::kMissing;
using test::kNoConnection;
using test::kTimeout;
using test::kYes;
using test::lookup_of;
using test::open_store;
using test::RedisProcess;
using test::registration_of;
using test::Said;
using test::script_reply;
using test::Stopwatch;
using test::verification_of;
using test::with_connections;
using test::with_timeouts;
using test::Words;

Session numbered(int number) { return {test::numbered_session_id(number), std::to_string(number + 1), ""}; }

void in_threads(int count, const std::function<void(int)>& run) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(run, i);
  for (std::thread& thread : threads) thread.join();
}

std::set<int> descriptors() {
  std::set<int> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    found.insert(std::stoi(entry.path().filename()));
  }
  std::erase_if(found, [](int descriptor) { return fcntl(descriptor, F_GETFD) < 0; });  // the one that was looked with
  return found;
}

int open_descriptors() { return static_cast<int>(descriptors().size()); }

RedisStoreOptions with_timeouts_and_connections(int64_t connect_ms, int64_t command_ms, uint32_t count) {
  RedisStoreOptions options = with_timeouts(connect_ms, command_ms);
  options.max_connections = count;
  return options;
}

// Each thread gets the answers to its own questions.
TEST(RedisStoreThreads, ShareFewConnections) {
  const RedisProcess redis;
  const auto store = open_store(redis.url(), with_connections(2));
  in_threads(16, [&](int thread) {
    for (int i = 0; i < 50; ++i) {
      const Session session = numbered(thread * 1000 + i);
      EXPECT_EQ(ask(*store, lookup_of(session)), kMissing);
      EXPECT_EQ(ask(*store, registration_of(session)), kYes);
      EXPECT_EQ(ask(*store, verification_of(session)), kYes);
    }
  });
  EXPECT_NE(redis.run({"INFO", "clients"}).find("connected_clients:3\r\n"), std::string::npos)
      << "ours, and the test's";
}

TEST(RedisStoreThreads, NeverHaveMoreConnectionsThanTheyMay) {
  const FakeRedis redis([](FakeConnection& connection) {
    for (Words command = connection.read_command(); !command.empty(); command = connection.read_command()) {
      if (answer_honestly(connection, command)) continue;
      connection.send(script_reply(1));
      if (connection.number % 3 == 0) return;  // some come to an end, and are replaced
    }
  });
  const auto store = open_store(redis.url(), with_connections(3));
  in_threads(12, [&](int) {
    for (int i = 0; i < 20; ++i) EXPECT_EQ(ask(*store, lookup_of(alice())), kYes);
  });
  EXPECT_GT(redis.accepted(), 3);
  // The fake server notices an end a moment after the client has made it.
  EXPECT_LE(redis.most_open(), 2 * 3);
}

TEST(RedisStoreThreads, AreServedInTurn) {
  const FakeRedis redis([](FakeConnection& connection) {
    for (Words command = connection.read_command(); !command.empty(); command = connection.read_command()) {
      if (answer_honestly(connection, command)) continue;
      connection.pause(100);
      connection.send(script_reply(1));
    }
  });
  const auto store = open_store(redis.url(), with_connections(1));
  std::atomic<int> turn = 0;
  int order[5];
  in_threads(5, [&](int thread) {
    std::this_thread::sleep_for(std::chrono::milliseconds(30 * thread));
    EXPECT_EQ(ask(*store, lookup_of(alice())), kYes);
    order[thread] = turn++;
  });
  EXPECT_TRUE(std::is_sorted(std::begin(order), std::end(order)));
  EXPECT_EQ(redis.accepted(), 1);
}

TEST(RedisStoreThreads, AllComeBackFromAServerThatNeverAnswers) {
  const FakeRedis redis(answers(""));
  const auto store = open_store(redis.url(), with_timeouts_and_connections(300, 200, 4));
  const Stopwatch watch;
  in_threads(50, [&](int) {
    const Stopwatch own;
    EXPECT_EQ(ask(*store, lookup_of(alice())), kTimeout);
    EXPECT_LT(own.ms(), 500 + test::kSlackMs);
  });
  EXPECT_LT(watch.ms(), 500 + test::kSlackMs);
}

TEST(RedisStoreThreads, AllComeBackFromAServerThatTakesNoConnection) {
  const FakeRedis redis([](FakeConnection& connection) { connection.say_nothing(); });
  const auto store = open_store(redis.url(), with_timeouts_and_connections(300, 200, 4));
  in_threads(50, [&](int) {
    const Stopwatch own;
    EXPECT_EQ(ask(*store, lookup_of(alice())), kTimeout);
    EXPECT_LT(own.ms(), 500 + test::kSlackMs);
  });
  EXPECT_LE(redis.most_open(), 8) << "attempts at once: four, and four more of those that waited";
}

// 1024 may wait; the next is told at once. It needs no server that answers.
TEST(RedisStoreThreads, DoNotWaitInEndlessLines) {
  const FakeRedis redis([](FakeConnection& connection) { connection.say_nothing(); });
  const auto store = open_store(redis.url(), with_timeouts_and_connections(2500, 2000, 1));
  std::atomic<int> at_once = 0;
  in_threads(1100, [&](int) {
    const Stopwatch own;
    const Said said = ask(*store, lookup_of(alice()));
    EXPECT_EQ(said, kTimeout);
    if (own.ms() < 1000) ++at_once;
  });
  EXPECT_EQ(at_once, 1100 - 1 - 1024);
}

TEST(RedisStoreThreads, NeedLittleStack) {
  const RedisProcess redis;
  struct Work {
    std::shared_ptr<RedisStore> store;
    bool is_done = false;
  } work{open_store("redis://localhost:" + std::to_string(redis.port()))};
  const auto run = [](void* given) -> void* {
    auto& its = *static_cast<Work*>(given);
    its.is_done = ask(*its.store, registration_of(alice())) == kYes &&
                  ask(*its.store, verification_of(alice())) == kYes && its.store->ping().ok();
    return nullptr;
  };
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, 64 * 1024), 0);
  pthread_t thread{};
  ASSERT_EQ(pthread_create(&thread, &attributes, run, &work), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  EXPECT_TRUE(work.is_done);
}

TEST(RedisStoreDescriptors, DoNotLeakOverFailures) {
  const FakeRedis cutting([](FakeConnection& connection) {
    if (connection.number % 2 == 0) answer_honestly(connection, connection.read_command());
    connection.reset();
  });
  const FakeRedis odd(answers("$-1\r\n"));
  const auto refused = open_store("redis://127.0.0.1:" + std::to_string(test::free_port()));
  const auto cut = open_store(cutting.url());
  const auto strange = open_store(odd.url());
  ask(*strange, lookup_of(alice()));
  const auto settled = [](int wanted) {
    for (int i = 0; i < 200 && open_descriptors() > wanted; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));  // the fake servers' own ends
    }
    return open_descriptors();
  };
  const int before = settled(0);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(ask(*refused, lookup_of(alice())), kNoConnection);
    EXPECT_EQ(ask(*cut, lookup_of(alice())), kNoConnection);
  }
  for (int i = 0; i < 100; ++i) EXPECT_EQ(ask(*strange, lookup_of(alice())), test::kProtocol);
  EXPECT_LE(settled(before), before);
}

TEST(RedisStoreDescriptors, AreAllClosedWithTheStore) {
  const RedisProcess redis;
  const int before = open_descriptors();
  auto store = open_store(redis.url(), with_connections(4));
  in_threads(4, [&](int) { EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing); });
  EXPECT_GT(open_descriptors(), before);
  store.reset();
  EXPECT_EQ(open_descriptors(), before);
}

TEST(RedisStoreDescriptors, AreNotInheritedByPrograms) {
  const RedisProcess redis;
  const std::set<int> before = descriptors();
  const auto store = open_store(redis.url());
  ASSERT_EQ(ask(*store, lookup_of(alice())), kMissing);
  int own = 0;
  for (const int descriptor : descriptors()) {
    if (before.contains(descriptor)) continue;
    EXPECT_NE(fcntl(descriptor, F_GETFD) & FD_CLOEXEC, 0) << descriptor;
    ++own;
  }
  EXPECT_EQ(own, 1);
}

// Without a descriptor left there is no connection; with one there is.
TEST(RedisStoreDescriptors, MayBeUsedUp) {
  const RedisProcess redis;
  const auto store = open_store(redis.url());
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{3, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const Said said = ask(*store, lookup_of(alice()));
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(said, kNoConnection);
  EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing);
}

// Runs in a child of fork. True when all was as it should be.
bool in_child(const std::function<bool()>& run) {
  const pid_t child = fork();
  if (child == 0) _exit(run() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int connections_of(const RedisProcess& redis) {
  const std::string info = redis.run({"INFO", "clients"});
  return std::atoi(info.c_str() + info.find("connected_clients:") + 18) - 1;  // without the test's own
}

TEST(RedisStoreFork, GivesTheChildConnectionsOfItsOwn) {
  const RedisProcess redis;
  const auto store = open_store(redis.url());
  ASSERT_EQ(ask(*store, registration_of(alice())), kYes);
  EXPECT_TRUE(in_child([&] {
    const int inherited = open_descriptors();
    for (int i = 0; i < 20; ++i) {
      if (ask(*store, verification_of(alice())) != kYes) return false;
    }
    return open_descriptors() == inherited && connections_of(redis) == 2;
  }));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask(*store, verification_of(alice())), kYes);
  EXPECT_EQ(redis.calls_of("eval"), 2) << "register and verify";
  EXPECT_EQ(connections_of(redis), 1) << "the parent's connection is the one that it had";
}

// Both ask at the same time: neither gets the other's answers.
TEST(RedisStoreFork, LetsBothGoOn) {
  const RedisProcess redis;
  const auto store = open_store(redis.url());
  ASSERT_EQ(ask(*store, registration_of(numbered(1))), kYes);
  const pid_t child = fork();
  const Said expected = child == 0 ? kMissing : kYes;
  bool is_right = true;
  for (int i = 0; i < 500; ++i) is_right = is_right && ask(*store, lookup_of(numbered(child == 0 ? 2 : 1))) == expected;
  if (child == 0) _exit(is_right ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(is_right);
}

TEST(RedisStoreFork, LetsTheChildDropTheStore) {
  const RedisProcess redis;
  auto store = open_store(redis.url());
  ASSERT_EQ(ask(*store, lookup_of(alice())), kMissing);
  EXPECT_TRUE(in_child([&] {
    const int inherited = open_descriptors();
    store.reset();
    return open_descriptors() == inherited - 1;
  }));
  EXPECT_TRUE(in_child([&] {
    if (ask(*store, lookup_of(alice())) != kMissing) return false;
    const int inherited = open_descriptors();
    store.reset();
    return open_descriptors() == inherited - 1;
  }));
  EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing);
  EXPECT_EQ(connections_of(redis), 1);
}

TEST(RedisStoreFork, HappensAgainInTheChild) {
  const RedisProcess redis;
  const auto store = open_store(redis.url());
  ASSERT_EQ(ask(*store, lookup_of(alice())), kMissing);
  EXPECT_TRUE(in_child([&] {
    return ask(*store, lookup_of(alice())) == kMissing &&
           in_child([&] { return ask(*store, lookup_of(alice())) == kMissing; }) &&
           ask(*store, lookup_of(alice())) == kMissing;
  }));
}

// At the moment of the fork other threads are in the middle of everything; what they held, nobody will ever release.
TEST(RedisStoreFork, InTheMiddleOfOthersWork) {
  const RedisProcess redis;
  const auto store = open_store(redis.url(), with_connections(4));
  std::atomic<bool> is_over = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      while (!is_over) EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing);
    });
  }
  for (int i = 0; i < 30; ++i) {
    EXPECT_TRUE(in_child([&] {
      alarm(10);
      return ask(*store, lookup_of(alice())) == kMissing;
    })) << i;
  }
  is_over = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(connections_of(redis), 4);
}

}  // namespace
}  // namespace swt
