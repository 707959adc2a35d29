// Redis is not there, stands still, goes away in the middle, and comes back.
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>

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
using test::kSlackMs;
using test::kTimeout;
using test::kYes;
using test::lookup_of;
using test::open_store;
using test::RedisProcess;
using test::registration_of;
using test::revocation_of;
using test::script_reply;
using test::Stopwatch;
using test::verification_of;
using test::with_connections;
using test::with_timeouts;
using test::Words;

void pause(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

TEST(RedisStoreOutage, NobodyListens) {
  const auto store = open_store("redis://127.0.0.1:" + std::to_string(test::free_port()));
  const Stopwatch watch;
  for (const Question& question : {Question(lookup_of(alice())), Question(registration_of(alice())),
                                   Question(revocation_of(alice())), Question(verification_of(alice()))}) {
    EXPECT_EQ(ask(*store, question), kNoConnection);
  }
  EXPECT_LT(watch.ms(), kSlackMs) << "refused is refused at once";
}

TEST(RedisStoreOutage, NoSocketInItsPlace) {
  RedisProcess redis;
  const std::string url = "unix://" + redis.socket_path();
  EXPECT_EQ(ask(*open_store(url), lookup_of(alice())), kMissing);
  EXPECT_EQ(ask(*open_store(url + "x"), lookup_of(alice())), kNoConnection);
  EXPECT_EQ(ask(*open_store("unix:///dev/null"), lookup_of(alice())), kNoConnection);
}

TEST(RedisStoreOutage, ConnectsAndNeverAnswers) {
  const FakeRedis redis([](FakeConnection& connection) { connection.say_nothing(); });
  const auto store = open_store(redis.url(), with_timeouts(200, 100));
  const Stopwatch watch;
  EXPECT_EQ(ask(*store, lookup_of(alice())), kTimeout);
  EXPECT_GE(watch.ms(), 200);
  EXPECT_LT(watch.ms(), 200 + kSlackMs);
}

TEST(RedisStoreOutage, GreetsAndNeverAnswers) {
  const FakeRedis redis(answers(""));
  const auto store = open_store(redis.url(), with_timeouts(1000, 100));
  const Stopwatch watch;
  EXPECT_EQ(ask(*store, lookup_of(alice())), kTimeout);
  EXPECT_GE(watch.ms(), 100);
  EXPECT_LT(watch.ms(), 100 + kSlackMs);
}

// The time limit is for the whole reply, not for each of its bytes.
TEST(RedisStoreOutage, AnswersOneByteAtATime) {
  const FakeRedis redis([](FakeConnection& connection) {
    for (Words command = connection.read_command(); !command.empty(); command = connection.read_command()) {
      if (!answer_honestly(connection, command)) connection.trickle(script_reply(1), 50);
    }
  });
  const auto store = open_store(redis.url(), with_timeouts(1000, 250));
  const Stopwatch watch;
  EXPECT_EQ(ask(*store, lookup_of(alice())), kTimeout);
  EXPECT_LT(watch.ms(), 250 + kSlackMs);
  const auto patient = open_store(redis.url(), with_timeouts(1000, 10000));
  EXPECT_EQ(ask(*patient, lookup_of(alice())), kYes);
}

TEST(RedisStoreOutage, GreetsOneByteAtATime) {
  const FakeRedis redis([](FakeConnection& connection) {
    connection.read_command();
    connection.trickle("*2\r\n$10\r\n1800000000\r\n$1\r\n0\r\n", 50);
  });
  const auto store = open_store(redis.url(), with_timeouts(250, 1000));
  const Stopwatch watch;
  EXPECT_EQ(ask(*store, lookup_of(alice())), kTimeout);
  EXPECT_LT(watch.ms(), 250 + kSlackMs);
}

TEST(RedisStoreOutage, CutsItsReplyInTheMiddle) {
  for (const bool is_reset : {false, true}) {
    for (const size_t kept : {size_t{0}, size_t{1}, size_t{9}, script_reply(1).size() - 1}) {
      const FakeRedis redis([&](FakeConnection& connection) {
        for (Words command = connection.read_command(); !command.empty(); command = connection.read_command()) {
          if (answer_honestly(connection, command)) continue;
          connection.send(script_reply(1).substr(0, kept));
          connection.pause(5);
          return is_reset ? connection.reset() : connection.end();
        }
      });
      EXPECT_EQ(ask(*open_store(redis.url()), lookup_of(alice())), kNoConnection) << kept << (is_reset ? " RST" : "");
    }
  }
}

TEST(RedisStoreOutage, ResetsEveryConnection) {
  const FakeRedis redis([](FakeConnection& connection) { connection.reset(); });
  EXPECT_EQ(ask(*open_store(redis.url()), lookup_of(alice())), kNoConnection);
}

// The late reply belongs to nobody: the connection that it would come on is gone.
TEST(RedisStoreOutage, ThawsAndItsLateReplyReachesNobody) {
  const RedisProcess redis;
  const auto store = open_store(redis.url(), with_timeouts(10000, 250));
  const Session bob{test::kOtherSessionId, "\"bob\"", ""};
  ASSERT_EQ(ask(*store, registration_of(alice())), kYes);
  redis.freeze();
  const Stopwatch watch;
  EXPECT_EQ(ask(*store, lookup_of(alice())), kTimeout);
  EXPECT_LT(watch.ms(), 250 + kSlackMs);
  redis.thaw();
  EXPECT_EQ(ask(*store, lookup_of(bob)), kMissing) << "not the session of the question before";
  EXPECT_EQ(ask(*store, lookup_of(alice())), kYes);
}

// The same with a server that answers the second question only after the first, and in the same instant.
TEST(RedisStoreOutage, AnswersLateWhileTheNextIsAsked) {
  const FakeRedis redis([](FakeConnection& connection) {
    int questions = 0;
    for (Words command = connection.read_command(); !command.empty(); command = connection.read_command()) {
      if (answer_honestly(connection, command)) continue;
      if (connection.number == 0 && questions++ == 0) connection.pause(400);
      connection.send(script_reply(connection.number == 0 ? 1 : 0));
    }
  });
  const auto store = open_store(redis.url(), with_timeouts(10000, 250));
  EXPECT_EQ(ask(*store, lookup_of(alice())), kTimeout);
  pause(250);
  EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing);
}

