// Memory that runs out, at each allocation in turn: an error of the library or the store, or success, and nothing lost.
//
// The allocator of the C library is replaced in this program by one that counts and, when it is told to, refuses the N-th
// allocation of the thread in the test. What must be refused is refused at every N.
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <limits>

#include "../stores/support/fake_redis.h"
#include "support/guest.h"

#if !SWT_TEST_IS_SANITIZED

namespace {

constexpr long kNever = std::numeric_limits<long>::max();

// Only the thread in the test is refused anything; what is alive is counted for it alone as well.
thread_local bool is_watched = false;
thread_local bool is_lasting = false;  // every allocation after the N-th is refused too
thread_local long left_until_refusal = kNever;
thread_local long allocated = 0;
thread_local long alive = 0;
thread_local long refused = 0;

bool refuses() {
  if (!is_watched) return false;
  allocated += 1;
  if (left_until_refusal == kNever) return false;
  if (left_until_refusal > 0) {
    left_until_refusal -= 1;
    return false;
  }
  if (!is_lasting) left_until_refusal = kNever;
  refused += 1;
  errno = ENOMEM;
  return true;
}

void* counted(void* memory) {
  if (is_watched && memory != nullptr) alive += 1;
  return memory;
}

}  // namespace

extern "C" {
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
void __libc_free(void*);

void* malloc(size_t size) { return refuses() ? nullptr : counted(__libc_malloc(size)); }
void* calloc(size_t count, size_t size) { return refuses() ? nullptr : counted(__libc_calloc(count, size)); }
void* aligned_alloc(size_t alignment, size_t size) {
  return refuses() ? nullptr : counted(__libc_memalign(alignment, size));
}
int posix_memalign(void** out, size_t alignment, size_t size) {
  void* memory = refuses() ? nullptr : counted(__libc_memalign(alignment, size));
  if (memory == nullptr) return ENOMEM;
  *out = memory;
  return 0;
}
void* realloc(void* old, size_t size) {
  if (refuses()) return nullptr;
  void* memory = __libc_realloc(old, size);
  if (old == nullptr) return counted(memory);
  if (is_watched && size == 0) alive -= 1;
  return memory;
}
void free(void* memory) {
  if (is_watched && memory != nullptr) alive -= 1;
  __libc_free(memory);
}
}

namespace swt {
namespace {

// OpenSSL answers some questions with a plain no when it has no memory: is this point on the curve, is this signature good.
// Where that is not told apart, the input is blamed: refused all the same, but as class 1, 2 or 3 in place of 5. With true
// these tests insist on 5.
constexpr bool kIsToldApart = false;

// The operation under test, from what was prepared for it once. It frees what it was given.
using Operation = std::function<swt_status()>;

struct Swept {
  long allocations = 0;
  int successes = 0;
  int failures = 0;
  long lost = 0;
};

class OutOfMemory : public testing::TestWithParam<bool> {
 protected:
  // Every N until the operation no longer meets one. `is_right` judges what it said.
  Swept sweep_once(const Operation& operation, const std::function<bool(swt_status)>& is_right) {
    Swept swept;
    std::string wrong;
    for (long n = 0;; ++n) {
      is_lasting = GetParam();
      allocated = alive = refused = 0;
      left_until_refusal = n;
      is_watched = true;
      const swt_status status = operation();
      is_watched = false;
      left_until_refusal = kNever;
      if (!is_right(status) && wrong.empty()) {
        wrong = "at allocation " + std::to_string(n) + ": " + swt_status_name(status) + " (" + swt_last_error_message() + ")";
      }
      swept.lost += alive;
      (status == SWT_OK ? swept.successes : swept.failures) += 1;
      if (refused == 0) {
        swept.allocations = allocated;
        break;
      }
    }
    EXPECT_EQ(wrong, "");
    return swept;
  }

  // What OpenSSL and the library keep is kept after the first times: from then on nothing may be left.
  void sweep(const Operation& operation, const std::function<bool(swt_status)>& is_right, int least_allocations = 1) {
    sweep_once(operation, is_right);
    sweep_once(operation, is_right);
    const Swept swept = sweep_once(operation, is_right);
    EXPECT_LE(swept.lost, 0) << "allocations were left behind";
    EXPECT_GE(swept.allocations, least_allocations);
    RecordProperty("allocations", static_cast<int>(swept.allocations));
    RecordProperty("failures", swept.failures);
  }

