// How a script's reply reads. What is not exactly an answer is none: never "not found", and never "fine".
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "session/redis_call.h"
#include "support/outcome.h"
#include "support/sessions.h"

namespace swt {
namespace {

using Parts = std::vector<std::string_view>;

const Question kVerify = test::verification_of(test::alice());
const Question kRegister = test::registration_of(test::alice());
const Question kRevoke = RevokeQuestion{test::kSessionId};
const Question kLookup = LookupQuestion{test::kSessionId};

const Question* const kQuestions[] = {&kVerify, &kRegister, &kRevoke, &kLookup};

bool is_protocol_error(const StoreReply& reply) {
  const auto* status = std::get_if<Status>(&reply);
  return status != nullptr && *status == Status::store_protocol;
}

void expect_no_answer(const Parts& parts, const std::string& what) {
  for (const Question* question : kQuestions)
    EXPECT_TRUE(is_protocol_error(read_redis_reply(*question, parts))) << what;
}

TEST(RedisReply, IsAFactAndARecord) {
  const StoreReply reply = read_redis_reply(kVerify, {"1", "{\"a\":1}", "1800000000000"});
  ASSERT_TRUE(std::holds_alternative<Answer>(reply));
  EXPECT_EQ(std::get<Answer>(reply).fact, Fact::yes);
  EXPECT_EQ(std::get<Answer>(reply).record, "{\"a\":1}");
}

TEST(RedisReply, CarriesOnlyFactsThatTheQuestionCanHave) {
  const std::pair<const Question*, std::set<int64_t>> possible[] = {
      {&kVerify, {1, 2, 0, -1, -2, -4, -9}},
      {&kRegister, {1, -1, -5, -6}},
      {&kRevoke, {1}},
      {&kLookup, {1, 2, 0, -1}},
  };
  for (const auto& [question, codes] : possible) {
    for (int64_t code = -300; code <= 300; ++code) {
      const std::string text = std::to_string(code);
      const StoreReply reply = read_redis_reply(*question, {text, "", "1800000000000"});
      if (codes.contains(code)) {
        ASSERT_TRUE(std::holds_alternative<Answer>(reply)) << question->index() << " with " << code;
        EXPECT_EQ(static_cast<int64_t>(std::get<Answer>(reply).fact), code);
      } else {
        EXPECT_TRUE(is_protocol_error(reply)) << question->index() << " with " << code;
      }
    }
  }
}

TEST(RedisReply, IsAnArrayOfThree) {
  expect_no_answer({}, "nothing");
  expect_no_answer({"1"}, "one part");
  expect_no_answer({"1", ""}, "two parts");
  expect_no_answer({"1", "", "1800000000000", ""}, "four parts");
  expect_no_answer(Parts(1000, "1"), "a thousand parts");
}

TEST(RedisReply, HasACodeThatIsAPlainInteger) {
  for (const std::string_view code : {"",
                                      " ",
                                      "1.0",
                                      "1.9",
                                      "1e0",
                                      " 1",
                                      "1 ",
                                      "+1",
                                      "0x1",
                                      "one",
                                      "true",
                                      "null",
                                      "NaN",
                                      "OK",
                                      "-",
                                      "--1",
                                      "1\n",
                                      "1,2",
                                      "(integer) 1",
                                      "9223372036854775807",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "18446744073709551617",
                                      "4294967297"}) {
    expect_no_answer({code, "", "1800000000000"}, "the code '" + std::string(code) + "'");
  }
  expect_no_answer({std::string_view("1\0", 2), "", "1800000000000"}, "a NUL behind the code");
}

TEST(RedisReply, HasTheServersTime) {
  for (const std::string_view time :
       {"", "0", "-1", "1.5", "1.8e12", "now", " 1800000000000", "1800000000000 ", "9223372036854775808"}) {
    expect_no_answer({"1", "", time}, "the time '" + std::string(time) + "'");
  }
  EXPECT_TRUE(std::holds_alternative<Answer>(read_redis_reply(kVerify, {"1", "", "1"})));
}

TEST(RedisReply, ThatIsAnErrorsTextIsNoAnswer) {
  for (const std::string_view error :
       {"NOSCRIPT No matching script. Please use EVAL.", "READONLY You can't write against a read only replica.",
        "WRONGTYPE Operation against a key holding the wrong kind of value", "OOM command not allowed",
        "LOADING Redis is loading the dataset in memory", "CLUSTERDOWN The cluster is down"}) {
    expect_no_answer({error}, "alone");
    expect_no_answer({error, "", "1800000000000"}, "as the code");
  }
}

}  // namespace
}  // namespace swt
