// Key rings through the C interface: who takes what, and what an engine does with it.
#include <gtest/gtest.h>

#include <string>

#include "support/recorder.h"
#include "support/ring.h"

namespace swt {
namespace {

using test::new_keyring;
using test::text;
using test::view;

test::Key new_secret_key(int number) {
  swt_key* key = nullptr;
  test::require(
      swt_key_new_secret(view(test::numbered_secret(number)), view(test::kEncryptionSecret), 0, &key) == SWT_OK,
      "a key");
  return test::Key(key);
}

swt_status set_signer(const test::Keyring& ring, int number) {
  return swt_keyring_set_signer(ring.get(), new_secret_key(number).get(), view('k' + std::to_string(number)));
}

swt_status accept(const test::Keyring& ring, int number, int64_t until_ms = SWT_NO_END) {
  return swt_keyring_accept(ring.get(), new_secret_key(number).get(), view('k' + std::to_string(number)), until_ms);
}

// A ring that signs with one key and accepts another.
test::Keyring ring_of(int signer, int accepted) {
  test::Keyring ring = new_keyring();
  EXPECT_EQ(set_signer(ring, signer), SWT_OK);
  EXPECT_EQ(accept(ring, accepted), SWT_OK);
  return ring;
}

test::EngineHandle engine_with(const test::Keyring& ring) {
  const test::Config config = test::new_config();
  EXPECT_EQ(swt_config_set_keyring(config.get(), ring.get()), SWT_OK);
  swt_engine* engine = nullptr;
  EXPECT_EQ(swt_engine_new(config.get(), &engine), SWT_OK);
  return test::EngineHandle(engine);
}

std::string kid_of(const swt_engine* engine, const swt_grant* grant) {
  const swt_verify_request request = test::new_verify_request(grant);
  swt_claims* claims = nullptr;
  EXPECT_EQ(swt_verify(engine, &request, &claims), SWT_OK);
  const test::ClaimsHandle owner(claims);
  return text(swt_claims_key_id(claims));
}

TEST(CapiKeyring, OutlivesItsKeysAndMayGoBeforeItsEngine) {
  test::EngineHandle engine = engine_with(ring_of(1, 2));
  const test::GrantHandle grant = test::sign(engine.get());
  EXPECT_EQ(kid_of(engine.get(), grant.get()), "k1");
}

TEST(CapiKeyring, IsTakenAsItIsThen) {
  const test::Keyring ring = new_keyring();
  EXPECT_EQ(set_signer(ring, 1), SWT_OK);
  const test::EngineHandle engine = engine_with(ring);
  EXPECT_EQ(accept(ring, 2), SWT_OK);
  const test::Keyring other = new_keyring();
  EXPECT_EQ(set_signer(other, 2), SWT_OK);
  const test::GrantHandle grant = test::sign(engine_with(other).get());
  EXPECT_EQ(test::verify(engine.get(), test::new_verify_request(grant.get())), SWT_REJECTED_TOKEN_KEY);
  EXPECT_EQ(swt_engine_set_keyring(engine.get(), ring.get()), SWT_OK);
  EXPECT_EQ(test::verify(engine.get(), test::new_verify_request(grant.get())), SWT_OK);
}

TEST(CapiKeyring, SaysWhyItTakesAKeyNot) {
  const test::Keyring ring = ring_of(1, 2);
  EXPECT_EQ(set_signer(ring, 3), SWT_ERR_STATE);
  EXPECT_EQ(accept(ring, 1), SWT_ERR_KEY_ID);
  EXPECT_EQ(accept(ring, 3, 0), SWT_ERR_ARGUMENT);
  EXPECT_EQ(accept(ring, 3, -1), SWT_ERR_ARGUMENT);
  const test::Key key = new_secret_key(3);
  for (const std::string& bad : {std::string(), std::string("a b"), std::string(129, 'k')}) {
    EXPECT_EQ(swt_keyring_accept(ring.get(), key.get(), view(bad), SWT_NO_END), SWT_ERR_KEY_ID) << bad;
  }
  EXPECT_EQ(swt_keyring_accept(ring.get(), key.get(), {nullptr, 3}, SWT_NO_END), SWT_ERR_ARGUMENT);
  EXPECT_EQ(accept(ring, 3), SWT_OK);
  EXPECT_EQ(accept(ring, 4), SWT_OK);
  EXPECT_EQ(accept(ring, 5), SWT_ERR_STATE);
}

TEST(CapiKeyring, TakesNoPublicKeyAsSigner) {
  swt_key* made = nullptr;
  ASSERT_EQ(swt_key_new_public_pem(view(test::ec_pair().public_pem()), view(test::kEncryptionSecret), 0, &made),
            SWT_OK);
  const test::Key key(made);
  const test::Keyring ring = new_keyring();
  EXPECT_EQ(swt_keyring_set_signer(ring.get(), key.get(), view("k")), SWT_ERR_KEY);
  EXPECT_EQ(swt_keyring_accept(ring.get(), key.get(), view("k"), SWT_NO_END), SWT_OK);
  const test::EngineHandle engine = engine_with(ring);
  const swt_sign_request login = test::new_sign_request();
  swt_grant* grant = nullptr;
  EXPECT_EQ(swt_sign(engine.get(), &login, &grant), SWT_ERR_STATE);
}

TEST(CapiKeyring, WithoutKeysIsNone) {
  const test::Keyring ring = new_keyring();
  const test::Config config = test::new_config();
  const test::EngineHandle engine = test::new_engine();
  EXPECT_EQ(swt_config_set_keyring(config.get(), ring.get()), SWT_ERR_STATE);
  EXPECT_EQ(swt_engine_set_keyring(engine.get(), ring.get()), SWT_ERR_STATE);
}

TEST(CapiKeyring, ChangesAKeyWithoutLoggingAnybodyOut) {
  const test::EngineHandle engine = engine_with(ring_of(1, 2));
  const test::GrantHandle old = test::login(engine.get());
  EXPECT_EQ(swt_engine_set_keyring(engine.get(), ring_of(3, 1).get()), SWT_OK);
  const test::GrantHandle fresh = test::login(engine.get());
  EXPECT_EQ(kid_of(engine.get(), old.get()), "k1");
  EXPECT_EQ(kid_of(engine.get(), fresh.get()), "k3");
  const std::string token = text(swt_grant_refresh_token(old.get()));
  swt_refresh_request request = test::new_refresh_request(token);
  request.flags = SWT_REFRESH_INSECURE_REUSE;
  const test::Refreshed next = test::refresh(engine.get(), request);
  ASSERT_EQ(next.status, SWT_OK);
  EXPECT_EQ(kid_of(engine.get(), next.grant.get()), "k3") << "a refresh moves to the new key";
}

TEST(CapiKeyring, KillsAKeyForTheLifeOfTheEngine) {
  const test::EngineHandle engine = engine_with(ring_of(1, 2));
  const test::GrantHandle grant = test::sign(engine.get());
  EXPECT_EQ(swt_engine_kill_key(engine.get(), view("k1")), SWT_OK);
  EXPECT_EQ(test::verify(engine.get(), test::new_verify_request(grant.get())), SWT_REJECTED_TOKEN_KEY);
  EXPECT_EQ(swt_engine_set_keyring(engine.get(), ring_of(2, 1).get()), SWT_ERR_KEY_ID);
  const swt_sign_request login = test::new_sign_request();
  swt_grant* none = nullptr;
  EXPECT_EQ(swt_sign(engine.get(), &login, &none), SWT_ERR_STATE);
  EXPECT_EQ(none, nullptr);
  EXPECT_EQ(swt_engine_set_keyring(engine.get(), ring_of(2, 3).get()), SWT_OK);
  EXPECT_EQ(kid_of(engine.get(), test::sign(engine.get()).get()), "k2");
  const test::EngineHandle other = engine_with(ring_of(1, 2));
  EXPECT_EQ(test::verify(other.get(), test::new_verify_request(grant.get())), SWT_OK) << "another engine was not told";
}

TEST(CapiKeyring, KillsNoKeyOfAMalformedName) {
  const test::EngineHandle engine = engine_with(ring_of(1, 2));
  for (const std::string& bad : {std::string(), std::string("a b"), std::string(129, 'k')}) {
    EXPECT_EQ(swt_engine_kill_key(engine.get(), view(bad)), SWT_ERR_KEY_ID);
  }
  EXPECT_EQ(swt_engine_kill_key(engine.get(), {nullptr, 1}), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_engine_kill_key(engine.get(), {nullptr, 0}), SWT_ERR_KEY_ID);
}

TEST(CapiKeyring, KnowsItsHandles) {
  const test::Keyring ring = new_keyring();
  const test::Key key = test::new_key();
  const test::Config config = test::new_config();
  const test::EngineHandle engine = test::new_engine();
  auto* wrong_ring = reinterpret_cast<swt_keyring*>(key.get());
  auto* wrong_key = reinterpret_cast<swt_key*>(ring.get());
  auto* wrong_engine = reinterpret_cast<swt_engine*>(key.get());
  auto* wrong_config = reinterpret_cast<swt_config*>(key.get());
  EXPECT_EQ(swt_keyring_new(nullptr), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_keyring_set_signer(nullptr, key.get(), view("k")), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_keyring_set_signer(ring.get(), nullptr, view("k")), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_keyring_set_signer(wrong_ring, key.get(), view("k")), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_keyring_set_signer(ring.get(), wrong_key, view("k")), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_keyring_accept(nullptr, key.get(), view("k"), 1), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_keyring_accept(ring.get(), nullptr, view("k"), 1), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_keyring_accept(wrong_ring, key.get(), view("k"), 1), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_keyring_accept(ring.get(), wrong_key, view("k"), 1), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_config_set_keyring(nullptr, ring.get()), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_config_set_keyring(config.get(), nullptr), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_config_set_keyring(wrong_config, ring.get()), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_config_set_keyring(config.get(), wrong_ring), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_config_set_audit(nullptr, nullptr, nullptr), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_config_set_audit(wrong_config, nullptr, nullptr), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_engine_set_keyring(nullptr, ring.get()), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_engine_set_keyring(engine.get(), nullptr), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_engine_set_keyring(wrong_engine, ring.get()), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_engine_set_keyring(engine.get(), wrong_ring), SWT_ERR_HANDLE);
  EXPECT_EQ(swt_engine_kill_key(nullptr, view("k")), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_engine_kill_key(wrong_engine, view("k")), SWT_ERR_HANDLE);
  swt_keyring_free(nullptr);
  swt_keyring_free(wrong_ring);
  EXPECT_EQ(swt_keyring_set_signer(ring.get(), key.get(), view("k")), SWT_OK) << "after all that";
}

}  // namespace
}  // namespace swt
