// SPDX-License-Identifier: Apache-2.0
#include "models/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace qbench::models {
namespace {

TEST(HalfTest, EveryFiniteHalfSurvivesTheRoundTrip) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = from_half(half);
    if (!std::isnan(value)) {
      ASSERT_EQ(to_half(value), half) << "bits " << bits;
    }
  }
}

TEST(HalfTest, KnownValues) {
  EXPECT_EQ(from_half(0x3C00), 1.0F);
  EXPECT_EQ(from_half(0xC000), -2.0F);
  EXPECT_EQ(from_half(0x0001), 0x1p-24F);
  EXPECT_EQ(from_half(0x7BFF), 65504.0F);
  EXPECT_EQ(to_half(0.1F), 0x2E66);
}

TEST(HalfTest, TiesGoToEven) {
  EXPECT_EQ(to_half(1.0F + 0x1p-11F), 0x3C00);  // half way between 1 and the next: 1 is even
  EXPECT_EQ(to_half(1.0F + 3 * 0x1p-11F), 0x3C02);
  EXPECT_EQ(to_half(0x1p-25F), 0x0000);
  EXPECT_EQ(to_half(3 * 0x1p-25F), 0x0002);
}

TEST(HalfTest, RoundingCarriesIntoTheExponent) {
  EXPECT_EQ(to_half(2047.6F), to_half(2048.0F));
  EXPECT_EQ(to_half(0x1p-14F - 0x1p-26F), 0x0400);  // the largest subnormal rounds up to the smallest normal
}

TEST(HalfTest, TooLargeBecomesInfinityAndNanStaysNan) {
  EXPECT_EQ(to_half(65519.0F), 0x7BFF);
  EXPECT_EQ(to_half(65520.0F), 0x7C00);
  EXPECT_EQ(to_half(-std::numeric_limits<float>::infinity()), 0xFC00);
  EXPECT_TRUE(std::isnan(from_half(to_half(NAN))));
}

}  // namespace
}  // namespace qbench::models
