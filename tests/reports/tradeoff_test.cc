// SPDX-License-Identifier: Apache-2.0
#include "reports/tradeoff.h"

#include <gtest/gtest.h>

#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

class TradeoffTest : public ::testing::Test {
 protected:
  TradeoffTest() { record_.cells.resize(2); }
  Tradeoff judge(double margin_points = 0.5) {
    return compare_cells(record_, predictions_, {.accuracy_margin_points = margin_points}).tradeoff;
  }

  Record record_ = testing::sample_record();
  std::vector<CellPredictions> predictions_ = testing::sample_predictions();
};

TEST_F(TradeoffTest, FasterAndSmallerButLessAccurateStaysBesideTheBaseline) {
  const Tradeoff tradeoff = judge();
  ASSERT_EQ(tradeoff.rows.size(), 2U);
  EXPECT_TRUE(tradeoff.with_accuracy);
  EXPECT_TRUE(tradeoff.rows[0].on_front);
  EXPECT_TRUE(tradeoff.rows[1].on_front);
  EXPECT_GT(tradeoff.rows[1].front_share, 0.99);
}

TEST_F(TradeoffTest, WithTheSameAnswersTheFasterSmallerOneBeatsTheBaseline) {
  predictions_[1].predictions = predictions_[0].predictions;
  EXPECT_TRUE(judge().rows[0].on_front) << "200 images cannot show a drop below half a point";
  const Tradeoff tradeoff = judge(5.0);
  EXPECT_FALSE(tradeoff.rows[0].on_front);
  EXPECT_EQ(tradeoff.rows[0].dominated_by, record_.cells[1].id);
  EXPECT_LT(tradeoff.rows[0].front_share, 0.01);
}

TEST_F(TradeoffTest, WithoutAnyPredictionsOnlyTheRestCounts) {
  predictions_.clear();
  const Tradeoff tradeoff = judge();
  EXPECT_FALSE(tradeoff.with_accuracy);
  ASSERT_EQ(tradeoff.rows.size(), 2U);
  EXPECT_FALSE(tradeoff.rows[0].on_front);
}

TEST_F(TradeoffTest, CellsThatLackWhatOthersHaveAreNamed) {
  record_ = testing::sample_record();
  const Tradeoff tradeoff = judge();
  EXPECT_EQ(tradeoff.rows.size(), 2U);
  ASSERT_EQ(tradeoff.left_out.size(), 4U);
  EXPECT_EQ(tradeoff.left_out[0], "hostile-tflite-t1: no predictions");
  EXPECT_EQ(tradeoff.left_out[1].substr(0, 8), "dynamic-");
}

TEST_F(TradeoffTest, SidesAreNoVariantsOfOneAnother) {
  record_.cells[0].side = "reference";
  record_.cells[1].side = "again";
  EXPECT_TRUE(judge().rows.empty());
  EXPECT_TRUE(judge().left_out.empty());
}

TEST_F(TradeoffTest, OneCellAloneHasNoTradeoff) {
  record_.cells.resize(1);
  EXPECT_TRUE(judge().rows.empty());
}

}  // namespace
}  // namespace qbench::reports
