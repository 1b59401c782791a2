// SPDX-License-Identifier: Apache-2.0
#include "datasets/label_offset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace qbench::datasets {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class NamedClasses : public Dataset {
 public:
  NamedClasses(std::size_t classes, DatasetFacts facts) : names_(classes, "x"), facts_(std::move(facts)) {}
  [[nodiscard]] std::string kind() const override { return "fake"; }
  [[nodiscard]] const std::vector<Sample>& samples() const override { return samples_; }
  [[nodiscard]] const std::vector<std::string>& class_names() const override { return names_; }
  [[nodiscard]] const DatasetFacts& facts() const override { return facts_; }
  [[nodiscard]] UniqueFd open(std::size_t) const override { return {}; }
  [[nodiscard]] std::vector<std::byte> read(std::size_t, int) const override { return {}; }
  [[nodiscard]] LoadResult decode(std::size_t, std::span<const std::byte>, bool) const override { return {}; }

 private:
  std::vector<std::string> names_;
  DatasetFacts facts_;
  std::vector<Sample> samples_;
};

int offset_for(const NamedClasses& dataset, int outputs, int of_recipe = 0) {
  Recipe recipe;
  recipe.label_offset = of_recipe;
  (void)settle_label_offset(recipe, dataset, outputs);
  return recipe.label_offset;
}

TEST(LabelOffsetTest, OnlyImagenetsExtraOutputIsABackground) {
  EXPECT_EQ(offset_for({1000, {}}, 1001), 1);
  EXPECT_EQ(offset_for({1001, {}}, 1001), 0);
  EXPECT_EQ(offset_for({9, {}}, 10), 0);
}

TEST(LabelOffsetTest, NamedBackgroundCountsWhereThereIsAnOutputForIt) {
  EXPECT_EQ(offset_for({2, {.background = true}}, 3), 1);
  EXPECT_EQ(offset_for({2, {.background = true}}, 2), 0);
}

TEST(LabelOffsetTest, WhatTheUserGaveWins) {
  EXPECT_EQ(offset_for({1000, {.label_offset = 0}}, 1001), 0);
  EXPECT_EQ(offset_for({9, {.label_offset = 1}}, 10), 1);
  EXPECT_EQ(offset_for({9, {.label_offset = 0}}, 10, 1), 0);
}

TEST(LabelOffsetTest, RecipesOwnOffsetStays) { EXPECT_EQ(offset_for({9, {}}, 10, 1), 1); }

TEST(LabelOffsetTest, ReasonIsGivenOnlyForAChange) {
  Recipe recipe;
  EXPECT_EQ(settle_label_offset(recipe, NamedClasses(10, {}), 10), "");
  EXPECT_EQ(recipe, Recipe());
  EXPECT_THAT(settle_label_offset(recipe, NamedClasses(1000, {}), 1001), HasSubstr("background"));
}

TEST(LabelOffsetTest, MissingClassSaysWhatToType) {
  EXPECT_THAT(count_mismatch(NamedClasses(9, {.class_order = "folder names in text order"}), Recipe(), 10),
              AllOf(HasSubstr("10 outputs but the dataset has 9 classes"), HasSubstr("--labels FILE"),
                    HasSubstr("--label-offset 1")));
  EXPECT_THAT(count_mismatch(NamedClasses(8, {}), Recipe(), 10), Not(HasSubstr("--label-offset")));
  Recipe moved;
  moved.label_offset = 1;
  EXPECT_THAT(count_mismatch(NamedClasses(10, {.label_offset = 1}), moved, 10),
              HasSubstr("10 classes from output 1 on; give another --label-offset"));
  EXPECT_THAT(count_mismatch(NamedClasses(12, {}), Recipe(), 10), Not(HasSubstr("--label")));
}

}  // namespace
}  // namespace qbench::datasets
