// What open checks, and that it does nothing else.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "support/asking.h"
#include "support/redis_process.h"

namespace swt {
namespace {

Status open_with(const std::string& url, const std::function<void(RedisStoreOptions&)>& change) {
  RedisStoreOptions options;
  change(options);
  return test::status_of(RedisStore::open(url, options));
}

Status open_with(const std::function<void(RedisStoreOptions&)>& change) { return open_with("redis://host", change); }

TEST(RedisStoreOptions, AreGoodAsTheyAre) {
  EXPECT_EQ(open_with([](RedisStoreOptions&) {}), Status::ok);
}

TEST(RedisStoreOptions, HaveTimeoutsOfAMillisecondToAMinute) {
  for (const int64_t good : {int64_t{1}, int64_t{60000}}) {
    EXPECT_EQ(open_with([&](RedisStoreOptions& options) { options.connect_timeout_ms = good; }), Status::ok);
    EXPECT_EQ(open_with([&](RedisStoreOptions& options) { options.command_timeout_ms = good; }), Status::ok);
  }
  for (const int64_t bad : {int64_t{0}, int64_t{-1}, int64_t{60001}, INT64_MIN, INT64_MAX}) {
    EXPECT_EQ(open_with([&](RedisStoreOptions& options) { options.connect_timeout_ms = bad; }), Status::argument);
    EXPECT_EQ(open_with([&](RedisStoreOptions& options) { options.command_timeout_ms = bad; }), Status::argument);
  }
}

TEST(RedisStoreOptions, HaveOneTo1024Connections) {
  for (const uint32_t good : {1u, 1024u}) {
    EXPECT_EQ(open_with([&](RedisStoreOptions& options) { options.max_connections = good; }), Status::ok);
  }
  for (const uint32_t bad : {0u, 1025u, UINT32_MAX}) {
    EXPECT_EQ(open_with([&](RedisStoreOptions& options) { options.max_connections = bad; }), Status::argument);
  }
}

TEST(RedisStoreOptions, HaveALayoutThatHolds) {
  EXPECT_EQ(open_with([](RedisStoreOptions& options) { options.layout.prefix = "{a}:"; }), Status::ok);
  EXPECT_EQ(open_with([](RedisStoreOptions& options) { options.layout.prefix = "a}b:"; }), Status::argument);
  EXPECT_EQ(open_with([](RedisStoreOptions& options) { options.layout.session_ttl_s = -1; }), Status::lifetime);
  EXPECT_EQ(open_with([](RedisStoreOptions& options) { options.layout.client_key_prefix = "a"; }), Status::argument);
  EXPECT_EQ(open_with([](RedisStoreOptions& options) { options.layout.not_after_ms = 1; }), Status::argument);
}

TEST(RedisStoreOptions, HaveAUrl) {
  EXPECT_EQ(open_with("", [](RedisStoreOptions&) {}), Status::argument);
  EXPECT_EQ(open_with("http://host", [](RedisStoreOptions&) {}), Status::argument);
}

// Somebody who names a CA believes that the connection is encrypted.
TEST(RedisStoreOptions, HaveCertificatesWithTlsOnly) {
  EXPECT_EQ(open_with([](RedisStoreOptions& options) { options.ca_file = "/ca.pem"; }), Status::argument);
  EXPECT_EQ(open_with("unix:///a", [](RedisStoreOptions& options) { options.ca_file = "/ca.pem"; }), Status::argument);
  EXPECT_EQ(open_with([](RedisStoreOptions& options) {
              options.client_certificate_file = "/c.pem";
              options.client_key_file = "/k.pem";
            }),
            Status::argument);
}

TEST(RedisStoreOptions, DoNotConnect) {
  test::RedisProcess redis;
  const auto store = test::open_store(redis.url());
  EXPECT_EQ(redis.calls_of("time"), 0);
  EXPECT_EQ(test::ask(*store, test::lookup_of(test::alice())), test::kMissing);
}

TEST(RedisStoreOptions, LetAnApplicationStartBeforeItsRedis) {
  test::RedisProcess redis;
  redis.kill();
  const auto store = test::open_store(redis.url());
  EXPECT_EQ(test::ask(*store, test::lookup_of(test::alice())), test::kNoConnection);
  redis.start_again();
  EXPECT_EQ(test::ask(*store, test::lookup_of(test::alice())), test::kMissing);
}

}  // namespace
}  // namespace swt
