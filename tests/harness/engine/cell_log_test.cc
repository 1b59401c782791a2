// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/cell_log.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/error.h"
#include "tests/support/paths.h"

namespace qbench::engine {
namespace {

LaneRecord lane_of(int batch, double load_ms) {
  LaneRecord lane;
  lane.batch = batch;
  lane.load_ms = load_ms;
  lane.blocks.push_back({.round = 3, .process = 1, .start_s = 0.5, .samples_ns = {10, 20, 30}});
  return lane;
}

const Binding kBinding{{"model", "1f2e"}};

class CellLogTest : public ::testing::Test {
 protected:
  void append_raw(const std::string& text) { std::ofstream(path_, std::ios::app) << text; }

  testing::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "cells.jsonl";
};

TEST_F(CellLogTest, WhatWasAppendedIsFoundAgain) {
  {
    CellLog log(path_);
    log.append_lane("fp32", lane_of(1, 2.5), kBinding);
    AccuracyRecord accuracy;
    accuracy.correct = 17;
    log.append_accuracy("fp32", {{accuracy, kBinding}, "digest", {"a warning"}});
  }
  const CellLog log(path_);
  ASSERT_NE(log.lane("fp32", 1), nullptr);
  EXPECT_EQ(log.lane("fp32", 1)->record.load_ms, 2.5);
  EXPECT_EQ(log.lane("fp32", 1)->record.blocks[0].samples_ns, (std::vector<std::int64_t>{10, 20, 30}));
  EXPECT_EQ(log.accuracy("fp32")->record.correct, 17);
  EXPECT_EQ(log.lane("fp32", 64), nullptr);
  EXPECT_EQ(log.accuracy("int8"), nullptr);
  EXPECT_TRUE(log.warnings().empty());
}

TEST_F(CellLogTest, ALaterLineWins) {
  {
    CellLog log(path_);
    log.append_lane("a", lane_of(1, 1.0), kBinding);
    log.append_lane("a", lane_of(1, 2.0), kBinding);
  }
  EXPECT_EQ(CellLog(path_).lane("a", 1)->record.load_ms, 2.0);
}

TEST_F(CellLogTest, ATornLastLineIsMovedAwayAndTheRestKept) {
  {
    CellLog log(path_);
    log.append_lane("a", lane_of(1, 1.0), kBinding);
  }
  append_raw(R"({"cell":"b","lane":{"bat)");
  {
    CellLog log(path_);
    EXPECT_EQ(log.warnings().size(), 1U);
    EXPECT_NE(log.lane("a", 1), nullptr);
    EXPECT_EQ(log.lane("b", 1), nullptr);
    log.append_lane("c", lane_of(1, 3.0), kBinding);
  }
  const CellLog log(path_);
  EXPECT_TRUE(log.warnings().empty());
  EXPECT_NE(log.lane("c", 1), nullptr);
  EXPECT_TRUE(std::filesystem::exists(path_.string() + ".torn"));
}

TEST_F(CellLogTest, ADamagedLineInTheMiddleIsNamedAndTheOthersKept) {
  append_raw("this is not JSON\n");
  {
    CellLog log(path_);
    log.append_lane("a", lane_of(1, 1.0), kBinding);
  }
  const CellLog log(path_);
  EXPECT_EQ(log.warnings().size(), 1U);
  EXPECT_NE(log.lane("a", 1), nullptr);
}

TEST_F(CellLogTest, AFolderThatIsNotThereIsAnError) {
  EXPECT_THROW(CellLog(folder_.path() / "absent" / "cells.jsonl"), Error);
}

}  // namespace
}  // namespace qbench::engine
