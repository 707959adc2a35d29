// What a store keeps of a session, and what may be read back as one.
#include <gtest/gtest.h>

#include <string>

#include "session/session.h"
#include "support/outcome.h"
#include "support/sessions.h"
#include "support/text.h"

namespace swt {
namespace {

using test::alice;
using test::bound_alice;
using test::repeated;
using test::replaced;

// As 3.0.1 writes it.
constexpr std::string_view kWrittenBy301 = R"({"sessionId":"c94dc9c9-fcf8-4396-8aca-66b911000d9c","userId":"alice",)"
                                           R"("jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})";

bool reads(std::string_view json) { return read_session_record(json).has_value(); }

bool reads_with(std::string_view from, std::string_view to) {
  return reads(replaced(std::string(kWrittenBy301), from, to));
}

TEST(SessionRecord, IsReadAsItWasWritten) {
  for (const Session& session : {alice(), bound_alice(), Session{test::kOtherSessionId, "7", ""}}) {
    const auto record = read_session_record(write_session_record(session, 1799999000000));
    ASSERT_TRUE(record);
    EXPECT_EQ(record->session.id, session.id);
    EXPECT_EQ(record->session.user_id, session.user_id);
    EXPECT_EQ(record->session.thumbprint, session.thumbprint);
    EXPECT_TRUE(record->written_by_us);
  }
}

TEST(SessionRecord, BeginsAsVersion301WritesIt) {
  EXPECT_EQ(write_session(bound_alice()), kWrittenBy301);
  EXPECT_EQ(write_session(alice()), R"({"sessionId":"c94dc9c9-fcf8-4396-8aca-66b911000d9c","userId":"alice"})");
  EXPECT_EQ(write_session_record(bound_alice(), 5),
            std::string(kWrittenBy301.substr(0, kWrittenBy301.size() - 1)) + R"(,"v":4,"created":5})");
  EXPECT_TRUE(write_session_record(bound_alice(), 5).starts_with(write_record_beginning(bound_alice())));
}

TEST(SessionRecord, OfVersion301IsReadAndKnownAsSuch) {
  const auto record = read_session_record(kWrittenBy301);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->session.id, test::kSessionId);
  EXPECT_EQ(record->session.user_id, R"("alice")");
  EXPECT_EQ(record->session.thumbprint, test::kThumbprint);
  EXPECT_FALSE(record->written_by_us);
}

TEST(SessionRecord, MayHoldOtherMembersInAnyOrder) {
  EXPECT_TRUE(reads_with("}", R"(,"device":{"name":"phone"},"__proto__":{}})"));
  EXPECT_TRUE(reads(R"( { "userId" : 7 , "sessionId" : "c94dc9c9-fcf8-4396-8aca-66b911000d9c" } )"));
}

TEST(SessionRecord, KeepsTheTypeOfTheUserId) {
  EXPECT_EQ(read_session_record(replaced(std::string(kWrittenBy301), R"("alice")", "7"))->session.user_id, "7");
  EXPECT_EQ(read_session_record(replaced(std::string(kWrittenBy301), R"("alice")", R"("7")"))->session.user_id,
            R"("7")");
  EXPECT_EQ(read_session_record(replaced(std::string(kWrittenBy301), "alice", R"(\u0061lice)"))->session.user_id,
            R"("alice")");
}

TEST(SessionRecord, NeedsSessionIdAndUserId) {
  EXPECT_FALSE(reads("{}"));
  EXPECT_FALSE(reads_with(R"("userId":"alice",)", ""));
  EXPECT_FALSE(reads_with(R"("sessionId":"c94dc9c9-fcf8-4396-8aca-66b911000d9c",)", ""));
  EXPECT_TRUE(reads_with(R"(,"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")", ""));
}

TEST(SessionRecord, WithMembersOfAnotherTypeIsNone) {
  for (const std::string_view bad : {"null", "true", "[]", "{}", R"("")", "0", "7.5", "9007199254740992"}) {
    EXPECT_FALSE(reads_with(R"("alice")", bad)) << "userId " << bad;
  }
  for (const std::string_view bad :
       {"null", "true", "[]", "{}", R"("")", "7", R"("C94DC9C9-FCF8-4396-8ACA-66B911000D9C")", R"("x")"}) {
    EXPECT_FALSE(reads_with(R"("c94dc9c9-fcf8-4396-8aca-66b911000d9c")", bad)) << "sessionId " << bad;
  }
  for (const std::string_view bad : {"null", "true", "[]", "{}", R"("")", "7", R"("0ZcOCORZNYy")",
                                     R"("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4J")"}) {
    EXPECT_FALSE(reads_with(R"("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")", bad)) << "jkt " << bad;
  }
}

