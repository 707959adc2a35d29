// What an audit callback is told, in which order, and that it changes nothing.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "support/recorder.h"
#include "support/sessions.h"

namespace swt {
namespace {

using test::new_verify_request;
using test::text;
using test::view;

class CapiAudit : public testing::Test {
 protected:
  test::Recorder recorder_;
  test::Store store_ = test::new_store();
  test::EngineHandle engine_ = test::audited_engine(recorder_, store_.get());
};

TEST_F(CapiAudit, IsToldOfEachOperation) {
  EXPECT_EQ(recorder_.since(), "") << "a store in memory does all, so there is nothing to warn of";
  const test::GrantHandle grant = test::login(engine_.get());
  EXPECT_EQ(recorder_.since(), "sign");
  EXPECT_EQ(test::verify(engine_.get(), new_verify_request(grant.get())), SWT_OK);
  EXPECT_EQ(recorder_.since(), "verify_success");
  EXPECT_EQ(test::refresh(engine_.get(), test::new_refresh_request(text(swt_grant_refresh_token(grant.get())))).status,
            SWT_OK);
  EXPECT_EQ(recorder_.since(), "verify_success sign refresh");
  EXPECT_EQ(swt_revoke(engine_.get(), swt_grant_session_id(grant.get())), SWT_OK);
  EXPECT_EQ(recorder_.since(), "revoke");
  EXPECT_EQ(test::verify(engine_.get(), new_verify_request(grant.get())), SWT_REJECTED_SESSION_REVOKED);
  EXPECT_EQ(recorder_.since(), "verify_failure:session_revoked");
}

TEST_F(CapiAudit, IsToldWhomAndWhen) {
  const test::GrantHandle grant = test::login(engine_.get());
  const std::string session = text(swt_grant_session_id(grant.get()));
  EXPECT_EQ(test::verify(engine_.get(), new_verify_request(grant.get())), SWT_OK);
  EXPECT_EQ(test::refresh(engine_.get(), test::new_refresh_request(text(swt_grant_refresh_token(grant.get())))).status,
            SWT_OK);
  ASSERT_EQ(recorder_.told.size(), 5u);
  for (const test::Told& event : recorder_.told) {
    EXPECT_EQ(event.user_id, R"("alice")") << event.name;
    EXPECT_EQ(event.session_id, session) << event.name;
    EXPECT_EQ(event.time_ms, test::kNowS * 1000) << event.name;
    EXPECT_EQ(event.reason, "") << event.name;
    EXPECT_EQ(event.json, R"({"timestamp":1800000000000,"event":")" + event.name +
                              R"(","code":"ok","userId":"alice","sessionId":")" + session + "\"}");
  }
}

TEST_F(CapiAudit, IsToldOfAFailureWhatIsKnown) {
  const test::GrantHandle grant = test::login(engine_.get());
  const test::GrantHandle other = test::login(engine_.get(), R"({"userId":7})");
  recorder_.since();
  swt_verify_request request = new_verify_request(grant.get());
  request.session_id = swt_grant_session_id(other.get());
  EXPECT_EQ(test::verify(engine_.get(), request), SWT_REJECTED_SESSION_MISMATCH);
  request = new_verify_request(grant.get());
  request.token = view("not.a.token");
  EXPECT_EQ(test::verify(engine_.get(), request), SWT_REJECTED_TOKEN_MALFORMED);
  ASSERT_EQ(recorder_.told.size(), 2u);
  EXPECT_EQ(recorder_.told[0].user_id, R"("alice")");
  EXPECT_EQ(recorder_.told[0].session_id, text(swt_grant_session_id(grant.get()))) << "the token's own";
  EXPECT_EQ(recorder_.told[0].reason, "Session revoked or invalid");
  EXPECT_EQ(recorder_.told[1].user_id, "");
  EXPECT_EQ(recorder_.told[1].json, R"({"timestamp":1800000000000,"event":"verify_failure","code":"token_malformed",)"
                                    R"("reason":"Invalid token format"})");
}

TEST_F(CapiAudit, IsToldOfReuse) {
  const test::GrantHandle grant = test::login(engine_.get());
  const std::string token = text(swt_grant_refresh_token(grant.get()));
  EXPECT_EQ(test::refresh(engine_.get(), test::new_refresh_request(token)).status, SWT_OK);
  recorder_.since();
  EXPECT_EQ(test::refresh(engine_.get(), test::new_refresh_request(token)).status, SWT_REJECTED_REFRESH_SUPERSEDED);
  ASSERT_EQ(recorder_.told.size(), 1u);
  EXPECT_EQ(recorder_.told[0].user_id, R"("alice")");
  EXPECT_EQ(recorder_.told[0].session_id, text(swt_grant_session_id(grant.get())));
  EXPECT_EQ(recorder_.since(), "verify_failure:refresh_superseded");
}

TEST_F(CapiAudit, IsNotToldOfMistakesOfTheProgram) {
  swt_sign_request login = test::new_sign_request("[]");
  swt_grant* grant = nullptr;
  EXPECT_EQ(swt_sign(engine_.get(), &login, &grant), SWT_ERR_DATA);
  swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
  request.leeway_s = 301;
  EXPECT_EQ(test::verify(engine_.get(), request), SWT_ERR_ARGUMENT);
  EXPECT_EQ(recorder_.since(), "");
}

TEST_F(CapiAudit, IsNotToldOfARevocationThatAskedNothing) {
  EXPECT_EQ(swt_revoke(engine_.get(), view("no session id")), SWT_OK);
  EXPECT_EQ(recorder_.since(), "");
}

TEST_F(CapiAudit, IsToldAtTheEndOfTwoSteps) {
  const test::GrantHandle grant = test::login(engine_.get());
  recorder_.since();
  const test::PendingHandle pending = test::begin_verify(engine_.get(), new_verify_request(grant.get()));
  EXPECT_EQ(swt_pending_unavailable(pending.get(), SWT_UNAVAILABLE_TIMEOUT), SWT_OK);
  EXPECT_EQ(recorder_.since(), "") << "nothing is decided yet";
  engine_.reset();
  swt_claims* claims = nullptr;
  EXPECT_EQ(swt_verify_complete(pending.get(), test::kNowS * 1000, &claims), SWT_UNAVAILABLE_TIMEOUT);
  ASSERT_EQ(recorder_.told.size(), 1u);
  EXPECT_EQ(recorder_.told[0].user_id, R"("alice")");
  EXPECT_EQ(recorder_.since(), "verify_failure:store_timeout");
}

TEST(CapiAuditOfLegacy, IsToldOfEachUse) {
  test::Recorder recorder;
  const test::EngineHandle engine = test::audited_engine(recorder, nullptr, SWT_NO_END);
  const test::ClientKey client;
  const std::string token =
      test::TokenMaker().make(R"({"alg":"AES-256-GCM+HMAC","typ":"SWT","exp":1800000900})",
                              R"({"data":{"userId":"alice"},"iat":1799999999,"exp":1800000900,"cnf":{"jkt":")" +
                                  client.thumbprint() + R"("}})");
  test::ProofFields fields;
  fields.jti = "";
  const std::string proof = make_proof(client, fields);
  swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
  request.token = view(token);
  request.proof = view(proof);
  request.now_ms = test::kNowS * 1000;
  EXPECT_EQ(test::verify(engine.get(), request), SWT_OK);
  ASSERT_EQ(recorder.told.size(), 3u);
  EXPECT_EQ(recorder.told[1].reason, "a proof without jti");
  EXPECT_EQ(recorder.told[2].reason, "a proof that was not compared with a method and a url");
  EXPECT_EQ(recorder.since(), "verify_success legacy_accepted legacy_accepted");
}

