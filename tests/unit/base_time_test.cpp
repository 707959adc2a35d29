#include <gtest/gtest.h>

#include <cstdint>

#include "base/time.h"

namespace swt {
namespace {

int64_t seconds(int64_t wall_ms) { return Instant{wall_ms, 0}.wall_s(); }

TEST(Instant, CountsWholeSecondsRoundedDown) {
  EXPECT_EQ(seconds(0), 0);
  EXPECT_EQ(seconds(999), 0);
  EXPECT_EQ(seconds(1000), 1);
  EXPECT_EQ(seconds(1800000000999), 1800000000);
}

TEST(Instant, RoundsDownBefore1970Too) {
  EXPECT_EQ(seconds(-1), -1);
  EXPECT_EQ(seconds(-999), -1);
  EXPECT_EQ(seconds(-1000), -1);
  EXPECT_EQ(seconds(-1001), -2);
  EXPECT_EQ(seconds(INT64_MIN), INT64_MIN / 1000 - 1);
}

}  // namespace
}  // namespace swt
