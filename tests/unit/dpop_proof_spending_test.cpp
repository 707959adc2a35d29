// What a proof is spent under: the same for everything that is the same proof, another for every other.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "support/client_key.h"
#include "support/der.h"
#include "support/proof.h"
#include "support/text.h"

namespace swt {
namespace {

using test::make_proof;
using test::ProofFields;

using SpendId = std::array<uint8_t, 16>;

const test::ClientKey& client() {
  static const test::ClientKey key;
  return key;
}

std::optional<SpendId> spend_id(const test::ClientKey& key, std::string_view proof, const ProofFields& request = {}) {
  const std::string thumbprint = key.thumbprint();
  ProofExpectation expected = test::expectation_for(thumbprint);
  expected.method = request.method;
  expected.target.url = request.url;
  expected.accept_legacy = true;
  const auto checked = check_proof(proof, expected);
  if (!checked) return std::nullopt;
  return checked->id;
}

std::optional<SpendId> spend_id(const ProofFields& fields) {
  return spend_id(client(), make_proof(client(), fields), fields);
}

ProofFields fields_with(std::string_view jti) {
  ProofFields fields;
  fields.jti = jti;
  return fields;
}

TEST(SpentProof, IsTheSameOneEachTimeItComes) {
  for (const std::string_view jti : {"proof-1", ""}) {
    const std::string proof = make_proof(client(), fields_with(jti));
    const auto id = spend_id(client(), proof);
    ASSERT_TRUE(id);
    EXPECT_EQ(spend_id(client(), proof), id);
  }
}

TEST(SpentProof, IsTheSameOneInAnotherWrapping) {
  for (const std::string_view jti : {"proof-1", ""}) {
    const std::string payload = fields_with(jti).payload();
    const std::string signature = client().sign(payload);
    const auto id = spend_id(client(), test::proof_of(client().jwk(), payload, signature));
    ASSERT_TRUE(id);
    const std::string other_jwk = test::replaced(client().jwk(), "}", R"(,"kid":"x"})");
    EXPECT_EQ(spend_id(client(), test::proof_of(other_jwk, payload, signature)), id);
    EXPECT_EQ(spend_id(client(), test::base64url_of(test::envelope_of(client().jwk(), payload, signature) + "  ")), id);
  }
}

// (r, n - s) is a good signature too, and anybody can make it of (r, s).
TEST(SpentProof, IsTheSameOneWithItsTwinSignature) {
  for (const std::string_view jti : {"proof-1", ""}) {
    const std::string payload = fields_with(jti).payload();
    const std::string signature = client().sign(payload);
    const auto id = spend_id(client(), test::proof_of(client().jwk(), payload, signature));
    ASSERT_TRUE(id);
    EXPECT_EQ(spend_id(client(), test::proof_of(client().jwk(), payload, test::twin_of(signature))), id);
  }
}

TEST(SpentProof, WithTheSameJtiIsTheSameOneWhenSignedAnew) {
  ProofFields later;
  later.timestamp += 5;
  EXPECT_EQ(spend_id(ProofFields()), spend_id(later));
}

TEST(SpentProof, WithAnotherJtiIsAnother) {
  EXPECT_NE(spend_id(fields_with("proof-1")), spend_id(fields_with("proof-2")));
}

TEST(SpentProof, ForAnotherMethodOrUrlIsAnother) {
  ProofFields post;
  post.method = "POST";
  ProofFields elsewhere;
  elsewhere.url = "/api/other";
  ASSERT_TRUE(spend_id(post) && spend_id(elsewhere));
  EXPECT_NE(spend_id(ProofFields()), spend_id(post));
  EXPECT_NE(spend_id(ProofFields()), spend_id(elsewhere));
  EXPECT_NE(spend_id(post), spend_id(elsewhere));
}

TEST(SpentProof, ByAnotherKeyIsAnother) {
  const test::ClientKey other;
  EXPECT_NE(spend_id(ProofFields()), spend_id(other, make_proof(other)));
}

// WebCrypto's signatures are random, so two honest requests of one second differ in r.
TEST(SpentProof, WithoutJtiSignedTwiceIsTwo) {
  const auto first = spend_id(fields_with(""));
  ASSERT_TRUE(first);
  EXPECT_NE(first, spend_id(fields_with("")));
}

// Lengths go in, so that nothing can be moved from one part to the next.
TEST(SpentProof, IsNotMistakenForOneWithItsPartsCutElsewhere) {
  ProofFields one;
  one.method = "GET";
  one.url = "/a";
  one.jti = "1x";
  ProofFields two = one;
  two.url = "/a1";
  two.jti = "x";
  EXPECT_NE(spend_id(one), spend_id(two));
  ProofFields three = one;
  three.method = "GET/";
  three.url = "/a";
  ProofFields four = one;
  four.url = "//a";  // refused as a url
  EXPECT_TRUE(spend_id(three));
  EXPECT_NE(spend_id(one), spend_id(three));
  EXPECT_FALSE(spend_id(four));
}

// A node whose clock is fast may accept it first, and one whose clock is slow last.
TEST(SpentProof, IsRememberedForAsLongAsAnyNodeMightTakeIt) {
  EXPECT_GE(kSpentProofLifeS, kProofPastS + kProofFutureS + 2 * kClockErrorS);
  EXPECT_GE(kSpentProofLifeS, kProofPastS + kLegacyProofFutureS + 2 * kClockErrorS);
}

}  // namespace
}  // namespace swt
