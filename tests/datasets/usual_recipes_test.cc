// SPDX-License-Identifier: Apache-2.0
#include "datasets/usual_recipes.h"

#include <gtest/gtest.h>

#include <set>

namespace qbench::datasets {
namespace {

TEST(UsualRecipesTest, EveryNameInColourIsOneThatCanBeTyped) {
  const std::vector<Recipe> recipes = usual_recipes(3);
  EXPECT_EQ(recipes.size(), 12U);
  for (const Recipe& recipe : recipes) EXPECT_EQ(named_recipe(recipe.name), recipe);
}

TEST(UsualRecipesTest, NoTwoFeedTheSameValues) {
  for (const int channels : {1, 3}) {
    const std::vector<Recipe> recipes = usual_recipes(channels);
    for (std::size_t i = 0; i < recipes.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(same_values(recipes[i], recipes[j])) << recipes[i].name;
    }
  }
}

TEST(UsualRecipesTest, OneChannelIsGray) {
  for (const Recipe& recipe : usual_recipes(1)) EXPECT_EQ(recipe.colour, Recipe::Colour::kGray);
}

TEST(UsualRecipesTest, AnEndingSwapsTheColoursWithTheirMeans) {
  EXPECT_EQ(named_recipe("torch-bgr").mean[0], named_recipe("torch").mean[2]);
  EXPECT_EQ(named_recipe("torch-bgr").colour, Recipe::Colour::kBgr);
}

}  // namespace
}  // namespace qbench::datasets
