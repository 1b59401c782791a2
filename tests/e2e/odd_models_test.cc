// SPDX-License-Identifier: Apache-2.0
// Well-formed files that are no classifiers: every command says so in one line.
#include <gtest/gtest.h>

#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"
#include "tests/support/odd_models.h"

namespace qbench::testing {
namespace {

class OddModelsTest : public ::testing::TestWithParam<OddModel> {
 protected:
  OddModelsTest() { write_file_atomic(set_.model("odd"), GetParam().bytes); }

  TinySet set_;
};

TEST_P(OddModelsTest, AreNotQuantized) {
  const std::filesystem::path folder = set_.path() / "variants";
  const std::string line = complaint({"quantize", set_.model("odd"), "--to", "fp16", "-o", folder});
  EXPECT_TRUE(mentions(line, GetParam().problem)) << line;
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_P(OddModelsTest, AreNotExplained) {
  const std::string line = complaint({"explain", set_.model("odd"), set_.model("int8"), set_.images()});
  EXPECT_TRUE(mentions(line, GetParam().problem)) << line;
}

INSTANTIATE_TEST_SUITE_P(Unreadable, OddModelsTest, ::testing::ValuesIn(unreadable_models()),
                         [](const auto& model) { return model.param.name; });
INSTANTIATE_TEST_SUITE_P(Unquantizable, OddModelsTest, ::testing::ValuesIn(unquantizable_models()),
                         [](const auto& model) { return model.param.name; });

TEST(InspectOddModelsTest, WhatCannotBeReadIsRefused) {
  const TinySet set;
  for (const OddModel& odd : unreadable_models()) {
    write_file_atomic(set.model("odd"), odd.bytes);
    EXPECT_TRUE(mentions(complaint({"inspect", set.model("odd")}), odd.problem)) << odd.name;
  }
}

TEST(InspectOddModelsTest, WhatCanBeReadIsShown) {
  const TinySet set;
  for (const OddModel& odd : unquantizable_models()) {
    write_file_atomic(set.model("odd"), odd.bytes);
    EXPECT_TRUE(json_answer({"inspect", set.model("odd"), "--json"}).contains("precision")) << odd.name;
  }
}

TEST(RunOddModelsTest, EachIsAnErrorOfItsOwnCell) {
  const TinySet set;
  std::vector<std::string> cells{"fp32"};
  for (const OddModel& odd : unreadable_models()) {
    write_file_atomic(set.model(odd.name), odd.bytes);
    cells.push_back(odd.name);
  }
  const ProgramResult result = run_qbench(set.run(cells, {"--batch", "1"}));
  EXPECT_EQ(result.exit_code, 1) << result.err;
  const nlohmann::json report = read_report(set.results());
  EXPECT_EQ(lane_of(report, "fp32", 1).at("outcome").at("status"), "ok");
  for (const OddModel& odd : unreadable_models()) {
    const nlohmann::json outcome = lane_of(report, odd.name, 1).at("outcome");
    EXPECT_EQ(outcome.at("status"), "error") << odd.name;
    EXPECT_TRUE(mentions(outcome.at("reason"), odd.problem)) << outcome;
  }
}

}  // namespace
}  // namespace qbench::testing
