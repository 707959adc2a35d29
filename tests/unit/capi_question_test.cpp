// The question of a pending operation as JSON, what a store of the host's own answers, and one that forgets.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "support/capi.h"
#include "support/recorder.h"
#include "support/sessions.h"

namespace swt {
namespace {

using test::kSessionId;
using test::text;
using test::view;

test::PendingHandle lookup() {
  swt_pending* pending = nullptr;
  EXPECT_EQ(swt_lookup_begin(view(kSessionId), &pending), SWT_OK);
  return test::PendingHandle(pending);
}

swt_status answer(swt_pending* pending, int fact, std::string_view record) {
  const std::string number = std::to_string(fact);
  const swt_bytes parts[] = {view(number), view(record), view("1800000000000")};
  return swt_pending_answer(pending, parts, 3);
}

class CapiQuestion : public testing::Test {
 protected:
  // What verify makes of this answer.
  swt_status verified_by(int fact, std::string_view record) {
    const test::PendingHandle pending = test::begin_verify(external_.get(), test::new_verify_request(grant_.get()));
    EXPECT_EQ(answer(pending.get(), fact, record), SWT_OK);
    swt_claims* claims = nullptr;
    const swt_status status = swt_verify_complete(pending.get(), test::kNowS * 1000, &claims);
    swt_claims_free(claims);
    return status;
  }

  test::EngineHandle external_ = test::new_engine(test::Sessions::external);
  test::GrantHandle grant_ = test::sign(test::new_engine().get());
  std::string record_ = R"({"sessionId":")" + text(swt_grant_session_id(grant_.get())) + R"(","userId":"alice"})";
};

TEST_F(CapiQuestion, IsThatOfThePendingOperationAsOftenAsItIsAskedFor) {
  const test::PendingHandle pending = lookup();
  const std::string expected = R"({"type":"lookup","sessionId":"c94dc9c9-fcf8-4396-8aca-66b911000d9c"})";
  const swt_bytes question = swt_pending_question(pending.get());
  EXPECT_EQ(text(question), expected);
  EXPECT_EQ(question.data[question.len], 0);
  EXPECT_EQ(swt_pending_question(pending.get()).data, question.data);
}

TEST_F(CapiQuestion, IsEmptyOnceItWasAnsweredAndWhereNothingIsAsked) {
  const test::PendingHandle pending = lookup();
  ASSERT_EQ(answer(pending.get(), SWT_FACT_MISSING, ""), SWT_OK);
  EXPECT_EQ(swt_pending_question(pending.get()).data, nullptr);
  swt_pending* nothing = nullptr;
  ASSERT_EQ(swt_lookup_begin(view("no id"), &nothing), SWT_OK);
  EXPECT_EQ(swt_pending_question(nothing).data, nullptr);
  swt_pending_free(nothing);
  EXPECT_EQ(swt_pending_question(nullptr).data, nullptr);
}

TEST_F(CapiQuestion, IsAnsweredByAFact) {
  EXPECT_EQ(verified_by(SWT_FACT_OK, record_), SWT_OK);
  EXPECT_EQ(verified_by(SWT_FACT_MISSING, ""), SWT_REJECTED_SESSION_REVOKED);
  EXPECT_EQ(verified_by(SWT_FACT_REVOKED, ""), SWT_REJECTED_SESSION_REVOKED);
  EXPECT_EQ(verified_by(SWT_FACT_PROOF_USED, ""), SWT_REJECTED_PROOF_REPLAYED);
  EXPECT_EQ(verified_by(SWT_FACT_MISMATCH, record_), SWT_REJECTED_SESSION_REVOKED)
      << "what was not spent does not pass";
  for (const int other : {SWT_FACT_TAKEN, SWT_FACT_SUPERSEDED, SWT_FACT_REUSED, 4, -100}) {
    EXPECT_EQ(verified_by(other, record_), SWT_UNAVAILABLE_PROTOCOL) << other;
  }
}

// A store says OK, and hands back what it has. That is compared again.
TEST_F(CapiQuestion, IsNotDecidedByTheStore) {
  const auto with = [&](std::string_view from, std::string_view to) {
    return std::string(record_).replace(record_.find(from), from.size(), to);
  };
  EXPECT_EQ(verified_by(SWT_FACT_OK, ""), SWT_REJECTED_SESSION_REVOKED);
  EXPECT_EQ(verified_by(SWT_FACT_OK, with(R"("alice")", R"("mallory")")), SWT_REJECTED_SESSION_USER);
  EXPECT_EQ(verified_by(SWT_FACT_OK, with(R"("alice")", "7")), SWT_REJECTED_SESSION_USER);
  EXPECT_EQ(verified_by(SWT_FACT_OK, with("}", R"(,"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})")),
            SWT_REJECTED_SESSION_BINDING);
  EXPECT_EQ(verified_by(SWT_FACT_OK, with(text(swt_grant_session_id(grant_.get())), kSessionId)),
            SWT_REJECTED_SESSION_REVOKED);
}

// An engine whose external store cannot tell a spent refresh token from a fresh one.
class CapiForgetfulStore : public testing::Test {
 protected:
  test::EngineHandle new_engine(uint32_t flags) {
    const test::Config config = test::new_config();
    EXPECT_EQ(swt_config_set_audit(config.get(), test::Recorder::callback, &recorder_), SWT_OK);
    EXPECT_EQ(swt_config_use_external_store(config.get(), flags), SWT_OK);
    swt_engine* engine = nullptr;
    EXPECT_EQ(swt_engine_new(config.get(), &engine), SWT_OK);
    return test::EngineHandle(engine);
  }

