// SPDX-License-Identifier: Apache-2.0
#include "core/duration.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace qbench {
namespace {

TEST(DurationTest, UnitsAreUnderstood) {
  EXPECT_DOUBLE_EQ(parse_duration("10m"), 600.0);
  EXPECT_DOUBLE_EQ(parse_duration("90s"), 90.0);
  EXPECT_DOUBLE_EQ(parse_duration("90"), 90.0);
  EXPECT_DOUBLE_EQ(parse_duration("1.5h"), 5400.0);
  EXPECT_DOUBLE_EQ(parse_duration("250ms"), 0.25);
  EXPECT_DOUBLE_EQ(parse_duration("0"), 0.0);
}

TEST(DurationTest, AnythingElseIsRefusedByName) {
  for (const char* text : {"", "m", "ten", "-5s", "10 m", "10mm", "1e999s", "nan", "inf", "5d"}) {
    EXPECT_THROW((void)parse_duration(text), Error) << text;
  }
  try {
    (void)parse_duration("5d");
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "'5d' is no duration: write it like 90s, 10m or 1h");
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
  }
}

}  // namespace
}  // namespace qbench
