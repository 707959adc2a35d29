// What a proof proves: this key, this request, this token, now.
#include <gtest/gtest.h>

#include <string>

#include "dpop/proof.h"
#include "support/client_key.h"
#include "support/der.h"
#include "support/outcome.h"
#include "support/proof.h"
#include "support/text.h"

namespace swt {
namespace {

using test::expectation_for;
using test::kNowS;
using test::make_proof;
using test::ProofFields;

const test::ClientKey& client() {
  static const test::ClientKey key;
  return key;
}

ProofExpectation expected() {
  static const std::string thumbprint = client().thumbprint();
  return expectation_for(thumbprint);
}

Status check(std::string_view proof, const ProofExpectation& what = expected()) {
  return test::status_of(check_proof(proof, what));
}

Status check_at_age(int64_t age_s, const ProofFields& fields, bool accept_legacy) {
  ProofExpectation what = expected();
  what.accept_legacy = accept_legacy;
  ProofFields dated = fields;
  dated.timestamp = kNowS - age_s;
  return check(make_proof(client(), dated), what);
}

ProofFields without_jti() {
  ProofFields fields;
  fields.jti = "";
  return fields;
}

TEST(Proof, OfTheTokensKeyForThisRequestIsAccepted) {
  const auto proof = check_proof(make_proof(client()), expected());
  ASSERT_TRUE(proof);
  EXPECT_FALSE(proof->without_jti);
  EXPECT_FALSE(proof->not_compared);
}

TEST(Proof, ByAnotherKeyThanTheTokensIsRefused) {
  const test::ClientKey thief;
  EXPECT_EQ(check(make_proof(thief)), Status::proof_binding);
}

TEST(Proof, OfTheTokensKeySignedByAnotherIsRefused) {
  const test::ClientKey thief;
  const std::string payload = ProofFields().payload();
  EXPECT_EQ(check(test::proof_of(client().jwk(), payload, thief.sign(payload))), Status::proof_signature);
}

TEST(Proof, WhosePayloadIsNotWhatWasSignedIsRefused) {
  const std::string payload = ProofFields().payload();
  const std::string signature = client().sign(payload);
  EXPECT_EQ(check(test::proof_of(client().jwk(), payload, signature)), Status::ok);
  EXPECT_EQ(check(test::proof_of(client().jwk(), payload + ' ', signature)), Status::proof_signature);
  EXPECT_EQ(check(test::proof_of(client().jwk(), test::replaced(payload, "proof-1", "proof-2"), signature)),
            Status::proof_signature);
}

TEST(Proof, SignedOverAnotherHashOrInAnotherFormIsRefused) {
  const std::string payload = ProofFields().payload();
  const auto with = [&](std::string_view signature) {
    return check(test::proof_of(client().jwk(), payload, signature));
  };
  const std::string signature = client().sign(payload);
  const auto [r, s] = test::numbers_of(signature);
  EXPECT_EQ(with(signature), Status::ok);
  EXPECT_EQ(with(test::twin_of(signature)), Status::ok) << "of 3.0.1's signatures half are in the upper half";
  EXPECT_EQ(with(client().sign(payload, EVP_sha1())), Status::proof_signature);
  EXPECT_EQ(with(client().sign(payload, EVP_sha512())), Status::proof_signature);
  EXPECT_EQ(with(r + s), Status::proof_signature);
  EXPECT_EQ(with(signature + '\0'), Status::proof_signature);
  EXPECT_EQ(with(test::der_signature(std::string(1, '\0'), std::string(1, '\0'))), Status::proof_signature);
  EXPECT_EQ(with(std::string(1000, 'x')), Status::proof_signature);
}

TEST(Proof, BoundToAThumbprintThatOnlyResemblesIsRefused) {
  const std::string thumbprint = client().thumbprint();
  std::string upper = thumbprint;
  for (char& c : upper) c = static_cast<char>(toupper(c));
  for (const std::string& other : {std::string(), thumbprint.substr(0, 42), thumbprint.substr(1), thumbprint + '=',
                                   thumbprint + 'A', upper, std::string(43, 'A')}) {
    EXPECT_EQ(check(make_proof(client()), expectation_for(other)), Status::proof_binding) << other;
  }
}

TEST(Proof, ForAnotherMethodIsRefused) {
  for (const std::string_view method : {"POST", "get", "Get", "HEAD", "GET ", "GE", "GETT", "TRACE", "OPTIONS"}) {
    ProofFields fields;
    fields.method = method;
    EXPECT_EQ(check(make_proof(client(), fields)), Status::proof_method) << method;
    ProofExpectation what = expected();
    what.method = method;
    EXPECT_EQ(check(make_proof(client()), what), Status::proof_method) << method;
    EXPECT_EQ(check(make_proof(client(), fields), what), Status::ok) << "both " << method;
  }
}

TEST(Proof, ForAnotherUrlIsRefused) {
  for (const std::string_view url :
       {"/api/admin", "/", "/api/profile/", "/api/profile?x=1", "https://evil.example/api/admin", "*", "x"}) {
    ProofFields fields;
    fields.url = url;
    EXPECT_EQ(check(make_proof(client(), fields)), Status::proof_url) << url;
  }
}

TEST(Proof, ForAnotherHostIsRefused) {
  ProofFields fields;
  fields.url = "https://app.example/api/profile";
  ProofExpectation what = expected();
  what.target.host = "app.example";
  EXPECT_EQ(check(make_proof(client(), fields), what), Status::ok);
  what.target.host = "evil.example";
  EXPECT_EQ(check(make_proof(client(), fields), what), Status::proof_url);
}

TEST(Proof, IsGoodFor300Seconds) {
  EXPECT_EQ(check_at_age(0, {}, false), Status::ok);
  EXPECT_EQ(check_at_age(299, {}, false), Status::ok);
  EXPECT_EQ(check_at_age(300, {}, false), Status::ok);
  EXPECT_EQ(check_at_age(301, {}, false), Status::proof_time);
}

TEST(Proof, MayBeDated60SecondsAhead) {
  EXPECT_EQ(check_at_age(-1, {}, false), Status::ok);
  EXPECT_EQ(check_at_age(-60, {}, false), Status::ok);
  EXPECT_EQ(check_at_age(-61, {}, false), Status::proof_time);
  EXPECT_EQ(check_at_age(-300, {}, false), Status::proof_time);
}

TEST(Proof, WithJtiHasNoMoreTimeWhereLegacyIsAccepted) {
  EXPECT_EQ(check_at_age(-60, {}, true), Status::ok);
  EXPECT_EQ(check_at_age(-61, {}, true), Status::proof_time);
}

TEST(Proof, WithoutJtiIsAcceptedOnlyWhereLegacyIs) {
  EXPECT_EQ(check_at_age(0, without_jti(), false), Status::proof_legacy);
  EXPECT_EQ(check_at_age(0, without_jti(), true), Status::ok);
}

TEST(Proof, WithoutJtiMayBeDated300SecondsAhead) {
  EXPECT_EQ(check_at_age(300, without_jti(), true), Status::ok);
  EXPECT_EQ(check_at_age(301, without_jti(), true), Status::proof_time);
  EXPECT_EQ(check_at_age(-300, without_jti(), true), Status::ok);
  EXPECT_EQ(check_at_age(-301, without_jti(), true), Status::proof_time);
}

TEST(Proof, WithoutJtiSaysSo) {
  ProofExpectation what = expected();
  what.accept_legacy = true;
  const auto proof = check_proof(make_proof(client(), without_jti()), what);
  ASSERT_TRUE(proof);
  EXPECT_TRUE(proof->without_jti);
  EXPECT_FALSE(proof->not_compared);
}

TEST(Proof, IsComparedWithNothingOnlyWhereLegacyIsAccepted) {
  ProofExpectation what = expected();
  what.method = "";
  what.target.url = "";
  EXPECT_EQ(check(make_proof(client()), what), Status::proof_legacy);
  what.accept_legacy = true;
  const auto proof = check_proof(make_proof(client()), what);
  ASSERT_TRUE(proof);
  EXPECT_TRUE(proof->not_compared);
  EXPECT_FALSE(proof->without_jti);
}

TEST(Proof, ThatIsComparedWithNothingIsStillCheckedOtherwise) {
  ProofExpectation what = expected();
  what.method = "";
  what.target.url = "";
  what.accept_legacy = true;
  ProofFields old;
  old.timestamp = kNowS - 301;
  EXPECT_EQ(check(make_proof(client(), old), what), Status::proof_time);
  const std::string payload = ProofFields().payload();
  EXPECT_EQ(check(test::proof_of(client().jwk(), payload, test::ClientKey().sign(payload)), what),
            Status::proof_signature);
}

// One browser with two accounts has one key and two tokens.
TEST(Proof, MadeForAnotherTokenIsRefused) {
  ProofFields fields;
  fields.ath = test::base64url_of(test::sha256_of("token.of.request"));
  ProofExpectation what = expected();
  EXPECT_EQ(check(make_proof(client(), fields), what), Status::ok);
  what.token = "token.of.somebody";
  EXPECT_EQ(check(make_proof(client(), fields), what), Status::proof_token);
}

TEST(Proof, WithAnAthThatIsNoHashIsRefused) {
  for (const std::string_view ath : {"x", "token.of.request", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4J"}) {
    ProofFields fields;
    fields.ath = ath;
    EXPECT_EQ(check(make_proof(client(), fields)), Status::proof_malformed) << ath;
  }
}

TEST(Proof, IsJudgedAtTheEndsOfTime) {
  ProofFields last;
  last.timestamp = 9007199254740991;
  ProofExpectation what = expected();
  what.now_s = 9007199254740991;
  EXPECT_EQ(check(make_proof(client(), last), what), Status::ok);
  what.now_s = 0;
  EXPECT_EQ(check(make_proof(client(), last), what), Status::proof_time);
  ProofFields first;
  first.timestamp = 0;
  EXPECT_EQ(check(make_proof(client(), first), what), Status::ok);
  what.now_s = 9007199254740991;
  EXPECT_EQ(check(make_proof(client(), first), what), Status::proof_time);
}

}  // namespace
}  // namespace swt