  swt_status begin_refresh(const swt_engine* engine, uint32_t flags, std::string* out_question = nullptr) {
    swt_refresh_request request = SWT_REFRESH_REQUEST_INIT;
    request.refresh_token = swt_grant_refresh_token(grant_.get());
    request.now_ms = test::kNowS * 1000;
    request.flags = flags;
    swt_pending* pending = nullptr;
    const swt_status status = swt_refresh_begin(engine, &request, &pending);
    if (out_question != nullptr) *out_question = text(swt_pending_question(pending));
    swt_pending_free(pending);
    return status;
  }

  static test::GrantHandle login() {
    swt_sign_request request = test::new_sign_request();
    request.flags = SWT_SIGN_REFRESH_TOKEN;
    return test::sign(test::new_engine().get(), request);
  }

  test::Recorder recorder_;
  test::GrantHandle grant_ = login();
};

TEST_F(CapiForgetfulStore, RefreshesNothingUnlessReuseIsAllowed) {
  const test::EngineHandle engine = new_engine(SWT_EXTERNAL_STORE_FORGETS);
  std::string question;
  EXPECT_EQ(begin_refresh(engine.get(), 0), SWT_ERR_STORE_REQUIRED);
  EXPECT_EQ(begin_refresh(engine.get(), SWT_REFRESH_INSECURE_REUSE, &question), SWT_OK);
  EXPECT_EQ(question.substr(0, 16), R"({"type":"verify")") << "it is not asked what it does not know";
  EXPECT_EQ(begin_refresh(new_engine(0).get(), 0, &question), SWT_OK);
  EXPECT_EQ(question.substr(0, 16), R"({"type":"rotate")");
}

// A store that does remember says what it found of the refresh token.
TEST_F(CapiForgetfulStore, HasATwinWhoseFactsDecideARefresh) {
  const test::EngineHandle engine = new_engine(0);
  const std::string id = text(swt_grant_session_id(grant_.get()));
  const auto refreshed_by = [&](int fact, std::string_view user = R"("alice")") {
    swt_refresh_request request = SWT_REFRESH_REQUEST_INIT;
    request.refresh_token = swt_grant_refresh_token(grant_.get());
    request.now_ms = test::kNowS * 1000;
    swt_pending* pending = nullptr;
    swt_grant* grant = nullptr;
    EXPECT_EQ(swt_refresh_begin(engine.get(), &request, &pending), SWT_OK);
    EXPECT_EQ(answer(pending, fact, R"({"sessionId":")" + id + R"(","userId":)" + std::string(user) + "}"), SWT_OK);
    const swt_status status = swt_refresh_complete(pending, test::kNowS * 1000, &grant);
    swt_grant_free(grant);
    swt_pending_free(pending);
    return status;
  };
  EXPECT_EQ(refreshed_by(SWT_FACT_OK), SWT_OK);
  EXPECT_EQ(refreshed_by(SWT_FACT_OK, R"("mallory")"), SWT_REJECTED_SESSION_USER);
  EXPECT_EQ(refreshed_by(SWT_FACT_SUPERSEDED), SWT_REJECTED_REFRESH_SUPERSEDED);
  EXPECT_EQ(refreshed_by(SWT_FACT_REUSED), SWT_REJECTED_REFRESH_REUSED);
  EXPECT_EQ(refreshed_by(SWT_FACT_MISSING), SWT_REJECTED_SESSION_REVOKED);
  EXPECT_EQ(refreshed_by(SWT_FACT_TAKEN), SWT_UNAVAILABLE_PROTOCOL);
}

TEST_F(CapiForgetfulStore, IsWarnedOfOnce) {
  const test::EngineHandle engine = new_engine(SWT_EXTERNAL_STORE_FORGETS);
  EXPECT_EQ(recorder_.since(), "warning");
  EXPECT_EQ(begin_refresh(engine.get(), SWT_REFRESH_INSECURE_REUSE), SWT_OK);
  EXPECT_EQ(recorder_.since(), "");
  new_engine(0);
  EXPECT_EQ(recorder_.since(), "");
}

TEST_F(CapiForgetfulStore, IsSaidAnewEachTime) {
  const test::Config config = test::new_config();
  ASSERT_EQ(swt_config_use_external_store(config.get(), SWT_EXTERNAL_STORE_FORGETS), SWT_OK);
  EXPECT_EQ(swt_config_use_external_store(config.get(), 2), SWT_ERR_UNSUPPORTED);
  ASSERT_EQ(swt_config_use_external_store(config.get(), 0), SWT_OK);
  swt_engine* engine = nullptr;
  ASSERT_EQ(swt_engine_new(config.get(), &engine), SWT_OK);
  EXPECT_EQ(begin_refresh(engine, 0), SWT_OK);
  swt_engine_free(engine);
}

}  // namespace
}  // namespace swt