TEST(RedisStoreOutage, StandsStillAndConnectsNobody) {
  const RedisProcess redis;
  const auto store = open_store(redis.url(), with_timeouts(300, 10000));
  redis.freeze();
  const Stopwatch watch;
  EXPECT_EQ(ask(*store, lookup_of(alice())), kTimeout);
  EXPECT_LT(watch.ms(), 300 + kSlackMs);
  redis.thaw();
  EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing);
}

TEST(RedisStoreOutage, ForgetsItsScripts) {
  const RedisProcess redis;
  const auto store = open_store(redis.url());
  ASSERT_EQ(ask(*store, registration_of(alice())), kYes);
  for (int i = 0; i < 3; ++i) {
    redis.run({"SCRIPT", "FLUSH"});
    EXPECT_EQ(ask(*store, lookup_of(alice())), kYes);
    EXPECT_EQ(ask(*store, verification_of(alice())), kYes);
  }
}

// Also the very first question after it is answered, on whatever connections there were.
TEST(RedisStoreOutage, IsRestarted) {
  RedisProcess redis;
  const auto store = open_store(redis.url());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ask(*store, registration_of(alice())), kYes) << i;
    redis.start_again();
  }
  EXPECT_EQ(ask(*store, revocation_of(alice())), kYes);
}

TEST(RedisStoreOutage, IsAwayForAWhile) {
  RedisProcess redis;
  const auto store = open_store(redis.url());
  EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing);
  redis.kill();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(*store, lookup_of(alice())), kNoConnection);
  redis.start_again();
  EXPECT_EQ(ask(*store, lookup_of(alice())), kMissing) << "at once, not after some time";
}

// A connection that dies between the look at it and the question. The look cannot see it: the server cuts the connection
// when the question comes.
TEST(RedisStoreOutage, CutsAnIdleConnectionWhenItIsUsed) {
  for (const bool is_reset : {false, true}) {
    std::vector<Words> asked;
    const FakeRedis redis([&](FakeConnection& connection) {
      int questions = 0;
      for (Words command = connection.read_command(); !command.empty(); command = connection.read_command()) {
        if (answer_honestly(connection, command)) continue;
        asked.push_back(command);
        if (connection.number == 0 && ++questions == 2) return is_reset ? connection.reset() : connection.end();
        connection.send(script_reply(1));
      }
    });
    const auto store = open_store(redis.url());
    const Question proof = test::verification_with_proof(alice(), "proof", "attempt");
    EXPECT_EQ(ask(*store, proof), kYes);
    EXPECT_EQ(ask(*store, proof), kYes);
    ASSERT_EQ(asked.size(), 3u);
    EXPECT_EQ(asked[1], asked[2]) << "the same attempt, so that a proof that was spent is not called used";
  }
}

