// One refresh token in two hands.
#include "engine/issue.h"
#include "support/der.h"
#include "support/refreshing.h"
#include "support/ring.h"

namespace swt {
namespace {

using test::refresh_with;
using test::status_of;
using test::TestEngine;

using EngineReuse = test::RefreshTest;

constexpr const char* kAttempt = "aaaaaaaaaaaaaaaaaaaaaa";
constexpr const char* kOtherAttempt = "bbbbbbbbbbbbbbbbbbbbbb";

TEST_F(EngineReuse, WithinTenSecondsIsSuperseded) {
  const Grant grant = login();
  const Grant next = *refresh(grant.refresh_token);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(status_of(refresh(grant.refresh_token)), Status::refresh_superseded);
    engine_.pass(2500);
  }
  EXPECT_EQ(engine_.now.wall_ms, test::kNowS * 1000 + 12500);
}

TEST_F(EngineReuse, WithinTenSecondsLeavesTheSessionAlive) {
  const Grant grant = login();
  const Grant next = *refresh(grant.refresh_token);
  engine_.pass(10000);
  EXPECT_EQ(status_of(refresh(grant.refresh_token)), Status::refresh_superseded);
  EXPECT_EQ(verified(grant), Status::ok);
  EXPECT_EQ(verified(next), Status::ok);
  EXPECT_EQ(status_of(refresh(next.refresh_token)), Status::ok);
}

TEST_F(EngineReuse, AfterTenSecondsEndsTheSession) {
  const Grant grant = login();
  const Grant next = *refresh(grant.refresh_token);
  engine_.pass(10001);
  EXPECT_EQ(status_of(refresh(grant.refresh_token)), Status::refresh_reused);
  EXPECT_EQ(verified(grant), Status::session_revoked);
  EXPECT_EQ(verified(next), Status::session_revoked);
  EXPECT_EQ(status_of(refresh(next.refresh_token)), Status::session_revoked) << "the newest token too";
}

TEST_F(EngineReuse, OfAnAncestorEndsTheSessionAtOnce) {
  const Grant grant = login();
  const Grant second = *refresh(grant.refresh_token);
  const Grant third = *refresh(second.refresh_token);
  EXPECT_EQ(status_of(refresh(second.refresh_token)), Status::refresh_superseded);
  EXPECT_EQ(status_of(refresh(grant.refresh_token)), Status::refresh_reused);
  EXPECT_EQ(status_of(refresh(third.refresh_token)), Status::session_revoked);
}

// Thief first, owner second, and the other way round.
TEST_F(EngineReuse, EndsTheSessionWhoeverCameFirst) {
  for (const bool thief_first : {true, false}) {
    const Grant stolen = login();
    const Result<Grant> first = refresh(stolen.refresh_token);
    engine_.pass(11000);
    const Result<Grant> second = refresh(stolen.refresh_token);
    EXPECT_EQ(status_of(first), Status::ok) << thief_first;
    EXPECT_EQ(status_of(second), Status::refresh_reused);
    EXPECT_EQ(status_of(refresh(first->refresh_token)), Status::session_revoked);
  }
}

TEST_F(EngineReuse, EndsNoOtherSession) {
  const Grant grant = login();
  const Grant other = login();
  EXPECT_TRUE(refresh(grant.refresh_token));
  engine_.pass(11000);
  EXPECT_EQ(status_of(refresh(grant.refresh_token)), Status::refresh_reused);
  EXPECT_EQ(verified(other), Status::ok);
  EXPECT_EQ(status_of(refresh(other.refresh_token)), Status::ok);
}

TEST_F(EngineReuse, NeedsAProofOfTheBoundKeyToEndTheSession) {
  const Grant grant = bound_login();
  const Grant next = *refresh(grant.refresh_token, proof());
  engine_.pass(60000);
  const test::ClientKey thief;
  EXPECT_EQ(status_of(refresh(grant.refresh_token)), Status::proof_missing);
  EXPECT_EQ(status_of(refresh(grant.refresh_token, proof(thief))), Status::proof_binding);
  EXPECT_EQ(verified(next, proof()), Status::ok);
  EXPECT_EQ(status_of(refresh(grant.refresh_token, proof())), Status::refresh_reused);
  EXPECT_EQ(verified(next, proof()), Status::session_revoked);
}

TEST_F(EngineReuse, UnderAnotherSessionEndsNothing) {
  const Grant grant = login();
  const Grant other = login();
  const Grant next = *refresh(grant.refresh_token);
  engine_.pass(60000);
  EXPECT_EQ(status_of(engine_.refresh(refresh_with(grant.refresh_token, other.session_id))), Status::session_mismatch);
  EXPECT_EQ(verified(next), Status::ok);
  EXPECT_EQ(verified(other), Status::ok);
}

// A command that reaches the store twice takes effect once, and says so both times.
TEST_F(EngineReuse, OfOneQuestionIsTheSameAnswer) {
  const Grant grant = login();
  const PendingRefresh pending = *engine_.begin_refresh(refresh_with(grant.refresh_token));
  for (int i = 0; i < 3; ++i) {
    const std::optional<StoreReply> reply = engine_.ask(pending.question);
    EXPECT_EQ(status_of(complete_refresh(pending, &*reply, engine_.now)), Status::ok) << i;
  }
  EXPECT_EQ(status_of(refresh(pending.outcome.refresh_token)), Status::ok);
}

// Two guards on one incoming request, which refresh by calls of their own: the session goes on with one of the new
// tokens, so only one of them may be handed out.
TEST_F(EngineReuse, OfOneAttemptHandsOutNoTokenThatWouldEndTheSession) {
  const Grant grant = login();
  const Result<Grant> first = engine_.refresh(refresh_with(grant.refresh_token, "", "", kAttempt));
  const Result<Grant> second = engine_.refresh(refresh_with(grant.refresh_token, "", "", kAttempt));
  ASSERT_TRUE(first);
  EXPECT_EQ(status_of(second), Status::refresh_superseded);
  EXPECT_EQ(status_of(refresh(first->refresh_token)), Status::ok);
}

TEST_F(EngineReuse, OfAnotherAttemptIsSuperseded) {
  const Grant grant = login();
  EXPECT_TRUE(engine_.refresh(refresh_with(grant.refresh_token, "", "", kAttempt)));
  EXPECT_EQ(status_of(engine_.refresh(refresh_with(grant.refresh_token, "", "", kOtherAttempt))),
            Status::refresh_superseded);
}

TEST_F(EngineReuse, TakesNoAttemptThatIsNone) {
  const Grant grant = login();
  for (const std::string_view bad :
       {"a", "aaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaa ", "aaaaaaaaaa\naaaaaaaaaaa"}) {
    EXPECT_EQ(status_of(engine_.refresh(refresh_with(grant.refresh_token, "", "", bad))), Status::argument) << bad;
  }
}

// Of one ECDSA signature (r, s) anybody can make a second one, (r, n - s).
std::string token_twin_of(const std::string& token) {
  const size_t signature_at = token.rfind('.') + 1;
  return token.substr(0, signature_at) +
         test::base64url_of(test::twin_of(test::from_base64url(token.substr(signature_at))));
}

TEST(EngineReuseOfSignatures, CountsATwinAsTheSameToken) {
  TestEngine engine(EngineSettings{KeyRing::of_one(test::ec_key()), true, true, 0});
  const Grant grant = *engine.sign(test::login_request());
  const std::string twin = token_twin_of(grant.refresh_token);
  ASSERT_NE(twin, grant.refresh_token);
  const Result<Grant> next = engine.refresh(refresh_with(grant.refresh_token));
  ASSERT_TRUE(next);
  const Result<Grant> again = engine.refresh(refresh_with(twin));
  EXPECT_EQ(status_of(again), Status::refresh_superseded);
  engine.pass(11000);
  EXPECT_EQ(status_of(engine.refresh(refresh_with(twin))), Status::refresh_reused);
}

TEST(EngineReuseOfSignatures, HashesWhatWasSigned) {
  const auto hash = [](const std::string& token) { return *hash_of_refresh_token(token); };
  EXPECT_EQ(hash("h.p.one"), hash("h.p.two"));
  EXPECT_EQ(hash("h.p.one"), test::base64url_of(test::sha256_of("h.p")));
  EXPECT_NE(hash("h.p.one"), hash("h.q.one"));
}

}  // namespace
}  // namespace swt
