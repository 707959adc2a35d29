// After fork the child goes on with what it has, and nothing random comes twice.
#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "support/guest.h"

namespace swt {
namespace {

constexpr int kTokens = SWT_TEST_IS_SANITIZED ? 100 : 1000;
constexpr int kForks = 8;
constexpr int kThreads = 8;

// What must never come twice, of a fresh token: the IV of its seal (the first 16 characters of its second part), its id,
// its session. One line each.
std::string what_is_random(const swt_engine* engine) {
  const auto grant = test::log_in(engine);
  test::require(grant.status == SWT_OK, swt_last_error_message());
  const std::string token = test::text(swt_grant_token(grant.handle.get()));
  swt_claims* opened = nullptr;
  test::require(swt_open_unchecked_session(engine, test::view(token), 0, &opened) == SWT_OK, swt_last_error_message());
  const test::ClaimsHandle claims(opened);
  const std::string id = test::text(swt_claims_token_id(claims.get()));
  const std::string session = test::text(swt_grant_session_id(grant.handle.get()));
  test::require(!id.empty() && !session.empty(), "ids");
  return "iv " + token.substr(token.find('.') + 1, 16) + "\nid " + id + "\nsession " + session + "\n";
}

std::string many(const swt_engine* engine) {
  std::string lines;
  for (int i = 0; i < kTokens; ++i) lines += what_is_random(engine);
  return lines;
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = write(descriptor, text.data(), text.size());
    if (size <= 0) return false;
    text.remove_prefix(static_cast<size_t>(size));
  }
  return true;
}

std::string read_all(int descriptor) {
  std::string text;
  char chunk[65536];
  for (ssize_t size = 0; (size = read(descriptor, chunk, sizeof chunk)) > 0;) text.append(chunk, static_cast<size_t>(size));
  return text;
}

TEST(Fork, NothingRandomComesTwice) {
  const test::EngineHandle engine = test::engine_of(test::new_key().get(), test::new_store().get());
  std::string all = many(engine.get());  // whatever is cached is cached before

  struct Child {
    pid_t pid;
    int output;
  };
  std::vector<Child> children;
  for (int i = 0; i < kForks; ++i) {
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    const pid_t pid = fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) _exit(write_all(ends[1], many(engine.get())) ? 0 : 1);
    close(ends[1]);
    children.push_back({pid, ends[0]});
  }
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      const std::string lines = many(engine.get());
      const std::lock_guard lock(mutex);
      all += lines;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Child& child : children) {
    all += read_all(child.output);
    close(child.output);
    int state = 0;
    waitpid(child.pid, &state, 0);
    EXPECT_EQ(state, 0);
  }

  std::set<std::string> seen;
  size_t count = 0;
  for (size_t at = 0; at < all.size(); at = all.find('\n', at) + 1) {
    const std::string line = all.substr(at, all.find('\n', at) - at);
    EXPECT_TRUE(seen.insert(line).second) << line << " came twice";
    count += 1;
  }
  EXPECT_EQ(count, size_t{3} * kTokens * (1 + kForks + kThreads));
}

TEST(Fork, AttemptsDoNotComeTwice) {
  char warm_up[SWT_ATTEMPT_LEN + 1];
  ASSERT_EQ(swt_attempt_new(warm_up), SWT_OK);
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  for (int i = 0; i < kForks; ++i) {
    EXPECT_EQ(test::in_child([&] {
                char attempt[SWT_ATTEMPT_LEN + 1];
                return swt_attempt_new(attempt) == SWT_OK && write_all(ends[1], attempt);
              }),
              0);
  }
  close(ends[1]);
  const std::string all = read_all(ends[0]);
  close(ends[0]);
  std::set<std::string> seen;
  for (size_t at = 0; at < all.size(); at += SWT_ATTEMPT_LEN) seen.insert(all.substr(at, SWT_ATTEMPT_LEN));
  EXPECT_EQ(seen.size(), size_t{kForks});
}

TEST(Fork, ChildGoesOnWithWhatItInherits) {
  const test::Client client;
  const test::Key rsa = test::key_from_pem(test::KeyPair::rsa().pkcs8_pem());
  const test::Key ec = test::key_from_pem(test::KeyPair::ec().pkcs8_pem());
  const test::Key secret = test::new_key();
  for (const test::Key* key : {&rsa, &ec, &secret}) {
    test::EngineHandle engine = test::engine_of(key->get(), test::new_store().get());
    const auto grant = test::log_in(engine.get(), &client);
    ASSERT_EQ(test::let_in(engine.get(), grant.handle.get(), client.proof()).status, SWT_OK);
    const std::string proof = client.proof();
    EXPECT_EQ(test::in_child([&] {
                const bool is_good = test::let_in(engine.get(), grant.handle.get(), proof).status == SWT_OK &&
                                     test::said(test::use_everything(engine.get(), client));
                engine.reset();
                return is_good;
              }),
              0);
    EXPECT_EQ(test::let_in(engine.get(), grant.handle.get(), proof).status, SWT_OK) << "two memory stores are two";
    EXPECT_EQ(test::use_everything(engine.get(), client), "");
  }
}

TEST(Fork, ARedisStoreConnectsAnew) {
  const test::RedisProcess redis;
  const test::Client client;
  test::Store store = test::redis_store(redis.url());
  test::EngineHandle engine = test::engine_of(test::new_key().get(), store.get());
  ASSERT_EQ(test::use_everything(engine.get(), client), "") << "connections are open before";
  const auto grant = test::log_in(engine.get());

  std::vector<pid_t> children;
  for (int i = 0; i < kForks; ++i) {
    const pid_t pid = fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
      bool is_good = test::let_in(engine.get(), grant.handle.get()).status == SWT_OK;
      for (int round = 0; round < 20 && is_good; ++round) is_good = test::said(test::use_everything(engine.get(), client));
      engine.reset();
      store.reset();
      _exit(is_good ? 0 : 1);
    }
    children.push_back(pid);
  }
  for (int round = 0; round < 20; ++round) EXPECT_EQ(test::use_everything(engine.get(), client), "");
  for (const pid_t pid : children) {
    int state = 0;
    waitpid(pid, &state, 0);
    EXPECT_EQ(state, 0);
  }
  EXPECT_EQ(test::let_in(engine.get(), grant.handle.get()).status, SWT_OK);
  EXPECT_EQ(test::in_child([&] { return swt_revoke(engine.get(), swt_grant_session_id(grant.handle.get())) == SWT_OK; }), 0);
  EXPECT_EQ(test::let_in(engine.get(), grant.handle.get()).status, SWT_REJECTED_SESSION_REVOKED) << "seen by both";
}

// A child of a child, which has two generations of connections behind it.
TEST(Fork, AGrandchildConnectsAnewToo) {
  const test::RedisProcess redis;
  const test::Client client;
  const test::Store store = test::redis_store(redis.url());
  const test::EngineHandle engine = test::engine_of(test::new_key().get(), store.get());
  ASSERT_EQ(test::use_everything(engine.get(), client), "");
  EXPECT_EQ(test::in_child([&] {
              return test::said(test::use_everything(engine.get(), client)) &&
                     test::in_child([&] { return test::said(test::use_everything(engine.get(), client)); }) == 0 &&
                     test::said(test::use_everything(engine.get(), client));
            }),
            0);
  EXPECT_EQ(test::use_everything(engine.get(), client), "");
}

}  // namespace
}  // namespace swt
