// SPDX-License-Identifier: Apache-2.0
#include "datasets/counter_rng.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace qbench::datasets {
namespace {

using Block = std::array<std::uint32_t, 4>;

// The known answers published with the generator.
TEST(CounterRngTest, PhiloxGivesThePublishedBlocks) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}), (Block{0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}));
  constexpr std::uint32_t kOnes = 0xFFFFFFFF;
  EXPECT_EQ(philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (Block{0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD}));
}

TEST(CounterRngTest, SameSeedIndexAndStreamGiveTheSameNumbers) {
  CounterRng a(7, 9, 1);
  CounterRng b(7, 9, 1);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.next(), b.next());
}

TEST(CounterRngTest, EverySeedIndexAndStreamGivesOtherNumbers) {
  std::set<std::uint32_t> firsts;
  constexpr std::uint64_t kHigh = 1ULL << 32;
  for (const std::uint64_t seed : {0ULL, 1ULL, 2ULL, 1ULL * kHigh}) {
    for (const std::uint64_t index : {0ULL, 1ULL, 2ULL, 1ULL * kHigh}) {
      for (const std::uint32_t stream : {0U, 1U, 2U}) firsts.insert(CounterRng(seed, index, stream).next());
    }
  }
  EXPECT_EQ(firsts.size(), 4U * 4U * 3U);
}

TEST(CounterRngTest, BelowIsEvenlySpreadAndInRange) {
  CounterRng rng(1, 2, 3);
  std::array<int, 7> seen{};
  constexpr int kDraws = 70'000;
  for (int i = 0; i < kDraws; ++i) ++seen.at(static_cast<std::size_t>(rng.below(7)));
  for (const int count : seen) EXPECT_NEAR(count, kDraws / 7, 500);  // 5 standard deviations
}

TEST(CounterRngTest, UniformStaysInsideItsRange) {
  CounterRng rng(4, 5, 6);
  double sum = 0.0;
  for (int i = 0; i < 10'000; ++i) {
    const double value = rng.uniform(-2.0, 6.0);
    ASSERT_GE(value, -2.0);
    ASSERT_LT(value, 6.0);
    sum += value;
  }
  EXPECT_NEAR(sum / 10'000, 2.0, 0.12);
}

TEST(CounterRngTest, RoughlyNormalHasMeanZeroAndDeviationOne) {
  CounterRng rng(8, 8, 8);
  double sum = 0.0;
  double squares = 0.0;
  constexpr int kDraws = 40'000;
  for (int i = 0; i < kDraws; ++i) {
    const double value = rng.roughly_normal();
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / kDraws, 0.0, 0.025);
  EXPECT_NEAR(std::sqrt(squares / kDraws), 1.0, 0.02);
}

}  // namespace
}  // namespace qbench::datasets
