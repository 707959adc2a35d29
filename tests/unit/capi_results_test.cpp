// What comes back: views, texts, errors.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <thread>

#include "support/capi.h"
#include "support/client_key.h"
#include "support/sessions.h"

namespace swt {
namespace {

using test::kSessionId;
using test::text;
using test::view;

void expect_text_view(swt_bytes bytes, std::string_view wanted) {
  ASSERT_NE(bytes.data, nullptr);
  EXPECT_EQ(text(bytes), wanted);
  EXPECT_EQ(bytes.data[bytes.len], 0) << "a NUL follows that the length does not count";
}

TEST(CapiResults, OfSignAndVerifyAgree) {
  const test::EngineHandle engine = test::new_engine();
  const test::ClientKey client;
  const std::string jwk = client.jwk();
  swt_sign_request login = test::new_sign_request(R"({"userId":7,"role":"admin"})");
  login.client_key_jwk = view(jwk);
  login.flags = SWT_SIGN_REFRESH_TOKEN;
  const test::GrantHandle grant = test::sign(engine.get(), login);
  expect_text_view(swt_grant_user_id(grant.get()), "7");
  EXPECT_GT(swt_grant_refresh_token(grant.get()).len, 0u);
  EXPECT_EQ(swt_grant_expires_at(grant.get()), test::kNowS + 900);

  const std::string proof = test::make_proof(client);
  swt_verify_request request = test::new_verify_request(grant.get());
  request.proof = view(proof);
  request.method = view("GET");
  request.url = view("/api/profile");
  swt_claims* made = nullptr;
  ASSERT_EQ(swt_verify(engine.get(), &request, &made), SWT_OK);
  const test::ClaimsHandle claims(made);
  expect_text_view(swt_claims_user_id(made), "7");
  expect_text_view(swt_claims_session_id(made), text(swt_grant_session_id(grant.get())));
  expect_text_view(swt_claims_thumbprint(made), client.thumbprint());
  EXPECT_EQ(swt_claims_issued_at(made), test::kNowS);
  EXPECT_EQ(swt_claims_expires_at(made), test::kNowS + 900);
  EXPECT_EQ(swt_claims_legacy_uses(made), 0u);
  EXPECT_NE(text(swt_claims_payload(made)).find(R"("data":{"userId":7,"role":"admin"})"), std::string::npos);
}

TEST(CapiResults, TellEachUseOfWhatIsLegacy) {
  const test::EngineHandle engine = test::new_engine(test::Sessions::external, SWT_NO_END);
  const test::ClientKey client;
  const std::string token =
      test::TokenMaker().make(R"({"alg":"AES-256-GCM+HMAC","typ":"SWT","exp":1800000900})",
                              R"({"data":{"userId":"alice"},"iat":1799999999,"exp":1800000900,"cnf":{"jkt":")" +
                                  client.thumbprint() + R"("}})");
  test::ProofFields fields;
  fields.jti = "";
  const std::string proof = test::make_proof(client, fields);
  swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
  request.token = view(token);
  request.session_id = view(kSessionId);
  request.proof = view(proof);
  request.now_ms = test::kNowS * 1000;
  const test::PendingHandle pending = test::begin_verify(engine.get(), request);
  const std::string record = write_session({kSessionId, R"("alice")", client.thumbprint()});
  const swt_bytes parts[] = {view("2"), view(record), view("1800000000000")};
  ASSERT_EQ(swt_pending_answer(pending.get(), parts, 3), SWT_OK);
  swt_claims* made = nullptr;
  ASSERT_EQ(swt_verify_complete(pending.get(), test::kNowS * 1000, &made), SWT_OK);
  const test::ClaimsHandle claims(made);
  EXPECT_EQ(swt_claims_legacy_uses(made),
            SWT_LEGACY_TOKEN_WITHOUT_SESSION | SWT_LEGACY_PROOF_WITHOUT_JTI | SWT_LEGACY_PROOF_NOT_COMPARED);
}

TEST(CapiResults, AreEmptyWhereThereIsNothing) {
  const test::EngineHandle engine = test::new_engine(test::Sessions::none);
  const test::GrantHandle grant = test::sign(engine.get());
  EXPECT_EQ(swt_grant_session_id(grant.get()).len, 0u);
  EXPECT_EQ(swt_grant_refresh_token(grant.get()).len, 0u);
}

