// SPDX-License-Identifier: Apache-2.0
#include "reports/predictions_csv.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "tests/support/paths.h"
#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

Prediction some_prediction() {
  Prediction prediction;
  prediction.sample = 4000000000U;
  prediction.label = 3;
  prediction.count = 3;
  prediction.classes = {3, -1, 7, 0, 0};
  prediction.scores = {0.1F, 1e-38F, -2.5F, 0.0F, 0.0F};
  return prediction;
}

/// The file's text with one row for `image`.
std::string text_with(std::string_view image, const Prediction& prediction) {
  const testing::TemporaryFolder folder;
  PredictionsWriter writer(folder.path() / "cell.csv");
  writer.add(image, prediction);
  writer.finish();
  return read_text_file(folder.path() / "cell.csv");
}

void expect_refused(const std::string& text, std::string_view reason) {
  try {
    (void)parse_predictions_csv(text, "cell.csv");
    FAIL() << "accepted: " << text;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    EXPECT_NE(std::string(error.what()).find(reason), std::string::npos) << error.what();
  }
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.rfind(from);
  EXPECT_NE(at, std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST(PredictionsCsvTest, EveryFieldComesBack) {
  const PredictionTable table = parse_predictions_csv(text_with(testing::hostile_name(), some_prediction()), "x");
  ASSERT_EQ(table.predictions.size(), 1U);
  const Prediction& back = table.predictions[0];
  EXPECT_EQ(table.images[0], testing::hostile_name());
  EXPECT_EQ(back.sample, 4000000000U);
  EXPECT_EQ(back.label, 3);
  EXPECT_EQ(back.count, 3);
  EXPECT_EQ(back.classes, some_prediction().classes);
  EXPECT_EQ(back.scores, some_prediction().scores);
  EXPECT_TRUE(back.correct());
}

TEST(PredictionsCsvTest, NonFiniteScoresComeBack) {
  Prediction prediction = some_prediction();
  prediction.finite = false;
  prediction.scores = {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                       -std::numeric_limits<float>::infinity(), 0.0F, 0.0F};
  const Prediction back = parse_predictions_csv(text_with("a.png", prediction), "x").predictions.at(0);
  EXPECT_FALSE(back.finite);
  EXPECT_FALSE(back.correct());
  EXPECT_TRUE(std::isnan(back.scores[0]));
  EXPECT_EQ(back.scores[2], -std::numeric_limits<float>::infinity());
}

TEST(PredictionsCsvTest, PredictionWithoutClassesComesBack) {
  Prediction prediction;
  prediction.label = 2;
  const Prediction back = parse_predictions_csv(text_with("a.png", prediction), "x").predictions.at(0);
  EXPECT_EQ(back.count, 0);
  EXPECT_EQ(back.top1(), -1);
}

TEST(PredictionsCsvTest, TenThousandRowsComeBack) {
  const testing::TemporaryFolder folder;
  PredictionsWriter writer(folder.path() / "cell.csv");
  for (std::uint32_t i = 0; i < 10000; ++i) {
    Prediction prediction = some_prediction();
    prediction.sample = i;
    writer.add("image.png", prediction);
  }
  writer.finish();
  const PredictionTable table = read_predictions_csv(folder.path() / "cell.csv");
  ASSERT_EQ(table.predictions.size(), 10000U);
  EXPECT_EQ(table.predictions.back().sample, 9999U);
}

TEST(PredictionsCsvTest, UnfinishedFileLeavesNothing) {
  const testing::TemporaryFolder folder;
  {
    PredictionsWriter writer(folder.path() / "cell.csv");
    writer.add("a.png", some_prediction());
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(PredictionsCsvTest, MissingFolderIsOneClearError) {
  try {
    PredictionsWriter writer("/nowhere/at all/cell.csv");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_NE(std::string(error.what()).find("/nowhere/at all/cell.csv"), std::string::npos);
  }
}

TEST(PredictionsCsvTest, EveryTruncationIsRefused) {
  const std::string text = text_with("a,\"b\".png", some_prediction());
  const std::size_t header = text.find("\r\n") + 2;
  for (std::size_t length = 0; length < text.size(); ++length) {
    if (length == header) continue;  // a whole file without images
    EXPECT_THROW((void)parse_predictions_csv(text.substr(0, length), "x"), Error) << length;
  }
}

TEST(PredictionsCsvTest, DamageIsNamed) {
  const std::string text = text_with("a.png", some_prediction());
  expect_refused("", "header");
  expect_refused(
      "\x7F"
      "ELF",
      "header");
  expect_refused(replaced(text, "4000000000", "5000000000"), "sample is '5000000000'");
  expect_refused(replaced(text, "4000000000", "-1"), "sample is '-1'");
  expect_refused(replaced(text, "a.png,3,3,1,1", "a.png,3,3,2,1"), "correct is 2");
  expect_refused(replaced(text, "a.png,3,3,1,1", "a.png,3,3,0,1"), "contradicts");
  expect_refused(replaced(text, "a.png,3,3,1,1", "a.png,3,4,1,1"), "not the first class");
  expect_refused(replaced(text, "a.png,3,3", "a.png,3"), "fields instead of");
  expect_refused(replaced(text, "-2.5", "cheese"), "score is 'cheese'");
  expect_refused(replaced(text, ",-1,", ",-2,"), "below -1");
  expect_refused(replaced(text, ",-1,1e-38,", ",,,"), "empty place");
}

}  // namespace
}  // namespace qbench::reports