TEST(SessionRecord, ThatIsNoStrictJsonObjectIsNone) {
  for (const std::string_view bad : {"", "null", "[]", "\"x\"", "1", "{", "not JSON", "!revoked"})
    EXPECT_FALSE(reads(bad)) << bad;
  EXPECT_FALSE(reads('[' + std::string(kWrittenBy301) + ']'));
  EXPECT_FALSE(reads(std::string(kWrittenBy301) + 'x'));
  EXPECT_FALSE(reads(std::string(kWrittenBy301) + '\0'));
  EXPECT_FALSE(reads_with("}", R"(,"userId":"mallory"})"));
  EXPECT_FALSE(reads_with("}", R"(,"user\u0049d":"mallory"})"));
  EXPECT_FALSE(reads_with("alice", R"(admin\u0000x)"));
  EXPECT_FALSE(reads_with("alice", "al\xff"));
}

TEST(SessionRecord, EndsAt4096BytesAnd8Levels) {
  const auto of_size = [](size_t size) {
    return std::string(kWrittenBy301) + std::string(size - kWrittenBy301.size(), ' ');
  };
  EXPECT_TRUE(reads(of_size(4096)));
  EXPECT_FALSE(reads(of_size(4097)));
  EXPECT_FALSE(reads(std::string(10 << 20, '{')));
  EXPECT_TRUE(reads_with("}", ",\"a\":" + repeated("[", 7) + repeated("]", 7) + "}"));
  EXPECT_FALSE(reads_with("}", ",\"a\":" + repeated("[", 8) + repeated("]", 8) + "}"));
}

TEST(DescribedSession, IsExactlyTheThreeMembers) {
  const auto bound = read_described_session(kWrittenBy301);
  ASSERT_TRUE(bound);
  EXPECT_EQ(bound->id, test::kSessionId);
  EXPECT_EQ(bound->user_id, R"("alice")");
  EXPECT_EQ(bound->thumbprint, test::kThumbprint);
  const auto unbound = read_described_session(R"({"userId":7,"sessionId":"c94dc9c9-fcf8-4396-8aca-66b911000d9c"})");
  ASSERT_TRUE(unbound);
  EXPECT_EQ(unbound->user_id, "7");
  EXPECT_EQ(unbound->thumbprint, "");
}

TEST(DescribedSession, WithAnythingElseIsNone) {
  const std::string good(kWrittenBy301);
  for (const std::string& bad :
       {std::string(), std::string("null"), std::string("{}"), std::string("[]"), '[' + good + ']', good + 'x',
        replaced(good, "}", R"(,"device":1})"), replaced(good, "}", R"(,"v":4})"),
        replaced(good, "}", R"(,"jkt":null})"), replaced(good, "c94dc9c9", "C94DC9C9"),
        replaced(good, R"("c94dc9c9-fcf8-4396-8aca-66b911000d9c")", "7"),
        replaced(good, R"("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")", "null"), replaced(good, "uA4I", "uA4J"),
        replaced(good, R"("sessionId":"c94dc9c9-fcf8-4396-8aca-66b911000d9c",)", ""),
        replaced(good, "}", R"(,"userId":"mallory"})"), good + std::string(4096, ' ')}) {
    EXPECT_EQ(test::status_of(read_described_session(bad)), Status::argument) << bad.substr(0, 200);
  }
}

TEST(DescribedSession, WithAUserIdThatIsNoneSaysSo) {
  const std::string good(kWrittenBy301);
  for (const std::string_view bad : {R"("")", "0", "null", "true", "1.5", "[]", "{}", "9007199254740992"}) {
    EXPECT_EQ(test::status_of(read_described_session(replaced(good, R"("alice")", bad))), Status::user_id) << bad;
  }
  EXPECT_EQ(test::status_of(read_described_session(replaced(good, R"("userId":"alice",)", ""))), Status::user_id);
}

}  // namespace
}  // namespace swt