TEST(CapiResults, OfALookupAreTheThreeMembers) {
  const test::Store store = test::new_store();
  const std::string json = write_session(test::bound_alice());
  swt_pending* registration = nullptr;
  ASSERT_EQ(swt_register_begin(view(json), &registration), SWT_OK);
  const test::PendingHandle first(registration);
  ASSERT_EQ(swt_pending_ask(registration, store.get()), SWT_OK);
  ASSERT_EQ(swt_register_complete(registration), SWT_OK);
  const auto look = [&](const char* id) {
    swt_pending* lookup = nullptr;
    EXPECT_EQ(swt_lookup_begin(view(id), &lookup), SWT_OK);
    const test::PendingHandle pending(lookup);
    EXPECT_EQ(swt_pending_ask(lookup, store.get()), SWT_OK);
    swt_session* session = nullptr;
    EXPECT_EQ(swt_lookup_complete(lookup, &session), SWT_OK);
    return test::SessionHandle(session);
  };
  expect_text_view(swt_session_json(look(kSessionId).get()), json);
  EXPECT_EQ(look(test::kOtherSessionId), nullptr);
}

TEST(CapiThumbprint, IsWrittenWithItsNul) {
  char thumbprint[SWT_THUMBPRINT_LEN + 2];
  std::memset(thumbprint, 'x', sizeof(thumbprint));
  ASSERT_EQ(swt_jwk_thumbprint(view(R"({"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",)"
                                    R"("y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"})"),
                               thumbprint),
            SWT_OK);
  EXPECT_STREQ(thumbprint, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
  EXPECT_EQ(thumbprint[SWT_THUMBPRINT_LEN + 1], 'x') << "not a byte more";
}

TEST(CapiThumbprint, IsZerosAfterAnError) {
  char thumbprint[SWT_THUMBPRINT_LEN + 1];
  std::memset(thumbprint, 'x', sizeof(thumbprint));
  EXPECT_EQ(swt_jwk_thumbprint(view("{}"), thumbprint), SWT_ERR_CLIENT_KEY);
  EXPECT_EQ(std::string(thumbprint, sizeof(thumbprint)), std::string(sizeof(thumbprint), '\0'));
}

TEST(CapiText, ViewsATextWithoutItsNul) {
  EXPECT_EQ(swt_text("").len, 0u);
  EXPECT_NE(swt_text("").data, nullptr) << "empty is not the same as not given";
  expect_text_view(swt_text("alice"), "alice");
}

TEST(CapiVersion, NamesAllLibraries) {
  EXPECT_EQ(swt_abi_version(), static_cast<uint32_t>(SWT_ABI_VERSION));
  const std::string details = swt_version_details();
  for (const char* name : {"secure-web-token ", "OpenSSL ", "libsodium ", "cJSON "}) {
    EXPECT_NE(details.find(name), std::string::npos) << details;
  }
}

TEST(CapiScripts, AreNumberedFromZero) {
  EXPECT_EQ(swt_redis_script_count(), 5u);
  for (uint32_t script = 0; script < swt_redis_script_count(); ++script) {
    const swt_bytes source = swt_redis_script_source(script);
    ASSERT_GT(source.len, 0u);
    EXPECT_EQ(source.data[source.len], 0);
  }
  EXPECT_EQ(swt_redis_script_source(swt_redis_script_count()).len, 0u);
  EXPECT_EQ(swt_redis_script_source(UINT32_MAX).len, 0u);
}

TEST(CapiSign, GivesNoTokenWhenTheStoreIsFull) {
  swt_memory_store_options options = SWT_MEMORY_STORE_OPTIONS_INIT;
  options.max_sessions = 1;
  swt_store* store = nullptr;
  ASSERT_EQ(swt_store_memory_open(&options, &store), SWT_OK);
  const test::Store owned(store);
  const test::Config config = test::new_config();
  ASSERT_EQ(swt_config_set_store(config.get(), store), SWT_OK);
  swt_engine* made = nullptr;
  ASSERT_EQ(swt_engine_new(config.get(), &made), SWT_OK);
  const test::EngineHandle engine(made);
  const test::GrantHandle first = test::sign(made);
  const swt_sign_request request = test::new_sign_request();
  swt_grant* grant = first.get();
  EXPECT_EQ(swt_sign(made, &request, &grant), SWT_UNAVAILABLE_FULL);
  EXPECT_EQ(grant, nullptr);
}

TEST(CapiRevoke, NeedsAStore) {
  const test::EngineHandle stateless = test::new_engine(test::Sessions::none);
  EXPECT_EQ(swt_revoke(stateless.get(), view(kSessionId)), SWT_ERR_STORE_REQUIRED);
}

TEST(CapiRevoke, EndsASession) {
  const test::EngineHandle engine = test::new_engine();
  const test::GrantHandle grant = test::sign(engine.get());
  const swt_verify_request request = test::new_verify_request(grant.get());
  swt_claims* claims = nullptr;
  ASSERT_EQ(swt_verify(engine.get(), &request, &claims), SWT_OK);
  swt_claims_free(claims);
  EXPECT_EQ(swt_revoke(engine.get(), swt_grant_session_id(grant.get())), SWT_OK);
  EXPECT_EQ(swt_verify(engine.get(), &request, &claims), SWT_REJECTED_SESSION_REVOKED);
  EXPECT_EQ(claims, nullptr);
  EXPECT_EQ(swt_revoke(engine.get(), swt_grant_session_id(grant.get())), SWT_OK);
}

TEST(CapiLastError, SaysWhatTheLastFailedCallMeant) {
  swt_key* key = nullptr;
  EXPECT_EQ(swt_key_new_secret(view("short"), {nullptr, 0}, 0, &key), SWT_ERR_SECRET_TOO_SHORT);
  EXPECT_STREQ(swt_last_error_message(), swt_status_message(SWT_ERR_SECRET_TOO_SHORT));
  EXPECT_EQ(swt_key_new_secret(view(""), {nullptr, 0}, 0, &key), SWT_ERR_KEY);
  EXPECT_STREQ(swt_last_error_message(), "the secret is empty");
  test::new_key();  // made and freed
  swt_key_free(nullptr);
  EXPECT_STREQ(swt_last_error_message(), "the secret is empty") << "what succeeds leaves it";
}

TEST(CapiLastError, BelongsToItsThread) {
  swt_key* key = nullptr;
  EXPECT_EQ(swt_key_new_secret(view(""), {nullptr, 0}, 0, &key), SWT_ERR_KEY);
  std::thread([] { EXPECT_STREQ(swt_last_error_message(), ""); }).join();
  EXPECT_STREQ(swt_last_error_message(), "the secret is empty");
}

TEST(CapiLastError, HoldsNothingOfAnyInput) {
  const std::string_view marked = "Xq7Zw";
  const auto expect_clean = [&](swt_status status) {
    EXPECT_NE(status, SWT_OK);
    EXPECT_EQ(std::string_view(swt_last_error_message()).find(marked), std::string_view::npos)
        << swt_last_error_message();
  };
  const std::string input = '{' + test::repeated(marked, 10);
  swt_key* key = nullptr;
  expect_clean(swt_key_new_secret(view(marked), {nullptr, 0}, 0, &key));
  expect_clean(swt_key_new_secret(view("-----BEGIN " + input), {nullptr, 0}, 0, &key));
  const test::EngineHandle engine = test::new_engine();
  swt_sign_request sign = test::new_sign_request(input);
  swt_grant* grant = nullptr;
  expect_clean(swt_sign(engine.get(), &sign, &grant));
  sign = test::new_sign_request();
  sign.client_key_jwk = view(input);
  expect_clean(swt_sign(engine.get(), &sign, &grant));
  swt_verify_request verify = SWT_VERIFY_REQUEST_INIT;
  verify.token = verify.session_id = verify.proof = view(input);
  swt_claims* claims = nullptr;
  expect_clean(swt_verify(engine.get(), &verify, &claims));
  swt_pending* pending = nullptr;
  expect_clean(swt_register_begin(view(input), &pending));
  swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
  options.prefix = view(input);
  expect_clean(swt_redis_options_check(&options));
  char thumbprint[SWT_THUMBPRINT_LEN + 1];
  expect_clean(swt_jwk_thumbprint(view(input), thumbprint));
}

TEST(CapiThreads, ShareOneEngine) {
  const test::EngineHandle engine = test::new_engine();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        const test::GrantHandle grant = test::sign(engine.get());
        const swt_verify_request request = test::new_verify_request(grant.get());
        swt_claims* claims = nullptr;
        EXPECT_EQ(swt_verify(engine.get(), &request, &claims), SWT_OK);
        swt_claims_free(claims);
        EXPECT_EQ(swt_revoke(engine.get(), request.session_id), SWT_OK);
        EXPECT_EQ(swt_verify(engine.get(), &request, &claims), SWT_REJECTED_SESSION_REVOKED);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace swt
