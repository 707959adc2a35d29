// Many threads on the same handles: the results are right, and the build with -fsanitize=thread has nothing to report.
#include <atomic>
#include <chrono>
#include <thread>

#include "support/guest.h"

namespace swt {
namespace {

constexpr int kThreads = 16;
constexpr int kRounds = SWT_TEST_IS_SANITIZED ? 8 : 30;

// Runs the body on 16 threads at once; what was wrong first, if anything.
std::string on_threads(const std::function<std::string(int thread)>& body) {
  std::vector<std::string> wrong(kThreads);
  std::vector<std::thread> threads;
  std::atomic<bool> is_start = false;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      while (!is_start) std::this_thread::yield();
      wrong[static_cast<size_t>(i)] = body(i);
    });
  }
  is_start = true;
  for (std::thread& thread : threads) thread.join();
  for (const std::string& one : wrong) {
    if (!one.empty()) return one;
  }
  return "";
}

std::string use_everything_again_and_again(const swt_engine* engine) {
  const test::Client client;
  return on_threads([&](int) {
    std::string wrong;
    for (int round = 0; round < kRounds && wrong.empty(); ++round) wrong = test::use_everything(engine, client);
    return wrong;
  });
}

struct Audit {
  std::atomic<int> sign = 0, verify_success = 0, verify_failure = 0, refresh = 0, revoke = 0, other = 0;
  std::atomic<size_t> bytes = 0;

  static void count(void* user, const swt_event* event) {
    auto& audit = *static_cast<Audit*>(user);
    const std::string_view name = swt_event_name(event);
    auto& counter = name == "sign"             ? audit.sign
                    : name == "verify_success" ? audit.verify_success
                    : name == "verify_failure" ? audit.verify_failure
                    : name == "refresh"        ? audit.refresh
                    : name == "revoke"         ? audit.revoke
                                               : audit.other;
    counter += 1;
    audit.bytes += swt_event_json(event).len + swt_event_user_id(event).len + swt_event_session_id(event).len;
    (void)swt_event_status(event);
    // A callback may call the library.
    char attempt[SWT_ATTEMPT_LEN + 1];
    (void)!swt_attempt_new(attempt);
  }
};

TEST(Threads, ShareAnEngineOverMemoryAndAnAudit) {
  Audit audit;
  const test::EngineHandle engine = test::engine_of(test::new_key().get(), test::new_store().get(), Audit::count, &audit);
  EXPECT_EQ(use_everything_again_and_again(engine.get()), "");
  constexpr int kTimes = kThreads * kRounds;
  EXPECT_EQ(audit.sign, 3 * kTimes);
  EXPECT_EQ(audit.refresh, kTimes);
  EXPECT_EQ(audit.revoke, kTimes);
  EXPECT_EQ(audit.verify_success, 4 * kTimes) << "three requests, and the one within the refresh";
  EXPECT_EQ(audit.verify_failure, 5 * kTimes);
  EXPECT_EQ(audit.other, 0);
}

TEST(Threads, ShareAnEcKey) {
  const test::Key key = test::key_from_pem(test::KeyPair::ec().pkcs8_pem());
  EXPECT_EQ(use_everything_again_and_again(test::engine_of(key.get(), test::new_store().get()).get()), "");
}

TEST(Threads, ShareAnRsaKey) {
  const test::Key key = test::key_from_pem(test::KeyPair::rsa().pkcs8_pem());
  EXPECT_EQ(use_everything_again_and_again(test::engine_of(key.get(), test::new_store().get()).get()), "");
}

TEST(Threads, ShareAStoreOverRedis) {
  const test::RedisProcess redis;
  const test::Store store = test::redis_store(redis.url());
  EXPECT_EQ(use_everything_again_and_again(test::engine_of(test::new_key().get(), store.get()).get()), "");
}

// Engines, keys and stores that come and go while others use what they were made from.
TEST(Threads, MakeAndFreeWhatTheyShare) {
  const test::Key key = test::key_from_pem(test::KeyPair::ec().pkcs8_pem());
  const test::Store store = test::new_store();
  const test::Client client;
  EXPECT_EQ(on_threads([&](int) {
              std::string wrong;
              for (int round = 0; round < kRounds && wrong.empty(); ++round) {
                wrong = test::use_everything(test::engine_of(key.get(), store.get()).get(), client);
              }
              return wrong;
            }),
            "");
}

