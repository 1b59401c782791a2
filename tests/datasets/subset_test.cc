// SPDX-License-Identifier: Apache-2.0
#include "datasets/subset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace qbench::datasets {
namespace {

using ::testing::ElementsAre;

/// Nine samples of three classes, sorted by class; each loads as one pixel that holds its number.
class Numbered : public Dataset {
 public:
  Numbered() {
    for (int i = 0; i < 9; ++i) samples_.push_back({std::to_string(i), i / 3});
  }
  [[nodiscard]] std::string kind() const override { return "numbered"; }
  [[nodiscard]] const std::vector<Sample>& samples() const override { return samples_; }
  [[nodiscard]] const std::vector<std::string>& class_names() const override { return names_; }
  [[nodiscard]] UniqueFd open(std::size_t) const override { return {}; }
  [[nodiscard]] std::vector<std::byte> read(std::size_t, int) const override { return {}; }
  [[nodiscard]] LoadResult decode(std::size_t index, std::span<const std::byte>, bool) const override {
    Image image{.height = 1, .width = 1, .channels = 1, .pixels = {static_cast<std::uint8_t>(index)}};
    return {.image = std::move(image), .skip_reason = {}};
  }

 private:
  std::vector<Sample> samples_;
  std::vector<std::string> names_{"a", "b", "c"};
};

TEST(SubsetTest, ShowsTheSamplesOfItsIndicesInTheirOrder) {
  const Numbered whole;
  const Subset subset(whole, {7, 2});
  ASSERT_EQ(subset.samples().size(), 2U);
  EXPECT_EQ(subset.samples()[0].id, "7");
  EXPECT_EQ(subset.samples()[1].label, 0);
  EXPECT_THAT(subset.load(0, true).image.pixels, ElementsAre(7));
}

TEST(SubsetTest, EveryPrefixOfABalancedDrawHoldsTheClassesAlike) {
  const Numbered whole;
  for (const std::size_t limit : {std::size_t{3}, std::size_t{6}, std::size_t{9}, std::size_t{20}}) {
    const std::vector<std::size_t> drawn = balanced_indices(whole, limit, 1);
    ASSERT_EQ(drawn.size(), std::min<std::size_t>(limit, 9));
    std::vector<int> counts(3);
    for (std::size_t i = 0; i < 3; ++i) ++counts[static_cast<std::size_t>(whole.samples()[drawn[i]].label)];
    EXPECT_THAT(counts, ElementsAre(1, 1, 1)) << limit;
  }
}

TEST(SubsetTest, AllOfASetAreDrawnOnce) {
  std::vector<std::size_t> drawn = balanced_indices(Numbered(), 9, 1);
  std::ranges::sort(drawn);
  EXPECT_THAT(drawn, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8));
}

}  // namespace
}  // namespace qbench::datasets
