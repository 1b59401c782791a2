// SPDX-License-Identifier: Apache-2.0
#include "reports/recipe_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qbench::reports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

CellRecord fed_cell(const std::string& id, const char* recipe, RecipeSource source) {
  CellRecord cell;
  cell.id = id;
  cell.recipe = named_recipe(recipe);
  cell.recipe_source = source;
  cell.recipe_reason = "because";
  cell.accuracy = AccuracyRecord();
  cell.accuracy->images = 10;
  return cell;
}

TEST(RecipeTextTest, TheSameValuesAreNoConflictWhereverTheyComeFrom) {
  EXPECT_THAT(recipe_conflict(fed_cell("int8", "unit", RecipeSource::kQuantization),
                              fed_cell("fp32", "unit", RecipeSource::kFound)),
              IsEmpty());
}

TEST(RecipeTextTest, OtherValuesAreAConflict) {
  const std::string said = recipe_conflict(fed_cell("int8", "unit", RecipeSource::kQuantization),
                                           fed_cell("fp32", "tf", RecipeSource::kMetadata));
  EXPECT_THAT(said, HasSubstr("'fp32' is fed with tf and 'int8' with unit"));
  EXPECT_THAT(said, HasSubstr("--recipe"));
}

TEST(RecipeTextTest, WhatTheUserGaveBothIsHisOwnBusiness) {
  EXPECT_THAT(
      recipe_conflict(fed_cell("int8", "unit", RecipeSource::kGiven), fed_cell("fp32", "tf", RecipeSource::kGiven)),
      IsEmpty());
}

TEST(RecipeTextTest, AnAssumedRecipeIsNoGround) {
  EXPECT_THAT(recipe_conflict(fed_cell("int8", "raw255", RecipeSource::kGiven),
                              fed_cell("fp32", "raw255", RecipeSource::kAssumed)),
              HasSubstr("nobody says which values 'fp32' wants"));
}

TEST(RecipeTextTest, CellsThatShareARecipeShareALineAndGivenOnesHaveNone) {
  Record record;
  record.cells = {fed_cell("a", "unit", RecipeSource::kFound), fed_cell("b", "unit", RecipeSource::kFound),
                  fed_cell("c", "tf", RecipeSource::kGiven)};
  EXPECT_THAT(recipe_lines(record), ElementsAre("a, b: recipe unit: because"));
}

TEST(RecipeTextTest, AnAssumptionStandsInTheStatus) {
  CellRecord cell = fed_cell("a", "unit", RecipeSource::kFound);
  EXPECT_EQ(status_text({}, cell), "ok");
  cell.warnings = {"assumed: the output 'b' of three"};
  EXPECT_EQ(status_text({}, cell), "ok (assumed)");
  EXPECT_EQ(status_text({.status = Status::kCrashed, .reason = {}, .stage = {}, .stderr_tail = {}}, cell), "crashed");
}

}  // namespace
}  // namespace qbench::reports
