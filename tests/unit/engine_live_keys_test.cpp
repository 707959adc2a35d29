// Keys of an engine in use: replaced, killed, by several threads at once.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "support/outcome.h"
#include "support/ring.h"
#include "support/test_engine.h"

namespace swt {
namespace {

using test::request_with;
using test::secret_key;
using test::status_of;
using test::TestEngine;

// A ring that signs with the first of these keys and accepts the others; k<n> is the name of key n.
KeyRing ring_of(const std::vector<int>& keys) {
  KeyRing ring;
  EXPECT_TRUE(ring.set_signer(secret_key(keys.front()), 'k' + std::to_string(keys.front())));
  for (size_t i = 1; i < keys.size(); ++i) {
    EXPECT_TRUE(ring.accept(secret_key(keys[i]), 'k' + std::to_string(keys[i]), kNoEnd));
  }
  return ring;
}

TestEngine engine_with(const std::vector<int>& keys) {
  return TestEngine(EngineSettings{ring_of(keys), true, true, 0});
}

std::string kid_of(const TestEngine& engine, const Grant& grant) {
  return engine.begin_verify(request_with(grant))->outcome.opened.key_id;
}

TEST(LiveKeys, AreReplaced) {
  TestEngine engine = engine_with({1});
  const Grant old = *engine.sign();
  EXPECT_EQ(status_of(engine.keys().replace(ring_of({2, 1}))), Status::ok);
  const Grant fresh = *engine.sign();
  EXPECT_EQ(kid_of(engine, fresh), "k2");
  EXPECT_EQ(kid_of(engine, old), "k1");
  EXPECT_EQ(status_of(engine.verify(request_with(old))), Status::ok) << "nobody is logged out";
  EXPECT_EQ(status_of(engine.verify(request_with(fresh))), Status::ok);
}

TEST(LiveKeys, ThatAreNotInTheNextRingAreNotAcceptedAnyMore) {
  TestEngine engine = engine_with({1});
  const Grant old = *engine.sign();
  EXPECT_EQ(status_of(engine.keys().replace(ring_of({2}))), Status::ok);
  EXPECT_EQ(status_of(engine.verify(request_with(old))), Status::token_key);
  EXPECT_EQ(status_of(engine.keys().replace(ring_of({2, 1}))), Status::ok);
  EXPECT_EQ(status_of(engine.verify(request_with(old))), Status::ok) << "it was left out, not killed";
}

TEST(LiveKeys, ThatAreKilledAreNotAcceptedAnyMore) {
  TestEngine engine = engine_with({1});
  const Grant old = *engine.sign();
  EXPECT_TRUE(engine.keys().replace(ring_of({2, 1})));
  const Grant fresh = *engine.sign();
  EXPECT_EQ(status_of(engine.keys().kill("k1")), Status::ok);
  EXPECT_EQ(status_of(engine.verify(request_with(old))), Status::token_key);
  EXPECT_EQ(status_of(engine.verify(request_with(fresh))), Status::ok);
}

TEST(LiveKeys, ThatAreKilledCannotComeBack) {
  TestEngine engine = engine_with({2, 1});
  const Grant grant = *engine.sign();
  EXPECT_TRUE(engine.keys().kill("k1"));
  for (const KeyRing& ring : {ring_of({2, 1}), ring_of({1}), ring_of({3, 4, 1})}) {
    EXPECT_EQ(status_of(engine.keys().replace(ring)), Status::key_id);
  }
  EXPECT_EQ(status_of(engine.verify(request_with(grant))), Status::ok) << "the keys stayed as they were";
  EXPECT_EQ(kid_of(engine, *engine.sign()), "k2");
  EXPECT_EQ(status_of(engine.keys().replace(ring_of({3, 2}))), Status::ok);
}

// A node that has not heard of a key yet is told that it got out.
TEST(LiveKeys, ThatWereNeverThereMayBeKilled) {
  TestEngine engine = engine_with({1});
  EXPECT_EQ(status_of(engine.keys().kill("k2")), Status::ok);
  EXPECT_EQ(status_of(engine.sign()), Status::ok);
  EXPECT_EQ(status_of(engine.keys().replace(ring_of({2, 1}))), Status::key_id);
  EXPECT_EQ(status_of(engine.keys().kill("k2")), Status::ok) << "twice is once";
}

TEST(LiveKeys, AreNotKilledByAnotherOrMalformedName) {
  TestEngine engine = engine_with({1});
  for (const std::string& bad : {std::string(), std::string("a b"), std::string("\""), std::string(129, 'k')}) {
    EXPECT_EQ(status_of(engine.keys().kill(bad)), Status::key_id) << bad;
  }
  EXPECT_TRUE(engine.keys().kill("K1"));
  EXPECT_EQ(status_of(engine.sign()), Status::ok);
}

TEST(LiveKeys, WithoutTheirSignerSignNothingUntilThereIsAnotherRing) {
  TestEngine engine = engine_with({1, 2});
  SignRequest login = test::login_request();
  const Grant grant = *engine.sign(login);
  EXPECT_TRUE(engine.keys().replace(ring_of({2, 1})));
  EXPECT_TRUE(engine.keys().kill("k2"));
  EXPECT_EQ(status_of(engine.sign()), Status::state);
  EXPECT_EQ(status_of(engine.refresh(test::refresh_with(grant.refresh_token))), Status::state);
  EXPECT_EQ(status_of(engine.verify(request_with(grant))), Status::ok) << "the other key is accepted still";
  EXPECT_EQ(status_of(engine.keys().replace(ring_of({3, 1}))), Status::ok);
  EXPECT_EQ(status_of(engine.sign()), Status::ok);
  EXPECT_EQ(status_of(engine.refresh(test::refresh_with(grant.refresh_token))), Status::ok);
}

TEST(LiveKeys, WithTheLastOneKilledAcceptNothing) {
  TestEngine engine = engine_with({1});
  const Grant grant = *engine.sign();
  EXPECT_TRUE(engine.keys().kill("k1"));
  EXPECT_EQ(status_of(engine.verify(request_with(grant))), Status::token_key);
  EXPECT_EQ(status_of(engine.sign()), Status::state);
}

TEST(LiveKeys, ThatAreKilledOpenNoRefreshToken) {
  TestEngine engine = engine_with({1});
  const Grant grant = *engine.sign(test::login_request());
  EXPECT_TRUE(engine.keys().replace(ring_of({2, 1})));
  EXPECT_EQ(status_of(engine.begin_refresh(test::refresh_with(grant.refresh_token))), Status::ok);
  EXPECT_TRUE(engine.keys().kill("k1"));
  EXPECT_EQ(status_of(engine.refresh(test::refresh_with(grant.refresh_token))), Status::token_key);
}

TEST(LiveKeys, OfAnOperationAreThoseOfItsBegin) {
  TestEngine engine = engine_with({1});
  const Grant grant = *engine.sign();
  Result<PendingVerify> pending = engine.begin_verify(request_with(grant));
  EXPECT_TRUE(engine.keys().kill("k1"));
  const std::optional<StoreReply> reply = engine.ask(pending->question);
  EXPECT_EQ(status_of(complete_verify(*std::move(pending), &*reply, engine.now)), Status::ok);
}

TEST(LiveKeys, OfTheOneKeyMayGiveWayToARing) {
  TestEngine engine(EngineSettings{KeyRing::of_one(secret_key(1)), true, true, 0});
  const Grant old = *engine.sign();
  EXPECT_TRUE(engine.keys().replace(ring_of({2, 1})));
  EXPECT_EQ(status_of(engine.verify(request_with(old))), Status::ok) << "it names no key, and is tried with all";
  EXPECT_TRUE(engine.keys().kill("k1"));
  EXPECT_EQ(status_of(engine.verify(request_with(old))), Status::token_authentication);
}

TEST(LiveKeys, AreChangedWhileOthersUseThem) {
  LiveKeys keys(ring_of({1, 2}));
  std::atomic<bool> is_over = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> users;
  for (int i = 0; i < 3; ++i) {
    users.emplace_back([&] {
      while (!is_over) {
        const auto ring = keys.current();
        const Result<const RingKey*> signer = ring->signer();
        if (!signer || !ring->has((*signer)->id)) ++wrong;
      }
    });
  }
  for (int i = 0; i < 500; ++i) EXPECT_TRUE(keys.replace(i % 2 == 0 ? ring_of({2, 1}) : ring_of({1, 2})));
  EXPECT_TRUE(keys.kill("never-there"));
  is_over = true;
  for (std::thread& user : users) user.join();
  EXPECT_EQ(wrong, 0) << "each saw a whole ring";
}

// Killing and replacing race: whatever the order, the killed key is gone afterwards.
TEST(LiveKeys, ThatAreKilledWhileTheyAreReplacedAreGone) {
  for (int round = 0; round < 50; ++round) {
    LiveKeys keys(ring_of({1, 2}));
    std::thread replacer([&] {
      for (int i = 0; i < 20; ++i) {
        if (!keys.replace(ring_of({1, 2}))) break;
      }
    });
    EXPECT_TRUE(keys.kill("k2"));
    replacer.join();
    EXPECT_FALSE(keys.current()->has("k2"));
  }
}

}  // namespace
}  // namespace swt
