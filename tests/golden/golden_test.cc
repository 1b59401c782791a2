// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "reports/console_table.h"
#include "reports/csv_report.h"
#include "reports/gbench_report.h"
#include "reports/html_report.h"
#include "reports/json_report.h"
#include "reports/junit_report.h"
#include "reports/markdown_report.h"
#include "tests/golden/golden_file.h"
#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

class GoldenTest : public ::testing::Test {
 protected:
  [[nodiscard]] ReportInput input() const { return {record_, comparison_, predictions_, gates_}; }

 private:
  Record record_ = testing::sample_record();
  std::vector<CellPredictions> predictions_ = testing::sample_predictions();
  std::vector<CheckedGate> gates_ = testing::sample_gates();
  Comparison comparison_ = compare_cells(record_, predictions_);
};

TEST_F(GoldenTest, Json) { EXPECT_EQ(testing::golden_difference("report.json", json_report_text(input())), ""); }
TEST_F(GoldenTest, Csv) { EXPECT_EQ(testing::golden_difference("report.csv", csv_report_text(input())), ""); }
TEST_F(GoldenTest, Markdown) { EXPECT_EQ(testing::golden_difference("report.md", markdown_report_text(input())), ""); }
TEST_F(GoldenTest, Html) { EXPECT_EQ(testing::golden_difference("report.html", html_report_text(input())), ""); }
TEST_F(GoldenTest, Junit) { EXPECT_EQ(testing::golden_difference("junit.xml", junit_report_text(input())), ""); }
TEST_F(GoldenTest, Gbench) { EXPECT_EQ(testing::golden_difference("gbench.json", gbench_report_text(input())), ""); }
TEST_F(GoldenTest, Console) { EXPECT_EQ(testing::golden_difference("console.txt", console_table(input())), ""); }
TEST_F(GoldenTest, NarrowConsole) {
  EXPECT_EQ(testing::golden_difference("console_80.txt", console_table(input(), {80, false})), "");
}
TEST_F(GoldenTest, ColouredConsole) {
  EXPECT_EQ(testing::golden_difference("console_colour.txt", console_table(input(), {120, true})), "");
}

TEST(GoldenFileTest, OnlyTheLastDigitsOfANumberMayDiffer) {
  EXPECT_EQ(testing::text_difference("p 1.0000000000001 ms", "p 1.0000000000002 ms"), "");
  EXPECT_NE(testing::text_difference("p 1.001 ms", "p 1.002 ms"), "");
  EXPECT_NE(testing::text_difference("p 1 ms", "p -1 ms"), "");
  EXPECT_NE(testing::text_difference("sha 12ab", "sha 12ac"), "");
  EXPECT_NE(testing::text_difference("a", "ab"), "");
  EXPECT_NE(testing::text_difference("ab", "a"), "");
}

}  // namespace
}  // namespace qbench::reports
