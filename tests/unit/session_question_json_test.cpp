// The questions as JSON, for stores that somebody else writes: each member as swt.h says it.
#include <gtest/gtest.h>

#include <string>

#include "base/ids.h"
#include "base/json_reader.h"
#include "session/conclusion.h"
#include "session/question_json.h"
#include "support/outcome.h"
#include "support/sessions.h"

namespace swt {
namespace {

using test::alice;
using test::bound_alice;
using test::kSessionId;

constexpr const char* kBoundRecord = R"("{\"sessionId\":\"c94dc9c9-fcf8-4396-8aca-66b911000d9c\",\"userId\":\"alice\",)"
                                     R"(\"jkt\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}")";
constexpr const char* kProof = R"({"id":"proof","attempt":"attempt","lifeSeconds":1200,"max":4096})";

std::string line(const std::string& type, const std::string& rest) {
  return R"({"type":")" + type + R"(","sessionId":"c94dc9c9-fcf8-4396-8aca-66b911000d9c")" + rest + "}";
}

TEST(QuestionJson, ToRegisterHasTheRecordItsLifeAndTheRefreshToken) {
  RegisterQuestion question = test::registration_of(bound_alice());
  EXPECT_EQ(write_question(question), line("register", std::string(R"(,"record":)") + kBoundRecord +
                                                           R"(,"lifeSeconds":86400,"refreshHash":null)"));
  question.refresh_hash = "hash";
  question.refresh_life_s = 604800;
  EXPECT_EQ(write_question(question), line("register", std::string(R"(,"record":)") + kBoundRecord +
                                                           R"(,"lifeSeconds":604800,"refreshHash":"hash")"));
}

TEST(QuestionJson, ToVerifyHasTheRecordThatWasRegisteredAndTheProof) {
  EXPECT_EQ(write_question(test::verification_with_proof(bound_alice(), "proof", "attempt")),
            line("verify", std::string(R"(,"record":)") + kBoundRecord + R"(,"proof":)" + kProof));
  EXPECT_EQ(write_question(test::verification_of(bound_alice())),
            line("verify", std::string(R"(,"record":)") + kBoundRecord + R"(,"proof":null)"));
}

TEST(QuestionJson, ToSpendAProofAloneNamesNoSession) {
  EXPECT_EQ(write_question(test::verification_with_proof({"", R"("alice")", ""}, "proof", "attempt")),
            std::string(R"({"type":"verify","sessionId":null,"record":null,"proof":)") + kProof + '}');
}

TEST(QuestionJson, ToRotateHasBothHashesAndTheTimes) {
  RotateQuestion question{
      test::verification_with_proof(bound_alice(), "proof", "attempt"), "presented", "successor", 600, 604800, false};
  const std::string rest = std::string(R"(,"record":)") + kBoundRecord + R"(,"proof":)" + kProof +
                           R"(,"presentedHash":"presented","successorHash":"successor","graceSeconds":10,)"
                           R"("lifeSeconds":604800,"legacy":)";
  EXPECT_EQ(write_question(question), line("rotate", rest + "false"));
  question.is_legacy = true;
  EXPECT_EQ(write_question(question), line("rotate", rest + "true"));
}

TEST(QuestionJson, ToRevokeAndToLookUpNamesTheSession) {
  EXPECT_EQ(write_question(RevokeQuestion{kSessionId}), line("revoke", ""));
  EXPECT_EQ(write_question(LookupQuestion{kSessionId}), line("lookup", ""));
}

// A proof's id comes from a client, and a user's name from anywhere.
TEST(QuestionJson, StaysOneObjectOnOneLineWhateverTheTextsHold) {
  const Session hostile{kSessionId, *user_id_json("\"},\"type\":\"revoke\"\n\x01\\\xE2\x80\xA8"), ""};
  const std::string json = write_question(test::verification_with_proof(hostile, "\",\"max\":9,\"x\":\"\\", "attempt"));
  EXPECT_EQ(json.find('\n'), std::string::npos);
  JsonReader reader(json, 2);
  JsonObject object(reader);
  std::string names;
  std::string_view name;
  while (object.next(name)) {
    names += std::string(name) + ' ';
    reader.skip();
  }
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(names, "type sessionId record proof ");
}

// What a store keeps from the first question is what it hands back to the second.
TEST(QuestionJson, TheRecordIsGoodEnoughToPass) {
  const Answer answer{Fact::yes, write_session(bound_alice())};
  EXPECT_EQ(test::status_of(conclude_verify(test::verification_of(bound_alice()), answer)), Status::ok);
  EXPECT_EQ(test::status_of(conclude_verify(test::verification_of(alice()), answer)), Status::session_binding);
}

}  // namespace
}  // namespace swt