TEST_F(CapiAudit, CannotChangeTheOutcomeByThrowing) {
  recorder_.then = [](const swt_event*) { throw std::runtime_error("the disk is full"); };
  const test::GrantHandle grant = test::login(engine_.get());
  EXPECT_EQ(test::verify(engine_.get(), new_verify_request(grant.get())), SWT_OK);
  recorder_.then = [](const swt_event*) { throw 7; };
  EXPECT_EQ(test::refresh(engine_.get(), test::new_refresh_request(text(swt_grant_refresh_token(grant.get())))).status,
            SWT_OK);
  EXPECT_EQ(swt_revoke(engine_.get(), swt_grant_session_id(grant.get())), SWT_OK);
  EXPECT_EQ(test::verify(engine_.get(), new_verify_request(grant.get())), SWT_REJECTED_SESSION_REVOKED);
  EXPECT_EQ(recorder_.since(), "sign verify_success verify_success sign refresh revoke verify_failure:session_revoked");
}

TEST_F(CapiAudit, MayCallTheLibrary) {
  int depth = 0;
  recorder_.then = [&](const swt_event* event) {
    if (++depth > 1 || std::string(swt_event_name(event)) != "verify_failure") return (void)--depth;
    const test::GrantHandle inner = test::login(engine_.get());
    EXPECT_EQ(test::verify(engine_.get(), new_verify_request(inner.get())), SWT_OK);
    EXPECT_EQ(swt_revoke(engine_.get(), swt_grant_session_id(inner.get())), SWT_OK);
    EXPECT_EQ(swt_engine_kill_key(engine_.get(), view("any")), SWT_ERR_STATE) << "there is one key and no ring";
    EXPECT_EQ(swt_engine_kill_key(engine_.get(), view("")), SWT_ERR_KEY_ID);
    --depth;
  };
  swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
  request.token = view("x");
  EXPECT_EQ(test::verify(engine_.get(), request), SWT_REJECTED_TOKEN_MALFORMED);
  EXPECT_STREQ(swt_last_error_message(), "Invalid token format") << "the outer call's, which ended last";
  EXPECT_EQ(recorder_.since(), "verify_failure:token_malformed sign verify_success revoke");
}

TEST_F(CapiAudit, IsSetPerEngine) {
  const test::EngineHandle quiet = test::new_engine();
  test::login(quiet.get());
  EXPECT_EQ(recorder_.since(), "");
  const test::Config config = test::new_config();
  EXPECT_EQ(swt_config_set_audit(config.get(), test::Recorder::callback, &recorder_), SWT_OK);
  EXPECT_EQ(swt_config_set_audit(config.get(), nullptr, nullptr), SWT_OK) << "none again";
  swt_engine* engine = nullptr;
  EXPECT_EQ(swt_engine_new(config.get(), &engine), SWT_OK);
  const test::EngineHandle owner(engine);
  test::sign(engine);
  EXPECT_EQ(recorder_.since(), "");
}

TEST(CapiEvent, OfNothingIsEmpty) {
  EXPECT_STREQ(swt_event_name(nullptr), "");
  EXPECT_STREQ(swt_event_reason(nullptr), "");
  EXPECT_EQ(swt_event_status(nullptr), SWT_OK);
  EXPECT_EQ(swt_event_time_ms(nullptr), 0);
  EXPECT_EQ(swt_event_user_id(nullptr).data, nullptr);
  EXPECT_EQ(swt_event_session_id(nullptr).data, nullptr);
  EXPECT_EQ(swt_event_json(nullptr).len, 0u);
  const test::Key key = test::new_key();
  const auto* other = reinterpret_cast<const swt_event*>(key.get());
  EXPECT_STREQ(swt_event_name(other), "");
  EXPECT_EQ(swt_event_json(other).len, 0u);
}

}  // namespace
}  // namespace swt
