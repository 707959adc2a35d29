// base64url against the data of Uint8Array.fromBase64's tests: strict, unpadded, the alphabet of urls.
#include <gtest/gtest.h>

#include <string>

#include "../unit/support/text.h"
#include "../unit/support/vector_count.h"
#include "../unit/support/vectors.h"
#include "base/base64url.h"

namespace swt {
namespace {

TEST(Base64Vectors, AreDecodedOrRefusedAsStated) {
  SWT_OPEN_VECTORS(file, "base64/test262_base64.json");
  ASSERT_EQ(file->tests().size(), file->stated_count());
  size_t accepted = 0;
  for (const test::Vector& vector : file->tests()) {
    SCOPED_TRACE(vector.text("id"));
    const std::optional<std::string> decoded = base64url::decode(vector.text("input"));
    if (vector.text("swt_strict_base64url") == "reject") {
      EXPECT_EQ(decoded, std::nullopt);
      continue;
    }
    ++accepted;
    const std::string bytes = test::from_hex(vector.text("bytes"));
    EXPECT_EQ(decoded, bytes);
    EXPECT_EQ(base64url::encode(as_bytes(bytes)), vector.text("input"));
  }
  EXPECT_GT(accepted, 0u);
  test::report_vectors({{"texts accepted", accepted}, {"refused", file->stated_count() - accepted}});
}

}  // namespace
}  // namespace swt
