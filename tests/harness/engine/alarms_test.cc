// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/alarms.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace qbench::engine {
namespace {

/// 100 images of 10 classes in turn; the first `right` predictions are label + shift, the others label + 5 (mod 10).
std::vector<Prediction> predictions(int right, int shift = 0) {
  std::vector<Prediction> all;
  for (int i = 0; i < 100; ++i) {
    Prediction prediction;
    prediction.label = i % 10;
    prediction.count = 1;
    prediction.classes[0] = (prediction.label + (i < right ? shift : 5) + 10) % 10;
    all.push_back(prediction);
  }
  return all;
}

TEST(AlarmsTest, AGoodModelRaisesNone) { EXPECT_TRUE(accuracy_alarms(predictions(90), 10).empty()); }

TEST(AlarmsTest, GuessingIsNamed) {
  const auto alarms = accuracy_alarms(predictions(10), 10);
  ASSERT_EQ(alarms.size(), 1U);
  EXPECT_NE(alarms[0].find("no better than guessing"), std::string::npos);
}

TEST(AlarmsTest, LabelsThatAreOffByOneAreNamed) {
  for (const auto& [shift, word] : {std::pair{1, "after"}, {-1, "before"}}) {
    const auto alarms = accuracy_alarms(predictions(90, shift), 10);
    ASSERT_EQ(alarms.size(), 2U);
    EXPECT_NE(alarms[1].find(word), std::string::npos);
  }
}

TEST(AlarmsTest, AFewImagesProveNothing) {
  auto few = predictions(0);
  few.resize(5);
  EXPECT_TRUE(accuracy_alarms(few, 10).empty());
}

std::vector<Prediction> two_class_predictions(std::size_t count, float second, int label) {
  Prediction prediction{.label = label, .count = 2};
  const int best = second > 0.5F ? 1 : 0;
  prediction.classes = {best, 1 - best};
  prediction.scores = {std::max(second, 1.0F - second), std::min(second, 1.0F - second)};
  return std::vector<Prediction>(count, prediction);
}

TEST(AlarmsTest, ValuesWithinZeroAndOneMayBeNoLogits) {
  // The sigmoid of 0.2 and of 3.
  EXPECT_NE(one_value_question(two_class_predictions(3, 0.5498F, 1)), "");
  EXPECT_EQ(one_value_question(two_class_predictions(3, 0.9526F, 1)), "");
  EXPECT_EQ(one_value_question(two_class_predictions(3, 0.4F, 1)), "");
  EXPECT_EQ(one_value_question({}), "");
}

TEST(AlarmsTest, OneValueThatMeansTheFirstClassIsNoticed) {
  EXPECT_NE(reversed_alarm(two_class_predictions(40, 0.9F, 0)), "");
  EXPECT_EQ(reversed_alarm(two_class_predictions(40, 0.9F, 1)), "");
  EXPECT_EQ(reversed_alarm(two_class_predictions(10, 0.9F, 0)), "");
}

}  // namespace
}  // namespace qbench::engine
