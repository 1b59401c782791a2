// SPDX-License-Identifier: Apache-2.0
#include "reports/sustained_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SustainedTextTest : public ::testing::Test {
 protected:
  SustainedTextTest() { cell_.sustained = SustainedRecord{}; }
  [[nodiscard]] SustainedFigures& figures() { return cell_.sustained->figures; }

  CellRecord cell_;
};

TEST_F(SustainedTextTest, SentenceGivesColdAndSteadyFigure) {
  figures() = {600.0, 60.0, {{}}, 2.5, 3.0, 240.0};
  EXPECT_EQ(sustained_sentence(cell_),
            "sustained 600 s: p50 2.500 ms in the first 60 s, 3.000 ms steady after 240 s (1.200 of the first)");
}

TEST_F(SustainedTextTest, SentenceSaysWhatWentWrong) {
  figures() = {600.0, 60.0, {{}}, 2.5, {}, {}};
  cell_.sustained->partial = true;
  cell_.sustained->outcome = {.status = Status::kCrashed, .reason = "accelerator lost"};
  EXPECT_EQ(sustained_sentence(cell_),
            "sustained 600 s: p50 2.500 ms in the first 60 s, no steady state was reached; interrupted; crashed: "
            "accelerator lost");
  figures().cold_ms.reset();
  EXPECT_EQ(sustained_sentence(cell_), "sustained: no window was finished: accelerator lost");
  cell_.sustained.reset();
  EXPECT_EQ(sustained_sentence(cell_), "");
}

TEST_F(SustainedTextTest, TagsOfLanesAndSustainedRunsAreListed) {
  LaneRecord lane;
  lane.batch = 64;
  lane.tags = {"throttled", "disturbed"};
  lane.tag_reasons = {"heat", "steal"};
  cell_.lanes = {lane};
  cell_.sustained->tags = {"throttled"};
  cell_.sustained->tag_reasons = {"heat"};
  EXPECT_THAT(tag_lines(cell_), ElementsAre("batch 64 throttled, disturbed: heat",
                                            "batch 64 throttled, disturbed: steal", "sustained throttled: heat"));
}

TEST(SustainedTablesTest, OneRowAWindow) {
  const Record record = testing::sample_record();
  const Comparison comparison = compare_cells(record);
  const TextTable table = sustained_table({record, comparison});
  ASSERT_EQ(table.rows.size(), 4U);
  EXPECT_EQ(table.rows[1][4], "3.000");
  EXPECT_THAT(sustained_chart({record, comparison}), HasSubstr("<svg"));
  EXPECT_THAT(board_charts(record), HasSubstr("Temperature"));
  EXPECT_THAT(board_charts(Record()), IsEmpty());
}

TEST(SustainedTablesTest, EnergyIsToldOrItsAbsenceIs) {
  Record record = testing::sample_record();
  const Comparison comparison = compare_cells(record);
  EXPECT_THAT(energy_table({record, comparison}).rows, IsEmpty());
  EXPECT_EQ(energy_line(record.board), "energy: not measured: no meter");
  record.board.energy.meters = {{.name = "package-0", .source = "rapl"}};
  EXPECT_THAT(energy_line(record.board), HasSubstr("package-0 (rapl); it covers everything"));
  bool found = false;
  for (const auto& row : energy_table({record, comparison}).rows) found = found || row[2] == "12.50";
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace qbench::reports
