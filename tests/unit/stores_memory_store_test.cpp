// Sessions and proofs in this process's memory.
#include <gtest/gtest.h>

#include <string>

#include "stores/memory_store.h"
#include "support/outcome.h"
#include "support/sessions.h"

namespace swt {
namespace {

using test::alice;
using test::bound_alice;
using test::kSessionId;
using test::registration_of;
using test::verification_of;
using test::verification_with_proof;

// A store with a clock that tests turn.
class MemoryStoreTest : public testing::Test {
 protected:
  StoreReply ask(const Question& question) { return store_.ask(question, {1800000000000, now_ms_}); }

  Fact fact(const Question& question) {
    const StoreReply reply = ask(question);
    const auto* answer = std::get_if<Answer>(&reply);
    EXPECT_NE(answer, nullptr) << "the store gave no answer";
    return answer != nullptr ? answer->fact : static_cast<Fact>(99);
  }

  std::string record(const Question& question) { return std::get<Answer>(ask(question)).record; }

  void register_session(const Session& session) { EXPECT_EQ(fact(registration_of(session)), Fact::yes); }

  MemoryStore store_{MemoryStoreLimits{100, 1000, 1000}};
  int64_t now_ms_ = 5000;
};

TEST_F(MemoryStoreTest, KnowsASessionThatWasRegistered) {
  EXPECT_EQ(fact(verification_of(alice())), Fact::missing);
  register_session(alice());
  EXPECT_EQ(fact(verification_of(alice())), Fact::yes);
  EXPECT_EQ(record(verification_of(alice())), write_session_record(alice(), 1799999000000));
  EXPECT_EQ(fact(LookupQuestion{kSessionId}), Fact::yes);
  EXPECT_EQ(record(LookupQuestion{kSessionId}), write_session_record(alice(), 1799999000000));
  EXPECT_EQ(fact(LookupQuestion{test::kOtherSessionId}), Fact::missing);
}

TEST_F(MemoryStoreTest, ForgetsASessionWhenItsTimeIsUp) {
  register_session(alice());
  now_ms_ += 99999;
  EXPECT_EQ(fact(verification_of(alice())), Fact::yes);
  EXPECT_EQ(fact(LookupQuestion{kSessionId}), Fact::yes);
  now_ms_ += 1;
  EXPECT_EQ(fact(verification_of(alice())), Fact::missing);
  EXPECT_EQ(fact(LookupQuestion{kSessionId}), Fact::missing);
}

TEST_F(MemoryStoreTest, DoesNotProlongASessionThatIsUsed) {
  register_session(alice());
  now_ms_ += 50000;
  EXPECT_EQ(fact(verification_of(alice())), Fact::yes);
  now_ms_ += 50000;
  EXPECT_EQ(fact(verification_of(alice())), Fact::missing);
}

TEST_F(MemoryStoreTest, CountsTimeOnTheMonotonicClock) {
  register_session(alice());
  EXPECT_TRUE(std::holds_alternative<Answer>(store_.ask(verification_of(alice()), {INT64_MAX, now_ms_})));
  EXPECT_EQ(fact(verification_of(alice())), Fact::yes) << "the wall clock was set ahead, and back";
}

TEST_F(MemoryStoreTest, GivesAnIdOnce) {
  register_session(alice());
  EXPECT_EQ(fact(registration_of({kSessionId, R"("mallory")", ""})), Fact::taken);
  EXPECT_EQ(fact(registration_of(alice())), Fact::taken);
  EXPECT_EQ(fact(verification_of(alice())), Fact::yes);
}

TEST_F(MemoryStoreTest, TellsOtherUsersAndKeysApart) {
  register_session(bound_alice());
  EXPECT_EQ(fact(verification_of(bound_alice())), Fact::yes);
  EXPECT_EQ(fact(verification_of(alice())), Fact::mismatch);
  EXPECT_EQ(fact(verification_of({kSessionId, R"("bob")", test::kThumbprint})), Fact::mismatch);
  EXPECT_EQ(fact(verification_of({kSessionId, R"("alice")", test::kOtherThumbprint})), Fact::mismatch);
  EXPECT_EQ(record(verification_of(alice())), write_session_record(bound_alice(), 1799999000000));
}

TEST_F(MemoryStoreTest, EndsASession) {
  register_session(alice());
  EXPECT_EQ(fact(RevokeQuestion{kSessionId}), Fact::yes);
  EXPECT_EQ(fact(verification_of(alice())), Fact::revoked);
  EXPECT_EQ(fact(LookupQuestion{kSessionId}), Fact::revoked);
  EXPECT_EQ(record(LookupQuestion{kSessionId}), "");
}

TEST_F(MemoryStoreTest, EndsThatSessionAlone) {
  const Session other{test::kOtherSessionId, R"("alice")", ""};
  register_session(alice());
  register_session(other);
  EXPECT_EQ(fact(RevokeQuestion{kSessionId}), Fact::yes);
  EXPECT_EQ(fact(verification_of(other)), Fact::yes);
}

TEST_F(MemoryStoreTest, KeepsWhatIsRevokedRevoked) {
  register_session(alice());
  EXPECT_EQ(fact(RevokeQuestion{kSessionId}), Fact::yes);
  EXPECT_EQ(fact(RevokeQuestion{kSessionId}), Fact::yes) << "again is fine";
  EXPECT_EQ(fact(registration_of(alice())), Fact::revoked);
  EXPECT_EQ(fact(verification_of(alice())), Fact::revoked);
  now_ms_ += 99999;
  EXPECT_EQ(fact(registration_of(alice())), Fact::revoked);
  EXPECT_EQ(fact(verification_of(alice())), Fact::revoked);
  now_ms_ += 1;
  EXPECT_EQ(fact(verification_of(alice())), Fact::missing);
}

TEST_F(MemoryStoreTest, RevokesAnIdThatNobodyHasWithoutEffect) {
  EXPECT_EQ(fact(RevokeQuestion{kSessionId}), Fact::yes);
  EXPECT_EQ(fact(verification_of(alice())), Fact::missing);
  register_session(alice());
  EXPECT_EQ(fact(verification_of(alice())), Fact::yes);
}

TEST_F(MemoryStoreTest, SpendsAProofOnce) {
  register_session(bound_alice());
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "attempt-1")), Fact::yes);
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "attempt-2")), Fact::proof_used);
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-2", "attempt-3")), Fact::yes);
}