// One refresh token, sixteen hands: one gets the next pair.
TEST(Threads, OneOfThemSpendsARefreshToken) {
  const test::EngineHandle engine = test::engine_of(test::new_key().get(), test::new_store().get());
  for (int round = 0; round < 20; ++round) {
    const auto grant = test::log_in(engine.get());
    std::atomic<int> winners = 0;
    EXPECT_EQ(on_threads([&](int) -> std::string {
                const swt_status status = test::refresh(engine.get(), grant.handle.get()).status;
                if (status == SWT_OK) winners += 1;
                else if (status != SWT_REJECTED_REFRESH_SUPERSEDED) return swt_status_name(status);
                return "";
              }),
              "");
    EXPECT_EQ(winners, 1);
  }
}

// The keys are changed and killed under sixteen threads. A token is good or its key is gone; nothing else may come of it.
TEST(Threads, KeysAreChangedAndKilledMeanwhile) {
  const test::Key keys[] = {test::new_key(), test::key_from_pem(test::KeyPair::ec().pkcs8_pem()),
                            test::key_from_pem(test::KeyPair::rsa().pkcs8_pem())};
  const auto ring_with = [&](int number) {
    swt_keyring* ring = nullptr;
    test::require(swt_keyring_new(&ring) == SWT_OK, "a ring");
    const std::string kid = "k" + std::to_string(number);
    const std::string old = "k" + std::to_string(number - 1);
    test::require(swt_keyring_set_signer(ring, keys[number % 3].get(), test::view(kid)) == SWT_OK, "a signer");
    test::require(swt_keyring_accept(ring, keys[(number + 2) % 3].get(), test::view(old), SWT_NO_END) == SWT_OK, "a key");
    return std::unique_ptr<swt_keyring, test::HandleDeleter<swt_keyring_free>>(ring);
  };
  const test::EngineHandle engine = test::engine_of(keys[0].get(), test::new_store().get());
  ASSERT_EQ(swt_engine_set_keyring(engine.get(), ring_with(1).get()), SWT_OK);

  std::atomic<bool> is_over = false;
  std::atomic<int> changes = 0;
  std::thread changer([&] {
    for (int number = 2; !is_over; ++number) {
      EXPECT_EQ(swt_engine_set_keyring(engine.get(), ring_with(number).get()), SWT_OK) << swt_last_error_message();
      const std::string killed = "k" + std::to_string(number - 1);
      EXPECT_EQ(swt_engine_kill_key(engine.get(), test::view(killed)), SWT_OK);
      changes += 1;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  });
  std::atomic<int> accepted = 0;
  EXPECT_EQ(on_threads([&](int) -> std::string {
              const test::Client client;
              for (int round = 0; round < 3 * kRounds; ++round) {
                const auto grant = test::log_in(engine.get(), &client);
                if (grant.status != SWT_OK) return std::string("sign: ") + swt_status_name(grant.status);
                for (const swt_status status : {test::let_in(engine.get(), grant.handle.get(), client.proof()).status,
                                                test::refresh(engine.get(), grant.handle.get(), client.proof()).status}) {
                  if (status == SWT_OK) accepted += 1;
                  else if (status != SWT_REJECTED_TOKEN_KEY) return std::string("use: ") + swt_status_name(status);
                }
              }
              return "";
            }),
            "");
  is_over = true;
  changer.join();
  EXPECT_GT(changes, 2);
  EXPECT_GT(accepted, 0);
}

// The sentence about the last failure is each thread's own.
TEST(Threads, HaveTheirOwnLastError) {
  EXPECT_EQ(on_threads([](int thread) -> std::string {
              swt_key* key = nullptr;
              char thumbprint[SWT_THUMBPRINT_LEN + 1];
              for (int round = 0; round < 100; ++round) {
                if (thread % 2 == 0) (void)!swt_jwk_thumbprint({nullptr, 0}, nullptr);
                else (void)!swt_key_new_secret({nullptr, 5}, {nullptr, 0}, 0, &key);
                (void)thumbprint;
                const std::string own = thread % 2 == 0 ? "out_thumbprint is NULL" : "a text has a length and no data";
                if (swt_last_error_message() != own) return swt_last_error_message();
              }
              return "";
            }),
            "");
}

}  // namespace
}  // namespace swt
