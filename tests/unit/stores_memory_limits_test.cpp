// A store in memory has room for so much, and when it is full it refuses: it forgets nothing before its time.
#include <gtest/gtest.h>

#include <string>

#include "stores/memory_store.h"
#include "support/outcome.h"
#include "support/sessions.h"

namespace swt {
namespace {

using test::numbered_session_id;
using test::registration_of;
using test::verification_of;
using test::verification_with_proof;

Session numbered(int number) { return {numbered_session_id(number), R"("alice")", ""}; }

const Session kNobody{"", R"("alice")", test::kThumbprint};

// The answer's fact, or the status of the store that gave none.
std::variant<Fact, Status> ask(MemoryStore& store, const Question& question, int64_t now_ms = 0) {
  const StoreReply reply = store.ask(question, {0, now_ms});
  if (const auto* status = std::get_if<Status>(&reply)) return *status;
  return std::get<Answer>(reply).fact;
}

using Said = std::variant<Fact, Status>;
const Said kYes = Fact::yes;
const Said kFull = Status::store_full;

TEST(MemoryStoreLimits, AreChecked) {
  const auto check = [](int64_t ttl, uint32_t sessions, uint32_t proofs) {
    return test::status_of(MemoryStore::check({ttl, sessions, proofs}));
  };
  EXPECT_EQ(check(1, 1, 1), Status::ok);
  EXPECT_EQ(check(int64_t{10} * 366 * 86400, UINT32_MAX, UINT32_MAX), Status::ok);
  EXPECT_EQ(check(0, 1, 1), Status::ok) << "the default";
  for (const int64_t ttl : {int64_t{-1}, INT64_MIN, int64_t{10} * 366 * 86400 + 1, INT64_MAX}) {
    EXPECT_EQ(check(ttl, 1, 1), Status::lifetime) << ttl;
  }
  EXPECT_EQ(check(1, 0, 1), Status::argument);
  EXPECT_EQ(check(1, 1, 0), Status::argument);
}

TEST(MemoryStoreLimits, RefuseASessionTooManyAndForgetNone) {
  MemoryStore store({100, 3, 10});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(store, registration_of(numbered(i))), kYes);
  EXPECT_EQ(ask(store, registration_of(numbered(3))), kFull);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(store, verification_of(numbered(i))), kYes) << i;
}

TEST(MemoryStoreLimits, CountRevocationsThatAreRemembered) {
  MemoryStore store({100, 3, 10});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(store, registration_of(numbered(i))), kYes);
  EXPECT_EQ(ask(store, RevokeQuestion{numbered_session_id(0)}), kYes);
  EXPECT_EQ(ask(store, registration_of(numbered(3))), kFull) << "a revocation is not dropped to make room";
  EXPECT_EQ(ask(store, verification_of(numbered(0))), Said(Fact::revoked));
}

TEST(MemoryStoreLimits, AreNotReachedByRevokingIdsThatNobodyHas) {
  MemoryStore store({100, 3, 10});
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(ask(store, RevokeQuestion{numbered_session_id(i)}), kYes);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(ask(store, LookupQuestion{numbered_session_id(i)}), Said(Fact::missing));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(store, registration_of(numbered(i))), kYes);
}

TEST(MemoryStoreLimits, StillLetAFullStoreRevoke) {
  MemoryStore store({100, 1, 10});
  EXPECT_EQ(ask(store, registration_of(numbered(0))), kYes);
  EXPECT_EQ(ask(store, RevokeQuestion{numbered_session_id(0)}), kYes);
  EXPECT_EQ(ask(store, verification_of(numbered(0))), Said(Fact::revoked));
}

TEST(MemoryStoreLimits, GiveRoomBackWhenSessionsExpire) {
  MemoryStore store({100, 2, 10});
  EXPECT_EQ(ask(store, registration_of(numbered(0)), 0), kYes);
  EXPECT_EQ(ask(store, registration_of(numbered(1)), 50000), kYes);
  EXPECT_EQ(ask(store, registration_of(numbered(2)), 99999), kFull);
  EXPECT_EQ(ask(store, registration_of(numbered(2)), 100000), kYes);
  EXPECT_EQ(ask(store, registration_of(numbered(3)), 100000), kFull);
  EXPECT_EQ(ask(store, verification_of(numbered(1)), 100000), kYes);
}

