// Every question, put to a real Redis, over each way to it.
#include <gtest/gtest.h>

#include <string>

#include "support/asking.h"
#include "support/redis_process.h"

namespace swt {
namespace {

using test::alice;
using test::ask;
using test::bound_alice;
using test::kMissing;
using test::kProtocol;
using test::kRefused;
using test::kRevoked;
using test::kYes;
using test::lookup_of;
using test::open_store;
using test::RedisProcess;
using test::registration_of;
using test::revocation_of;
using test::verification_of;
using test::verification_with_proof;

// A session's whole life.
void expect_all_questions_answered(RedisStore& store) {
  const Session session = bound_alice();
  EXPECT_EQ(ask(store, lookup_of(session)), kMissing);
  EXPECT_EQ(ask(store, verification_of(session)), kMissing);
  EXPECT_EQ(ask(store, registration_of(session)), kYes);
  EXPECT_EQ(ask(store, lookup_of(session)), kYes);
  EXPECT_EQ(ask(store, verification_with_proof(session, "proof", "attempt")), kYes);
  EXPECT_EQ(ask(store, verification_with_proof(session, "proof", "attempt")), kYes) << "the same attempt";
  EXPECT_EQ(ask(store, verification_with_proof(session, "proof", "other")), test::Said(Fact::proof_used));
  EXPECT_EQ(ask(store, verification_of(alice())), test::Said(Fact::mismatch));
  EXPECT_EQ(ask(store, revocation_of(session)), kYes);
  EXPECT_EQ(ask(store, verification_of(session)), kMissing);
  EXPECT_EQ(ask(store, registration_of(session)), kRevoked);
  EXPECT_EQ(test::status_of(store.ping()), Status::ok);
}

TEST(RedisStoreQuestions, AreAnsweredOverTcp) {
  const RedisProcess redis;
  const auto store = open_store(redis.url());
  expect_all_questions_answered(*store);
}

TEST(RedisStoreQuestions, AreAnsweredOverTcpByName) {
  const RedisProcess redis;
  const auto store = open_store("redis://localhost:" + std::to_string(redis.port()));
  expect_all_questions_answered(*store);
}

TEST(RedisStoreQuestions, AreAnsweredOverAUnixSocket) {
  const RedisProcess redis;
  const auto store = open_store("unix://" + redis.socket_path());
  expect_all_questions_answered(*store);
}

TEST(RedisStoreQuestions, CarryTheRecordBack) {
  const RedisProcess redis;
  const auto store = open_store(redis.url());
  ASSERT_EQ(ask(*store, registration_of(bound_alice())), kYes);
  const StoreReply reply = store->ask(lookup_of(bound_alice()), {0, 0});
  ASSERT_TRUE(std::holds_alternative<Answer>(reply));
  EXPECT_EQ(std::get<Answer>(reply).record, write_session_record(bound_alice(), 1799999000000));
}

TEST(RedisStoreQuestions, UseOneConnectionOneAfterTheOther) {
  const RedisProcess redis;
  const auto store = open_store(redis.url());
  for (int i = 0; i < 100; ++i) ASSERT_EQ(ask(*store, lookup_of(alice())), kMissing) << i;
  EXPECT_EQ(redis.calls_of("time"), 1 + 100) << "one for the connection, and one in each script";
  EXPECT_EQ(redis.calls_of("evalsha"), 100);
  EXPECT_EQ(redis.calls_of("eval"), 1) << "the source, when it was not known";
}

TEST(RedisStoreQuestions, GoWithTheLayout) {
  const RedisProcess redis;
  RedisStoreOptions options = test::patient();
  options.layout.prefix = "my{app}:";
  options.layout.session_ttl_s = 100;
  const auto store = open_store(redis.url(), options);
  ASSERT_EQ(ask(*store, registration_of(alice())), kYes);
  EXPECT_EQ(redis.run({"TTL", std::string("my{app}:") + test::kSessionId}), ":100\r\n");
}

TEST(RedisStoreQuestions, StayInTheirDatabase) {
  const RedisProcess redis;
  const auto store = open_store(redis.url() + "/7");
  const auto over_socket = open_store("unix://" + redis.socket_path() + "?db=7");
  const auto elsewhere = open_store(redis.url() + "/0");
  ASSERT_EQ(ask(*store, registration_of(alice())), kYes);
  EXPECT_EQ(ask(*store, verification_of(alice())), kYes);
  EXPECT_EQ(ask(*over_socket, verification_of(alice())), kYes);
  EXPECT_EQ(ask(*elsewhere, verification_of(alice())), kMissing);
}

// One database too many must not silently be another.
TEST(RedisStoreQuestions, AreRefusedWhereThereIsNoSuchDatabase) {
  const RedisProcess redis;
  EXPECT_EQ(ask(*open_store(redis.url() + "/16"), lookup_of(alice())), kProtocol);
  EXPECT_EQ(ask(*open_store(redis.url() + "/15"), lookup_of(alice())), kMissing);
}

TEST(RedisStoreQuestions, NeedASession) {
  const RedisProcess redis;
  const auto store = open_store(redis.url());
  EXPECT_EQ(ask(*store, verification_with_proof({"", "\"alice\"", ""}, "proof", "attempt")), kProtocol);
  EXPECT_EQ(redis.calls_of("time"), 0) << "Redis was not bothered";
  EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing);
}

std::string with_user(const RedisProcess& redis, const std::string& user_info) {
  return "redis://" + user_info + "@127.0.0.1:" + std::to_string(redis.port());
}

TEST(RedisStorePassword, IsAskedForByRedis) {
  const RedisProcess redis;
  redis.run({"CONFIG", "SET", "requirepass", "s3cret@/:"});
  expect_all_questions_answered(*open_store(with_user(redis, ":s3cret%40%2F%3A")));
  EXPECT_EQ(ask(*open_store(redis.url()), lookup_of(alice())), kRefused) << "none given";
  EXPECT_EQ(ask(*open_store(with_user(redis, ":wrong")), lookup_of(alice())), kRefused);
}

TEST(RedisStorePassword, IsTakenOverAUnixSocket) {
  const RedisProcess redis;
  redis.run({"CONFIG", "SET", "requirepass", "secret"});
  EXPECT_EQ(ask(*open_store("unix://:secret@" + redis.socket_path()), lookup_of(alice())), kMissing);
  EXPECT_EQ(ask(*open_store("unix://:wrong@" + redis.socket_path()), lookup_of(alice())), kRefused);
}

TEST(RedisStorePassword, IsNotWantedByARedisThatHasNone) {
  const RedisProcess redis;
  EXPECT_EQ(ask(*open_store(with_user(redis, ":secret")), lookup_of(alice())), kProtocol);
  EXPECT_EQ(ask(*open_store(redis.url()), lookup_of(alice())), kMissing);
}

// What the user needs, as redis_store.h says it.
TEST(RedisStoreUser, NeedsNoMoreThanItSays) {
  const RedisProcess redis;
  redis.run({"ACL", "SETUSER", "alice", "on", ">secret", "~swt:session:*", "+@read", "+@write", "+@scripting", "+time",
             "+ping", "+select"});
  expect_all_questions_answered(*open_store(with_user(redis, "alice:secret") + "/2"));
  EXPECT_EQ(ask(*open_store(with_user(redis, "alice:wrong")), lookup_of(alice())), kRefused);
  EXPECT_EQ(ask(*open_store(with_user(redis, "bob:secret")), lookup_of(alice())), kRefused);
}

TEST(RedisStoreUser, WhoLacksACommandGetsNoAnswer) {
  const RedisProcess redis;
  const auto set_user = [&](const std::string& lacking) {
    redis.run({"ACL", "SETUSER", "alice", "reset", "on", ">secret", "~*", "+@all", lacking});
  };
  // Of what a script calls, Redis 7.0 says no more than ERR.
  for (const auto& [command, no_answer] : {std::pair<std::string, test::Said>{"-evalsha", kRefused},
                                           {"-time", kRefused},
                                           {"-get", kProtocol},
                                           {"-hdel", kProtocol}}) {
    set_user(command);
    const auto store = open_store(with_user(redis, "alice:secret"));
    EXPECT_EQ(ask(*store, lookup_of(alice())), no_answer) << command;
    EXPECT_EQ(ask(*store, verification_of(alice())), no_answer) << command;
    set_user("+@all");
    EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing) << "allowed by now: " << command;
  }
}