// A command that a client sends again after a lost reply.
TEST_F(MemoryStoreTest, AnswersTheSameAttemptTheSameWayTwice) {
  register_session(bound_alice());
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "attempt-1")), Fact::yes);
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "attempt-1")), Fact::yes);
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "attempt-2")), Fact::proof_used);
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "attempt-1")), Fact::yes);
}

TEST_F(MemoryStoreTest, RemembersASpentProofForItsTime) {
  register_session(bound_alice());
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "attempt-1", 10000)), Fact::yes);
  now_ms_ += 9999;
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "attempt-2", 10000)), Fact::proof_used);
  now_ms_ += 1;
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "attempt-3", 10000)), Fact::yes);
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "attempt-4", 10000)), Fact::proof_used);
}

// A thief with the wrong session must not burn the victim's proof.
TEST_F(MemoryStoreTest, SpendsNothingOnAMismatch) {
  register_session(bound_alice());
  for (const Session& wrong : {Session{kSessionId, R"("bob")", test::kThumbprint},
                               Session{kSessionId, R"("alice")", test::kOtherThumbprint}, alice()}) {
    EXPECT_EQ(fact(verification_with_proof(wrong, "proof-1", "thief")), Fact::mismatch);
  }
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "victim")), Fact::yes);
}

TEST_F(MemoryStoreTest, SpendsNothingOnASessionThatIsGone) {
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "early")), Fact::missing);
  register_session(bound_alice());
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "now")), Fact::yes);
}

TEST_F(MemoryStoreTest, SpendsAProofOnceForAllSessionsOfItsKey) {
  const Session other{test::kOtherSessionId, R"("alice")", test::kThumbprint};
  register_session(bound_alice());
  register_session(other);
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "attempt-1")), Fact::yes);
  EXPECT_EQ(fact(verification_with_proof(other, "proof-1", "attempt-2")), Fact::proof_used);
  EXPECT_EQ(fact(verification_with_proof(other, "proof-2", "attempt-3")), Fact::yes);
}

TEST_F(MemoryStoreTest, RemembersASpentProofWhenItsSessionHasEnded) {
  register_session(bound_alice());
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "attempt-1", 200000)), Fact::yes);
  now_ms_ += 100000;
  register_session(bound_alice());
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "attempt-2", 200000)), Fact::proof_used);
}

TEST_F(MemoryStoreTest, SpendsProofsWithoutASession) {
  const Session nobody{"", R"("alice")", test::kThumbprint};
  EXPECT_EQ(fact(verification_with_proof(nobody, "proof-1", "attempt-1")), Fact::yes);
  EXPECT_EQ(fact(verification_with_proof(nobody, "proof-1", "attempt-2")), Fact::proof_used);
  EXPECT_EQ(fact(verification_with_proof(nobody, "proof-2", "attempt-3")), Fact::yes);
}

TEST_F(MemoryStoreTest, RefusesARevokedSessionBeforeItLooksAtTheProof) {
  register_session(bound_alice());
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "attempt-1")), Fact::yes);
  EXPECT_EQ(fact(RevokeQuestion{kSessionId}), Fact::yes);
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-1", "attempt-1")), Fact::revoked);
  EXPECT_EQ(fact(verification_with_proof(bound_alice(), "proof-2", "attempt-2")), Fact::revoked);
}

}  // namespace
}  // namespace swt
