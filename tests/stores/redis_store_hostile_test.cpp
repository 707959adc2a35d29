// What a server says that is no answer: errors, other types, things that are no RESP at all. Each is "there is no answer",
// never "missing" and never "yes"; and the next question is answered.
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "support/asking.h"
#include "support/fake_redis.h"

namespace swt {
namespace {

using test::alice;
using test::answer_honestly;
using test::answers;
using test::ask;
using test::FakeConnection;
using test::FakeRedis;
using test::kProtocol;
using test::kRefused;
using test::kYes;
using test::lookup_of;
using test::open_store;
using test::registration_of;
using test::revocation_of;
using test::Said;
using test::script_reply;
using test::verification_with_proof;
using test::Words;

const Question kQuestions[] = {lookup_of(alice()), registration_of(alice()), revocation_of(alice()),
                               verification_with_proof(alice(), "proof", "attempt")};

// What such a reply means: nothing, or that we are not let in.
Said no_answer(const std::string& reply) {
  for (const char* code : {"NOAUTH", "NOPERM", "WRONGPASS"}) {
    if (reply.find(code) != std::string::npos) return kRefused;
  }
  return kProtocol;
}

void expect_no_answer(const std::string& reply, const std::string& what) {
  const FakeRedis redis(answers(reply));
  const auto store = open_store(redis.url());
  for (const Question& question : kQuestions) EXPECT_EQ(ask(*store, question), no_answer(what)) << what;
}

TEST(RedisStoreHostile, HasALegitimateTwin) {
  const FakeRedis redis(answers(script_reply(1, "text")));
  const auto store = open_store(redis.url());
  for (const Question& question : kQuestions) EXPECT_EQ(ask(*store, question), kYes) << question.index();
  EXPECT_EQ(redis.accepted(), 1);
}

TEST(RedisStoreHostile, ErrorsAreNoAnswer) {
  for (const std::string error : {"LOADING Redis is loading the dataset in memory",
                                  "READONLY You can't write against a read only replica.",
                                  "OOM command not allowed when used memory > 'maxmemory'.",
                                  "NOAUTH Authentication required.",
                                  "NOPERM this user has no permissions to run the 'evalsha' command",
                                  "MISCONF Redis is configured to save RDB",
                                  "BUSY Redis is busy running a script.",
                                  "MASTERDOWN Link with MASTER is down",
                                  "CLUSTERDOWN The cluster is down",
                                  "MOVED 3999 127.0.0.1:6381",
                                  "ASK 3999 127.0.0.1:6381",
                                  "TRYAGAIN Multiple keys request during rehashing of slot",
                                  "NOREPLICAS Not enough good replicas to write.",
                                  "WRONGTYPE Operation against a key holding the wrong kind",
                                  "NOSCRIPT No matching script.",
                                  "EXECABORT Transaction discarded",
                                  "CROSSSLOT Keys in request",
                                  "ERR unknown",
                                  "UNKILLABLE Sorry",
                                  "",
                                  "1",
                                  "missing"}) {
    expect_no_answer("-" + error + "\r\n", error);
  }
}

TEST(RedisStoreHostile, OtherTypesAreNoAnswer) {
  const std::string whole = script_reply(1);
  const std::string time = whole.substr(whole.rfind("\r\n:"));
  const std::string replies[] = {
      "$-1\r\n", "*-1\r\n", ":1\r\n", "+OK\r\n", "+1\r\n", "$1\r\n1\r\n", "$0\r\n\r\n", "*0\r\n",
      // arrays of other things
      "*1\r\n" + whole, "*2\r\n:1\r\n$0\r\n\r\n", "*4\r\n:1\r\n$0\r\n\r\n:1\r\n:1\r\n", "*3\r\n$-1\r\n$0\r\n" + time,
      "*3\r\n+1\r\n$0\r\n" + time, "*3\r\n:1\r\n$-1" + time, "*3\r\n:1\r\n+text" + time, "*3\r\n:1\r\n*0" + time,
      "*3\r\n-1\r\n$0\r\n" + time, "*3\r\n$2\r\nOK\r\n$0\r\n" + time, "*3\r\n:1\r\n$0\r\n\r\n$-1\r\n",
      "*3\r\n:1\r\n$0\r\n\r\n:0\r\n",
      // RESP3
      "_\r\n", "#t\r\n", ",1.5\r\n", "%1\r\n+a\r\n+b\r\n", ">3\r\n:1\r\n$0\r\n\r\n:1\r\n", "~1\r\n:1\r\n", "(1\r\n"};
  for (const std::string& reply : replies) expect_no_answer(reply, reply);
}

TEST(RedisStoreHostile, FactsThatNoScriptStatesAreNoAnswer) {
  for (const int code : {2147483647, -3, 3, -7, 99}) expect_no_answer(script_reply(code), std::to_string(code));
}

TEST(RedisStoreHostile, WhatIsNoRespIsNoAnswer) {
  std::string bomb;
  for (int i = 0; i < 10000; ++i) bomb += "*1\r\n";
  const std::string replies[] = {"$-2\r\n",
                                 "$2147483648\r\n",
                                 "*4294967296\r\n",
                                 "*2147483647\r\n",
                                 "$1073741824\r\nabc",
                                 bomb,
                                 "HTTP/1.1 400 Bad Request\r\n\r\n",
                                 "*3\r\n:1\r\n$4\r\ntextxx:1800000000000\r\n",
                                 "*3\r\n:1\r\n$3\r\ntext\r\n:1800000000000\r\n",
                                 std::string(4, '\0'),
                                 "\x15\x03\x01\x01\x02\x02\x46",
                                 "\r\n"};
  for (const std::string& reply : replies) expect_no_answer(reply, reply.substr(0, 40));
}

// Two replies to one question: nobody can tell which is ours.
TEST(RedisStoreHostile, MoreThanAReplyIsNoAnswer) {
  expect_no_answer(script_reply(1) + script_reply(1), "two replies");
  expect_no_answer(script_reply(1) + "+", "a reply and a byte");
}

// 64 KB are read of it, not a gigabyte.
TEST(RedisStoreHostile, AReplyWithoutEndIsNoAnswer) {
  std::atomic<size_t> sent = 0;
  const FakeRedis redis([&](FakeConnection& connection) {
    for (Words command = connection.read_command(); !command.empty(); command = connection.read_command()) {
      if (answer_honestly(connection, command)) continue;
      const std::string endless(65536, 'e');
      if (!connection.send("-")) return;
      while (sent < 1u << 30 && connection.send(endless)) sent += endless.size();
      return;
    }
  });
  const auto store = open_store(redis.url());
  EXPECT_EQ(ask(*store, lookup_of(alice())), kProtocol);
  EXPECT_LT(sent, 64u << 20) << "what the kernel's buffers hold, and no more";
}

TEST(RedisStoreHostile, ALargeRecordIsAnAnswer) {
  const std::string record(60000, 'r');
  const FakeRedis redis(answers(script_reply(1, record)));
  const StoreReply reply = open_store(redis.url())->ask(lookup_of(alice()), {0, 0});
  ASSERT_TRUE(std::holds_alternative<Answer>(reply));
  EXPECT_EQ(std::get<Answer>(reply).record, record);
}

// After anything odd the connection is gone, and the next question goes over a new one.
TEST(RedisStoreHostile, ConnectionsAreNotUsedAgain) {
  for (const std::string first : {"-READONLY You can't write\r\n", "-NOAUTH Authentication required.\r\n", "+OK\r\n",
                                  "$-1\r\n", ":1\r\n", "$-2\r\n", "*3\r\n:9\r\n$0\r\n\r\n:1800000000000\r\n"}) {
    const FakeRedis redis(
        [&](FakeConnection& connection) { answers(connection.number == 0 ? first : script_reply(1))(connection); });
    const auto store = open_store(redis.url());
    EXPECT_EQ(ask(*store, lookup_of(alice())), no_answer(first)) << first;
    EXPECT_EQ(ask(*store, lookup_of(alice())), kYes) << first;
    EXPECT_EQ(redis.accepted(), 2) << first;
  }
}

TEST(RedisStoreHostile, ConnectionsSurviveTheErrorOfOneCommand) {
  for (const std::string first : {"-OOM command not allowed\r\n", "-LOADING Redis is loading\r\n",
                                  "-TRYAGAIN Multiple\r\n", "-NOPERM no permissions\r\n", "-WRONGTYPE Operation\r\n"}) {
    std::atomic<bool> has_refused = false;
    const FakeRedis redis([&](FakeConnection& connection) {
      for (Words command = connection.read_command(); !command.empty(); command = connection.read_command()) {
        if (answer_honestly(connection, command)) continue;
        connection.send(has_refused.exchange(true) ? script_reply(1) : first);
      }
    });
    const auto store = open_store(redis.url());
    EXPECT_EQ(ask(*store, lookup_of(alice())), no_answer(first)) << first;
    EXPECT_EQ(ask(*store, lookup_of(alice())), kYes) << first;
    EXPECT_EQ(redis.accepted(), 1) << first;
  }
}

// A stray "yes" on an idle connection must not become the answer to the next question.
TEST(RedisStoreHostile, UnaskedBytesOnAnIdleConnectionAreNoAnswer) {
  std::atomic<int> questions = 0;
  const FakeRedis redis([&](FakeConnection& connection) {
    for (Words command = connection.read_command(); !command.empty(); command = connection.read_command()) {
      if (answer_honestly(connection, command)) continue;
      ++questions;
      connection.send(script_reply(0));
      if (connection.number == 0) {
        connection.pause(30);
        connection.send(script_reply(1));
      }
    }
  });
  const auto store = open_store(redis.url());
  EXPECT_EQ(ask(*store, lookup_of(alice())), test::kMissing);
  std::this_thread::sleep_for(std::chrono::milliseconds(80));
  EXPECT_EQ(ask(*store, lookup_of(alice())), test::kMissing);
  EXPECT_EQ(redis.accepted(), 2);
  EXPECT_EQ(questions, 2);
}

// A server that answers the login itself wrongly.
TEST(RedisStoreHostile, GreetingsAreNotBelieved) {
  for (const std::string greeting :
       {"*3\r\n:1\r\n$0\r\n\r\n:1800000000000\r\n", "+OK\r\n", "$-1\r\n", "-LOADING\r\n",
        "*2\r\n$1\r\n0\r\n$1\r\n0\r\n", "*2\r\n$1\r\nx\r\n$1\r\n0\r\n", "*2\r\n$12\r\n999999999999\r\n$1\r\n0\r\n",
        "*2\r\n$10\r\n1800000000\r\n$7\r\n1000000\r\n", "*2\r\n$2\r\n-1\r\n$1\r\n0\r\n",
        "*1\r\n$10\r\n1800000000\r\n"}) {
    const FakeRedis redis([&](FakeConnection& connection) {
      for (Words command = connection.read_command(); !command.empty(); command = connection.read_command()) {
        connection.send(command[0] == "TIME" ? greeting : script_reply(1));
      }
    });
    EXPECT_EQ(ask(*open_store(redis.url()), lookup_of(alice())), kProtocol) << greeting;
  }
}

TEST(RedisStoreHostile, PasswordsAreAcceptedInOneWayOnly) {
  for (const std::string said :
       {"+NO\r\n", ":1\r\n", "$2\r\nOK\r\n", "-WRONGPASS invalid\r\n", "-ERR wrong number\r\n"}) {
    const FakeRedis redis([&](FakeConnection& connection) {
      for (Words command = connection.read_command(); !command.empty(); command = connection.read_command()) {
        if (command[0] == "AUTH") connection.send(said);
        else if (!answer_honestly(connection, command)) connection.send(script_reply(1));
      }
    });
    const std::string place = "127.0.0.1:" + std::to_string(redis.port());
    EXPECT_EQ(ask(*open_store("redis://:p@" + place), lookup_of(alice())), no_answer(said)) << said;
    EXPECT_EQ(ask(*open_store("redis://" + place), lookup_of(alice())), kYes) << said;
  }
}

// The name first, then the source, on the same connection; a server that wants it again gets no third.
TEST(RedisStoreHostile, ScriptsAreSentAsSourceOnce) {
  std::vector<std::string> names;
  const FakeRedis redis([&](FakeConnection& connection) {
    for (Words command = connection.read_command(); !command.empty(); command = connection.read_command()) {
      names.push_back(command[0]);
      if (!answer_honestly(connection, command)) connection.send("-NOSCRIPT No matching script. Please use EVAL.\r\n");
    }
  });
  EXPECT_EQ(ask(*open_store(redis.url()), lookup_of(alice())), kProtocol);
  EXPECT_EQ(names, (std::vector<std::string>{"TIME", "EVALSHA", "EVAL"}));
}

}  // namespace
}  // namespace swt
