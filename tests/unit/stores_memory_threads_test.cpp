// Many threads at one store.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "stores/memory_store.h"
#include "support/sessions.h"

namespace swt {
namespace {

constexpr int kThreads = 20;

// Lets all threads go at once.
void race(const std::function<void(int)>& run) {
  std::atomic<int> waiting = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      ++waiting;
      while (waiting < kThreads) std::this_thread::yield();
      run(thread);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

Fact fact(MemoryStore& store, const Question& question) {
  const StoreReply reply = store.ask(question, {0, 0});
  const auto* answer = std::get_if<Answer>(&reply);
  return answer != nullptr ? answer->fact : static_cast<Fact>(99);
}

TEST(MemoryStoreThreads, SpendOneProofExactlyOnce) {
  MemoryStore store({});
  ASSERT_EQ(fact(store, test::registration_of(test::bound_alice())), Fact::yes);
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> accepted = 0;
    std::atomic<int> replayed = 0;
    race([&](int thread) {
      const Fact said = fact(store, test::verification_with_proof(test::bound_alice(), "proof-" + std::to_string(round),
                                                                  "attempt-" + std::to_string(thread)));
      if (said == Fact::yes) ++accepted;
      if (said == Fact::proof_used) ++replayed;
    });
    EXPECT_EQ(accepted, 1);
    EXPECT_EQ(replayed, kThreads - 1);
  }
}

TEST(MemoryStoreThreads, GiveOneIdToOneSession) {
  MemoryStore store({});
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> accepted = 0;
    race([&](int thread) {
      const Session session{test::numbered_session_id(round), std::to_string(thread + 1), ""};
      if (fact(store, test::registration_of(session)) == Fact::yes) ++accepted;
    });
    EXPECT_EQ(accepted, 1);
  }
}

TEST(MemoryStoreThreads, KeepToTheLimitOfSessions) {
  MemoryStore store({100, 50, 100});
  std::atomic<int> accepted = 0;
  race([&](int thread) {
    for (int i = 0; i < 20; ++i) {
      const Session session{test::numbered_session_id(thread * 100 + i), "1", ""};
      if (fact(store, test::registration_of(session)) == Fact::yes) ++accepted;
    }
  });
  EXPECT_EQ(accepted, 50);
}

// A verification that starts after the revocation has returned is refused.
TEST(MemoryStoreThreads, SeeARevocationOnceItHasReturned) {
  MemoryStore store({});
  for (int round = 0; round < 50; ++round) {
    const Session session{test::numbered_session_id(round), "1", ""};
    ASSERT_EQ(fact(store, test::registration_of(session)), Fact::yes);
    std::atomic<bool> is_revoked = false;
    std::atomic<int> too_late = 0;
    race([&](int thread) {
      if (thread == 0) {
        EXPECT_EQ(fact(store, RevokeQuestion{session.id}), Fact::yes);
        is_revoked = true;
        return;
      }
      for (int i = 0; i < 20; ++i) {
        const bool was_revoked = is_revoked;
        if (fact(store, test::verification_of(session)) == Fact::yes && was_revoked) ++too_late;
      }
    });
    EXPECT_EQ(too_late, 0);
    EXPECT_EQ(fact(store, test::verification_of(session)), Fact::revoked);
  }
}

}  // namespace
}  // namespace swt
