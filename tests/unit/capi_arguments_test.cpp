// Every pointer NULL, every handle of another type: an error code, and an output that is NULL.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>

#include "support/capi.h"
#include "support/sessions.h"

namespace swt {
namespace {

using test::kSessionId;
using test::view;

// A handle of another type, as a program with a wrong cast would pass it.
template <typename T>
T* wrong() {
  static const test::Config config = test::new_config();
  static const test::Key key = test::new_key();
  void* other = config.get();
  if constexpr (std::is_same_v<std::remove_const_t<T>, swt_config>) other = key.get();
  return static_cast<T*>(other);
}

// A value that no function hands out: outputs must be set before anything else happens.
template <typename T>
T* untouched() {
  static char place;
  return reinterpret_cast<T*>(&place);
}

// Calls with NULL and with a wrong handle where a handle is needed, and with NULL for the output.
template <typename Out, typename Handle>
void expect_checked(const std::function<swt_status(Handle*, Out**)>& call, Handle* good) {
  Out* out = untouched<Out>();
  EXPECT_EQ(call(nullptr, &out), SWT_ERR_ARGUMENT);
  EXPECT_EQ(out, nullptr) << "after a NULL handle";
  out = untouched<Out>();
  EXPECT_EQ(call(wrong<Handle>(), &out), SWT_ERR_HANDLE);
  EXPECT_EQ(out, nullptr) << "after a wrong handle";
  EXPECT_EQ(call(good, nullptr), SWT_ERR_ARGUMENT);
}

TEST(CapiNull, OutputsOfConstructorsAreErrors) {
  EXPECT_EQ(swt_key_new_secret(view(test::kSecret), {nullptr, 0}, 0, nullptr), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_store_memory_open(nullptr, nullptr), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_config_new(nullptr), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_revoke_begin(view(kSessionId), nullptr), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_register_begin(view("{}"), nullptr), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_lookup_begin(view(kSessionId), nullptr), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_jwk_thumbprint(view("{}"), nullptr), SWT_ERR_ARGUMENT);
}

TEST(CapiNull, HandlesOfConfigFunctionsAreErrors) {
  const test::Config config = test::new_config();
  const test::Key key = test::new_key();
  const test::Store store = test::new_store();
  EXPECT_EQ(swt_config_set_key(nullptr, key.get()), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_config_set_key(config.get(), nullptr), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_config_set_key(wrong<swt_config>(), key.get()), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_config_set_key(config.get(), wrong<swt_key>()), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_config_set_store(nullptr, store.get()), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_config_set_store(config.get(), nullptr), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_config_set_store(wrong<swt_config>(), store.get()), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_config_set_store(config.get(), wrong<swt_store>()), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_config_use_external_store(nullptr, 0), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_config_use_external_store(wrong<swt_config>(), 0), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_config_accept_legacy_until(nullptr, 0), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_config_accept_legacy_until(wrong<swt_config>(), 0), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_config_set_key(config.get(), key.get()), SWT_OK);
  EXPECT_EQ(swt_config_set_store(config.get(), store.get()), SWT_OK);
}

TEST(CapiNull, ArgumentsOfOperationsAreErrors) {
  const test::EngineHandle engine = test::new_engine();
  const test::Config config = test::new_config();
  const swt_sign_request sign = test::new_sign_request();
  const test::GrantHandle grant = test::sign(engine.get());
  const swt_verify_request verify = test::new_verify_request(grant.get());

  expect_checked<swt_engine, const swt_config>(swt_engine_new, config.get());
  expect_checked<swt_grant, const swt_engine>([&](auto* e, auto** out) { return swt_sign(e, &sign, out); },
                                              engine.get());
  expect_checked<swt_pending, const swt_engine>([&](auto* e, auto** out) { return swt_sign_begin(e, &sign, out); },
                                                engine.get());
  expect_checked<swt_claims, const swt_engine>([&](auto* e, auto** out) { return swt_verify(e, &verify, out); },
                                               engine.get());
  expect_checked<swt_pending, const swt_engine>([&](auto* e, auto** out) { return swt_verify_begin(e, &verify, out); },
                                                engine.get());
  EXPECT_EQ(swt_revoke(nullptr, view(kSessionId)), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_revoke(wrong<swt_engine>(), view(kSessionId)), SWT_ERR_HANDLE);

  swt_grant* no_grant = untouched<swt_grant>();
  EXPECT_EQ(swt_sign(engine.get(), nullptr, &no_grant), SWT_ERR_ARGUMENT);
  EXPECT_EQ(no_grant, nullptr);
  swt_claims* no_claims = untouched<swt_claims>();
  EXPECT_EQ(swt_verify(engine.get(), nullptr, &no_claims), SWT_ERR_ARGUMENT);
  EXPECT_EQ(no_claims, nullptr);
  swt_pending* no_pending = untouched<swt_pending>();
  EXPECT_EQ(swt_sign_begin(engine.get(), nullptr, &no_pending), SWT_ERR_ARGUMENT);
  EXPECT_EQ(no_pending, nullptr);
  no_pending = untouched<swt_pending>();
  EXPECT_EQ(swt_verify_begin(engine.get(), nullptr, &no_pending), SWT_ERR_ARGUMENT);
  EXPECT_EQ(no_pending, nullptr);
}

TEST(CapiNull, ArgumentsOfPendingOperationsAreErrors) {
  swt_pending* begun = nullptr;
  ASSERT_EQ(swt_revoke_begin(view(kSessionId), &begun), SWT_OK);
  const test::PendingHandle pending(begun);
  const test::Store store = test::new_store();
  const swt_redis_options options = SWT_REDIS_OPTIONS_INIT;

  expect_checked<swt_grant, swt_pending>([](auto* p, auto** out) { return swt_sign_complete(p, 0, out); }, begun);
  expect_checked<swt_claims, swt_pending>([](auto* p, auto** out) { return swt_verify_complete(p, 0, out); }, begun);
  expect_checked<swt_session, swt_pending>(swt_lookup_complete, begun);
  expect_checked<swt_redis_call, const swt_pending>(
      [&](auto* p, auto** out) { return swt_pending_redis_call(p, &options, out); }, begun);
  EXPECT_EQ(swt_revoke_complete(nullptr), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_revoke_complete(wrong<swt_pending>()), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_register_complete(nullptr), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_register_complete(wrong<swt_pending>()), SWT_ERR_HANDLE);

  EXPECT_EQ(swt_pending_ask(nullptr, store.get()), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_pending_ask(begun, nullptr), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_pending_ask(wrong<swt_pending>(), store.get()), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_pending_ask(begun, wrong<swt_store>()), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_pending_answer(nullptr, nullptr, 0), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_pending_answer(begun, nullptr, 3), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_pending_answer(wrong<swt_pending>(), nullptr, 0), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_pending_unavailable(nullptr, SWT_UNAVAILABLE_TIMEOUT), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_pending_unavailable(wrong<swt_pending>(), SWT_UNAVAILABLE_TIMEOUT), SWT_ERR_HANDLE);
  swt_redis_call* call = untouched<swt_redis_call>();
  EXPECT_EQ(swt_pending_redis_call(begun, nullptr, &call), SWT_ERR_ARGUMENT);
  EXPECT_EQ(call, nullptr);
  EXPECT_EQ(swt_redis_options_check(nullptr), SWT_ERR_ARGUMENT);

  // None of all this has touched the operation.
  EXPECT_EQ(swt_pending_ask(begun, store.get()), SWT_OK);
  EXPECT_EQ(swt_revoke_complete(begun), SWT_OK);
}

TEST(CapiNull, GettersGiveNothing) {
  for (const auto& getter : {swt_grant_token, swt_grant_session_id, swt_grant_refresh_token, swt_grant_user_id}) {
    EXPECT_EQ(getter(nullptr).len, 0u);
    EXPECT_EQ(getter(wrong<const swt_grant>()).len, 0u);
    EXPECT_EQ(getter(wrong<const swt_grant>()).data, nullptr);
  }
  for (const auto& getter : {swt_claims_payload, swt_claims_user_id, swt_claims_session_id, swt_claims_thumbprint}) {
    EXPECT_EQ(getter(nullptr).len, 0u);
    EXPECT_EQ(getter(wrong<const swt_claims>()).data, nullptr);
  }
  for (const auto& getter : {swt_claims_issued_at, swt_claims_expires_at}) {
    EXPECT_EQ(getter(nullptr), 0);
    EXPECT_EQ(getter(wrong<const swt_claims>()), 0);
  }
  EXPECT_EQ(swt_grant_expires_at(nullptr), 0);
  EXPECT_EQ(swt_grant_expires_at(wrong<const swt_grant>()), 0);
  EXPECT_EQ(swt_claims_legacy_uses(nullptr), 0u);
  EXPECT_EQ(swt_claims_legacy_uses(wrong<const swt_claims>()), 0u);
  EXPECT_EQ(swt_session_json(nullptr).len, 0u);
  EXPECT_EQ(swt_session_json(wrong<const swt_session>()).data, nullptr);
  EXPECT_EQ(swt_pending_needs_store(nullptr), 0);
  EXPECT_EQ(swt_pending_needs_store(wrong<const swt_pending>()), 0);
  for (const auto& count : {swt_redis_call_key_count, swt_redis_call_arg_count}) {
    EXPECT_EQ(count(nullptr), 0u);
    EXPECT_EQ(count(wrong<const swt_redis_call>()), 0u);
  }
  for (const auto& getter : {swt_redis_call_key, swt_redis_call_arg}) {
    EXPECT_EQ(getter(nullptr, 0).data, nullptr);
    EXPECT_EQ(getter(wrong<const swt_redis_call>(), 0).data, nullptr);
  }
  EXPECT_EQ(swt_redis_call_script(nullptr), 0u);
  EXPECT_EQ(swt_redis_call_script(wrong<const swt_redis_call>()), 0u);
  EXPECT_EQ(swt_text(nullptr).data, nullptr);
  EXPECT_EQ(swt_text(nullptr).len, 0u);
}

TEST(CapiNull, MayBeFreed) {
  swt_key_free(nullptr);
  swt_store_free(nullptr);
  swt_config_free(nullptr);
  swt_engine_free(nullptr);
  swt_grant_free(nullptr);
  swt_claims_free(nullptr);
  swt_session_free(nullptr);
  swt_pending_free(nullptr);
  swt_redis_call_free(nullptr);
}

TEST(CapiHandle, OfAnotherTypeIsLeftAlone) {
  const test::Key key = test::new_key();
  void* other = key.get();
  swt_store_free(static_cast<swt_store*>(other));
  swt_config_free(static_cast<swt_config*>(other));
  swt_engine_free(static_cast<swt_engine*>(other));
  swt_grant_free(static_cast<swt_grant*>(other));
  swt_claims_free(static_cast<swt_claims*>(other));
  swt_session_free(static_cast<swt_session*>(other));
  swt_pending_free(static_cast<swt_pending*>(other));
  swt_redis_call_free(static_cast<swt_redis_call*>(other));
  const test::Config config = test::new_config();
  EXPECT_EQ(swt_config_set_key(config.get(), key.get()), SWT_OK) << "the key is still one";
}

TEST(CapiHandle, KeepsWhatItWasMadeFromAlive) {
  const test::EngineHandle engine = test::new_engine();  // key, store and config are free by now
  const test::GrantHandle grant = test::sign(engine.get());
  const swt_verify_request request = test::new_verify_request(grant.get());
  swt_claims* claims = nullptr;
  EXPECT_EQ(swt_verify(engine.get(), &request, &claims), SWT_OK);
  swt_claims_free(claims);
}

TEST(CapiHandle, OfAPendingOperationOutlivesItsEngine) {
  test::EngineHandle engine = test::new_engine(test::Sessions::external);
  const swt_sign_request request = test::new_sign_request();
  swt_pending* begun = nullptr;
  ASSERT_EQ(swt_sign_begin(engine.get(), &request, &begun), SWT_OK);
  const test::PendingHandle pending(begun);
  engine.reset();
  const test::Store store = test::new_store();
  EXPECT_EQ(swt_pending_ask(begun, store.get()), SWT_OK);
  swt_grant* grant = nullptr;
  EXPECT_EQ(swt_sign_complete(begun, 0, &grant), SWT_OK);
  EXPECT_GT(swt_grant_token(grant).len, 0u);
  swt_grant_free(grant);
}

}  // namespace
}  // namespace swt
