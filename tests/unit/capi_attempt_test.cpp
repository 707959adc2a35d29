#include <gtest/gtest.h>

#include <string_view>

#include "swt/swt.h"

namespace {

TEST(Attempt, IsRandom) {
  char first[SWT_ATTEMPT_LEN + 1];
  char second[SWT_ATTEMPT_LEN + 1];
  ASSERT_EQ(swt_attempt_new(first), SWT_OK);
  ASSERT_EQ(swt_attempt_new(second), SWT_OK);
  EXPECT_EQ(std::string_view(first).size(), size_t{SWT_ATTEMPT_LEN});
  EXPECT_NE(std::string_view(first), std::string_view(second));
  EXPECT_EQ(swt_attempt_new(nullptr), SWT_ERR_ARGUMENT);
}

}  // namespace
