// SPDX-License-Identifier: Apache-2.0
#include "reports/choice.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

using metrics::Quality;

class ChoiceTest : public ::testing::Test {
 protected:
  ChoiceVerdict choose(const std::string& rule) {
    const auto predictions = testing::sample_predictions();
    return *compare_cells(record_, predictions, {.choose = rule}).choice;
  }
  metrics::Qualities qualities(std::size_t index) {
    const auto predictions = testing::sample_predictions();
    return qualities_of(record_, compare_cells(record_, predictions), index);
  }
  Record record_ = testing::sample_record();
};

TEST_F(ChoiceTest, ValuesAreInTheUnitsOfTheRule) {
  const metrics::Qualities int8 = qualities(1);
  EXPECT_NEAR(int8.at(Quality::kLatency).value, 2.5e-3, 0.1e-3);
  EXPECT_DOUBLE_EQ(int8.at(Quality::kSize).value, static_cast<double>(record_.cells[1].model.bytes));
  EXPECT_NEAR(int8.at(Quality::kDrop).value, 0.015, 1e-12);
  EXPECT_LT(int8.at(Quality::kDrop).interval->low, 0.015);
  EXPECT_GT(int8.at(Quality::kDrop).interval->high, 0.015);
  EXPECT_NEAR(int8.at(Quality::kSpeedup).value, 6.0 / 2.5, 0.05);
  EXPECT_FALSE(int8.contains(Quality::kLatency64));  // unsupported there
}

TEST_F(ChoiceTest, TheBaselineHasNoDropAndNoFlips) {
  const metrics::Qualities baseline = qualities(0);
  EXPECT_DOUBLE_EQ(baseline.at(Quality::kDrop).value, 0.0);
  EXPECT_DOUBLE_EQ(baseline.at(Quality::kFlips).value, 0.0);
  EXPECT_DOUBLE_EQ(baseline.at(Quality::kSpeedup).value, 1.0);
}

TEST_F(ChoiceTest, AFailedCellHasNoLatency) { EXPECT_FALSE(qualities(3).contains(Quality::kLatency)); }

TEST_F(ChoiceTest, TheBestThatMeetsEveryConditionIsNamed) {
  const ChoiceVerdict verdict = choose("drop<=10pp, min latency");
  EXPECT_EQ(verdict.chosen, "int8-tflite-t1");
  EXPECT_TRUE(verdict.proven);
  EXPECT_NE(verdict.sentence.find("every condition is proven"), std::string::npos) << verdict.sentence;
}

TEST_F(ChoiceTest, WhatIsMetWithoutProofIsSaid) {
  const ChoiceVerdict verdict = choose("drop<=2pp, min latency");
  EXPECT_EQ(verdict.chosen, "int8-tflite-t1");
  EXPECT_FALSE(verdict.proven);
  EXPECT_NE(verdict.sentence.find("not proven: drop<=2pp"), std::string::npos) << verdict.sentence;
  EXPECT_NE(verdict.sentence.find("the best proven one is fp32"), std::string::npos) << verdict.sentence;
}

TEST_F(ChoiceTest, WhenNoneQualifiesTheNearestIsNamed) {
  const ChoiceVerdict verdict = choose("latency<=2.4ms, min size");
  EXPECT_TRUE(verdict.chosen.empty());
  EXPECT_EQ(verdict.nearest, "int8-tflite-t1");
  EXPECT_NE(verdict.sentence.find("misses latency<=2.4ms"), std::string::npos) << verdict.sentence;
}

TEST_F(ChoiceTest, AWrongRuleIsRefused) { EXPECT_THROW((void)choose("latency<=2kg"), Error); }

}  // namespace
}  // namespace qbench::reports
