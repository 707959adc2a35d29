// Keys in JWK, offered as the key of a client: P-256, public, for signatures, and nothing else.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "../unit/support/jwk_key.h"
#include "../unit/support/outcome.h"
#include "../unit/support/vector_count.h"
#include "../unit/support/vectors.h"
#include "dpop/jwk.h"

namespace swt {
namespace {

using test::status_of;

Status load(const test::Vector& jwk) { return status_of(read_and_check_client_key(jwk.json())); }

// Our rule: JWKs of an exchange of keys are keys for signatures as well, when they do not say otherwise.
TEST(ClientKeyVectors, OfWycheproofsExchanges) {
  SWT_OPEN_VECTORS(file, "wycheproof/ecdh_secp256r1_jwk_keys.json");
  size_t valid = 0;
  size_t invalid = 0;
  for (const test::Vector& group : file->root()["testGroups"].items()) {
    for (const test::Vector& vector : group["tests"].items()) {
      SCOPED_TRACE(vector["tcId"].json() + ' ' + vector.text("comment"));
      const bool is_valid = vector.text("result") == "valid";
      ++(is_valid ? valid : invalid);
      EXPECT_EQ(load(vector["public"]), is_valid ? Status::ok : Status::client_key);
      EXPECT_EQ(load(vector["private"]), Status::client_key) << "a private key is nobody's to show";
    }
  }
  EXPECT_EQ(valid + invalid, file->stated_count());
  EXPECT_GT(valid, 0u);
  EXPECT_GT(invalid, 0u);
  test::report_vectors({{"valid", valid}, {"invalid", invalid}});
}

TEST(ClientKeyVectors, OfOtherCurvesAreRefused) {
  SWT_OPEN_VECTORS(file, "wycheproof/ecdsa_webcrypto_other_curves.json");
  size_t refused = 0;
  for (const test::Vector& group : file->root()["testGroups"].items()) {
    SCOPED_TRACE(group["jwk"].text("crv"));
    refused += group["tests"].items().size();
    ASSERT_NE(group["jwk"].text("crv"), "P-256");
    EXPECT_EQ(load(group["jwk"]), Status::client_key);
  }
  EXPECT_EQ(refused, file->stated_count());
  test::report_vectors({{"with a key of another curve, refused", refused}});
}

// The rule once more, by other means than the reader's.
bool is_fit(const test::Vector& jwk) {
  const auto is = [&](const char* name, const char* value) { return jwk.has(name) && jwk.text(name) == value; };
  const bool is_for_signatures = (!jwk.has("use") || is("use", "sig")) && (!jwk.has("alg") || is("alg", "ES256")) &&
                                 (!jwk.has("key_ops") || jwk["key_ops"].json() == R"(["verify"])");
  return is("kty", "EC") && is("crv", "P-256") && !jwk.has("d") && is_for_signatures;
}

std::string public_part(const test::Vector& jwk) {
  return R"({"kty":"EC","crv":"P-256","x":")" + jwk.text("x") + R"(","y":")" + jwk.text("y") + R"("})";
}

struct Counts {
  size_t accepted = 0;
  size_t refused = 0;
  size_t as_public = 0;  // accepted once the private number and the stated use are left out
};

// A key as it is, and, if it is one of P-256, its public part alone.
void check_key(const test::Vector& jwk, Counts& counts) {
  SCOPED_TRACE(jwk.json());
  const bool should_pass = is_fit(jwk);
  ++(should_pass ? counts.accepted : counts.refused);
  EXPECT_EQ(load(jwk), should_pass ? Status::ok : Status::client_key);
  if (jwk.text("kty") != "EC" || jwk.text("crv") != "P-256") return;
  ++counts.as_public;
  EXPECT_EQ(status_of(read_and_check_client_key(public_part(jwk))), Status::ok);
}

// A set is no key either.
TEST(ClientKeyVectors, OfWycheproofsKeySets) {
  SWT_OPEN_VECTORS(file, "wycheproof/json_web_key.json");
  size_t groups = 0;
  size_t refused = 0;
  size_t accepted = 0;
  for (const test::Vector& group : file->root()["testGroups"].items()) {
    SCOPED_TRACE(group.text("comment"));
    groups += group["tests"].items().size();
    EXPECT_EQ(load(group["private"]), Status::client_key) << "a set";
    if (group.has("public")) {
      EXPECT_EQ(load(group["public"]), Status::client_key) << "a set";
    }
    for (const char* half : {"private", "public"}) {
      if (!group.has(half)) continue;
      for (const test::Vector& jwk : group[half]["keys"].items()) {
        // The point of this one is not on the curve; the rule above does not compute.
        const bool should_pass = is_fit(jwk) && group.text("comment") != "invalid_point";
        ++(should_pass ? accepted : refused);
        EXPECT_EQ(load(jwk), should_pass ? Status::ok : Status::client_key);
      }
    }
  }
  EXPECT_EQ(groups, file->stated_count());
  EXPECT_EQ(accepted, 0u) << "every EC key in this file is broken on purpose";
  test::report_vectors({{"keys accepted", accepted}, {"keys refused", refused}});
}

TEST(ClientKeyVectors, OfTheRfcsExamples) {
  SWT_OPEN_VECTORS(file, "rfc/rfc7515_7517_files.json");
  ASSERT_EQ(file->tests().size(), file->stated_count());
  Counts counts;
  for (const test::Vector& vector : file->tests()) {
    const std::string id = vector.text("id");
    if (!id.ends_with(".jwk") && !id.ends_with(".jwkset")) continue;
    SCOPED_TRACE(id);
    const std::unique_ptr<cJSON, decltype(&cJSON_Delete)> tree(cJSON_Parse(vector.text("text").c_str()), cJSON_Delete);
    ASSERT_NE(tree, nullptr);
    for (const test::Vector& jwk : test::keys_in(test::Vector(tree.get()))) check_key(jwk, counts);
    if (id.ends_with(".jwkset")) {
      EXPECT_EQ(status_of(read_and_check_client_key(vector.text("text"))), Status::client_key) << "a set";
    }
  }
  EXPECT_GT(counts.as_public, 0u);
  test::report_vectors({{"keys accepted", counts.accepted},
                        {"keys refused", counts.refused},
                        {"accepted as public P-256 keys", counts.as_public}});
}

TEST(ClientKeyVectors, OfTheCookbook) {
  SWT_OPEN_VECTORS(file, "rfc/rfc7520_cookbook.json");
  ASSERT_EQ(file->tests().size(), file->stated_count());
  Counts counts;
  for (const test::Vector& vector : file->tests()) {
    for (const test::Vector& jwk : test::keys_in(vector["content"])) check_key(jwk, counts);
  }
  EXPECT_EQ(counts.accepted, 0u) << "there is no P-256 key in the cookbook";
  test::report_vectors({{"keys refused", counts.refused}});
}

}  // namespace
}  // namespace swt
