// How many vectors a test has run, said where its result is read. A test that has run none has failed.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <iostream>
#include <string>
#include <utility>

namespace swt::test {

inline void report_vectors(std::initializer_list<std::pair<const char*, size_t>> counts) {
  size_t all = 0;
  std::string text;
  for (const auto& [what, count] : counts) {
    all += count;
    text += (text.empty() ? "" : ", ") + std::to_string(count) + ' ' + what;
  }
  EXPECT_GT(all, 0u) << "no vector was run";
  ::testing::Test::RecordProperty("vectors", static_cast<int>(all));
  std::cout << "[ VECTORS  ] " << text << std::endl;
}

}  // namespace swt::test
