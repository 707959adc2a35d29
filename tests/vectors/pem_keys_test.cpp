// Public EC keys in PEM against Project Wycheproof: points, curves and encodings that try to pass for P-256.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "../unit/support/outcome.h"
#include "../unit/support/pem_key.h"
#include "../unit/support/vector_count.h"
#include "../unit/support/vectors.h"

namespace swt {
namespace {

using test::accepted;
using test::load_private;
using test::load_public;
using test::refused_as;

bool has_flag(const test::Vector& vector, const char* flag) {
  const std::vector<test::Vector> flags = vector["flags"].items();
  return std::any_of(flags.begin(), flags.end(), [&](const test::Vector& each) { return each.text() == flag; });
}

// Valid points are accepted and invalid ones refused. Of what Wycheproof leaves open ("acceptable"), our rule takes the
// compressed form of a point, which RFC 5480 allows, and refuses explicit parameters and every text that is not DER.
TEST(PemKeyVectors, OfWycheproof) {
  SWT_OPEN_VECTORS(file, "wycheproof/ecdh_secp256r1_pem_keys.json");
  size_t valid = 0;
  size_t compressed = 0;
  size_t explicit_parameters = 0;
  size_t not_der = 0;
  size_t invalid = 0;
  for (const test::Vector& group : file->root()["testGroups"].items()) {
    for (const test::Vector& vector : group["tests"].items()) {
      SCOPED_TRACE(vector["tcId"].json() + ' ' + vector.text("comment"));
      const auto key = load_public(vector.text("public"));
      const std::string result = vector.text("result");
      if (result == "valid") {
        ++valid;
        EXPECT_TRUE(accepted(key, Algorithm::es256, false));
      } else if (has_flag(vector, "UnnamedCurve")) {
        ++explicit_parameters;
        EXPECT_TRUE(refused_as(key, "explicit curve parameters"));
      } else if (result == "invalid") {
        ++invalid;
        EXPECT_EQ(test::status_of(key), Status::key);
      } else if (has_flag(vector, "InvalidPem")) {
        ++not_der;
        EXPECT_EQ(test::status_of(key), Status::key);
      } else {
        ++compressed;
        ASSERT_TRUE(has_flag(vector, "CompressedPublic"));
        EXPECT_TRUE(accepted(key, Algorithm::es256, false));
      }
    }
  }
  EXPECT_EQ(valid + compressed + explicit_parameters + not_der + invalid, file->stated_count());
  EXPECT_GT(valid, 0u);
  EXPECT_GT(invalid, 0u);
  EXPECT_GT(not_der, 0u);
  EXPECT_GT(explicit_parameters, 0u);
  test::report_vectors({{"valid", valid},
                        {"with a compressed point, accepted", compressed},
                        {"invalid", invalid},
                        {"with explicit parameters, refused", explicit_parameters},
                        {"not in DER, refused", not_der}});
}

// The private keys on the other side are sound, whatever was done to the public ones. They leave their point out.
TEST(PemKeyVectors, OfWycheproofHavePrivateKeys) {
  SWT_OPEN_VECTORS(file, "wycheproof/ecdh_secp256r1_pem_keys.json");
  std::set<std::string> keys;
  for (const test::Vector& group : file->root()["testGroups"].items()) {
    for (const test::Vector& vector : group["tests"].items()) {
      if (!keys.insert(vector.text("private")).second) continue;
      SCOPED_TRACE(vector["tcId"].json());
      const auto key = load_private(vector.text("private"));
      ASSERT_TRUE(accepted(key, Algorithm::es256, true));
      EXPECT_EQ(test::check_signature(**(*key)->public_half(), "text", test::signature_of(**key, "text")), Status::ok);
    }
  }
  test::report_vectors({{"private keys, accepted", keys.size()}});
}

// NIST's and Koblitz's other curves, in PEM
TEST(PemKeyVectors, OfOtherCurvesAreRefused) {
  SWT_OPEN_VECTORS(file, "wycheproof/ecdsa_webcrypto_other_curves.json");
  size_t refused = 0;
  for (const test::Vector& group : file->root()["testGroups"].items()) {
    SCOPED_TRACE(group["key"].text("curve"));
    refused += group["tests"].items().size();
    EXPECT_TRUE(refused_as(load_public(group.text("keyPem")), "not on the curve P-256"));
  }
  EXPECT_EQ(refused, file->stated_count());
  test::report_vectors({{"with a key of another curve, refused", refused}});
}

}  // namespace
}  // namespace swt