// Once something of a reply has come, or on a connection that was made for the question, nothing is asked twice.
TEST(RedisStoreOutage, IsNotAskedTwiceInVain) {
  std::atomic<int> questions = 0;
  const FakeRedis redis([&](FakeConnection& connection) {
    int of_this_connection = 0;
    for (Words command = connection.read_command(); !command.empty(); command = connection.read_command()) {
      if (answer_honestly(connection, command)) continue;
      ++questions;
      if (connection.number == 0 && ++of_this_connection == 1) {
        connection.send(script_reply(1));
        continue;
      }
      if (connection.number == 0) connection.send("*");
      connection.pause(5);
      return connection.end();
    }
  });
  const auto store = open_store(redis.url());
  EXPECT_EQ(ask(*store, lookup_of(alice())), kYes);
  EXPECT_EQ(ask(*store, lookup_of(alice())), kNoConnection);
  EXPECT_EQ(questions, 2);
  EXPECT_EQ(ask(*store, lookup_of(alice())), kNoConnection);
  EXPECT_EQ(questions, 3);
}

// A login that its user was told to be failed must not come true when Redis goes on: nobody would know of that session.
TEST(RedisStoreOutage, CarriesOutNoLoginThatWasGivenUp) {
  const RedisProcess redis;
  const auto store = open_store(redis.url(), with_timeouts(10000, 250));
  const Session bob{test::kOtherSessionId, "\"bob\"", ""};
  const std::string key = std::string("swt:session:") + test::kSessionId;
  ASSERT_EQ(ask(*store, registration_of(bob)), kYes) << "from here on the script is known";
  const int asked_before = redis.calls_of("evalsha");
  redis.freeze();
  ASSERT_EQ(ask(*store, registration_of(alice())), kTimeout);
  pause(250 + 1000 + 20);
  redis.thaw();
  for (int i = 0; i < 200 && redis.calls_of("evalsha") == asked_before; ++i) pause(5);
  ASSERT_EQ(redis.calls_of("evalsha"), asked_before + 1) << "it did arrive";
  EXPECT_EQ(redis.run({"EXISTS", key}), ":0\r\n");
  EXPECT_EQ(ask(*store, registration_of(alice())), kYes);
  EXPECT_EQ(redis.run({"EXISTS", key}), ":1\r\n");
}

// Whatever the server's clock shows, a login in time is in time.
TEST(RedisStoreOutage, HasAnotherClockThanWe) {
  for (const std::string seconds : {"1000000000", "4000000000", "253402300799"}) {
    std::string not_after;
    const FakeRedis redis([&](FakeConnection& connection) {
      for (Words command = connection.read_command(); !command.empty(); command = connection.read_command()) {
        if (command[0] == "TIME") {
          connection.send("*2\r\n$" + std::to_string(seconds.size()) + "\r\n" + seconds + "\r\n$1\r\n0\r\n");
        } else {
          not_after = command.back();
          connection.send("*3\r\n:1\r\n$0\r\n\r\n:" + seconds + "000\r\n");
        }
      }
    });
    EXPECT_EQ(ask(*open_store(redis.url(), with_timeouts(1000, 250)), registration_of(alice())), kYes);
    const int64_t beyond_ms = std::stoll(not_after) - std::stoll(seconds) * 1000;
    EXPECT_GT(beyond_ms, 1000 + 150);
    EXPECT_LE(beyond_ms, 1000 + 250 + 50);
  }
}

// The default disposition ends the process. The signal comes with a write to a connection that its other side has first
// ended and then reset, so the question is one that takes several writes.
TEST(RedisStoreOutage, RaisesNoSigpipe) {
  struct sigaction disposition {};
  ASSERT_EQ(sigaction(SIGPIPE, nullptr, &disposition), 0);
  ASSERT_EQ(disposition.sa_handler, SIG_DFL);
  const FakeRedis redis([](FakeConnection& connection) {
    answer_honestly(connection, connection.read_command());
    connection.pause(30);
    connection.shut_down();
    connection.pause(5);
    connection.reset();
  });
  const auto store = open_store(redis.url());
  RegisterQuestion large = registration_of(alice());
  large.refresh_hash = std::string(32 << 20, 'r');
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(*store, large), kNoConnection);
}

TEST(RedisStoreOutage, ReadsNothingAndIsWrittenToWithinTheLimit) {
  const FakeRedis redis([](FakeConnection& connection) {
    answer_honestly(connection, connection.read_command());
    connection.say_nothing();
  });
  const auto store = open_store(redis.url(), with_timeouts(1000, 100));
  RegisterQuestion large = registration_of(alice());
  large.refresh_hash = std::string(32 << 20, 'r');
  const Stopwatch watch;
  EXPECT_EQ(ask(*store, large), kTimeout);
  EXPECT_LT(watch.ms(), 100 + 2 * kSlackMs) << "it takes its time to be put together";
}

}  // namespace
}  // namespace swt
