// A host's store that fails, answers nonsense, or answers for somebody else.
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "session/conclusion.h"
#include "support/host_store.h"
#include "support/outcome.h"
#include "support/sessions.h"
#include "support/text.h"

namespace swt {
namespace {

using test::alice;
using test::Database;
using test::kSessionId;
using test::replaced;
using test::verification_of;
using test::verification_with_proof;

constexpr Status kDown[] = {Status::store_timeout, Status::store_connection, Status::store_protocol, Status::store_full,
                            Status::store_refused};

class HostileHost : public testing::Test {
 protected:
  HostileHost() {
    store_->ask(test::registration_of(alice()), now_);
    good_ = database_->sessions[kSessionId];
  }

  StoreReply ask(const Question& question) { return store_->ask(question, now_); }

  static RotateQuestion rotation() {
    VerifyQuestion request = verification_of(alice());
    request.attempt = "aaaaaaaaaaaaaaaaaaaaaa";
    return {request, "presented", "successor", 1000, 604800, false};
  }

  // What the core makes of it.
  Status verified() { return concluded(verification_of(alice())); }
  Status concluded(const VerifyQuestion& question) {
    const StoreReply reply = ask(question);
    if (const auto* status = std::get_if<Status>(&reply)) return *status;
    return test::status_of(conclude_verify(question, std::get<Answer>(reply)));
  }
  Status rotated() {
    const StoreReply reply = ask(rotation());
    if (const auto* status = std::get_if<Status>(&reply)) return *status;
    return test::status_of(conclude_rotate(rotation(), std::get<Answer>(reply)));
  }

