// Commands as they are sent, and replies as they are read: byte by byte, whole, and hostile.
#include "stores/redis_resp.h"

#include <gtest/gtest.h>

#include <string>

#include "../unit/support/outcome.h"

namespace swt {
namespace {

using Kind = RedisReply::Kind;

// Read in one piece. nullopt while it is incomplete.
Result<std::optional<RedisReply>> read(std::string_view bytes) {
  RedisReplyReader reader;
  RedisReply reply;
  const Result<bool> complete = reader.feed(bytes, reply);
  if (!complete) return complete.error();
  return *complete ? std::optional(reply) : std::nullopt;
}

Status status_of(std::string_view bytes) { return test::status_of(read(bytes)); }

// A well-formed reply whose first type is none of ours.
bool is_foreign(std::string_view bytes) {
  const auto reply = read(bytes);
  return reply && *reply && (*reply)->kind == Kind::foreign;
}

TEST(RedisCommand, IsLengthPrefixedWordByWord) {
  EXPECT_EQ(RedisCommand({"GET", "a b", ""}).bytes(), "*3\r\n$3\r\nGET\r\n$3\r\na b\r\n$0\r\n\r\n");
}

// Whatever stands in a word, it stays one word (attack: a value that ends the command and begins another).
TEST(RedisCommand, KeepsLineEndsAndNulInsideAWord) {
  const std::string_view hostile("a\r\nDEL x\r\n\0%s", 14);
  EXPECT_EQ(RedisCommand({hostile}).bytes(), std::string("*1\r\n$14\r\n") + std::string(hostile) + std::string("\r\n"));
}

TEST(RedisReplyReader, ReadsWhatOurCommandsGet) {
  EXPECT_EQ((*read("+OK\r\n"))->kind, Kind::status);
  EXPECT_EQ((*read("+OK\r\n"))->text, "OK");
  EXPECT_EQ((*read("-ERR no\r\n"))->kind, Kind::error);
  EXPECT_EQ((*read("-ERR no\r\n"))->text, "ERR no");
  const auto list = read("*3\r\n:-9\r\n$4\r\na\r\nb\r\n:1800000000000\r\n");
  EXPECT_EQ((*list)->kind, Kind::list);
  EXPECT_EQ((*list)->parts, (std::vector<std::string>{"-9", "a\r\nb", "1800000000000"}));
}

TEST(RedisReplyReader, ReadsAReplyInAnyPieces) {
  const std::string whole = "*3\r\n:1\r\n$10\r\n{\"a\":\"\\r\"}\r\n:1800000000000\r\n";
  for (size_t cut = 1; cut < whole.size(); ++cut) {
    RedisReplyReader reader;
    RedisReply reply;
    const Result<bool> first = reader.feed(std::string_view(whole).substr(0, cut), reply);
    ASSERT_TRUE(first) << cut;
    EXPECT_FALSE(*first) << cut;
    const Result<bool> second = reader.feed(std::string_view(whole).substr(cut), reply);
    ASSERT_TRUE(second) << cut;
    EXPECT_TRUE(*second) << cut;
    EXPECT_EQ(reply.parts[1], "{\"a\":\"\\r\"}");
  }
}

TEST(RedisReplyReader, ReadsOneReplyAfterTheOther) {
  RedisReplyReader reader;
  RedisReply reply;
  for (int i = 0; i < 5000; ++i) {
    const std::string text = std::to_string(i);
    const Result<bool> complete = reader.feed("+" + text + "\r\n", reply);
    ASSERT_TRUE(complete && *complete) << i;
    ASSERT_EQ(reply.text, text);
  }
}

TEST(RedisReplyReader, TakesNoMoreThanOneReply) {
  EXPECT_EQ(status_of("+OK\r\n+"), Status::store_protocol);
  EXPECT_EQ(status_of("+OK\r\n+OK\r\n"), Status::store_protocol);
  EXPECT_EQ(status_of("+OK\r\n\n"), Status::store_protocol);
  EXPECT_EQ(status_of("+OK\r\n"), Status::ok);
}

TEST(RedisReplyReader, KnowsWhatIsNoReplyOfOurs) {
  for (const std::string_view bytes : {"$-1\r\n", "*-1\r\n", ":1\r\n", "$2\r\nOK\r\n", "$0\r\n\r\n", "*1\r\n$-1\r\n",
                                       "*1\r\n+OK\r\n", "*1\r\n-ERR\r\n", "*3\r\n:1\r\n$-1\r\n:1\r\n"}) {
    EXPECT_TRUE(is_foreign(bytes)) << bytes;
  }
}

TEST(RedisReplyReader, RefusesWhatIsNoResp) {
  for (const std::string_view bytes : {"$-2\r\n",
                                       "$2147483648x\r\n",
                                       "$99999999999999999999\r\n",
                                       "$x\r\n",
                                       "$+1\r\n",
                                       "*-2\r\n",
                                       "*4294967296\r\n",
                                       "*9223372036854775808\r\n",
                                       "*x\r\n",
                                       ":x\r\n",
                                       ":9223372036854775808\r\n",
                                       "HTTP/1.1 400 Bad Request\r\n",
                                       "\x15\x03\x03",
                                       "\r\n",
                                       "OK\r\n",
                                       "%1\r\n",
                                       "_\r\n",
                                       "#t\r\n",
                                       ",1.5\r\n",
                                       ">1\r\n",
                                       "(1\r\n"}) {
    EXPECT_EQ(status_of(bytes), Status::store_protocol) << bytes;
  }
  EXPECT_EQ(status_of(std::string_view("\0\0\0\0", 4)), Status::store_protocol);
}

// What follows a text of announced length must be the end of its line: else what is read from there is not what was sent.
TEST(RedisReplyReader, RefusesATextThatDoesNotEndWhereItShould) {
  EXPECT_EQ(status_of("$2\r\nOKxx"), Status::store_protocol);
  EXPECT_EQ(status_of("*3\r\n:1\r\n$0\r\nab:1\r\n"), Status::store_protocol);
  EXPECT_EQ(status_of("*3\r\n:1\r\n$1\r\nab\r\n:1\r\n"), Status::store_protocol);
  EXPECT_EQ(status_of("*3\r\n:1\r\n$1\r\na\r\n:1\r\n"), Status::ok);
}

// Nothing is made for elements that are only announced.
TEST(RedisReplyReader, RefusesAnArrayOfMany) {
  EXPECT_EQ(status_of("*17\r\n"), Status::store_protocol);
  EXPECT_EQ(status_of("*1000000\r\n"), Status::store_protocol);
  EXPECT_EQ(status_of("*2147483647\r\n"), Status::store_protocol);
  EXPECT_EQ(status_of("*16\r\n"), Status::ok);
}

TEST(RedisReplyReader, RefusesArraysInArrays) {
  EXPECT_EQ(status_of("*1\r\n*1\r\n"), Status::store_protocol);
  EXPECT_EQ(status_of("*3\r\n:1\r\n*0\r\n:1\r\n"), Status::store_protocol);
  std::string bomb;
  for (int i = 0; i < 1000; ++i) bomb += "*1\r\n";
  EXPECT_EQ(status_of(bomb), Status::store_protocol);
}

TEST(RedisReplyReader, DoesNotWaitForATextThatWillBeTooLong) {
  EXPECT_EQ(status_of("$65536\r\n"), Status::ok);
  EXPECT_EQ(status_of("$65537\r\n"), Status::store_protocol);
  EXPECT_EQ(status_of("$1073741824\r\n"), Status::store_protocol);
  EXPECT_EQ(status_of("*3\r\n:1\r\n$1073741824\r\nabc"), Status::store_protocol);
  EXPECT_EQ(status_of("*3\r\n:1\r\n$107374182"), Status::ok) << "not all of the length has come";
}

TEST(RedisReplyReader, TakesNoReplyBeyondItsLimit) {
  const std::string end = "\r\n";
  const auto error_of_size = [&](size_t size) { return "-" + std::string(size - 3, 'E') + end; };
  EXPECT_EQ(status_of(error_of_size(kMaxRedisReplySize)), Status::ok);
  EXPECT_EQ(status_of(error_of_size(kMaxRedisReplySize + 1)), Status::store_protocol);

  RedisReplyReader reader;
  RedisReply reply;
  const std::string endless(1024, 'e');
  Result<bool> fed = reader.feed("-", reply);
  for (int i = 0; i < 64 && fed; ++i) fed = reader.feed(endless, reply);
  EXPECT_EQ(test::status_of(fed), Status::store_protocol);
}

TEST(RedisReplyReader, CountsEachReplyAnew) {
  RedisReplyReader reader;
  RedisReply reply;
  const std::string large = "+" + std::string(kMaxRedisReplySize - 3, 'l') + "\r\n";
  for (int i = 0; i < 10; ++i) EXPECT_EQ(test::status_of(reader.feed(large, reply)), Status::ok) << i;
}

}  // namespace
}  // namespace swt
