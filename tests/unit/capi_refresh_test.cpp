// Refreshing and looking into tokens through the C interface; what requests may say.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/recorder.h"
#include "support/sessions.h"
#include "support/sized.h"

namespace swt {
namespace {

using test::new_refresh_request;
using test::text;
using test::view;

const swt_bytes kGivenEmpty = {reinterpret_cast<const uint8_t*>(""), 0};

class CapiRefresh : public testing::Test {
 protected:
  swt_status refresh(const swt_refresh_request& request) { return test::refresh(engine_.get(), request).status; }

  test::EngineHandle engine_ = test::new_engine();
  test::GrantHandle grant_ = test::login(engine_.get());
  std::string token_ = text(swt_grant_refresh_token(grant_.get()));
};

TEST_F(CapiRefresh, GivesTheNextPair) {
  const test::Refreshed next = test::refresh(engine_.get(), new_refresh_request(token_));
  ASSERT_EQ(next.status, SWT_OK);
  EXPECT_EQ(text(swt_grant_session_id(next.grant.get())), text(swt_grant_session_id(grant_.get())));
  EXPECT_EQ(text(swt_grant_user_id(next.grant.get())), R"("alice")");
  EXPECT_NE(text(swt_grant_refresh_token(next.grant.get())), token_);
  EXPECT_EQ(swt_grant_expires_at(next.grant.get()), test::kNowS + 900);
  EXPECT_EQ(swt_grant_legacy_uses(next.grant.get()), 0u);
  EXPECT_EQ(test::verify(engine_.get(), test::new_verify_request(next.grant.get())), SWT_OK);
}

TEST_F(CapiRefresh, TakesLifetimes) {
  swt_refresh_request request = new_refresh_request(token_);
  request.lifetime_s = -1;
  EXPECT_EQ(refresh(request), SWT_ERR_LIFETIME);
  request.lifetime_s = 10;
  request.refresh_lifetime_s = INT64_MAX;
  EXPECT_EQ(refresh(request), SWT_ERR_LIFETIME);
  request.refresh_lifetime_s = 20;
  EXPECT_EQ(swt_grant_expires_at(test::refresh(engine_.get(), request).grant.get()), test::kNowS + 10);
}

TEST_F(CapiRefresh, TakesNothingThatIsGivenAndEmpty) {
  const auto with = [&](swt_bytes swt_refresh_request::*field) {
    swt_refresh_request request = new_refresh_request(token_);
    request.*field = kGivenEmpty;
    return refresh(request);
  };
  EXPECT_EQ(with(&swt_refresh_request::data_json), SWT_ERR_DATA);
  EXPECT_EQ(with(&swt_refresh_request::client_key_jwk), SWT_ERR_CLIENT_KEY);
  EXPECT_EQ(with(&swt_refresh_request::method), SWT_ERR_ARGUMENT);
  EXPECT_EQ(with(&swt_refresh_request::url), SWT_ERR_ARGUMENT);
  EXPECT_EQ(with(&swt_refresh_request::refresh_token), SWT_REJECTED_TOKEN_MALFORMED);
  EXPECT_EQ(refresh(new_refresh_request(token_)), SWT_OK);
}

TEST_F(CapiRefresh, TakesNoTextWithALengthAndNoData) {
  for (const auto field :
       {&swt_refresh_request::refresh_token, &swt_refresh_request::session_id, &swt_refresh_request::proof,
        &swt_refresh_request::method, &swt_refresh_request::url, &swt_refresh_request::host,
        &swt_refresh_request::attempt, &swt_refresh_request::data_json, &swt_refresh_request::client_key_jwk}) {
    swt_refresh_request request = new_refresh_request(token_);
    request.*field = {nullptr, 5};
    EXPECT_EQ(refresh(request), SWT_ERR_ARGUMENT);
  }
}

TEST_F(CapiRefresh, KnowsItsFlags) {
  swt_refresh_request request = new_refresh_request(token_);
  for (uint32_t flag = 2; flag != 0; flag <<= 1) {
    request.flags = flag;
    EXPECT_EQ(refresh(request), SWT_ERR_UNSUPPORTED) << flag;
  }
  request.flags = 0;
  request.reserved = 1;
  EXPECT_EQ(refresh(request), SWT_ERR_UNSUPPORTED);
  request.reserved = 0;
  request.now_ms = -1;
  EXPECT_EQ(refresh(request), SWT_ERR_ARGUMENT);
}

TEST_F(CapiRefresh, HasItsSize) {
  const test::EngineHandle stateless = test::new_engine(test::Sessions::none);
  const test::GrantHandle grant = test::login(stateless.get());
  const std::string token = text(swt_grant_refresh_token(grant.get()));
  swt_refresh_request request = new_refresh_request(token);
  request.flags = SWT_REFRESH_INSECURE_REUSE;
  test::expect_sizes_checked(request, [&](const swt_refresh_request* given) {
    swt_grant* made = nullptr;
    const swt_status status = swt_refresh(stateless.get(), given, &made);
    EXPECT_EQ(made != nullptr, status == SWT_OK);
    swt_grant_free(made);
    return status;
  });
}

TEST_F(CapiRefresh, WithoutAStoreIsRefusedUnlessReuseIsAllowed) {
  const test::EngineHandle stateless = test::new_engine(test::Sessions::none);
  const test::GrantHandle grant = test::login(stateless.get());
  const std::string token = text(swt_grant_refresh_token(grant.get()));
  swt_refresh_request request = new_refresh_request(token);
  EXPECT_EQ(test::refresh(stateless.get(), request).status, SWT_ERR_STORE_REQUIRED);
  request.flags = SWT_REFRESH_INSECURE_REUSE;
  EXPECT_EQ(test::refresh(stateless.get(), request).status, SWT_OK);
}

TEST_F(CapiRefresh, GoesInTwoSteps) {
  const test::EngineHandle engine = test::new_engine(test::Sessions::external);
  const test::Store store = test::new_store();
  swt_sign_request login = test::new_sign_request();
  login.flags = SWT_SIGN_REFRESH_TOKEN;
  swt_pending* pending = nullptr;
  swt_grant* grant = nullptr;
  ASSERT_EQ(swt_sign_begin(engine.get(), &login, &pending), SWT_OK);
  EXPECT_EQ(swt_pending_ask(pending, store.get()), SWT_OK);
  ASSERT_EQ(swt_sign_complete(pending, login.now_ms, &grant), SWT_OK);
  swt_pending_free(pending);
  const test::GrantHandle first(grant);
  const std::string token = text(swt_grant_refresh_token(grant));
  const swt_refresh_request request = new_refresh_request(token);
  EXPECT_EQ(test::refresh(engine.get(), request).status, SWT_ERR_STATE) << "its store is asked by the host";

  ASSERT_EQ(swt_refresh_begin(engine.get(), &request, &pending), SWT_OK);
  const test::PendingHandle owner(pending);
  EXPECT_EQ(swt_pending_needs_store(pending), 1);
  const swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
  swt_redis_call* call = nullptr;
  ASSERT_EQ(swt_pending_redis_call(pending, &options, &call), SWT_OK);
  EXPECT_EQ(swt_redis_call_script(call), 4u);
  EXPECT_EQ(swt_redis_call_arg_count(call), 12u);
  swt_redis_call_free(call);
  EXPECT_EQ(swt_pending_ask(pending, store.get()), SWT_OK);
  swt_claims* claims = nullptr;
  EXPECT_EQ(swt_verify_complete(pending, request.now_ms, &claims), SWT_ERR_STATE) << "it was begun as another";
  ASSERT_EQ(swt_refresh_complete(pending, request.now_ms, &grant), SWT_OK);
  const test::GrantHandle next(grant);
  EXPECT_EQ(swt_refresh_complete(pending, request.now_ms, &grant), SWT_ERR_STATE);
  EXPECT_EQ(grant, nullptr);
}

TEST_F(CapiRefresh, KnowsItsHandles) {
  const swt_refresh_request request = new_refresh_request(token_);
  const test::Key key = test::new_key();
  auto* wrong = reinterpret_cast<swt_engine*>(key.get());
  auto* out = reinterpret_cast<swt_grant*>(key.get());
  auto* pending = reinterpret_cast<swt_pending*>(key.get());
  EXPECT_EQ(swt_refresh(nullptr, &request, &out), SWT_ERR_ARGUMENT);
  EXPECT_EQ(out, nullptr);
  EXPECT_EQ(swt_refresh(wrong, &request, &out), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_refresh(engine_.get(), nullptr, &out), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_refresh(engine_.get(), &request, nullptr), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_refresh_complete(pending, 0, &out), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_refresh_complete(nullptr, 0, &out), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_refresh_begin(wrong, &request, &pending), SWT_ERR_HANDLE);
  EXPECT_EQ(pending, nullptr);
  EXPECT_EQ(swt_refresh_begin(nullptr, &request, &pending), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_refresh_begin(engine_.get(), &request, nullptr), SWT_ERR_ARGUMENT);
}

struct Looked {
  swt_status status;
  test::ClaimsHandle claims;
};

Looked look_into(const swt_engine* engine, std::string_view token, int64_t now_ms = test::kNowS * 1000) {
  swt_claims* claims = nullptr;
  const swt_status status = swt_open_unchecked_session(engine, view(token), now_ms, &claims);
  return {status, test::ClaimsHandle(claims)};
}

TEST_F(CapiRefresh, TokensCanBeLookedInto) {
  const Looked access = look_into(engine_.get(), text(swt_grant_token(grant_.get())));
  const Looked refresh = look_into(engine_.get(), token_);
  for (const Looked* looked : {&access, &refresh}) {
    ASSERT_EQ(looked->status, SWT_OK);
    EXPECT_EQ(text(swt_claims_user_id(looked->claims.get())), R"("alice")");
    EXPECT_EQ(text(swt_claims_data(looked->claims.get())), R"({"userId":"alice"})");
    EXPECT_EQ(text(swt_claims_token_id(looked->claims.get())).size(), 22u);
    EXPECT_EQ(text(swt_claims_session_id(looked->claims.get())), "") << "no session was checked";
    EXPECT_EQ(text(swt_claims_key_id(looked->claims.get())), "");
  }
  EXPECT_EQ(swt_revoke(engine_.get(), swt_grant_session_id(grant_.get())), SWT_OK);
  EXPECT_EQ(look_into(engine_.get(), token_).status, SWT_OK) << "as its name says";
}

TEST_F(CapiRefresh, TokensThatAreNoneCannotBeLookedInto) {
  const std::string access = text(swt_grant_token(grant_.get()));
  EXPECT_EQ(look_into(engine_.get(), "").status, SWT_REJECTED_TOKEN_MALFORMED);
  EXPECT_EQ(look_into(engine_.get(), access + '!').status, SWT_REJECTED_TOKEN_MALFORMED);
  EXPECT_EQ(look_into(engine_.get(), access, (test::kNowS + 900) * 1000).status, SWT_REJECTED_TOKEN_EXPIRED);
  EXPECT_EQ(look_into(engine_.get(), access, -1).status, SWT_ERR_ARGUMENT);
  EXPECT_EQ(look_into(nullptr, access).status, SWT_ERR_ARGUMENT);
  const test::Key key = test::new_key();
  EXPECT_EQ(look_into(reinterpret_cast<const swt_engine*>(key.get()), access).status, SWT_ERR_HANDLE);
  EXPECT_EQ(swt_open_unchecked_session(engine_.get(), view(access), 0, nullptr), SWT_ERR_ARGUMENT);
}

}  // namespace
}  // namespace swt
