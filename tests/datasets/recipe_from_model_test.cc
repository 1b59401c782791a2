// SPDX-License-Identifier: Apache-2.0
#include "datasets/recipe_from_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qbench::datasets {
namespace {

using ::testing::HasSubstr;

ModelInputHints hints(DType dtype, float scale = 0.0F, int zero_point = 0) {
  ModelInputHints hints;
  hints.input = {.name = "input",
                 .shape = {1, 96, 96, 3},
                 .dtype = dtype,
                 .quantization = {.scale = scale, .zero_point = zero_point}};
  return hints;
}

TEST(RecipeFromModelTest, FloatWithoutMetadataIsAssumedRaw) {
  const DerivedRecipe derived = derive_recipe(hints(DType::kFloat32));
  EXPECT_EQ(derived.recipe, named_recipe("raw255"));
  EXPECT_TRUE(derived.assumed());
  EXPECT_THAT(derived.why, HasSubstr("assumed"));
}

TEST(RecipeFromModelTest, MetadataWins) {
  ModelInputHints input = hints(DType::kUint8, 1.0F, 0);
  input.mean = {127.5, 127.5, 127.5};
  input.std = {127.5, 127.5, 127.5};
  const DerivedRecipe derived = derive_recipe(input);
  EXPECT_EQ(derived.recipe, named_recipe("tf"));
  EXPECT_FALSE(derived.assumed());
  EXPECT_THAT(derived.why, HasSubstr("metadata"));
}

TEST(RecipeFromModelTest, MetadataOfItsOwnIsKept) {
  ModelInputHints input = hints(DType::kFloat32);
  input.mean = {1, 2, 3};
  input.std = {4, 5, 6};
  const Recipe recipe = derive_recipe(input).recipe;
  EXPECT_EQ(recipe.name, "metadata");
  EXPECT_EQ(recipe.mean[1], 2.0);
  EXPECT_EQ(recipe.std[2], 6.0);
}

TEST(RecipeFromModelTest, QuantizationSaysTheRangeOfTheValues) {
  const auto name = [](const ModelInputHints& input) { return derive_recipe(input).recipe.name; };
  EXPECT_EQ(name(hints(DType::kInt8, 1.0F, -128)), "raw255");
  EXPECT_EQ(name(hints(DType::kUint8, 1.0F, 0)), "raw255");
  EXPECT_EQ(name(hints(DType::kInt8, 1.0F / 255, -128)), "unit");
  EXPECT_EQ(name(hints(DType::kUint8, 0.00390625F, 0)), "unit");
  EXPECT_EQ(name(hints(DType::kUint8, 0.0078125F, 128)), "tf");
  EXPECT_EQ(name(hints(DType::kUint8, 0.00784314F, 127)), "tf");
  EXPECT_EQ(name(hints(DType::kInt8, 0.00784314F, -1)), "tf");
  EXPECT_EQ(name(hints(DType::kInt8, 0.0187F, -14)), "torch");
  EXPECT_EQ(name(hints(DType::kUint8, 1.0F / 255, 128)), "half");
  EXPECT_EQ(name(hints(DType::kInt8, 1.08F, -13)), "caffe");
  EXPECT_FALSE(derive_recipe(hints(DType::kInt8, 1.0F, -128)).assumed());
}

TEST(RecipeFromModelTest, TheNearestRangeByRatioCountsBecauseCalibrationMovesTheEnds) {
  const auto name = [](const ModelInputHints& input) { return derive_recipe(input).recipe.name; };
  EXPECT_EQ(name(hints(DType::kUint8, 1.147F / 255, 0)), "unit");
  EXPECT_EQ(name(hints(DType::kInt8, 0.62F / 255, -128)), "unit");
  EXPECT_EQ(name(hints(DType::kUint8, 0.55F, 0)), "raw255");
  EXPECT_EQ(name(hints(DType::kInt8, 1.7F / 255, 5)), "tf");
}

TEST(RecipeFromModelTest, ARangeFarFromAllUsualOnesIsNotTakenForOne) {
  EXPECT_TRUE(derive_recipe(hints(DType::kUint8, 20.0F / 255, 0)).assumed());
  EXPECT_TRUE(derive_recipe(hints(DType::kInt8, 40.0F / 255, 0)).assumed());
  EXPECT_TRUE(derive_recipe(hints(DType::kInt8, 1.0F / 255, -90)).assumed());  // zero neither at the end nor inside
}

TEST(RecipeFromModelTest, ANormalizationInTheGraphMeansRawPixels) {
  ModelInputHints input = hints(DType::kFloat32);
  input.normalization = "the graph begins with x * 0.00784 - 1, a normalization of raw pixels";
  const DerivedRecipe derived = derive_recipe(input);
  EXPECT_EQ(derived.recipe.name, "raw255");
  EXPECT_EQ(derived.source, RecipeSource::kGraph);
}

TEST(RecipeFromModelTest, TheScaleOfAnIntegerInputKnowsBetterThanTheGraph) {
  ModelInputHints input = hints(DType::kInt8, 1.0F / 255, -128);
  input.normalization = "the graph begins with x * 0.00784 - 1, a normalization of raw pixels";
  EXPECT_EQ(derive_recipe(input).source, RecipeSource::kQuantization);
}

TEST(RecipeFromModelTest, OddQuantizationIsAssumedRaw) {
  const DerivedRecipe derived = derive_recipe(hints(DType::kInt8, 1e-5F, 3));
  EXPECT_EQ(derived.recipe.name, "raw255");
  EXPECT_TRUE(derived.assumed());
}

TEST(RecipeFromModelTest, BackgroundClassShiftsTheLabels) {
  ModelInputHints input = hints(DType::kUint8, 0.0078125F, 128);
  input.outputs = 1001;
  input.classes = 1000;
  const DerivedRecipe derived = derive_recipe(input);
  EXPECT_EQ(derived.recipe.label_offset, 1);
  EXPECT_NE(derived.recipe.name, "tf");
  EXPECT_THAT(derived.why, HasSubstr("background"));
  input.classes = 1001;
  EXPECT_EQ(derive_recipe(input).recipe.label_offset, 0);
}

TEST(RecipeFromModelTest, OneOutputMoreThanFoldersIsAMissingClass) {
  ModelInputHints input = hints(DType::kUint8, 0.0078125F, 128);
  input.outputs = 10;
  input.classes = 9;
  EXPECT_EQ(derive_recipe(input).recipe.label_offset, 0);
}

TEST(RecipeFromModelTest, OneOutputMoreThanUnknownClassesShiftsNothing) {
  ModelInputHints input = hints(DType::kFloat32);
  input.outputs = 1;
  EXPECT_EQ(derive_recipe(input).recipe.label_offset, 0);
}

TEST(RecipeFromModelTest, OneChannelIsGray) {
  ModelInputHints input = hints(DType::kFloat32);
  input.input.shape = {1, 28, 28, 1};
  EXPECT_EQ(derive_recipe(input).recipe.colour, Recipe::Colour::kGray);
}

}  // namespace
}  // namespace qbench::datasets
