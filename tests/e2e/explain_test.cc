// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/e2e/command_line.h"
#include "tests/e2e/variant_set.h"

namespace qbench::testing {
namespace {

using nlohmann::json;

class ExplainTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> explain(const std::filesystem::path& other,
                                                 const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"-q", "explain", set_.model(), other, set_.images(), "--jobs", "2"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  VariantSet set_;
};

TEST_F(ExplainTest, RanksTheOpsOfAnInt8Variant) {
  ASSERT_EQ(run_qbench(set_.quantize("int8")).exit_code, 0);
  const json answer = json_answer(explain(set_.variant("int8"), {"--json"}));
  EXPECT_EQ(answer.at("images"), 12);
  double macs = 0.0;
  for (const json& op : answer.at("ops")) {
    EXPECT_GT(op.at("sqnr_db"), 10.0) << op;
    macs += op.at("mac_share").get<double>();
  }
  EXPECT_NEAR(macs, 1.0, 1e-6);
}

TEST_F(ExplainTest, ShowsAsManyRowsAsAskedFor) {
  ASSERT_EQ(run_qbench(set_.quantize("int8")).exit_code, 0);
  const ProgramResult result = run_qbench(explain(set_.variant("int8"), {"--rows", "1"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(mentions(result.out, "more ops; --json lists all"));
}

TEST_F(ExplainTest, AModelOfAnotherFamilyIsNotComparable) {
  const std::filesystem::path stranger = std::filesystem::path(QBENCH_CONFIGS) / "models" / "default_fp32.tflite";
  EXPECT_TRUE(mentions(complaint(explain(stranger), 4), "are the files variants of one model?"));
}

TEST_F(ExplainTest, AQuantizedReferenceIsRefused) {
  ASSERT_EQ(run_qbench(set_.quantize("int8")).exit_code, 0);
  const std::string line = complaint({"explain", set_.variant("int8"), set_.model(), set_.images()});
  EXPECT_TRUE(mentions(line, "give the float32 model"));
}

TEST_F(ExplainTest, ImagesThatAreNotThere) {
  EXPECT_TRUE(mentions(complaint({"-q", "explain", set_.model(), set_.model(), "/nonexistent"}), "/nonexistent"));
}

TEST_F(ExplainTest, NegativeRows) {
  EXPECT_TRUE(mentions(complaint(explain(set_.model(), {"--rows", "-1"})), "--rows"));
}

}  // namespace
}  // namespace qbench::testing
