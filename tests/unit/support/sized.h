// Option structs as callers of other versions have them.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>

#include "swt/swt.h"

namespace swt::test {

// A struct as a later version of the header might have it.
template <typename Struct>
struct Longer {
  Struct known;
  uint64_t later[4] = {};
};

// A program that was compiled with another size of the struct.
template <typename Struct, typename Call>
void expect_sizes_checked(const Struct& good, Call call) {
  ASSERT_EQ(call(&good), SWT_OK);
  Longer<Struct> longer{good};
  for (const size_t bad :
       {size_t{0}, size_t{1}, sizeof(size_t), sizeof(Struct) - 1, size_t{4097}, SIZE_MAX / 2, SIZE_MAX}) {
    longer.known.struct_size = bad;
    EXPECT_EQ(call(&longer.known), SWT_ERR_ARGUMENT) << bad;
  }
  longer.known.struct_size = sizeof(longer);
  EXPECT_EQ(call(&longer.known), SWT_OK) << "nothing of a later version is set";
  for (auto& option : longer.later) {
    option = 1;
    EXPECT_EQ(call(&longer.known), SWT_ERR_UNSUPPORTED) << "a setting must not be dropped in silence";
    option = 0;
  }
  longer.later[0] = 1;
  longer.known.struct_size = sizeof(Struct);
  EXPECT_EQ(call(&longer.known), SWT_OK) << "what lies behind the struct is not read";
}

}  // namespace swt::test
