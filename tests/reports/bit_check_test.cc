// SPDX-License-Identifier: Apache-2.0
#include "reports/bit_check.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/files.h"
#include "reports/predictions_csv.h"
#include "tests/support/paths.h"

namespace qbench::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kImages = 6;

/// A run of one int8 cell over six images of three classes; class 0 everywhere.
class TestRun {
 public:
  TestRun() {
    run_.folder = folder_.path();
    run_.record.dataset = DatasetRecord{};
    run_.record.dataset->sha256 = std::string(64, 'd');
    run_.record.dataset->samples = kImages;
    run_.record.dataset->class_names = {"cat", "dog", "owl"};
    CellRecord cell;
    cell.recipe_source = RecipeSource::kGiven;
    cell.id = "int8";
    cell.runner = "tflite";
    cell.kernels = "auto";
    cell.model.precision = "int8";
    cell.model.sha256 = std::string(64, 'm');
    cell.accuracy = AccuracyRecord{};
    cell.accuracy->predictions_file = "int8.csv";
    run_.record.cells = {cell};
    for (int i = 0; i < kImages; ++i) {
      Prediction& prediction = predictions_.emplace_back();
      prediction.sample = static_cast<std::uint32_t>(i);
      prediction.count = 3;
      prediction.classes = {0, 1, 2};
      prediction.scores = {0.5F, 0.25F, 0.25F};
    }
  }

  /// The stored run with its predictions written.
  const StoredRun& stored() {
    PredictionsWriter writer(folder_.path() / "int8.csv");
    for (const Prediction& prediction : predictions_) writer.add(fmt::format("{}.png", prediction.sample), prediction);
    writer.finish();
    return run_;
  }

  void keep_scores(const std::vector<float>& scores) {
    write_file_atomic(folder_.path() / "int8.scores.f32", std::as_bytes(std::span(scores)));
    cell().accuracy->scores_file = "int8.scores.f32";
  }

  CellRecord& cell() { return run_.record.cells[0]; }
  Record& record() { return run_.record; }
  Prediction& prediction(std::size_t index) { return predictions_[index]; }

 private:
  testing::TemporaryFolder folder_;
  StoredRun run_;
  std::vector<Prediction> predictions_;
};

class BitCheckTest : public ::testing::Test {
 protected:
  BitCheck check() {
    const std::vector<BitCheck> checks = bit_checks(here_.stored(), there_.stored());
    EXPECT_THAT(checks, SizeIs(1));
    return checks.empty() ? BitCheck() : checks.front();
  }
  /// Three scores an image; the very last is `last`.
  static std::vector<float> scores(float last = 0.25F) {
    std::vector<float> all;
    for (int i = 0; i < kImages; ++i) all.insert(all.end(), {0.5F, 0.25F, 0.25F});
    all.back() = last;
    return all;
  }

  TestRun here_, there_;
};

TEST_F(BitCheckTest, SameAnswersAreBitExact) {
  const BitCheck result = check();
  EXPECT_TRUE(result.identical());
  EXPECT_EQ(result.images, kImages);
  EXPECT_FALSE(result.all_outputs);
  EXPECT_EQ(bit_check_text(result), "bit-exact on 6 images (the five best outputs of each)");
}

TEST_F(BitCheckTest, AFlipIsNamedWithItsImageAndClasses) {
  there_.prediction(2).classes = {1, 0, 2};
  there_.prediction(4).classes = {2, 0, 1};
  const BitCheck result = check();
  EXPECT_EQ(result.flips, 2);
  EXPECT_NEAR(result.flip_rate(), 2.0 / 6.0, 1e-12);
  EXPECT_EQ(result.first_image, "2.png");
  EXPECT_EQ(result.first_class, "cat");
  EXPECT_EQ(result.other_class, "dog");
  EXPECT_THAT(bit_check_text(result), HasSubstr("2 of 6 images differ in the five best outputs of each, 2 change their "
                                                "class (33.3 %); first '2.png': cat, dog"));
}

TEST_F(BitCheckTest, TheLastBitOfAScoreCounts) {
  there_.prediction(5).scores[0] = std::nextafter(0.5F, 1.0F);
  const BitCheck result = check();
  EXPECT_EQ(result.flips, 0);
  EXPECT_EQ(result.different, 1);
  EXPECT_FALSE(result.identical());
  EXPECT_EQ(result.first_image, "5.png");
}

TEST_F(BitCheckTest, KeptScoresAreComparedWhole) {
  here_.keep_scores(scores());
  there_.keep_scores(scores(0.26F));
  const BitCheck result = check();
  EXPECT_TRUE(result.all_outputs);
  EXPECT_EQ(result.different, 1);
  EXPECT_EQ(result.first_image, "5.png");
  there_.keep_scores(scores());
  EXPECT_EQ(bit_check_text(check()), "bit-exact on 6 images (every output)");
}

TEST_F(BitCheckTest, ScoreFilesThatDoNotFitAreLeftAside) {
  here_.keep_scores(scores());
  there_.keep_scores({1.0F, 2.0F});
  EXPECT_FALSE(check().all_outputs);
  there_.cell().accuracy->scores_file = "../../etc/passwd";
  EXPECT_FALSE(check().all_outputs);
}

TEST_F(BitCheckTest, OtherModelsAreNotCompared) {
  there_.cell().model.sha256 = std::string(64, 'x');
  EXPECT_THAT(bit_checks(here_.stored(), there_.stored()), IsEmpty());
}

TEST_F(BitCheckTest, FloatModelsAreNotExpectedToBeBitExact) {
  here_.cell().model.precision = there_.cell().model.precision = "fp32";
  EXPECT_THAT(bit_checks(here_.stored(), there_.stored()), IsEmpty());
}

TEST_F(BitCheckTest, OtherKernelsAreOtherWork) {
  there_.cell().kernels = "builtin";
  EXPECT_THAT(bit_checks(here_.stored(), there_.stored()), IsEmpty());
}

TEST_F(BitCheckTest, OtherImagesAreSaidToBeOthers) {
  there_.record().dataset->sha256 = std::string(64, 'e');
  EXPECT_EQ(bit_check_text(check()), "not compared: the two runs saw different datasets");
  there_.record().dataset->sha256 = here_.record().dataset->sha256;
  there_.cell().recipe.label_offset = 1;
  EXPECT_THAT(check().not_compared, HasSubstr("prepared the images differently"));
  there_.record().dataset.reset();
  EXPECT_THAT(check().not_compared, HasSubstr("without a dataset"));
}

TEST_F(BitCheckTest, MissingOrDamagedPredictionsAreAReason) {
  there_.cell().accuracy->predictions_file = "absent.csv";
  EXPECT_THAT(check().not_compared, HasSubstr("absent.csv"));
  there_.cell().accuracy->predictions_file = "../int8.csv";
  EXPECT_THAT(check().not_compared, HasSubstr("outside"));
  there_.cell().accuracy.reset();
  EXPECT_THAT(check().not_compared, HasSubstr("'int8' has no predictions"));
}

TEST_F(BitCheckTest, NotANumberIsItself) {
  here_.prediction(0).scores[2] = there_.prediction(0).scores[2] = std::numeric_limits<float>::infinity();
  here_.prediction(0).finite = there_.prediction(0).finite = false;
  EXPECT_TRUE(check().identical());
}

}  // namespace
}  // namespace qbench::reports
