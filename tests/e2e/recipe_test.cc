// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/e2e/command_line.h"
#include "tests/e2e/variant_set.h"

namespace qbench::testing {
namespace {

using nlohmann::json;

TEST(RecipeTest, FindsTheRightColourOrder) {
  const VariantSet set;
  const json answer = json_answer({"-q", "recipe", set.model(), set.images(), "--json"});
  const json ranking = answer.at("ranking");
  EXPECT_EQ(ranking.size(), 24U);
  EXPECT_EQ(ranking.front().at("correct"), 12);
  EXPECT_EQ(ranking.front().at("recipe").at("colour"), "rgb");
  EXPECT_LT(ranking.back().at("correct"), 12);
  for (const json& trial : ranking) EXPECT_LE(trial.at("interval")[0], trial.at("interval")[1]);
}

TEST(RecipeTest, PrintsARankingWithIntervals) {
  const VariantSet set;
  const ProgramResult result = run_qbench({"-q", "recipe", set.model(), set.images()});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(mentions(result.out, "95 % interval"));
  EXPECT_TRUE(mentions(result.out, "A run asks"));
}

TEST(RecipeTest, AModelThatIsNone) {
  const VariantSet set;
  write_file_atomic(set.model(), std::string_view("no model"));
  EXPECT_TRUE(mentions(complaint({"-q", "recipe", set.model(), set.images()}), "tiny_fp32.tflite"));
}

TEST(RecipeTest, ImagesThatAreNotThere) {
  const VariantSet set;
  EXPECT_TRUE(mentions(complaint({"-q", "recipe", set.model(), "/nonexistent"}), "/nonexistent"));
}

TEST(RecipeTest, ANegativeLimit) {
  const VariantSet set;
  EXPECT_TRUE(mentions(complaint({"-q", "recipe", set.model(), set.images(), "--limit", "-4"}), "--limit"));
}

}  // namespace
}  // namespace qbench::testing
