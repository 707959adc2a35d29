// Which keys a ring takes, which of them signs, and with which a token is tried.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/key_pair.h"
#include "support/outcome.h"
#include "support/pem_key.h"
#include "support/ring.h"
#include "token/key_ring.h"

namespace swt {
namespace {

using test::ec_key;
using test::ec_public_key;
using test::rsa_key;
using test::secret_key;
using test::status_of;
using Ids = std::vector<std::string>;

constexpr int64_t kNowS = 1800000000;
constexpr int64_t kNowMs = kNowS * 1000;

TokenHeader header(Algorithm algorithm, std::string id = "") {
  return {algorithm, std::move(id), TokenType::access, kNowS + 900};
}

// The kids of the keys that a token with this header is tried with.
Ids tried(const KeyRing& ring, const TokenHeader& of, int64_t now_s = kNowS) {
  Ids ids;
  const Result<KeyRing::Candidates> found = ring.candidates(of, now_s);
  for (size_t i = 0; found && i < found->count; ++i) ids.push_back(found->keys[i]->id);
  return ids;
}

Status refusal(const KeyRing& ring, const TokenHeader& of, int64_t now_s = kNowS) {
  return status_of(ring.candidates(of, now_s));
}

KeyRing ring_of(int secrets) {
  KeyRing ring;
  EXPECT_TRUE(ring.set_signer(secret_key(0), "k0"));
  for (int i = 1; i < secrets; ++i) EXPECT_TRUE(ring.accept(secret_key(i), 'k' + std::to_string(i), kNoEnd));
  return ring;
}

TEST(KeyRing, SignsWithItsSignerWheneverThatWasSet) {
  KeyRing ring;
  EXPECT_TRUE(ring.empty());
  EXPECT_TRUE(ring.accept(secret_key(1), "old", kNoEnd));
  EXPECT_TRUE(ring.set_signer(secret_key(2), "new"));
  EXPECT_FALSE(ring.empty());
  ASSERT_TRUE(ring.signer());
  EXPECT_EQ((*ring.signer())->id, "new");
  EXPECT_EQ(tried(ring, header(Algorithm::hs256)), (Ids{"new", "old"})) << "the signer is tried first";
}

TEST(KeyRing, WithoutASignerSignsNothing) {
  KeyRing ring;
  EXPECT_EQ(status_of(ring.signer()), Status::state);
  EXPECT_TRUE(ring.accept(secret_key(1), "old", kNoEnd));
  EXPECT_EQ(status_of(ring.signer()), Status::state) << "a key that is accepted is not one that signs";
}

TEST(KeyRing, HasOneSigner) {
  KeyRing ring = ring_of(1);
  EXPECT_EQ(status_of(ring.set_signer(secret_key(1), "second")), Status::state);
  EXPECT_EQ((*ring.signer())->id, "k0");
}

TEST(KeyRing, TakesNoPublicKeyAsSigner) {
  KeyRing ring;
  EXPECT_EQ(status_of(ring.set_signer(ec_public_key(), "k")), Status::key);
  EXPECT_TRUE(ring.empty());
  EXPECT_TRUE(ring.accept(ec_public_key(), "k", kNoEnd)) << "its tokens may be accepted";
  EXPECT_TRUE(ring.set_signer(ec_key(), "private"));
}

TEST(KeyRing, TakesEachKidOnce) {
  KeyRing ring = ring_of(2);
  EXPECT_EQ(status_of(ring.accept(secret_key(5), "k0", kNoEnd)), Status::key_id);
  EXPECT_EQ(status_of(ring.accept(ec_key(), "k1", kNoEnd)), Status::key_id) << "of another kind too";
  EXPECT_TRUE(ring.accept(secret_key(5), "K0", kNoEnd)) << "compared byte for byte";
  KeyRing other;
  EXPECT_TRUE(other.accept(secret_key(1), "k", kNoEnd));
  EXPECT_EQ(status_of(other.set_signer(secret_key(2), "k")), Status::key_id);
  EXPECT_EQ(status_of(other.signer()), Status::state) << "and it did not become the signer";
}

TEST(KeyRing, TakesNoMalformedKid) {
  for (const std::string& bad : {std::string(), std::string("a b"), std::string("a\"b"), std::string("a\\b"),
                                 std::string("\xc3\xa9"), std::string("a\nb"), std::string(129, 'k')}) {
    KeyRing ring;
    EXPECT_EQ(status_of(ring.set_signer(secret_key(1), bad)), Status::key_id) << bad;
    EXPECT_EQ(status_of(ring.accept(secret_key(1), bad, kNoEnd)), Status::key_id) << bad;
    EXPECT_TRUE(ring.empty());
  }
  KeyRing ring;
  EXPECT_TRUE(ring.set_signer(secret_key(1), std::string(128, 'k')));
}

TEST(KeyRing, AcceptsAKeyUntilATimeAfter1970) {
  for (const int64_t bad : {int64_t{0}, int64_t{-1}, INT64_MIN}) {
    KeyRing ring;
    EXPECT_EQ(status_of(ring.accept(secret_key(1), "k", bad)), Status::argument) << bad;
    EXPECT_TRUE(ring.empty());
  }
  KeyRing ring;
  EXPECT_TRUE(ring.accept(secret_key(1), "k", 1));
}

TEST(KeyRing, HoldsFourSecretsAndFourPemKeys) {
  KeyRing ring = ring_of(4);
  EXPECT_EQ(status_of(ring.accept(secret_key(4), "k4", kNoEnd)), Status::state);
  EXPECT_TRUE(ring.accept(ec_key(), "ec", kNoEnd));
  EXPECT_TRUE(ring.accept(ec_public_key(), "ec-public", kNoEnd));
  EXPECT_TRUE(ring.accept(rsa_key(), "rsa", kNoEnd));
  EXPECT_TRUE(ring.accept(ec_key(), "again", kNoEnd));
  EXPECT_EQ(status_of(ring.accept(rsa_key(), "fifth", kNoEnd)), Status::state) << "RSA and EC are one kind";
  EXPECT_EQ(tried(ring, header(Algorithm::hs256)).size(), 4u);
  EXPECT_EQ(tried(ring, header(Algorithm::rs256)).size(), 4u);
}

TEST(KeyRing, TakesNoFifthKeyAsSignerEither) {
  KeyRing ring;
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(ring.accept(secret_key(i), 'k' + std::to_string(i), kNoEnd));
  EXPECT_EQ(status_of(ring.set_signer(secret_key(4), "k4")), Status::state);
  EXPECT_EQ(status_of(ring.signer()), Status::state);
  EXPECT_TRUE(ring.set_signer(ec_key(), "ec"));
}

TEST(KeyRing, TriesATokenWithTheKeyThatItNamesAndNoOther) {
  const KeyRing ring = ring_of(4);
  for (const std::string id : {"k0", "k1", "k2", "k3"}) {
    EXPECT_EQ(tried(ring, header(Algorithm::hs256, id)), Ids{id});
  }
}

TEST(KeyRing, KnowsNoKeyByAnotherName) {
  const KeyRing ring = ring_of(4);
  for (const std::string id : {"k4", "K0", "k", "k00", "k0 ", "none"}) {
    EXPECT_EQ(refusal(ring, header(Algorithm::hs256, id)), Status::token_key) << id;
  }
}

TEST(KeyRing, HoldsAKeyToItsAlgorithm) {
  KeyRing ring = ring_of(1);
  EXPECT_TRUE(ring.accept(ec_key(), "ec", kNoEnd));
  EXPECT_TRUE(ring.accept(rsa_key(), "rsa", kNoEnd));
  EXPECT_EQ(refusal(ring, header(Algorithm::rs256, "k0")), Status::token_algorithm);
  EXPECT_EQ(refusal(ring, header(Algorithm::es256, "k0")), Status::token_algorithm);
  EXPECT_EQ(refusal(ring, header(Algorithm::hs256, "ec")), Status::token_algorithm);
  EXPECT_EQ(refusal(ring, header(Algorithm::hs256, "rsa")), Status::token_algorithm);
  EXPECT_EQ(refusal(ring, header(Algorithm::es256, "rsa")), Status::token_algorithm);
  EXPECT_EQ(tried(ring, header(Algorithm::rs256, "ec")), Ids{"ec"}) << "3.0.1 writes RS256 over EC keys too";
  EXPECT_EQ(tried(ring, header(Algorithm::es256, "ec")), Ids{"ec"});
  EXPECT_EQ(tried(ring, header(Algorithm::rs256, "rsa")), Ids{"rsa"});
}

TEST(KeyRing, TriesATokenThatNamesNoKeyWithThoseOfItsAlgorithmInOrder) {
  KeyRing ring;
  EXPECT_TRUE(ring.accept(rsa_key(), "rsa", kNoEnd));
  EXPECT_TRUE(ring.accept(secret_key(1), "old", kNoEnd));
  EXPECT_TRUE(ring.accept(ec_key(), "ec", kNoEnd));
  EXPECT_TRUE(ring.accept(secret_key(2), "older", kNoEnd));
  EXPECT_TRUE(ring.set_signer(secret_key(0), "now"));
  EXPECT_EQ(tried(ring, header(Algorithm::hs256)), (Ids{"now", "old", "older"}));
  EXPECT_EQ(tried(ring, header(Algorithm::rs256)), (Ids{"rsa", "ec"}));
  EXPECT_EQ(tried(ring, header(Algorithm::es256)), Ids{"ec"});
}

TEST(KeyRing, OfOtherAlgorithmsSaysSo) {
  EXPECT_EQ(refusal(ring_of(2), header(Algorithm::rs256)), Status::token_algorithm);
  EXPECT_EQ(refusal(KeyRing(), header(Algorithm::rs256)), Status::token_key) << "it has no key at all";
}

TEST(KeyRing, AcceptsAKeyUntilItsDateAndNotAtIt) {
  KeyRing ring = ring_of(1);
  EXPECT_TRUE(ring.accept(secret_key(1), "old", kNowMs));
  for (const std::string id : {"old", ""}) {
    const TokenHeader token = header(Algorithm::hs256, id);
    EXPECT_EQ(tried(ring, token, kNowS - 1).back(), "old");
    EXPECT_EQ(tried(ring, token, kNowS), id.empty() ? Ids{"k0"} : Ids{});
    EXPECT_EQ(tried(ring, token, kNowS + 1), id.empty() ? Ids{"k0"} : Ids{});
  }
  EXPECT_EQ(refusal(ring, header(Algorithm::hs256, "old"), kNowS - 1), Status::ok);
  EXPECT_EQ(refusal(ring, header(Algorithm::hs256, "old"), kNowS), Status::token_key);
}

// Seconds are all that tokens know: within the last one the key is gone rather than still there.
TEST(KeyRing, AcceptsAKeyNotBeyondItsDateInMilliseconds) {
  KeyRing ring;
  EXPECT_TRUE(ring.accept(secret_key(1), "old", kNowMs + 999));
  EXPECT_EQ(refusal(ring, header(Algorithm::hs256, "old"), kNowS - 1), Status::ok);
  EXPECT_EQ(refusal(ring, header(Algorithm::hs256, "old"), kNowS), Status::token_key);
}

TEST(KeyRing, WithoutAnEndAcceptsAKeyForever) {
  KeyRing ring;
  EXPECT_TRUE(ring.accept(secret_key(1), "old", kNoEnd));
  EXPECT_EQ(refusal(ring, header(Algorithm::hs256, "old"), kMaxSafeInteger), Status::ok);
}

TEST(KeyRing, WithoutAKeyDoesNotKnowItAnyMore) {
  const KeyRing ring = ring_of(3);
  const KeyRing rest = ring.without("k1");
  EXPECT_FALSE(rest.has("k1"));
  EXPECT_EQ(refusal(rest, header(Algorithm::hs256, "k1")), Status::token_key);
  EXPECT_EQ(tried(rest, header(Algorithm::hs256)), (Ids{"k0", "k2"}));
  EXPECT_EQ((*rest.signer())->id, "k0");
  EXPECT_TRUE(ring.has("k1")) << "the ring itself is as it was";
}

TEST(KeyRing, WithoutItsSignerSignsNothingAndAcceptsTheOthers) {
  const KeyRing rest = ring_of(2).without("k0");
  EXPECT_EQ(status_of(rest.signer()), Status::state);
  EXPECT_EQ(refusal(rest, header(Algorithm::hs256, "k0")), Status::token_key);
  EXPECT_EQ(tried(rest, header(Algorithm::hs256, "k1")), Ids{"k1"});
  EXPECT_TRUE(ring_of(1).without("k0").empty());
}

TEST(KeyRing, WithoutAKeyThatItNeverHadIsTheSame) {
  const KeyRing rest = ring_of(2).without("none");
  EXPECT_EQ(tried(rest, header(Algorithm::hs256)), (Ids{"k0", "k1"}));
  EXPECT_TRUE(rest.signer());
}

TEST(KeyRing, OfTheOneKeyKnowsNoNames) {
  const KeyRing ring = KeyRing::of_one(secret_key(0));
  EXPECT_EQ((*ring.signer())->id, "");
  EXPECT_FALSE(ring.has(""));
  EXPECT_EQ(tried(ring, header(Algorithm::hs256, "any")), Ids{""}) << "a kid says nothing there";
  EXPECT_TRUE(ring.without("").signer());
  EXPECT_EQ(status_of(KeyRing::of_one(ec_public_key()).signer()), Status::key);
}

}  // namespace
}  // namespace swt
