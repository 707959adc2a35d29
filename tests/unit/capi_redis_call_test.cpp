// The question of a pending operation, spelled out for the host's Redis.
#include <gtest/gtest.h>

#include <string>

#include "support/capi.h"
#include "support/client_key.h"
#include "support/sessions.h"

namespace swt {
namespace {

using test::kSessionId;
using test::view;

class CapiRedisCallTest : public testing::Test {
 protected:
  test::PendingHandle verification() {
    return test::begin_verify(external_.get(), test::new_verify_request(grant_.get()));
  }

  test::PendingHandle lookup() {
    swt_pending* pending = nullptr;
    EXPECT_EQ(swt_lookup_begin(view(kSessionId), &pending), SWT_OK);
    return test::PendingHandle(pending);
  }

  test::EngineHandle external_ = test::new_engine(test::Sessions::external);
  test::EngineHandle in_memory_ = test::new_engine();
  test::GrantHandle grant_ = test::sign(in_memory_.get());
};

TEST_F(CapiRedisCallTest, SpellsTheQuestionOfAPendingOperation) {
  const test::PendingHandle pending = verification();
  swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
  options.prefix = view("my:");
  options.client_key_prefix = view("app:");
  swt_redis_call* made = nullptr;
  ASSERT_EQ(swt_pending_redis_call(pending.get(), &options, &made), SWT_OK);
  const test::RedisCallHandle call(made);
  const std::string id = test::text(swt_grant_session_id(grant_.get()));
  EXPECT_EQ(swt_redis_call_script(made), 0u);
  ASSERT_EQ(swt_redis_call_key_count(made), 2u);
  EXPECT_EQ(test::text(swt_redis_call_key(made, 0)), "my:" + id);
  EXPECT_EQ(test::text(swt_redis_call_key(made, 1)), "my:c:{app:my:" + id + "}");
  EXPECT_EQ(swt_redis_call_key(made, 2).data, nullptr);
  EXPECT_EQ(swt_redis_call_key(made, SIZE_MAX).data, nullptr);
  ASSERT_EQ(swt_redis_call_arg_count(made), 5u);
  EXPECT_EQ(test::text(swt_redis_call_arg(made, 0)), R"({"sessionId":")" + id + R"(","userId":"alice")");
  EXPECT_EQ(swt_redis_call_arg(made, 5).data, nullptr);
}

// A command that the host's client sends twice takes effect once.
TEST_F(CapiRedisCallTest, SpellsTheSameAttemptTwiceAndAnotherForAnotherRequest) {
  const test::ClientKey client;
  const std::string jwk = client.jwk();
  const std::string proof = test::make_proof(client);
  swt_sign_request login = test::new_sign_request();
  login.client_key_jwk = view(jwk);
  const test::GrantHandle grant = test::sign(in_memory_.get(), login);
  swt_verify_request request = test::new_verify_request(grant.get());
  request.proof = view(proof);
  request.method = view("GET");
  request.url = view("/api/profile");
  const auto attempt = [](const test::PendingHandle& pending) {
    const swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
    swt_redis_call* made = nullptr;
    EXPECT_EQ(swt_pending_redis_call(pending.get(), &options, &made), SWT_OK);
    return test::text(swt_redis_call_arg(test::RedisCallHandle(made).get(), 2));
  };
  const test::PendingHandle one = test::begin_verify(external_.get(), request);
  const test::PendingHandle two = test::begin_verify(external_.get(), request);
  EXPECT_NE(attempt(one), "");
  EXPECT_EQ(attempt(one), attempt(one));
  EXPECT_NE(attempt(one), attempt(two));
}

TEST_F(CapiRedisCallTest, TellsAnEmptyPrefixFromNone) {
  const test::PendingHandle pending = lookup();
  swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
  const auto key = [&] {
    swt_redis_call* made = nullptr;
    EXPECT_EQ(swt_pending_redis_call(pending.get(), &options, &made), SWT_OK);
    return test::text(swt_redis_call_key(test::RedisCallHandle(made).get(), 0));
  };
  EXPECT_EQ(key(), std::string("swt:session:") + kSessionId);
  options.prefix = view("");
  EXPECT_EQ(key(), kSessionId);
}

}  // namespace
}  // namespace swt
