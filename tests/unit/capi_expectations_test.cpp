// Audiences, issuers, subjects, leeway, age and login proofs in the requests of the C interface.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/recorder.h"

namespace swt {
namespace {

using test::text;
using test::view;

const swt_bytes kGivenEmpty = {reinterpret_cast<const uint8_t*>(""), 0};

swt_bytes_list list_of(const std::vector<swt_bytes>& items) { return {items.data(), items.size()}; }

class CapiExpectations : public testing::Test {
 protected:
  swt_status sign(const swt_sign_request& request) {
    swt_grant* grant = nullptr;
    const swt_status status = swt_sign(engine_.get(), &request, &grant);
    EXPECT_EQ(grant != nullptr, status == SWT_OK);
    grant_.reset(grant);
    return status;
  }
  swt_status sign_for(const std::vector<swt_bytes>& audiences) {
    swt_sign_request request = test::new_sign_request();
    request.audiences = list_of(audiences);
    return sign(request);
  }
  swt_status verify_for(const std::vector<swt_bytes>& audiences) {
    swt_verify_request request = test::new_verify_request(grant_.get());
    request.audiences = list_of(audiences);
    return test::verify(engine_.get(), request);
  }

  test::EngineHandle engine_ = test::new_engine();
  test::GrantHandle grant_;
};

TEST_F(CapiExpectations, OfAudiencesAreMetByOneOfThem) {
  EXPECT_EQ(sign_for({view("api"), view("admin")}), SWT_OK);
  EXPECT_EQ(verify_for({view("api")}), SWT_OK);
  EXPECT_EQ(verify_for({view("x"), view("admin")}), SWT_OK);
  EXPECT_EQ(verify_for({view("x")}), SWT_REJECTED_TOKEN_AUDIENCE);
  EXPECT_EQ(test::verify(engine_.get(), test::new_verify_request(grant_.get())), SWT_REJECTED_TOKEN_AUDIENCE)
      << "not given: the token must have none";
  EXPECT_EQ(sign(test::new_sign_request()), SWT_OK);
  EXPECT_EQ(test::verify(engine_.get(), test::new_verify_request(grant_.get())), SWT_OK);
  EXPECT_EQ(verify_for({view("api")}), SWT_REJECTED_TOKEN_AUDIENCE);
}

TEST_F(CapiExpectations, OfIssuerAndSubjectAreMet) {
  swt_sign_request login = test::new_sign_request();
  login.issuer = view("https://issuer");
  login.subject = view("user:7");
  ASSERT_EQ(sign(login), SWT_OK);
  const auto verify_with = [&](std::string_view issuer, std::string_view subject) {
    const swt_bytes issuers[] = {view("other"), view(issuer)};
    swt_verify_request request = test::new_verify_request(grant_.get());
    request.issuers = {issuers, 2};
    request.subject = view(subject);
    return test::verify(engine_.get(), request);
  };
  EXPECT_EQ(verify_with("https://issuer", "user:7"), SWT_OK);
  EXPECT_EQ(verify_with("https://Issuer", "user:7"), SWT_REJECTED_TOKEN_ISSUER);
  EXPECT_EQ(verify_with("https://issuer", "user:8"), SWT_REJECTED_TOKEN_SUBJECT);
  EXPECT_EQ(test::verify(engine_.get(), test::new_verify_request(grant_.get())), SWT_OK) << "not given: any";
}

// A list that was meant to say something must not say nothing.
TEST_F(CapiExpectations, InAListAreOneTo16Texts) {
  const std::vector<swt_bytes> most(16, view("api"));
  const std::vector<swt_bytes> too_many(17, view("api"));
  EXPECT_EQ(sign_for(most), SWT_OK);
  EXPECT_EQ(verify_for(most), SWT_OK);
  EXPECT_EQ(sign_for(too_many), SWT_ERR_ARGUMENT);
  ASSERT_EQ(sign_for({view("api")}), SWT_OK);
  EXPECT_EQ(verify_for(too_many), SWT_ERR_ARGUMENT);
  const swt_bytes item = view("api");
  const swt_bytes_list bad_lists[] = {{&item, 0}, {nullptr, 1}, {nullptr, SIZE_MAX}, {&item, SIZE_MAX}};
  for (const swt_bytes_list& bad : bad_lists) {
    swt_sign_request login = test::new_sign_request();
    login.audiences = bad;
    const test::GrantHandle good = test::sign(engine_.get());
    swt_grant* none = nullptr;
    EXPECT_EQ(swt_sign(engine_.get(), &login, &none), SWT_ERR_ARGUMENT) << bad.count;
    for (const auto field : {&swt_verify_request::audiences, &swt_verify_request::issuers}) {
      swt_verify_request request = test::new_verify_request(good.get());
      request.*field = bad;
      EXPECT_EQ(test::verify(engine_.get(), request), SWT_ERR_ARGUMENT) << bad.count;
    }
  }
}

TEST_F(CapiExpectations, InAListAreTexts) {
  ASSERT_EQ(sign_for({view("api")}), SWT_OK);
  const std::string longer(257, 'x');
  for (const swt_bytes bad : {swt_bytes{nullptr, 0}, kGivenEmpty, swt_bytes{nullptr, 3}, view(longer), view("\xff")}) {
    EXPECT_EQ(verify_for({view("api"), bad}), SWT_ERR_ARGUMENT);
    const swt_bytes items[] = {view("x"), bad};
    swt_verify_request request = test::new_verify_request(grant_.get());
    request.issuers = {items, 2};
    EXPECT_EQ(test::verify(engine_.get(), request), SWT_ERR_ARGUMENT);
  }
  for (const swt_bytes bad : {swt_bytes{nullptr, 0}, kGivenEmpty, swt_bytes{nullptr, 3}, view(longer), view("\xff")}) {
    EXPECT_EQ(sign_for({view("api"), bad}), SWT_ERR_ARGUMENT);
  }
}

TEST_F(CapiExpectations, ThatAreGivenAndEmptyAreErrors) {
  ASSERT_EQ(sign(test::new_sign_request()), SWT_OK);
  swt_verify_request request = test::new_verify_request(grant_.get());
  request.subject = kGivenEmpty;
  EXPECT_EQ(test::verify(engine_.get(), request), SWT_ERR_ARGUMENT);
  const std::pair<swt_bytes swt_sign_request::*, swt_status> fields[] = {
      {&swt_sign_request::issuer, SWT_ERR_ARGUMENT}, {&swt_sign_request::subject, SWT_ERR_ARGUMENT},
      {&swt_sign_request::proof, SWT_ERR_ARGUMENT},  {&swt_sign_request::method, SWT_ERR_ARGUMENT},
      {&swt_sign_request::url, SWT_ERR_ARGUMENT},    {&swt_sign_request::client_key_jwk, SWT_ERR_CLIENT_KEY}};
  for (const auto& [field, wanted] : fields) {
    swt_sign_request login = test::new_sign_request();
    login.*field = kGivenEmpty;
    EXPECT_EQ(sign(login), wanted);
    login.*field = {nullptr, 4};
    EXPECT_EQ(sign(login), SWT_ERR_ARGUMENT);
    login.*field = {nullptr, 0};
    EXPECT_EQ(sign(login), SWT_OK);
  }
}

TEST_F(CapiExpectations, OfTimeAreInTheirRanges) {
  ASSERT_EQ(sign(test::new_sign_request()), SWT_OK);
  const auto verify_with = [&](int64_t leeway_s, int64_t max_age_s, int64_t now_s = test::kNowS) {
    swt_verify_request request = test::new_verify_request(grant_.get());
    request.leeway_s = leeway_s;
    request.max_age_s = max_age_s;
    request.now_ms = now_s * 1000;
    return test::verify(engine_.get(), request);
  };
  EXPECT_EQ(verify_with(0, 0), SWT_OK);
  EXPECT_EQ(verify_with(300, 9007199254740991), SWT_OK);
  for (const int64_t bad : {int64_t{-1}, int64_t{301}, INT64_MIN, INT64_MAX}) {
    EXPECT_EQ(verify_with(bad, 0), SWT_ERR_ARGUMENT) << bad;
  }
  for (const int64_t bad : {int64_t{-1}, int64_t{9007199254740992}, INT64_MIN, INT64_MAX}) {
    EXPECT_EQ(verify_with(0, bad), SWT_ERR_ARGUMENT) << bad;
  }
  EXPECT_EQ(verify_with(0, 0, test::kNowS + 900), SWT_REJECTED_TOKEN_EXPIRED);
  EXPECT_EQ(verify_with(1, 0, test::kNowS + 900), SWT_OK);
  EXPECT_EQ(verify_with(0, 60, test::kNowS + 60), SWT_OK);
  EXPECT_EQ(verify_with(0, 60, test::kNowS + 61), SWT_REJECTED_TOKEN_AGE);
}

TEST_F(CapiExpectations, OfALoginsProofAreMet) {
  const test::ClientKey client;
  test::ProofFields fields;
  fields.url = "https://app.example/login";
  fields.method = "POST";
  const std::string proof = make_proof(client, fields);
  swt_sign_request login = test::new_sign_request();
  login.proof = view(proof);
  EXPECT_EQ(sign(login), SWT_REJECTED_PROOF_LEGACY) << "there is nothing to compare it with";
  login.method = view("POST");
  EXPECT_EQ(sign(login), SWT_ERR_ARGUMENT);
  login.url = view("/login");
  login.host = view("evil.example");
  EXPECT_EQ(sign(login), SWT_REJECTED_PROOF_URL);
  login.host = view("app.example");
  EXPECT_EQ(sign(login), SWT_OK);
  const std::string other = test::ClientKey().jwk();
  login.client_key_jwk = view(other);
  EXPECT_EQ(sign(login), SWT_REJECTED_PROOF_BINDING);
}

}  // namespace
}  // namespace swt
