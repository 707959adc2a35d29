// Lengths that nothing has: sizes are checked before a byte is read. Each text below is one page of memory behind which
// there is nothing, so reading past it ends the program.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "support/capi.h"
#include "support/sessions.h"

namespace swt {
namespace {

using test::view;

// The last bytes of readable memory, filled with one character.
class LastBytes {
 public:
  explicit LastBytes(char fill) : page_(static_cast<size_t>(sysconf(_SC_PAGESIZE))) {
    void* mapped = mmap(nullptr, 2 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    test::require(mapped != MAP_FAILED, "memory");
    start_ = static_cast<uint8_t*>(mapped);
    std::memset(start_, fill, page_);
    test::require(mprotect(start_ + page_, page_, PROT_NONE) == 0, "a page that nobody may read");
  }
  ~LastBytes() { munmap(start_, 2 * page_); }
  LastBytes(const LastBytes&) = delete;
  LastBytes& operator=(const LastBytes&) = delete;

  // Claims to be as long as that, and has 16 bytes.
  swt_bytes claiming(size_t len) const { return {start_ + page_ - 16, len}; }

 private:
  size_t page_;
  uint8_t* start_ = nullptr;
};

constexpr size_t kLengths[] = {size_t{1} << 20,       (size_t{1} << 31) - 1, size_t{1} << 31, (size_t{1} << 31) + 1,
                               (size_t{1} << 32) + 1, SIZE_MAX / 2,          SIZE_MAX - 1,    SIZE_MAX};

TEST(CapiLengths, OfASecret) {
  const LastBytes text('s');
  for (const size_t len : kLengths) {
    swt_key* key = nullptr;
    EXPECT_EQ(swt_key_new_secret(text.claiming(len), {nullptr, 0}, 0, &key), SWT_ERR_KEY) << len;
    EXPECT_EQ(swt_key_new_secret(view(test::kSecret), text.claiming(len), 0, &key), SWT_ERR_KEY) << len;
    EXPECT_EQ(key, nullptr);
  }
}

TEST(CapiLengths, OfWhatIsSigned) {
  const test::EngineHandle engine = test::new_engine();
  const LastBytes text('{');
  for (const size_t len : kLengths) {
    swt_grant* grant = nullptr;
    swt_sign_request request = test::new_sign_request();
    request.data_json = text.claiming(len);
    EXPECT_EQ(swt_sign(engine.get(), &request, &grant), SWT_ERR_DATA_TOO_LARGE) << len;
    request = test::new_sign_request();
    request.client_key_jwk = text.claiming(len);
    EXPECT_EQ(swt_sign(engine.get(), &request, &grant), SWT_ERR_CLIENT_KEY) << len;
    EXPECT_EQ(grant, nullptr);
  }
}

TEST(CapiLengths, OfWhatIsVerified) {
  const test::EngineHandle engine = test::new_engine();
  const test::GrantHandle grant = test::sign(engine.get());
  const LastBytes text('a');
  const auto verify = [&](const swt_verify_request& request) {
    swt_claims* claims = nullptr;
    const swt_status status = swt_verify(engine.get(), &request, &claims);
    EXPECT_EQ(claims != nullptr, status == SWT_OK);
    swt_claims_free(claims);
    return status;
  };
  for (const size_t len : kLengths) {
    swt_verify_request request = test::new_verify_request(grant.get());
    request.token = text.claiming(len);
    EXPECT_EQ(verify(request), SWT_REJECTED_TOKEN_MALFORMED) << len;
    request = test::new_verify_request(grant.get());
    request.session_id = text.claiming(len);
    EXPECT_EQ(verify(request), SWT_REJECTED_SESSION_REVOKED) << len;
    request = test::new_verify_request(grant.get());
    request.proof = request.method = request.url = request.host = text.claiming(len);
    EXPECT_EQ(verify(request), SWT_OK) << len << ": an unbound token leaves them unread";
  }
}

TEST(CapiLengths, OfAProofAndWhatItIsComparedWith) {
  const test::EngineHandle engine = test::new_engine();
  const test::ClientKey client;
  const std::string jwk = client.jwk();
  swt_sign_request login = test::new_sign_request();
  login.client_key_jwk = view(jwk);
  const test::GrantHandle grant = test::sign(engine.get(), login);
  const std::string proof = test::make_proof(client);
  const LastBytes text('a');
  const auto verify = [&](swt_bytes swt_verify_request::*member, size_t len) {
    swt_verify_request request = test::new_verify_request(grant.get());
    request.proof = view(proof);
    request.method = view("GET");
    request.url = view("/api/profile");
    request.host = view("h");
    if (member != nullptr) request.*member = text.claiming(len);
    swt_claims* claims = nullptr;
    const swt_status status = swt_verify(engine.get(), &request, &claims);
    swt_claims_free(claims);
    return status;
  };
  for (const size_t len : kLengths) {
    EXPECT_EQ(verify(&swt_verify_request::proof, len), SWT_REJECTED_PROOF_MALFORMED) << len;
    EXPECT_EQ(verify(&swt_verify_request::method, len), SWT_REJECTED_PROOF_METHOD) << len;
    EXPECT_EQ(verify(&swt_verify_request::url, len), SWT_REJECTED_PROOF_URL) << len;
    EXPECT_EQ(verify(&swt_verify_request::host, len), SWT_REJECTED_PROOF_URL) << len;
  }
  EXPECT_EQ(verify(nullptr, 0), SWT_OK);
}

TEST(CapiLengths, OfSessionsAndTheirIds) {
  const test::EngineHandle engine = test::new_engine();
  const LastBytes text('a');
  for (const size_t len : kLengths) {
    EXPECT_EQ(swt_revoke(engine.get(), text.claiming(len)), SWT_OK) << "what cannot exist is not there: " << len;
    swt_pending* pending = nullptr;
    EXPECT_EQ(swt_register_begin(text.claiming(len), &pending), SWT_ERR_ARGUMENT) << len;
    EXPECT_EQ(pending, nullptr);
    ASSERT_EQ(swt_revoke_begin(text.claiming(len), &pending), SWT_OK);
    EXPECT_EQ(swt_pending_needs_store(pending), 0);
    swt_pending_free(pending);
    ASSERT_EQ(swt_lookup_begin(text.claiming(len), &pending), SWT_OK);
    EXPECT_EQ(swt_pending_needs_store(pending), 0);
    swt_pending_free(pending);
  }
}

TEST(CapiLengths, OfPrefixesAndReplies) {
  const LastBytes text('a');
  for (const size_t len : kLengths) {
    swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
    options.prefix = text.claiming(len);
    EXPECT_EQ(swt_redis_options_check(&options), SWT_ERR_ARGUMENT) << len;
    options.prefix = {nullptr, 0};
    options.client_key_prefix = text.claiming(len);
    EXPECT_EQ(swt_redis_options_check(&options), SWT_ERR_ARGUMENT) << len;

    for (int place = 0; place < 3; ++place) {
      swt_pending* pending = nullptr;
      ASSERT_EQ(swt_lookup_begin(view(test::kSessionId), &pending), SWT_OK);
      swt_bytes parts[] = {view("1"), view("{}"), view("1800000000000")};
      parts[place] = text.claiming(len);
      EXPECT_EQ(swt_pending_answer(pending, parts, 3), SWT_OK) << len;
      swt_session* session = nullptr;
      EXPECT_EQ(swt_lookup_complete(pending, &session), SWT_UNAVAILABLE_PROTOCOL) << len << " at " << place;
      EXPECT_EQ(session, nullptr);
      swt_pending_free(pending);
    }
  }
}

TEST(CapiLengths, OfAClientsKey) {
  const LastBytes text('{');
  char thumbprint[SWT_THUMBPRINT_LEN + 1];
  for (const size_t len : kLengths) {
    std::memset(thumbprint, 'x', sizeof(thumbprint));
    EXPECT_EQ(swt_jwk_thumbprint(text.claiming(len), thumbprint), SWT_ERR_CLIENT_KEY) << len;
    EXPECT_EQ(std::string(thumbprint, sizeof(thumbprint)), std::string(sizeof(thumbprint), '\0'));
  }
}

TEST(CapiLengths, WithoutDataAreErrors) {
  const swt_bytes nowhere = {nullptr, 1};
  swt_key* key = nullptr;
  EXPECT_EQ(swt_key_new_secret(nowhere, {nullptr, 0}, 0, &key), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_key_new_secret(view(test::kSecret), nowhere, 0, &key), SWT_ERR_ARGUMENT);
  const test::EngineHandle engine = test::new_engine();
  swt_grant* grant = nullptr;
  swt_sign_request sign = test::new_sign_request();
  sign.data_json = nowhere;
  EXPECT_EQ(swt_sign(engine.get(), &sign, &grant), SWT_ERR_ARGUMENT);
  sign = test::new_sign_request();
  sign.client_key_jwk = nowhere;
  EXPECT_EQ(swt_sign(engine.get(), &sign, &grant), SWT_ERR_ARGUMENT);
  for (const auto member : {&swt_verify_request::token, &swt_verify_request::session_id, &swt_verify_request::proof,
                            &swt_verify_request::method, &swt_verify_request::url, &swt_verify_request::host}) {
    swt_verify_request verify = SWT_VERIFY_REQUEST_INIT;
    verify.*member = nowhere;
    swt_claims* claims = nullptr;
    EXPECT_EQ(swt_verify(engine.get(), &verify, &claims), SWT_ERR_ARGUMENT);
  }
  EXPECT_EQ(swt_revoke(engine.get(), nowhere), SWT_ERR_ARGUMENT);
  swt_pending* pending = nullptr;
  EXPECT_EQ(swt_revoke_begin(nowhere, &pending), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_register_begin(nowhere, &pending), SWT_ERR_ARGUMENT);
  EXPECT_EQ(swt_lookup_begin(nowhere, &pending), SWT_ERR_ARGUMENT);
  EXPECT_EQ(pending, nullptr);
  swt_redis_options options = SWT_REDIS_OPTIONS_INIT;
  options.prefix = nowhere;
  EXPECT_EQ(swt_redis_options_check(&options), SWT_ERR_ARGUMENT);
  char thumbprint[SWT_THUMBPRINT_LEN + 1];
  EXPECT_EQ(swt_jwk_thumbprint(nowhere, thumbprint), SWT_ERR_ARGUMENT);
}

}  // namespace
}  // namespace swt
