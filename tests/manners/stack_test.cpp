// A caller's thread may have a small stack: 64 KB are enough for everything but TLS.
#include <pthread.h>

#include "support/guest.h"

namespace swt {
namespace {

constexpr size_t kStackSize = 64 * 1024;

void on_small_stack(std::function<void()> body) {
#if SWT_TEST_IS_SANITIZED
  body();
  GTEST_SKIP() << "sanitizers make frames larger than they are";
#else
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, kStackSize), 0);
  ASSERT_EQ(pthread_attr_setguardsize(&attributes, 65536), 0);
  pthread_t thread;
  const auto run = [](void* given) -> void* {
    (*static_cast<std::function<void()>*>(given))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, &body), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
#endif
}

void everything_with(const test::Key& key, swt_store* store) {
  const test::Client client;
  const test::EngineHandle engine = test::engine_of(key.get(), store);
  std::string wrong = "not run";
  on_small_stack([&] { wrong = test::use_everything(engine.get(), client); });
  EXPECT_EQ(wrong, "");
}

TEST(SmallStack, WithASecret) { everything_with(test::new_key(), test::new_store().get()); }

TEST(SmallStack, WithEc) {
  test::Key key;
  const std::string pem = test::KeyPair::ec().pkcs8_pem();
  on_small_stack([&] { key = test::key_from_pem(pem); });
  everything_with(key, test::new_store().get());
}

TEST(SmallStack, WithRsa4096) {
  test::Key key;
  const std::string pem = test::KeyPair::rsa(4096).pkcs8_pem();
  on_small_stack([&] { key = test::key_from_pem(pem); });
  everything_with(key, test::new_store().get());
}

TEST(SmallStack, OverRedis) {
  const test::RedisProcess redis;
  const test::Store store = test::redis_store(redis.url());
  everything_with(test::new_key(), store.get());
}

TEST(SmallStack, OverRedisByName) {
  const test::RedisProcess redis;
  const test::Store store = test::redis_store("redis://localhost:" + std::to_string(redis.port()));
  everything_with(test::new_key(), store.get());
}

// As deep as data may be, and as deep as its size lets somebody try.
TEST(SmallStack, WithDeepJson) {
  const test::EngineHandle engine = test::new_engine();
  const std::string deep = R"({"userId":"alice","deep":)" + std::string(15, '[') + std::string(15, ']') + "}";
  const std::string deeper = R"({"userId":"alice","deep":)" + std::string(16, '[') + std::string(16, ']') + "}";
  const std::string too_deep = R"({"userId":"alice","deep":)" + std::string(4000, '[') + std::string(4000, ']') + "}";
  std::string jwk;
  while (jwk.size() < 1900) jwk += R"({"a":)";
  std::string proof_json;
  while (proof_json.size() < 2900) proof_json += '[';
  const std::string proof = test::base64url_of(proof_json);
  const test::Client client;
  on_small_stack([&] {
    const auto grant = test::log_in(engine.get(), nullptr, deep);
    EXPECT_EQ(grant.status, SWT_OK);
    EXPECT_EQ(test::let_in(engine.get(), grant.handle.get()).status, SWT_OK);
    EXPECT_EQ(test::log_in(engine.get(), nullptr, deeper).status, SWT_ERR_DATA_TOO_LARGE);
    EXPECT_EQ(test::log_in(engine.get(), nullptr, too_deep).status, SWT_ERR_DATA_TOO_LARGE);
    char thumbprint[SWT_THUMBPRINT_LEN + 1];
    EXPECT_EQ(swt_jwk_thumbprint(test::view(jwk), thumbprint), SWT_ERR_CLIENT_KEY);
    const auto bound = test::log_in(engine.get(), &client);
    EXPECT_EQ(test::let_in(engine.get(), bound.handle.get(), proof).status, SWT_REJECTED_PROOF_MALFORMED);
    swt_pending* pending = nullptr;
    EXPECT_EQ(swt_register_begin(test::view(too_deep), &pending), SWT_ERR_ARGUMENT);
  });
}

}  // namespace
}  // namespace swt
