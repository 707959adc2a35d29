#include <gtest/gtest.h>

#include <string>

#include "../unit/support/outcome.h"
#include "../unit/support/vector_count.h"
#include "../unit/support/vectors.h"
#include "dpop/jwk.h"

namespace swt {
namespace {

// Our rule: a client's key is a P-256 key. The others have thumbprints too, and are refused.
TEST(JwkThumbprintVectors, AreThoseOfTheKeysThatAreAccepted) {
  SWT_OPEN_VECTORS(file, "dpop/jwk_thumbprints.json");
  ASSERT_EQ(file->tests().size(), file->stated_count());
  size_t accepted = 0;
  for (const test::Vector& vector : file->tests()) {
    SCOPED_TRACE(vector.text("id"));
    const auto key = read_and_check_client_key(vector["jwk"].json());
    if (!vector.text("swt_as_dpop_key").starts_with("accept")) {
      EXPECT_EQ(test::status_of(key), Status::client_key);
      continue;
    }
    ++accepted;
    ASSERT_TRUE(key);
    EXPECT_EQ(key->thumbprint, vector.text("sha256"));
  }
  EXPECT_GT(accepted, 0u);
  test::report_vectors({{"keys accepted", accepted}, {"refused", file->stated_count() - accepted}});
}

}  // namespace
}  // namespace swt
