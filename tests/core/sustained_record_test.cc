// SPDX-License-Identifier: Apache-2.0
#include "core/sustained_record.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/record.h"

namespace qbench {
namespace {

TEST(SustainedRecordTest, FiguresSurviveJsonAndBack) {
  const SustainedFigures figures{
      600.0, 60.0, {{0.0, 60.1, 5000, 2.5, 2.75, 1500.0, 61.5}, {60.1, 60.0, 3, 3.0, {}, {}, {}}}, 2.5, 3.0, 60.1};
  EXPECT_EQ(nlohmann::json(figures).get<SustainedFigures>(), figures);
}

TEST(SustainedRecordTest, CellKeepsItAndAnOlderCellHasNone) {
  CellRecord cell;
  cell.id = "a";
  EXPECT_FALSE(nlohmann::json(cell).get<CellRecord>().sustained);
  cell.sustained = SustainedRecord{.partial = true, .tags = {"throttled"}, .tag_reasons = {"heat"}};
  cell.sustained->energy = {0.5, "package-0", false, ""};
  const auto back = nlohmann::json(cell).get<CellRecord>();
  ASSERT_TRUE(back.sustained);
  EXPECT_TRUE(back.sustained->partial);
  EXPECT_EQ(back.sustained->tags, cell.sustained->tags);
  EXPECT_EQ(back.sustained->energy, cell.sustained->energy);
  nlohmann::json old = nlohmann::json(cell);
  old.erase("sustained");
  EXPECT_FALSE(old.get<CellRecord>().sustained);
}

TEST(SustainedRecordTest, AFailedSustainedRunIsTheCellsOutcome) {
  CellRecord cell;
  cell.sustained = SustainedRecord{};
  cell.sustained->outcome.status = Status::kCrashed;
  EXPECT_EQ(cell.worst().status, Status::kCrashed);
}

TEST(SustainedRecordTest, LaneKeepsTagsAndEnergyAndAnOlderOneHasNone) {
  LaneRecord lane;
  lane.tags = {"disturbed"};
  lane.tag_reasons = {"steal"};
  lane.energy = {std::nullopt, "", false, "no meter"};
  lane.runner.builtin_ops = {{"SOFTMAX", 1}};
  lane.runner.accelerated_parts = 2;
  const auto back = nlohmann::json(lane).get<LaneRecord>();
  EXPECT_EQ(back.tags, lane.tags);
  EXPECT_EQ(back.energy, lane.energy);
  EXPECT_EQ(back.runner.builtin_ops, lane.runner.builtin_ops);
  EXPECT_EQ(back.runner.accelerated_parts, 2);
  const auto old = nlohmann::json::parse(R"({"batch": 1})").get<LaneRecord>();
  EXPECT_TRUE(old.tags.empty());
  EXPECT_EQ(old.energy, EnergyUse());
}

TEST(SustainedRecordTest, SeriesOfTheBoardSurvivesJsonAndBack) {
  Record record;
  BoardSample sample;
  sample.celsius = {{"zone", 50.5}};
  record.board_series = {{1.5, sample}};
  record.board_sample_us = 80.0;
  const Record back = record_from_json(record_to_json(record), "test");
  EXPECT_EQ(back.board_series, record.board_series);
  EXPECT_EQ(back.board_sample_us, 80.0);
}

}  // namespace
}  // namespace qbench
