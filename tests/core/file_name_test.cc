// SPDX-License-Identifier: Apache-2.0
#include "core/file_name.h"

#include <gtest/gtest.h>

namespace qbench {
namespace {

TEST(FileNameTest, PlainNamesStay) { EXPECT_EQ(safe_file_name("int8_v1.2-b"), "int8_v1.2-b"); }

TEST(FileNameTest, NothingClimbs) {
  EXPECT_EQ(safe_file_name("../../x"), "_._.._x");
  EXPECT_EQ(safe_file_name("/etc/passwd"), "_etc_passwd");
  EXPECT_EQ(safe_file_name(".hidden"), "_hidden");
}

TEST(FileNameTest, LongNamesAreCut) { EXPECT_EQ(safe_file_name(std::string(300, 'a')).size(), 80U); }

}  // namespace
}  // namespace qbench