  Instant now_{1800000000000, 5000};
  std::shared_ptr<Database> database_ = std::make_shared<Database>();
  std::unique_ptr<CallbackStore> store_ = test::store_over(database_);
  std::string good_;
};

bool is_down(const StoreReply& reply, Status wanted) {
  const auto* status = std::get_if<Status>(&reply);
  return status != nullptr && *status == wanted;
}

TEST_F(HostileHost, ThatFailsIsUnavailableForEveryQuestion) {
  for (const Status down : kDown) {
    database_->register_fails = database_->get_fails = database_->revoke_fails = down;
    EXPECT_TRUE(is_down(ask(test::registration_of(alice())), down));
    EXPECT_TRUE(is_down(ask(verification_of(alice())), down));
    EXPECT_TRUE(is_down(ask(rotation()), down));
    EXPECT_TRUE(is_down(ask(RevokeQuestion{kSessionId}), down));
    EXPECT_TRUE(is_down(ask(LookupQuestion{kSessionId}), down));
  }
}

TEST_F(HostileHost, ThatCannotClaimNowLetsNothingPass) {
  for (const Status down : kDown) {
    database_->claim_fails = down;
    EXPECT_TRUE(is_down(ask(verification_with_proof(alice(), "proof", "a")), down));
    EXPECT_TRUE(is_down(ask(rotation()), down));
  }
  database_->claim_fails.reset();
  EXPECT_EQ(rotated(), Status::ok) << "and nothing was lost";
}

TEST_F(HostileHost, ThatDoesNotEndASessionIsNotBelievedToHave) {
  EXPECT_EQ(rotated(), Status::ok);
  now_.wall_ms += 60000;
  database_->revoke_fails = Status::store_timeout;
  RotateQuestion again = rotation();
  again.request.attempt = "bbbbbbbbbbbbbbbbbbbbbb";
  again.successor_hash = "another";
  EXPECT_TRUE(is_down(ask(again), Status::store_timeout)) << "two hold the token, and the session may be alive";
  database_->revoke_fails.reset();
  EXPECT_EQ(std::get<Answer>(ask(again)).fact, Fact::reused);
}

TEST_F(HostileHost, WithARecordThatIsNoneHasNoSession) {
  const std::string deep = test::repeated("[", 20) + test::repeated("]", 20);
  for (const std::string& record :
       {std::string(), std::string("x"), std::string("null"), std::string("[]"), std::string("{}"), good_ + 'x',
        good_ + '\0', ' ' + good_ + std::string(4096, ' '), replaced(good_, "}", R"(,"userId":"mallory"})"),
        replaced(good_, "}", R"(,"user\u0049d":"mallory"})"), replaced(good_, "}", R"(,"sessionId":"x"})"),
        replaced(good_, R"("alice")", R"({"a":1})"), replaced(good_, R"("alice")", "1e999"),
        replaced(good_, "}", R"(,"jkt":null})"), replaced(good_, "}", R"(,"jkt":""})"),
        replaced(good_, "}", ",\"a\":" + deep + '}'), replaced(good_, "alice", "ali\xff")}) {
    database_->sessions[kSessionId] = record;
    EXPECT_EQ(verified(), Status::session_revoked) << record.substr(0, 120);
    EXPECT_EQ(rotated(), Status::session_revoked) << record.substr(0, 120);
  }
  EXPECT_TRUE(database_->claims.empty());
  database_->sessions[kSessionId] = good_;
  EXPECT_EQ(verified(), Status::ok);
}

TEST_F(HostileHost, WithTheRecordOfSomebodyElseLetsNobodyPass) {
  const auto with_record = [&](const Session& session) {
    database_->sessions[kSessionId] = write_session_record(session, 1);
    EXPECT_EQ(verified(), rotated());
    return verified();
  };
  EXPECT_EQ(with_record({test::kOtherSessionId, R"("alice")", ""}), Status::session_revoked);
  EXPECT_EQ(with_record({kSessionId, R"("mallory")", ""}), Status::session_user);
  EXPECT_EQ(with_record({kSessionId, "7", ""}), Status::session_user);
  EXPECT_EQ(with_record(test::bound_alice()), Status::session_binding);
  EXPECT_TRUE(database_->claims.empty());
}

TEST_F(HostileHost, WithAProofsClaimThatIsNoneLetsNothingPass) {
  for (const std::string& stands : {std::string(), std::string("x"), std::string("a "), std::string("a\0", 2),
                                    std::string(4096, 'a'), std::string("A")}) {
    database_->claims["proof:" + std::string(kSessionId) + ":proof"] = stands;
    EXPECT_NE(concluded(verification_with_proof(alice(), "proof", "a")), Status::ok) << stands.substr(0, 50);
  }
}

TEST_F(HostileHost, WithARefreshClaimThatIsNoneIsUnavailableAndEndsNothing) {
  for (const std::string& stands :
       {std::string(), std::string("x"), std::string("x "), std::string("x y"), std::string("x 1.5"),
        std::string("x 1 "), std::string("x  1"), std::string("x 99999999999999999999"), std::string("x 1\0", 4),
        std::string("x +1")}) {
    database_->claims["refresh:" + std::string(kSessionId) + ":presented"] = stands;
    EXPECT_EQ(rotated(), Status::store_protocol) << stands;
  }
  EXPECT_TRUE(database_->sessions.contains(kSessionId));
}

// A time from which no other can be subtracted.
TEST_F(HostileHost, WithARefreshClaimOfNoTimeIsUnavailableAndEndsNothing) {
  for (const int64_t at_ms : {int64_t{-1}, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(),
                              int64_t{9007199254740992}}) {
    database_->claims["refresh:" + std::string(kSessionId) + ":presented"] = "x " + std::to_string(at_ms);
    EXPECT_EQ(rotated(), Status::store_protocol) << at_ms;
  }
  EXPECT_TRUE(database_->sessions.contains(kSessionId));
}

TEST_F(HostileHost, ThatForgetsASessionHasRevokedIt) {
  database_->sessions.clear();
  EXPECT_EQ(verified(), Status::session_revoked);
  EXPECT_EQ(rotated(), Status::session_revoked);
}

}  // namespace
}  // namespace swt
