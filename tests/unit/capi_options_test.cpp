// Option structs: their sizes, the flags and numbers in them, and what "not given" means.
#include <gtest/gtest.h>

#include <string>

#include "support/capi.h"
#include "support/sessions.h"
#include "support/sized.h"

namespace swt {
namespace {

using test::view;

TEST(CapiOptions, OfAMemoryStoreHaveTheirSize) {
  const swt_memory_store_options options = SWT_MEMORY_STORE_OPTIONS_INIT;
  test::expect_sizes_checked(options, [](const swt_memory_store_options* given) {
    swt_store* store = nullptr;
    const swt_status status = swt_store_memory_open(given, &store);
    EXPECT_EQ(store != nullptr, status == SWT_OK);
    swt_store_free(store);
    return status;
  });
}

TEST(CapiOptions, OfSignHaveTheirSize) {
  const test::EngineHandle engine = test::new_engine();
  test::expect_sizes_checked(test::new_sign_request(), [&](const swt_sign_request* given) {
    swt_grant* grant = nullptr;
    const swt_status status = swt_sign(engine.get(), given, &grant);
    EXPECT_EQ(grant != nullptr, status == SWT_OK);
    swt_grant_free(grant);
    return status;
  });
}

TEST(CapiOptions, OfVerifyHaveTheirSize) {
  const test::EngineHandle engine = test::new_engine();
  const test::GrantHandle grant = test::sign(engine.get());
  test::expect_sizes_checked(test::new_verify_request(grant.get()), [&](const swt_verify_request* given) {
    swt_claims* claims = nullptr;
    const swt_status status = swt_verify(engine.get(), given, &claims);
    EXPECT_EQ(claims != nullptr, status == SWT_OK);
    swt_claims_free(claims);
    return status;
  });
}

TEST(CapiOptions, OfRedisHaveTheirSize) {
  const swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
  test::expect_sizes_checked(options, swt_redis_options_check);
}

TEST(CapiOptions, OfAMemoryStoreHaveRanges) {
  const auto open = [](int64_t ttl, uint32_t sessions, uint32_t proofs) {
    swt_memory_store_options options = SWT_MEMORY_STORE_OPTIONS_INIT;
    options.session_ttl_s = ttl;
    options.max_sessions = sessions;
    options.max_proofs = proofs;
    swt_store* store = nullptr;
    const swt_status status = swt_store_memory_open(&options, &store);
    swt_store_free(store);
    return status;
  };
  EXPECT_EQ(open(0, 0, 0), SWT_OK);
  EXPECT_EQ(open(1, 1, 1), SWT_OK);
  EXPECT_EQ(open(10LL * 366 * 86400, UINT32_MAX, UINT32_MAX), SWT_OK);
  EXPECT_EQ(open(-1, 0, 0), SWT_ERR_LIFETIME);
  EXPECT_EQ(open(INT64_MIN, 0, 0), SWT_ERR_LIFETIME);
  EXPECT_EQ(open(10LL * 366 * 86400 + 1, 0, 0), SWT_ERR_LIFETIME);
  EXPECT_EQ(open(INT64_MAX, 0, 0), SWT_ERR_LIFETIME);
}

TEST(CapiOptions, OfRedisHaveRanges) {
  const auto check = [](int64_t ttl, int64_t not_after) {
    swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
    options.session_ttl_s = ttl;
    options.not_after_ms = not_after;
    return swt_redis_options_check(&options);
  };
  EXPECT_EQ(check(0, 0), SWT_OK);
  EXPECT_EQ(check(1, 1), SWT_OK);
  EXPECT_EQ(check(-1, 0), SWT_ERR_LIFETIME);
  EXPECT_EQ(check(INT64_MAX, 0), SWT_ERR_LIFETIME);
  EXPECT_EQ(check(0, -1), SWT_ERR_ARGUMENT);
  EXPECT_EQ(check(0, INT64_MAX), SWT_ERR_ARGUMENT);
}

TEST(CapiOptions, KnowTheirFlags) {
  for (int bit = 0; bit < 32; ++bit) {
    const uint32_t flag = uint32_t{1} << bit;
    swt_key* key = nullptr;
    EXPECT_EQ(swt_key_new_secret(view(test::kSecret), {nullptr, 0}, flag, &key),
              flag == SWT_KEY_INSECURE_SHORT_SECRET ? SWT_OK : SWT_ERR_UNSUPPORTED);
    swt_key_free(key);

    const test::EngineHandle engine = test::new_engine();
    swt_sign_request request = test::new_sign_request();
    request.flags = flag;
    swt_grant* grant = nullptr;
    EXPECT_EQ(swt_sign(engine.get(), &request, &grant), flag == SWT_SIGN_REFRESH_TOKEN ? SWT_OK : SWT_ERR_UNSUPPORTED);
    swt_grant_free(grant);
    request = test::new_sign_request();
    request.reserved = flag;
    EXPECT_EQ(swt_sign(engine.get(), &request, &grant), SWT_ERR_UNSUPPORTED);
  }
}

TEST(CapiOptions, KnowTheTimesThatThereAre) {
  const test::EngineHandle engine = test::new_engine();
  for (const int64_t bad : {int64_t{-1}, INT64_MIN, int64_t{9007199254740992}, INT64_MAX}) {
    swt_grant* grant = nullptr;
    swt_sign_request sign = test::new_sign_request();
    sign.now_ms = bad;
    EXPECT_EQ(swt_sign(engine.get(), &sign, &grant), SWT_ERR_ARGUMENT) << bad;
    const test::GrantHandle good = test::sign(engine.get());
    swt_verify_request verify = test::new_verify_request(good.get());
    verify.now_ms = bad;
    swt_claims* claims = nullptr;
    EXPECT_EQ(swt_verify(engine.get(), &verify, &claims), SWT_ERR_ARGUMENT) << bad;
  }
  const test::Config config = test::new_config();
  EXPECT_EQ(swt_config_accept_legacy_until(config.get(), -1), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_config_accept_legacy_until(config.get(), INT64_MIN), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_config_accept_legacy_until(config.get(), SWT_NO_END), SWT_OK);
}

TEST(CapiOptions, TakeTheSystemsClockForZero) {
  const test::EngineHandle engine = test::new_engine();
  swt_sign_request request = test::new_sign_request();
  request.now_ms = 0;
  const int64_t before = time(nullptr);
  const test::GrantHandle grant = test::sign(engine.get(), request);
  EXPECT_GE(swt_grant_expires_at(grant.get()), before + 900);
  // time() may lag behind the clock by some milliseconds, and so by a second.
  EXPECT_LE(swt_grant_expires_at(grant.get()), time(nullptr) + 901);
}

TEST(CapiOptions, TakeTheDefaultLifetimesForZero) {
  const test::EngineHandle engine = test::new_engine();
  EXPECT_EQ(swt_grant_expires_at(test::sign(engine.get()).get()), test::kNowS + 900);
  swt_sign_request request = test::new_sign_request();
  request.lifetime_s = 1;
  EXPECT_EQ(swt_grant_expires_at(test::sign(engine.get(), request).get()), test::kNowS + 1);
  for (const int64_t bad : {int64_t{-1}, INT64_MIN, INT64_MAX}) {
    swt_grant* grant = nullptr;
    request = test::new_sign_request();
    request.lifetime_s = bad;
    EXPECT_EQ(swt_sign(engine.get(), &request, &grant), SWT_ERR_LIFETIME) << bad;
    request = test::new_sign_request();
    request.flags = SWT_SIGN_REFRESH_TOKEN;
    request.refresh_lifetime_s = bad;
    EXPECT_EQ(swt_sign(engine.get(), &request, &grant), SWT_ERR_LIFETIME) << bad;
  }
}

// A lookup that failed must not switch anything off.
TEST(CapiOptions, TellEmptyFromNotGiven) {
  swt_key* key = nullptr;
  EXPECT_EQ(swt_key_new_secret(view(test::kSecret), {nullptr, 0}, 0, &key), SWT_OK);
  swt_key_free(key);
  EXPECT_EQ(swt_key_new_secret(view(test::kSecret), view(""), 0, &key), SWT_ERR_KEY);
  EXPECT_EQ(swt_key_new_secret(view(""), {nullptr, 0}, 0, &key), SWT_ERR_KEY);
  EXPECT_EQ(swt_key_new_secret({nullptr, 0}, {nullptr, 0}, SWT_KEY_INSECURE_SHORT_SECRET, &key), SWT_ERR_KEY);
  const test::EngineHandle engine = test::new_engine();
  swt_sign_request request = test::new_sign_request();
  request.client_key_jwk = view("");
  swt_grant* grant = nullptr;
  EXPECT_EQ(swt_sign(engine.get(), &request, &grant), SWT_ERR_CLIENT_KEY);
  const test::GrantHandle good = test::sign(engine.get());
  for (const auto member : {&swt_verify_request::method, &swt_verify_request::url}) {
    swt_verify_request verify = test::new_verify_request(good.get());
    verify.method = view("GET");
    verify.url = view("/api/profile");
    verify.*member = view("");
    swt_claims* claims = nullptr;
    EXPECT_EQ(swt_verify(engine.get(), &verify, &claims), SWT_ERR_ARGUMENT);
    EXPECT_EQ(claims, nullptr);
  }
}

// A request may come with an empty Host header. That must not make a proof for another host good here.
TEST(CapiOptions, TakeAnEmptyHostForNoHostOfAProof) {
  const test::EngineHandle engine = test::new_engine();
  const test::ClientKey client;
  const std::string jwk = client.jwk();
  swt_sign_request login = test::new_sign_request();
  login.client_key_jwk = view(jwk);
  const test::GrantHandle grant = test::sign(engine.get(), login);
  const auto verify = [&](swt_bytes host) {
    test::ProofFields fields;
    fields.url = "https://app.example/api/profile";
    fields.jti = "host-of-" + std::to_string(host.len);
    const std::string proof = test::make_proof(client, fields);
    swt_verify_request request = test::new_verify_request(grant.get());
    request.proof = view(proof);
    request.method = view("GET");
    request.url = view("/api/profile");
    request.host = host;
    swt_claims* claims = nullptr;
    const swt_status status = swt_verify(engine.get(), &request, &claims);
    swt_claims_free(claims);
    return status;
  };
  EXPECT_EQ(verify(view("app.example")), SWT_OK);
  EXPECT_EQ(verify(view("evil.example")), SWT_REJECTED_PROOF_URL);
  EXPECT_NE(verify(view("")), SWT_OK) << "given and empty";
}

TEST(CapiOptions, TakeShortSecretsOnlyWhereTheyAreAskedFor) {
  swt_key* key = nullptr;
  EXPECT_EQ(swt_key_new_secret(view("short"), {nullptr, 0}, 0, &key), SWT_ERR_SECRET_TOO_SHORT);
  EXPECT_EQ(swt_key_new_secret(view("short"), {nullptr, 0}, SWT_KEY_INSECURE_SHORT_SECRET, &key), SWT_OK);
  swt_key_free(key);
}

TEST(CapiConfig, NeedsAKey) {
  swt_config* made = nullptr;
  ASSERT_EQ(swt_config_new(&made), SWT_OK);
  const test::Config config(made);
  swt_engine* engine = nullptr;
  EXPECT_EQ(swt_engine_new(made, &engine), SWT_ERR_STATE);
  EXPECT_EQ(engine, nullptr);
}

TEST(CapiConfig, MayBeChangedAfterAnEngineWasMadeOfIt) {
  const test::Config config = test::new_config();
  const test::Store store = test::new_store();
  ASSERT_EQ(swt_config_set_store(config.get(), store.get()), SWT_OK);
  swt_engine* made = nullptr;
  ASSERT_EQ(swt_engine_new(config.get(), &made), SWT_OK);
  const test::EngineHandle engine(made);
  ASSERT_EQ(swt_config_use_external_store(config.get(), 0), SWT_OK);
  const test::GrantHandle grant = test::sign(engine.get());
  EXPECT_EQ(swt_grant_session_id(grant.get()).len, 36u) << "the engine kept its store";
}

TEST(CapiConfig, TakesTheStoreThatWasSetLast) {
  const test::Config config = test::new_config();
  const test::Store store = test::new_store();
  ASSERT_EQ(swt_config_use_external_store(config.get(), 0), SWT_OK);
  ASSERT_EQ(swt_config_set_store(config.get(), store.get()), SWT_OK);
  swt_engine* made = nullptr;
  ASSERT_EQ(swt_engine_new(config.get(), &made), SWT_OK);
  EXPECT_EQ(swt_grant_session_id(test::sign(test::EngineHandle(made).get()).get()).len, 36u);
}

}  // namespace
}  // namespace swt
