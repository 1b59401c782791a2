// SPDX-License-Identifier: Apache-2.0
// What a model is fed with when nobody says so: the right values, or a question.
#include <gtest/gtest.h>

#include "tests/e2e/command_line.h"
#include "tests/e2e/level_set.h"

namespace qbench::testing {
namespace {

using nlohmann::json;

std::vector<std::string> run_of(const LevelSet& set, const std::vector<std::string>& models,
                                const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"run", "--no-latency", "--jobs", "2", "--data", set.images(), "-o", set.results()};
  for (const std::string& model : models) arguments.insert(arguments.end(), {"--model", model});
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

json cell_after(const std::vector<std::string>& arguments, const LevelSet& set, const std::string& cell) {
  const ProgramResult result = run_qbench(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return cell_of(read_report(set.results()), cell);
}

class FoundRecipeTest : public ::testing::TestWithParam<const char*> {};

TEST_P(FoundRecipeTest, IsTheOneThatTheModelWasMadeFor) {
  const LevelSet set;
  const json cell = cell_after(run_of(set, {set.model("m", named_recipe(GetParam()))}), set, "m");
  EXPECT_EQ(cell.at("recipe").at("name"), GetParam());
  EXPECT_EQ(cell.at("recipe_source"), "found");
  EXPECT_EQ(cell.at("accuracy").at("correct"), 90);
}

INSTANTIATE_TEST_SUITE_P(Usual, FoundRecipeTest, ::testing::Values("unit", "raw255", "tf-bgr", "torch", "caffe-bgr"));

TEST(RecipeSearchTest, WhatWasFoundStandsOnTheTerminalWithItsFigure) {
  const LevelSet set;
  const ProgramResult result = run_qbench(run_of(set, {set.model("m", named_recipe("unit"))}));
  EXPECT_TRUE(mentions(result.err, "m: recipe unit, found: right for"));
  EXPECT_TRUE(mentions(result.out, "recipe unit: found"));
}

TEST(RecipeSearchTest, ASiblingThatKnowsIsAsked) {
  const LevelSet set;
  const std::vector<std::string> models{set.model("fp32", named_recipe("unit")),
                                        set.model("uint8", named_recipe("unit"), models::TensorType::kUint8)};
  const json cell = cell_after(run_of(set, models), set, "fp32");
  EXPECT_EQ(cell.at("recipe").at("name"), "unit");
  EXPECT_EQ(cell.at("recipe_source"), "sibling");
  EXPECT_EQ(cell.at("accuracy").at("correct"), 90);
}

TEST(RecipeSearchTest, TheColoursOfAnIntegerInputAreFoundForItsScaleDoesNotTell) {
  const LevelSet set;
  const std::string model = set.model("m", named_recipe("unit-bgr"), models::TensorType::kUint8);
  const json cell = cell_after(run_of(set, {model}), set, "m");
  EXPECT_EQ(cell.at("recipe").at("name"), "unit-bgr");
  EXPECT_TRUE(mentions(cell.at("recipe_reason"), "found: the colours in BGR order"));
  EXPECT_EQ(cell.at("accuracy").at("correct"), 90);
}

TEST(RecipeSearchTest, TooFewImagesAreAQuestion) {
  const LevelSet set(2);
  const ProgramResult result = run_qbench(run_of(set, {set.model("m", named_recipe("unit"))}));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(mentions(result.err, "6 images do not decide which values it wants"));
  EXPECT_TRUE(mentions(result.err, "give --recipe"));
}

TEST(RecipeSearchTest, MetadataThatTheImagesContradictAreAQuestion) {
  const LevelSet set;
  const std::string model = set.mislabelled("m", named_recipe("unit"), named_recipe("tf"));
  const ProgramResult result = run_qbench(run_of(set, {model}));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(mentions(result.err, "the model's metadata says"));
  EXPECT_TRUE(mentions(result.err, "give --recipe unit or --recipe tf"));
}

TEST(RecipeSearchTest, AModelThatIsRightByChanceIsAQuestion) {
  const LevelSet set;
  // The classes in another order than the model's.
  std::filesystem::rename(set.images() / "0dark", set.images() / "3dark");
  const ProgramResult result = run_qbench(run_of(set, {set.model("m", named_recipe("unit"))}));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(mentions(result.err, "--labels") || mentions(result.err, "do not decide")) << result.err;
}

TEST(RecipeSearchTest, AGivenRecipeIsTakenAsItIs) {
  const LevelSet set;
  const json cell = cell_after(run_of(set, {set.model("m", named_recipe("unit"))}, {"--recipe", "tf"}), set, "m");
  EXPECT_EQ(cell.at("recipe_source"), "given");
  EXPECT_LT(cell.at("accuracy").at("correct"), 90);
  EXPECT_TRUE(cell.at("recipe_trial").is_null());
}

TEST(RecipeSearchTest, CellsFedWithOtherValuesAreNotComparedOrGated) {
  const LevelSet set;
  const std::vector<std::string> models{set.model("float", named_recipe("tf")),
                                        set.model("other", named_recipe("unit"), models::TensorType::kUint8)};
  // Fewer outputs would make them strangers; here the work differs by an op alone, and both say what they want.
  const ProgramResult result =
      run_qbench(run_of(set, {set.mislabelled("float", named_recipe("tf"), named_recipe("tf")), models[1]},
                        {"--gate", "top1>=-0.5pp", "--choose", "drop<=0.5pp, min size"}));
  EXPECT_EQ(result.exit_code, 4) << result.err;
  const json report = read_report(set.results());
  EXPECT_TRUE(mentions(result.err, "fed with 'unit'")) << result.err;
  EXPECT_TRUE(report.at("comparison").at("cells")[1].at("accuracy").at("paired").is_null());
  EXPECT_EQ(report.at("comparison").at("choice").at("chosen"), "float");  // though the other is smaller
}

TEST(RecipeSearchTest, AResumedRunDoesNotSearchAgain) {
  const LevelSet set;
  const json before = cell_after(run_of(set, {set.model("m", named_recipe("unit"))}), set, "m");
  const ProgramResult again = run_qbench({"run", "--resume", set.results()});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_FALSE(mentions(again.err, "recipe, m"));
  EXPECT_EQ(cell_of(read_report(set.results()), "m").at("recipe_trial"), before.at("recipe_trial"));
}

}  // namespace
}  // namespace qbench::testing
