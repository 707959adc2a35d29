#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "crypto/context_pool.h"

namespace swt {
namespace {

struct Context {
  explicit Context(std::atomic<int>& alive_in) : alive(alive_in) { ++alive; }
  ~Context() { --alive; }

  std::atomic<int>& alive;
  std::atomic<int> users = 0;
};

struct Counted {
  std::atomic<int> made = 0;
  std::atomic<int> alive = 0;
  ContextPool<Context> pool{[this] {
    ++made;
    return std::make_unique<Context>(alive);
  }};
};

using Lease = ContextPool<Context>::Lease;

TEST(ContextPool, LendsOneContextAgainAndAgain) {
  Counted counted;
  EXPECT_EQ(counted.made, 0) << "before there is a use for one";
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(Lease(counted.pool));
  EXPECT_EQ(counted.made, 1);
}

TEST(ContextPool, LendsEachContextToOneOnly) {
  Counted counted;
  {
    Lease first(counted.pool);
    Lease second(counted.pool);
    Lease third(counted.pool);
    const std::set<Context*> all{first.operator->(), second.operator->(), third.operator->()};
    EXPECT_EQ(all.size(), 3u);
  }
  EXPECT_EQ(counted.made, 3);
  {
    Lease first(counted.pool);
    Lease second(counted.pool);
  }
  EXPECT_EQ(counted.made, 3) << "they came back";
}

TEST(ContextPool, KeepsNoMoreThan64) {
  Counted counted;
  std::vector<std::unique_ptr<Lease>> leases;
  for (int i = 0; i < 70; ++i) leases.push_back(std::make_unique<Lease>(counted.pool));
  EXPECT_EQ(counted.alive, 70);
  leases.clear();
  EXPECT_EQ(counted.alive, 64);
}

TEST(ContextPool, FreesWhatItHolds) {
  std::atomic<int> alive = 0;
  {
    ContextPool<Context> pool([&] { return std::make_unique<Context>(alive); });
    Lease first(pool);
    Lease second(pool);
    EXPECT_EQ(alive, 2);
  }
  EXPECT_EQ(alive, 0);
}

TEST(ContextPool, LendsNothingWhenNoneCanBeMade) {
  bool works = false;
  std::atomic<int> alive = 0;
  ContextPool<Context> pool([&] { return works ? std::make_unique<Context>(alive) : nullptr; });
  EXPECT_FALSE(Lease(pool));
  works = true;
  EXPECT_TRUE(Lease(pool));
  works = false;
  EXPECT_TRUE(Lease(pool)) << "the one that was made";
}

TEST(ContextPool, NeverLendsOneContextToTwoThreads) {
  Counted counted;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20000; ++round) {
        Lease lease(counted.pool);
        if (++lease->users != 1) ++wrong;
        --lease->users;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(counted.alive, 8);
}

}  // namespace
}  // namespace swt
