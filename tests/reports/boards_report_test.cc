// SPDX-License-Identifier: Apache-2.0
#include "reports/boards_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

StoredRun run_on(const std::string& board) {
  StoredRun run;
  run.folder = "results/" + board;
  run.record = testing::sample_record();
  run.record.board.name = board;
  run.predictions = testing::sample_predictions();
  return run;
}

BoardsReport two_boards(const std::string& first = "Board A", const std::string& second = "Board B") {
  std::vector<StoredRun> runs;
  runs.push_back(run_on(first));
  runs.push_back(run_on(second));
  return make_boards_report(std::move(runs), [](const Record&) { return ComparisonSettings{}; });
}

TEST(BoardsReportTest, BoardsOfAVariantStandBelowEachOther) {
  const TextTable table = across_boards_table(two_boards());
  ASSERT_EQ(table.rows.size(), 12U);
  EXPECT_EQ(table.rows[0][0], "fp32");
  EXPECT_EQ(table.rows[0][1], "Board A");
  EXPECT_EQ(table.rows[1][0], "fp32");
  EXPECT_EQ(table.rows[1][1], "Board B");
  EXPECT_EQ(table.rows[2][0], "int8");
  EXPECT_EQ(table.rows[2][7], "12.50");  // mJ
  EXPECT_EQ(table.rows[2][8], "3.000");  // sustained
}

TEST(BoardsReportTest, EachBoardIsJudgedAsItsOwnReportsAre) {
  std::vector<StoredRun> runs;
  runs.push_back(run_on("A"));
  ComparisonSettings settings;
  settings.latency.looks = 3;
  const BoardsReport report = make_boards_report(std::move(runs), [&](const Record&) { return settings; });
  const SpeedUp& speed_up = *report.boards[0].comparison.cells[1].lanes[0].speed_up;
  const SpeedUp own = *compare_cells(testing::sample_record(), {}, settings).cells[1].lanes[0].speed_up;
  EXPECT_DOUBLE_EQ(speed_up.confidence, 1.0 - 0.01 / 3.0);
  EXPECT_DOUBLE_EQ(speed_up.paired_interval->low, own.paired_interval->low);
}

TEST(BoardsReportTest, BoardsOfOneNameAreNumbered) {
  const BoardsReport report = two_boards("Pi", "Pi");
  EXPECT_EQ(report.boards[0].name, "Pi (1)");
  EXPECT_EQ(report.boards[1].name, "Pi (2)");
}

TEST(BoardsReportTest, ChecksThatCannotBeMadeSayWhy) {
  const BoardsReport report = two_boards();
  ASSERT_EQ(report.pairs.size(), 1U);
  EXPECT_THAT(bit_check_table(report).rows[0][3], HasSubstr("not compared:"));
}

TEST(BoardsReportTest, EveryFormatHoldsEveryBoardAndNoMarkupOfNames) {
  const BoardsReport report = two_boards("Board <b>A</b>", "Board B");
  const std::string html = boards_html(report);
  EXPECT_THAT(html, HasSubstr("Board &lt;b&gt;A"));
  EXPECT_THAT(html, Not(HasSubstr("<b>A</b>")));
  EXPECT_THAT(html, HasSubstr("id=\"board-2\""));
  EXPECT_THAT(boards_markdown(report), HasSubstr("## Board B"));
  const auto json = nlohmann::json::parse(boards_json(report));
  EXPECT_EQ(json.at("schema"), "qbench.boards/1");
  EXPECT_EQ(json.at("boards").size(), 2U);
  EXPECT_EQ(json.at("boards").at(1).at("name"), "Board B");
  EXPECT_TRUE(json.at("bit_checks").at(0).at("identical").is_null());
}

TEST(BoardsReportTest, BoardsWithoutACommonModelHaveNoCheck) {
  std::vector<StoredRun> runs;
  runs.push_back(run_on("A"));
  runs.push_back(run_on("B"));
  for (CellRecord& cell : runs[1].record.cells) cell.model.sha256 = std::string(64, '0');
  const BoardsReport report = make_boards_report(std::move(runs), [](const Record&) { return ComparisonSettings{}; });
  EXPECT_TRUE(report.pairs.empty());
  EXPECT_THAT(boards_markdown(report), HasSubstr("No integer model was run on two of the boards."));
}

}  // namespace
}  // namespace qbench::reports
