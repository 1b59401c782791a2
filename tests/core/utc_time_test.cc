// SPDX-License-Identifier: Apache-2.0
#include "core/utc_time.h"

#include <gtest/gtest.h>

namespace qbench {
namespace {

TEST(UtcTimeTest, TimesGoBothWays) {
  EXPECT_EQ(utc_seconds("1970-01-02T00:00:01Z"), 86401);
  EXPECT_EQ(utc_text(86401), "1970-01-02T00:00:01Z");
  EXPECT_EQ(utc_seconds(utc_text(1767225600)), 1767225600);
}

TEST(UtcTimeTest, AnyOtherFormIsRefused) {
  for (const char* bad : {"", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00+02:00", "x"}) {
    EXPECT_FALSE(utc_seconds(bad)) << bad;
  }
}

TEST(UtcTimeTest, NowIsAfterThisWasWritten) { EXPECT_GT(utc_seconds(utc_now()), 1'790'000'000); }

TEST(UtcTimeTest, DaysThatNoCalendarHasAreRefused) {
  for (const char* text : {"2026-02-31T00:00:00Z", "2026-00-10T00:00:00Z", "2026-01-01T24:00:00Z"}) {
    EXPECT_FALSE(utc_seconds(text)) << text;
  }
}

}  // namespace
}  // namespace qbench
