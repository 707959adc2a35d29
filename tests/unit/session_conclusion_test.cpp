// From facts to decisions.
#include <gtest/gtest.h>

#include <string>

#include "session/conclusion.h"
#include "support/outcome.h"
#include "support/sessions.h"
#include "support/text.h"

namespace swt {
namespace {

using test::alice;
using test::bound_alice;
using test::replaced;

std::string record_of(const Session& session) { return write_session_record(session, 1799999000000); }

Status verify(const Session& expected, Fact fact, const std::string& record) {
  return test::status_of(conclude_verify(test::verification_of(expected), Answer{fact, record}));
}

Status verify_proof_alone(Fact fact) {
  return test::status_of(conclude_verify(test::verification_with_proof({"", R"("alice")", test::kThumbprint}, "p", "a"),
                                         Answer{fact, ""}));
}

Status register_with(Fact fact) { return test::status_of(conclude_register(Answer{fact, ""})); }

struct Looked {
  Status status;
  bool found;
};

Looked lookup(Fact fact, const std::string& record) {
  const auto session = conclude_lookup(LookupQuestion{test::kSessionId}, Answer{fact, record});
  return {test::status_of(session), session && session->has_value()};
}

TEST(VerifyConclusion, OfALiveSessionAsExpectedIsOk) {
  EXPECT_EQ(verify(alice(), Fact::yes, record_of(alice())), Status::ok);
  EXPECT_EQ(verify(bound_alice(), Fact::yes, record_of(bound_alice())), Status::ok);
  EXPECT_EQ(verify(bound_alice(), Fact::yes, write_session(bound_alice())), Status::ok);
  EXPECT_EQ(verify(bound_alice(), Fact::yes_legacy, write_session(bound_alice())), Status::ok);
}

TEST(VerifyConclusion, OfASessionThatIsGoneIsARefusal) {
  EXPECT_EQ(verify(alice(), Fact::missing, ""), Status::session_revoked);
  EXPECT_EQ(verify(alice(), Fact::revoked, ""), Status::session_revoked);
  EXPECT_EQ(verify(alice(), Fact::missing, record_of(alice())), Status::session_revoked)
      << "whatever else the store says";
  EXPECT_EQ(verify(alice(), Fact::revoked, record_of(alice())), Status::session_revoked);
}

TEST(VerifyConclusion, OfAUsedProofIsAReplay) {
  EXPECT_EQ(verify(bound_alice(), Fact::proof_used, ""), Status::proof_replayed);
}

TEST(VerifyConclusion, OfTooManyProofsIsUnavailable) {
  EXPECT_EQ(verify(bound_alice(), Fact::too_many_proofs, ""), Status::store_full);
}

TEST(VerifyConclusion, OfAnAnswerToAnotherQuestionIsAProtocolError) {
  EXPECT_EQ(verify(alice(), Fact::taken, record_of(alice())), Status::store_protocol);
  EXPECT_EQ(verify(alice(), Fact::too_late, record_of(alice())), Status::store_protocol);
  EXPECT_EQ(verify(alice(), static_cast<Fact>(99), record_of(alice())), Status::store_protocol);
  EXPECT_EQ(verify(alice(), static_cast<Fact>(-3), record_of(alice())), Status::store_protocol);
}

// What decides is not left to a store: a "yes" with another record is no yes.
TEST(VerifyConclusion, ComparesTheRecordThatCameWithAYes) {
  for (const Fact fact : {Fact::yes, Fact::mismatch}) {
    EXPECT_EQ(verify(alice(), fact, record_of({test::kSessionId, R"("bob")", ""})), Status::session_user);
    EXPECT_EQ(verify(alice(), fact, record_of({test::kSessionId, R"("Alice")", ""})), Status::session_user);
    EXPECT_EQ(verify({test::kSessionId, "7", ""}, fact, record_of({test::kSessionId, R"("7")", ""})),
              Status::session_user);
    EXPECT_EQ(verify(alice(), fact, record_of(bound_alice())), Status::session_binding);
    EXPECT_EQ(verify(bound_alice(), fact, record_of(alice())), Status::session_binding);
    EXPECT_EQ(verify(bound_alice(), fact, record_of({test::kSessionId, R"("alice")", test::kOtherThumbprint})),
              Status::session_binding);
    EXPECT_EQ(verify(alice(), fact, record_of({test::kOtherSessionId, R"("alice")", ""})), Status::session_revoked);
  }
}

TEST(VerifyConclusion, OfARecordThatIsNoneIsARefusal) {
  for (const Fact fact : {Fact::yes, Fact::yes_legacy, Fact::mismatch}) {
    for (const std::string& record :
         {std::string(), std::string("not JSON"), std::string("{}"), std::string("null"), std::string("[]"),
          std::string("!revoked"), record_of(alice()) + 'x', record_of(alice()) + '\0',
          replaced(record_of(alice()), "}", R"(,"userId":"bob"})"),
          replaced(record_of(alice()), R"("alice")", R"(["alice"])"),
          replaced(record_of(alice()), R"("alice")", "null"), record_of(alice()) + std::string(4096, ' ')}) {
      EXPECT_EQ(verify(alice(), fact, record), Status::session_revoked) << record.substr(0, 100);
    }
  }
}

// Equal to us and different to the store: its members stand in an order that no writer of ours uses. The proof was not
// spent, so nothing may pass.
TEST(VerifyConclusion, OfAMismatchThatIsNoneIsARefusal) {
  EXPECT_EQ(verify(alice(), Fact::mismatch, record_of(alice())), Status::session_revoked);
  EXPECT_EQ(verify(alice(), Fact::mismatch, R"({"userId":"alice","sessionId":"c94dc9c9-fcf8-4396-8aca-66b911000d9c"})"),
            Status::session_revoked);
}

// A record of ours without the state of its login: a revocation may be lost with it.
TEST(VerifyConclusion, OfOurRecordWithoutItsCompanionIsARefusal) {
  EXPECT_EQ(verify(alice(), Fact::yes_legacy, record_of(alice())), Status::session_revoked);
  EXPECT_EQ(verify(alice(), Fact::yes_legacy, write_session(alice())), Status::ok);
}

TEST(VerifyConclusion, OfAProofWithoutASessionNeedsNoRecord) {
  EXPECT_EQ(verify_proof_alone(Fact::yes), Status::ok);
  EXPECT_EQ(verify_proof_alone(Fact::proof_used), Status::proof_replayed);
  EXPECT_EQ(verify_proof_alone(Fact::too_many_proofs), Status::store_full);
  EXPECT_NE(verify_proof_alone(Fact::missing), Status::ok);
  EXPECT_NE(verify_proof_alone(Fact::revoked), Status::ok);
  EXPECT_NE(verify_proof_alone(Fact::mismatch), Status::ok);
  EXPECT_EQ(verify_proof_alone(Fact::taken), Status::store_protocol);
}

TEST(RegisterConclusion, OfEveryFact) {
  EXPECT_EQ(register_with(Fact::yes), Status::ok);
  EXPECT_EQ(register_with(Fact::too_late), Status::store_timeout);
  EXPECT_EQ(register_with(Fact::taken), Status::state);
  EXPECT_EQ(register_with(Fact::revoked), Status::state);
  for (const Fact fact : {Fact::yes_legacy, Fact::missing, Fact::proof_used, Fact::too_many_proofs, Fact::mismatch,
                          static_cast<Fact>(99)}) {
    EXPECT_EQ(register_with(fact), Status::store_protocol);
  }
}

TEST(LookupConclusion, GivesALiveSession) {
  const auto session = conclude_lookup(LookupQuestion{test::kSessionId}, Answer{Fact::yes, record_of(bound_alice())});
  ASSERT_TRUE(session && session->has_value());
  EXPECT_EQ((*session)->id, test::kSessionId);
  EXPECT_EQ((*session)->user_id, R"("alice")");
  EXPECT_EQ((*session)->thumbprint, test::kThumbprint);
  EXPECT_TRUE(lookup(Fact::yes_legacy, write_session(alice())).found);
}

TEST(LookupConclusion, GivesNothingWhereThereIsNone) {
  for (const auto& [status, found] :
       {lookup(Fact::missing, ""), lookup(Fact::revoked, ""), lookup(Fact::revoked, record_of(alice())),
        lookup(Fact::yes_legacy, record_of(alice()))}) {
    EXPECT_EQ(status, Status::ok);
    EXPECT_FALSE(found);
  }
}

TEST(LookupConclusion, OfAnUnreadableRecordIsNoSession) {
  for (const std::string& record :
       {std::string(), std::string("x"), std::string("{}"), record_of({test::kOtherSessionId, R"("alice")", ""})}) {
    EXPECT_EQ(lookup(Fact::yes, record).status, Status::ok) << record;
    EXPECT_FALSE(lookup(Fact::yes, record).found) << record;
  }
}

TEST(LookupConclusion, OfAnAnswerToAnotherQuestionIsAProtocolError) {
  for (const Fact fact :
       {Fact::proof_used, Fact::too_many_proofs, Fact::taken, Fact::too_late, Fact::mismatch, static_cast<Fact>(99)}) {
    EXPECT_EQ(lookup(fact, record_of(alice())).status, Status::store_protocol);
  }
}

}  // namespace
}  // namespace swt