TEST(RedisStoreUser, WhoLacksTheKeysGetsNoAnswer) {
  const RedisProcess redis;
  redis.run({"ACL", "SETUSER", "alice", "on", ">secret", "~other:*", "+@all"});
  EXPECT_EQ(ask(*open_store(with_user(redis, "alice:secret")), lookup_of(alice())), kRefused);
  RedisStoreOptions options = test::patient();
  options.layout.prefix = "other:";
  EXPECT_EQ(ask(*open_store(with_user(redis, "alice:secret"), options), lookup_of(alice())), kMissing);
}

// A user that was deleted or has another password is cut off; the connection is not used again.
TEST(RedisStoreUser, IsAskedAgainOnANewConnection) {
  const RedisProcess redis;
  redis.run({"ACL", "SETUSER", "alice", "on", ">secret", "~*", "+@all"});
  const auto store = open_store(with_user(redis, "alice:secret"));
  EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing);
  redis.run({"ACL", "DELUSER", "alice"});
  EXPECT_EQ(ask(*store, lookup_of(alice())), kRefused);
  redis.run({"ACL", "SETUSER", "alice", "on", ">secret", "~*", "+@all"});
  EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing);
}

TEST(RedisStorePing, SaysWhyRedisCannotBeUsed) {
  const RedisProcess redis;
  EXPECT_EQ(test::status_of(open_store(redis.url())->ping()), Status::ok);
  const Result<void> refused = open_store(with_user(redis, "alice:hunter2"))->ping();
  ASSERT_FALSE(refused);
  EXPECT_STREQ(refused.error().detail, "redis refused the user name or the password");
  const Result<void> nobody = open_store("redis://127.0.0.1:" + std::to_string(test::free_port()))->ping();
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().status, Status::store_connection);
  EXPECT_STREQ(nobody.error().detail, "nobody takes connections where redis should be");
}

}  // namespace
}  // namespace swt
