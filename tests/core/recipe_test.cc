// SPDX-License-Identifier: Apache-2.0
#include "core/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"

namespace qbench {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

/// The message of the Error(kConfig) that reading throws.
std::string refusal(const json& value) {
  try {
    static_cast<void>(recipe_from_json(value));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    return error.what();
  }
  return "accepted";
}

TEST(RecipeTest, NamedRecipesHaveTheirUsualNumbers) {
  EXPECT_EQ(named_recipe("raw255"), Recipe{});
  EXPECT_EQ(named_recipe("unit").std[1], 255.0);
  EXPECT_EQ(named_recipe("tf").mean[2], 127.5);
  const Recipe torch = named_recipe("torch-imagenet");
  EXPECT_EQ(torch.resize, Recipe::Resize::kShortSide);
  EXPECT_EQ(torch.crop_fraction, 0.875);
  EXPECT_NEAR(torch.mean[0], 0.485 * 255, 1e-9);
  EXPECT_NEAR(torch.std[2], 0.225 * 255, 1e-9);
  EXPECT_EQ(named_recipe("caffe-bgr").colour, Recipe::Colour::kBgr);
  EXPECT_EQ(named_recipe("tf-imagenet-1001").label_offset, 1);
}

TEST(RecipeTest, KnownRecipesDifferInNameAndContent) {
  std::set<std::string> names;
  std::set<std::string> hashes;
  for (const Recipe& recipe : known_recipes()) {
    names.insert(recipe.name);
    hashes.insert(recipe_sha256(recipe));
  }
  EXPECT_EQ(names.size(), known_recipes().size());
  EXPECT_EQ(hashes.size(), known_recipes().size());
}

TEST(RecipeTest, UnknownNameHasAHint) {
  EXPECT_THAT(refusal("torch-imagnet"), HasSubstr("did you mean 'torch-imagenet'?"));
}

TEST(RecipeTest, JsonGivesTheSameRecipeBack) {
  for (const Recipe& recipe : known_recipes()) {
    EXPECT_EQ(recipe_from_json(to_json(recipe)), recipe);
    EXPECT_EQ(recipe_from_json(recipe.name), recipe);
  }
}

TEST(RecipeTest, BaseIsChangedByWhatStandsBesideIt) {
  const Recipe recipe = recipe_from_json({{"base", "tf"}, {"label_offset", 1}, {"std", 64}});
  EXPECT_EQ(recipe.mean, named_recipe("tf").mean);
  EXPECT_EQ(recipe.std, (std::array{64.0, 64.0, 64.0}));
  EXPECT_EQ(recipe.label_offset, 1);
}

TEST(RecipeTest, ChangedRecipeDoesNotKeepTheName) {
  EXPECT_EQ(recipe_from_json({{"base", "tf"}}).name, "tf");
  EXPECT_EQ(recipe_from_json({{"base", "tf"}, {"std", 64}}).name, "tf (changed)");
  EXPECT_EQ(recipe_from_json({{"std", 64}}).name, "custom");
  EXPECT_EQ(recipe_from_json({{"std", 64}, {"name", "mine"}}).name, "mine");
}

TEST(RecipeTest, UnknownKeyHasAHint) {
  EXPECT_THAT(refusal({{"color", "rgb"}}), HasSubstr("unknown key 'color'; did you mean 'colour'?"));
  EXPECT_THAT(refusal({{"crop", 0.5}}), HasSubstr("unknown key 'crop'"));
}

TEST(RecipeTest, WrongTypesAreNamed) {
  EXPECT_THAT(refusal({{"mean", "127"}}), HasSubstr("'mean' must be a number or a list of 3"));
  EXPECT_THAT(refusal({{"mean", {1, 2}}}), HasSubstr("'mean'"));
  EXPECT_THAT(refusal({{"mean", {1, 2, "3"}}}), HasSubstr("'mean' must be a number"));
  EXPECT_THAT(refusal({{"apply_exif", 1}}), HasSubstr("'apply_exif' must be true or false"));
  EXPECT_THAT(refusal({{"resize", 3}}), HasSubstr("'resize' must be a text"));
  EXPECT_THAT(refusal({{"label_offset", 0.5}}), HasSubstr("'label_offset' must be a whole number"));
  EXPECT_THAT(refusal({{"base", 1}}), HasSubstr("'base' must be a text"));
  EXPECT_THAT(refusal(json::array()), HasSubstr("a name or an object"));
  EXPECT_THAT(refusal(nullptr), HasSubstr("a name or an object"));
}

TEST(RecipeTest, WordsHaveAHint) {
  EXPECT_THAT(refusal({{"interpolation", "bilinaer"}}), HasSubstr("did you mean 'bilinear'?"));
  EXPECT_THAT(refusal({{"resize", "shortside"}}), HasSubstr("did you mean 'short-side'?"));
}

TEST(RecipeTest, ValuesOutOfRangeAreNamed) {
  EXPECT_THAT(refusal({{"crop_fraction", 0.0}}), HasSubstr("'crop_fraction' is 0"));
  EXPECT_THAT(refusal({{"crop_fraction", 1.01}}), HasSubstr("'crop_fraction' is 1.01"));
  EXPECT_THAT(refusal({{"std", {1, 0, 1}}}), HasSubstr("'std' is 0"));
  EXPECT_THAT(refusal({{"std", -1}}), HasSubstr("'std' is -1"));
  EXPECT_THAT(refusal({{"label_offset", 1001}}), HasSubstr("'label_offset' is 1001"));
  EXPECT_THAT(refusal({{"label_offset", 18446744073709551615U}}), HasSubstr("'label_offset'"));
  EXPECT_THAT(refusal({{"mean", std::numeric_limits<double>::infinity()}}), HasSubstr("finite"));
}

TEST(RecipeTest, HashIgnoresTheNameOnly) {
  Recipe recipe = named_recipe("tf");
  const std::string before = recipe_sha256(recipe);
  recipe.name = "other";
  EXPECT_EQ(recipe_sha256(recipe), before);
  recipe.label_offset = 1;
  EXPECT_NE(recipe_sha256(recipe), before);
}

TEST(RecipeTest, HashIsStable) {
  EXPECT_EQ(recipe_sha256(named_recipe("raw255")), "cbec5d8904a61471a25ba3c521539c530e553184ec4251b43d20cb245898d724");
}

TEST(RecipeTest, PixelKeyIgnoresTheValueHalf) {
  EXPECT_EQ(recipe_pixel_key(named_recipe("tf")), recipe_pixel_key(named_recipe("unit")));
  EXPECT_EQ(recipe_pixel_key(named_recipe("tf-imagenet-1001")), recipe_pixel_key(named_recipe("torch-imagenet")));
  EXPECT_NE(recipe_pixel_key(named_recipe("tf")), recipe_pixel_key(named_recipe("tf-imagenet")));
  EXPECT_NE(recipe_pixel_key(named_recipe("unit")), recipe_pixel_key(named_recipe("gray-unit")));
}

TEST(RecipeTest, CropWithoutCroppingDoesNotSplitTheCache) {
  Recipe recipe;
  recipe.crop_fraction = 0.5;
  EXPECT_EQ(recipe_pixel_key(recipe), recipe_pixel_key(Recipe{}));
}

}  // namespace
}  // namespace qbench
