// SPDX-License-Identifier: Apache-2.0
#include "reports/history/night_points.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "tests/support/night_record.h"
#include "tests/support/sample_record.h"

namespace qbench::reports::history {
namespace {

TEST(NightPointsTest, CandidateAndCanaryAreMeasuredAgainstTheirOwnReference) {
  const Record record = testing::night_record({.models = 2, .batches = 2, .slower = 0.03});
  const auto values = night_values(record);
  ASSERT_EQ(values.size(), 8U);  // 2 models x (again, candidate) x 2 batches
  for (const NightValue& value : values) {
    const bool candidate = value.key.kind == SeriesKind::kNight;
    EXPECT_EQ(record.cells[*value.reference_cell].side, "reference");
    EXPECT_EQ(value.key.variant, value.key.baseline);
    EXPECT_EQ(value.rounds, 40U);
    EXPECT_NEAR(*value.estimate, candidate ? std::log(1.03) : 0.0, 0.005);
    EXPECT_EQ(value.answer, candidate ? metrics::NightAnswer::kSlower : metrics::NightAnswer::kQuiet);
    EXPECT_NEAR(*value.reference_ns, 200e3 * value.key.batch, 2e3 * value.key.batch);
  }
}

TEST(NightPointsTest, OrdinaryRunsCompareVariantsWithTheFirstCell) {
  const Record record = testing::sample_record();
  const auto values = night_values(record);
  ASSERT_FALSE(values.empty());
  EXPECT_EQ(values[0].key.kind, SeriesKind::kVariant);
  EXPECT_EQ(values[0].key.variant, "int8");
  EXPECT_EQ(values[0].key.baseline, "fp32");
  EXPECT_EQ(values[0].reference_cell, 0U);
  EXPECT_NEAR(*values[0].estimate, std::log(2.5 / 6.0), 0.01);
}

TEST(NightPointsTest, FailedLanesGiveAPointWithoutAnEstimate) {
  Record record = testing::night_record({});
  record.cells[2].lanes[0].outcome = {Status::kCrashed, "the worker died", "load", 11, {}};
  const auto values = night_values(record);
  ASSERT_EQ(values.size(), 2U);
  EXPECT_FALSE(values[1].estimate);
  EXPECT_FALSE(values[1].reference_ns);
}

TEST(NightPointsTest, ABatchThatTheReferenceLacksHasNoReference) {
  Record record = testing::night_record({.batches = 2});
  record.cells[0].lanes.pop_back();
  const auto values = night_values(record);
  ASSERT_EQ(values.size(), 4U);
  EXPECT_TRUE(values[0].reference_cell);
  EXPECT_FALSE(values[1].reference_cell);
}

TEST(NightPointsTest, CellsWithTheSameNamesBecomeSeriesOfTheirOwn) {
  Record record = testing::night_record({});
  record.cells.push_back(record.cells[2]);
  record.cells.back().id = "other-library";
  const auto values = night_values(record);
  ASSERT_EQ(values.size(), 3U);
  EXPECT_NE(values[1].key, values[2].key);
  EXPECT_EQ(values[2].key.variant, "other-library");
}

TEST(NightPointsTest, CanaryDrawIsTheSameWhenTheRecordIsReadAgain) {
  const Record record = testing::night_record({});
  EXPECT_EQ(night_values(record)[0].uniform, night_values(record)[0].uniform);
  EXPECT_GE(*night_values(record)[0].uniform, 0.0);
  EXPECT_LE(*night_values(record)[0].uniform, 1.0);
}

TEST(NightPointsTest, NamesGoBothWays) {
  for (const SeriesKind kind : {SeriesKind::kNight, SeriesKind::kCanary, SeriesKind::kVariant}) {
    EXPECT_EQ(series_kind(series_kind_name(kind)), kind);
  }
  EXPECT_EQ(night_answer_from("slower"), metrics::NightAnswer::kSlower);
  EXPECT_THROW((void)series_kind("month"), Error);
  EXPECT_THROW((void)night_answer_from(""), Error);
}

}  // namespace
}  // namespace qbench::reports::history