  static bool is_fair(swt_status status) {
    const int32_t kind = swt_status_class(status);
    return status == SWT_OK || kind == 4 || kind == 5;
  }
  // The same, of an operation that gives the input to OpenSSL.
  static bool is_fair_as_openssl_tells(swt_status status) {
    constexpr swt_status kBlamed[] = {SWT_ERR_KEY, SWT_ERR_CLIENT_KEY, SWT_REJECTED_TOKEN_AUTHENTICATION,
                                      SWT_REJECTED_PROOF_MALFORMED, SWT_REJECTED_PROOF_SIGNATURE};
    return is_fair(status) || (!kIsToldApart && std::ranges::find(kBlamed, status) != std::end(kBlamed));
  }
  static bool is_no(swt_status status) { return status != SWT_OK; }

  const test::Client client_;
};

TEST_P(OutOfMemory, Sign) {
  const test::EngineHandle engine = test::engine_of(test::new_key().get(), nullptr);
  sweep([&] { return test::log_in(engine.get(), &client_).status; }, is_fair_as_openssl_tells, 10);
}

TEST_P(OutOfMemory, SignWithEc) {
  const test::Key key = test::key_from_pem(test::KeyPair::ec().pkcs8_pem());
  const test::EngineHandle engine = test::engine_of(key.get(), nullptr);
  sweep([&] { return test::log_in(engine.get()).status; }, is_fair, 10);
}

TEST_P(OutOfMemory, SignWithRsa) {
  const test::Key key = test::key_from_pem(test::KeyPair::rsa().pkcs8_pem());
  const test::EngineHandle engine = test::engine_of(key.get(), nullptr);
  sweep([&] { return test::log_in(engine.get()).status; }, is_fair, 10);
}

TEST_P(OutOfMemory, Verify) {
  const test::EngineHandle engine = test::engine_of(test::new_key().get(), test::new_store().get());
  const auto grant = test::log_in(engine.get());
  sweep([&] { return test::let_in(engine.get(), grant.handle.get()).status; }, is_fair, 5);
}

TEST_P(OutOfMemory, VerifyWithEc) {
  const test::Key key = test::key_from_pem(test::KeyPair::ec().pkcs8_pem());
  const test::EngineHandle engine = test::engine_of(key.get(), test::new_store().get());
  const auto grant = test::log_in(engine.get());
  sweep([&] { return test::let_in(engine.get(), grant.handle.get()).status; }, is_fair_as_openssl_tells, 5);
}

TEST_P(OutOfMemory, VerifyWithRsa) {
  const test::Key key = test::key_from_pem(test::KeyPair::rsa().pkcs8_pem());
  const test::EngineHandle engine = test::engine_of(key.get(), test::new_store().get());
  const auto grant = test::log_in(engine.get());
  sweep([&] { return test::let_in(engine.get(), grant.handle.get()).status; }, is_fair_as_openssl_tells, 5);
}

TEST_P(OutOfMemory, VerifyWithAProof) {
  // Its store is external: with one that remembers proofs, the second N would be a replay.
  const test::EngineHandle engine = test::new_engine(test::Sessions::external);
  const auto grant = [&] {
    swt_sign_request request = SWT_SIGN_REQUEST_INIT;
    request.data_json = test::view(R"({"userId":"alice"})");
    request.client_key_jwk = test::view(client_.jwk);
    swt_pending* pending = nullptr;
    test::require(swt_sign_begin(engine.get(), &request, &pending) == SWT_OK, "a login");
    const test::PendingHandle owned(pending);
    const test::Store store = test::new_store();
    swt_grant* made = nullptr;
    test::require(swt_pending_ask(pending, store.get()) == SWT_OK && swt_sign_complete(pending, 0, &made) == SWT_OK,
                  "a token");
    return test::GrantHandle(made);
  }();
  const std::string proof = client_.proof();
  swt_verify_request request = SWT_VERIFY_REQUEST_INIT;
  request.token = swt_grant_token(grant.get());
  request.session_id = swt_grant_session_id(grant.get());
  request.proof = test::view(proof);
  request.method = test::view("GET");
  request.url = test::view("/api/profile");
  sweep(
      [&] {
        swt_pending* pending = nullptr;
        const swt_status status = swt_verify_begin(engine.get(), &request, &pending);
        EXPECT_EQ(pending != nullptr, status == SWT_OK);
        swt_pending_free(pending);
        return status;
      },
      is_fair_as_openssl_tells, 10);
}

TEST_P(OutOfMemory, WhatMustBeRefusedIsRefused) {
  const test::Store store = test::new_store();
  const test::EngineHandle engine = test::engine_of(test::new_key().get(), store.get());
  const auto bound = test::log_in(engine.get(), &client_);
  const auto plain = test::log_in(engine.get());
  const auto revoked = test::log_in(engine.get());
  ASSERT_EQ(swt_revoke(engine.get(), swt_grant_session_id(revoked.handle.get())), SWT_OK);
  const std::string spent = client_.proof();
  ASSERT_EQ(test::let_in(engine.get(), bound.handle.get(), spent).status, SWT_OK);
  const test::Client other;
  const std::string foreign = other.proof();
  const auto refreshed = test::refresh(engine.get(), plain.handle.get());
  ASSERT_EQ(refreshed.status, SWT_OK);

  sweep([&] { return test::let_in(engine.get(), bound.handle.get()).status; }, is_no);
  sweep([&] { return test::let_in(engine.get(), bound.handle.get(), spent).status; }, is_no);
  sweep([&] { return test::let_in(engine.get(), bound.handle.get(), foreign).status; }, is_no);
  sweep([&] { return test::let_in(engine.get(), revoked.handle.get()).status; }, is_no);
  sweep([&] { return test::refresh(engine.get(), plain.handle.get()).status; }, is_no);

  std::string forged = test::text(swt_grant_token(plain.handle.get()));
  forged[forged.size() / 2] = forged[forged.size() / 2] == 'A' ? 'B' : 'A';
  swt_verify_request request = test::new_verify_request(plain.handle.get());
  request.now_ms = 0;
  request.token = test::view(forged);
  sweep(
      [&] {
        swt_claims* claims = nullptr;
        const swt_status status = swt_verify(engine.get(), &request, &claims);
        EXPECT_EQ(claims, nullptr);
        return status;
      },
      is_no);
}

TEST_P(OutOfMemory, RefreshGivesOnePairAtMost) {
  const test::EngineHandle engine = test::engine_of(test::new_key().get(), test::new_store().get());
  const auto grant = test::log_in(engine.get(), &client_);
  std::vector<std::string> proofs;
  for (int i = 0; i < 600; ++i) proofs.push_back(client_.proof());
  size_t next = 0;
  int pairs = 0;
  sweep_once(
      [&] {
        const swt_status status = test::refresh(engine.get(), grant.handle.get(), proofs.at(next++)).status;
        if (status == SWT_OK) pairs += 1;
        return status;
      },
      [](swt_status) { return true; });
  EXPECT_LE(pairs, 1);
}

// Whatever became of a refresh that memory ran out in, its owner is not logged out by it: the next try is good, or says that
// the token was spent a moment ago.
TEST_P(OutOfMemory, RefreshLosesNoSession) {
  const test::EngineHandle engine = test::engine_of(test::new_key().get(), test::new_store().get());
  for (long n = 0, refusals = 1; refusals > 0; ++n) {
    const auto grant = test::log_in(engine.get());
    is_lasting = GetParam();
    refused = 0;
    left_until_refusal = n;
    is_watched = true;
    test::refresh(engine.get(), grant.handle.get());
    is_watched = false;
    left_until_refusal = kNever;
    refusals = refused;
    const swt_status again = test::refresh(engine.get(), grant.handle.get()).status;
    EXPECT_TRUE(again == SWT_OK || again == SWT_REJECTED_REFRESH_SUPERSEDED)
        << "after allocation " << n << ": " << swt_status_name(again);
  }
}

TEST_P(OutOfMemory, Revoke) {
  const test::EngineHandle engine = test::engine_of(test::new_key().get(), test::new_store().get());
  const auto grant = test::log_in(engine.get());
  bool was_confirmed = false;
  sweep_once(
      [&] {
        const swt_status status = swt_revoke(engine.get(), swt_grant_session_id(grant.handle.get()));
        if (status == SWT_OK) was_confirmed = true;
        return status;
      },
      is_fair);
  EXPECT_TRUE(was_confirmed);
  EXPECT_EQ(test::let_in(engine.get(), grant.handle.get()).status, SWT_REJECTED_SESSION_REVOKED);
}

TEST_P(OutOfMemory, KeyFromPem) {
  for (const test::KeyPair& pair : {test::KeyPair::ec(), test::KeyPair::rsa()}) {
    const std::string private_pem = pair.pkcs8_pem();
    const std::string public_pem = pair.public_pem();
    sweep(
        [&] {
          swt_key* key = nullptr;
          const swt_status status = swt_key_new_private_pem(test::view(private_pem), test::view(test::kEncryptionSecret), 0, &key);
          swt_key_free(key);
          return status;
        },
        is_fair_as_openssl_tells, 20);
    sweep(
        [&] {
          swt_key* key = nullptr;
          const swt_status status = swt_key_new_public_pem(test::view(public_pem), test::view(test::kEncryptionSecret), 0, &key);
          swt_key_free(key);
          return status;
        },
        is_fair_as_openssl_tells, 20);
  }
}

TEST_P(OutOfMemory, KeyFromASecret) {
  sweep(
      [&] {
        swt_key* key = nullptr;
        const swt_status status = swt_key_new_secret(test::view(test::kSecret), {nullptr, 0}, 0, &key);
        swt_key_free(key);
        return status;
      },
      is_fair, 3);
}

TEST_P(OutOfMemory, KeysAreChangedOrAsTheyWere) {
  const test::Key first = test::new_key();
  const test::Key second = test::key_from_pem(test::KeyPair::ec().pkcs8_pem());
  const test::EngineHandle engine = test::engine_of(first.get(), nullptr);
  const auto grant = test::log_in(engine.get());
  sweep(
      [&] {
        swt_keyring* ring = nullptr;
        swt_status status = swt_keyring_new(&ring);
        if (status == SWT_OK) status = swt_keyring_set_signer(ring, first.get(), test::view("the-first-key-of-this-ring"));
        if (status == SWT_OK) status = swt_keyring_accept(ring, second.get(), test::view("the-second-key-of-this-ring"), SWT_NO_END);
        if (status == SWT_OK) status = swt_engine_set_keyring(engine.get(), ring);
        swt_keyring_free(ring);
        return status;
      },
      is_fair, 3);
  EXPECT_EQ(test::let_in(engine.get(), grant.handle.get()).status, SWT_OK) << "the engine has its keys";
}

TEST_P(OutOfMemory, AKilledKeyIsKilled) {
  const test::EngineHandle engine = test::engine_of(test::new_key().get(), nullptr);
  swt_keyring* ring = nullptr;
  ASSERT_EQ(swt_keyring_new(&ring), SWT_OK);
  const test::Key key = test::new_key();
  EXPECT_EQ(swt_keyring_set_signer(ring, key.get(), test::view("signer")), SWT_OK);
  EXPECT_EQ(swt_engine_set_keyring(engine.get(), ring), SWT_OK);
  swt_keyring_free(ring);
  int number = 0;
  for (int i = 0; i < 5; ++i) {
    sweep_once(
        [&] {
          // Another name each time, without an allocation of the test's own.
          char kid[] = "a-key-that-got-out-and-must-die-0000";
          std::to_chars(std::end(kid) - 5, std::end(kid) - 1, 1000 + number++);
          return swt_engine_kill_key(engine.get(), swt_text(kid));
        },
        is_fair);
  }
}

TEST_P(OutOfMemory, AnEngineIsMade) {
  const test::Key key = test::new_key();
  const test::Config config = test::new_config();
  sweep(
      [&] {
        swt_engine* engine = nullptr;
        const swt_status status = swt_engine_new(config.get(), &engine);
        swt_engine_free(engine);
        return status;
      },
      is_fair, 1);
}

TEST_P(OutOfMemory, AskingARedis) {
  const test::FakeRedis redis(test::answers(test::script_reply(1)));
  const std::string url = redis.url();
  const test::Store store = test::redis_store(url);
  const test::EngineHandle engine = test::engine_of(test::new_key().get(), store.get());
  sweep_once([&] { return swt_revoke(engine.get(), test::view("c94dc9c9-fcf8-4396-8aca-66b911000d9c")); }, is_fair);
  sweep_once([&] { return test::log_in(engine.get()).status; }, is_fair);
  sweep_once(
      [&] {
        swt_store* opened = nullptr;
        const swt_status status = swt_store_redis_open(test::view(url), nullptr, &opened);
        swt_store_free(opened);
        return status;
      },
      is_fair);
  EXPECT_EQ(swt_store_ping(store.get()), SWT_OK) << "it goes on afterwards: " << swt_last_error_message();
}

INSTANTIATE_TEST_SUITE_P(Memory, OutOfMemory, testing::Bool(),
                         [](const auto& info) { return info.param ? "FromThenOn" : "Once"; });

}  // namespace
}  // namespace swt

#endif  // not sanitized: the sanitizers have an allocator of their own