TEST(MemoryStoreLimits, RefuseAProofTooManyAndForgetNone) {
  MemoryStore store({100, 10, 3});
  const auto spend = [&](int number, const char* attempt, int64_t now_ms) {
    return ask(store, verification_with_proof(kNobody, "proof-" + std::to_string(number), attempt, 10000), now_ms);
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(spend(i, "first", 0), kYes);
  EXPECT_EQ(spend(3, "first", 9999), kFull);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(spend(i, "second", 9999), Said(Fact::proof_used)) << i;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(spend(i, "first", 9999), kYes) << "the same attempt of " << i;
  EXPECT_EQ(spend(3, "first", 10000), kYes) << "the others have expired";
}

// One busy client must not use up everybody's room.
TEST(MemoryStoreLimits, AreForEachClientToo) {
  MemoryStore store({1000, 10, 100000});
  const Session busy = test::bound_alice();
  const Session quiet{test::kOtherSessionId, R"("bob")", test::kOtherThumbprint};
  EXPECT_EQ(ask(store, registration_of(busy)), kYes);
  EXPECT_EQ(ask(store, registration_of(quiet)), kYes);
  for (int64_t i = 0; i < kMaxProofsPerSession; ++i) {
    ASSERT_EQ(ask(store, verification_with_proof(busy, "proof-" + std::to_string(i), "a", 10000), i), kYes) << i;
  }
  EXPECT_EQ(ask(store, verification_with_proof(busy, "more", "a", 10000), 5000), Said(Fact::too_many_proofs));
  EXPECT_EQ(ask(store, verification_with_proof(busy, "proof-0", "b", 10000), 5000), Said(Fact::proof_used));
  EXPECT_EQ(ask(store, verification_with_proof(busy, "proof-0", "a", 10000), 5000), kYes) << "the same attempt";
  EXPECT_EQ(ask(store, verification_with_proof(quiet, "quiet", "a", 10000), 5000), kYes);
  EXPECT_EQ(ask(store, verification_of(busy), 5000), kYes);
  EXPECT_EQ(ask(store, verification_with_proof(busy, "more", "a", 10000), 10000), kYes) << "the first has expired";
  EXPECT_EQ(ask(store, verification_with_proof(busy, "most", "a", 10000), 10000), Said(Fact::too_many_proofs));
}

TEST(MemoryStoreLimits, OfAClientHoldOverAllItsSessions) {
  MemoryStore store({10, 10, 100000});
  const Session session = test::bound_alice();
  EXPECT_EQ(ask(store, registration_of(session), 0), kYes);
  for (int64_t i = 0; i < kMaxProofsPerSession; ++i) {
    ASSERT_EQ(ask(store, verification_with_proof(session, "old-" + std::to_string(i), "a", 15000), 0), kYes);
  }
  const Session other{test::kOtherSessionId, R"("alice")", test::kThumbprint};
  EXPECT_EQ(ask(store, registration_of(other), 5000), kYes);
  EXPECT_EQ(ask(store, verification_with_proof(other, "new", "a", 15000), 5000), Said(Fact::too_many_proofs));
  EXPECT_EQ(ask(store, registration_of(session), 10000), kYes) << "the first session has expired";
  EXPECT_EQ(ask(store, verification_with_proof(session, "new", "a", 15000), 14999), Said(Fact::too_many_proofs));
  EXPECT_EQ(ask(store, verification_with_proof(session, "new", "a", 15000), 15000), kYes);
}

TEST(MemoryStoreLimits, StayInForceOverManyGenerations) {
  MemoryStore store({1, 10, 10});
  int64_t now_ms = 0;
  for (int i = 0; i < 2000; ++i, now_ms += 100) {
    ASSERT_EQ(ask(store, registration_of(numbered(i)), now_ms), kYes) << i;
    const VerifyQuestion question = verification_with_proof(numbered(i), "proof", "a", 1000);
    ASSERT_EQ(ask(store, question, now_ms), kYes) << i;
  }
  EXPECT_EQ(ask(store, registration_of(numbered(2000)), now_ms - 100), kFull);
}

}  // namespace
}  // namespace swt
