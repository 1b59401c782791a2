// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "core/error.h"
#include "harness/variants/accuracy.h"
#include "harness/variants/layer_errors.h"
#include "harness/variants/make_variant.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"
#include "runners/builtin.h"
#include "tests/support/graph_builder.h"
#include "tests/support/paths.h"

namespace qbench::variants {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr std::size_t kPixels = 32 * 32 * 3;

/// A CIFAR-10 batch file of `count` images; `plain`: each of one colour.
std::filesystem::path write_batch(const std::filesystem::path& folder, int count, bool plain) {
  const std::filesystem::path path = folder / "data_batch_1.bin";
  std::ofstream file(path, std::ios::binary);
  std::uint32_t state = 7;
  for (int image = 0; image < count; ++image) {
    file.put(static_cast<char>(image % 10));
    for (std::size_t i = 0; i < kPixels; ++i) {
      state = state * 1664525 + 1013904223;
      file.put(static_cast<char>(plain ? 100 : state >> 24));
    }
  }
  return path;
}

class CalibrationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto all = runners::builtin_runners();
    execution_.runner = runners::find_runner(all, "tflite");
    execution_.jobs = 2;
    const runners::Availability here = execution_.runner.probe({});
    if (!here.available) GTEST_SKIP() << "needs the TensorFlow Lite library: " << here.reason;
  }

  ImageSet images(int count, bool plain = false) {
    ImageSetOptions options;
    options.dataset.path = write_batch(folder_.path(), count, plain);
    return ImageSet(graph_, options, progress_);
  }

  testing::TemporaryFolder folder_;
  models::Graph graph_ = testing::tiny_float_graph();
  Execution execution_;
  engine::SilentProgress progress_;
};

TEST_F(CalibrationTest, MeasuresEveryActivationAndPinsTheInput) {
  const ImageSet set = images(30);
  const auto statistics = calibrate(graph_, set, {}, execution_, progress_);
  EXPECT_EQ(statistics.ranges[static_cast<std::size_t>(graph_.inputs[0])], (models::Range{0.0F, 255.0F}));
  for (const models::Operator& op : graph_.operators) {
    EXPECT_TRUE(statistics.ranges[static_cast<std::size_t>(op.outputs[0])].has_value());
  }
  // ReLU6.
  EXPECT_EQ(statistics.ranges[static_cast<std::size_t>(graph_.operators[0].outputs[0])]->min, 0.0F);
  EXPECT_LE(statistics.ranges[static_cast<std::size_t>(graph_.operators[0].outputs[0])]->max, 6.0F);
}

TEST_F(CalibrationTest, DoesNotDependOnTheNumberOfProcesses) {
  const ImageSet set = images(45);
  const auto two = calibrate(graph_, set, {.method = RangeMethod::kLeastError}, execution_, progress_);
  execution_.jobs = 1;
  const auto one = calibrate(graph_, set, {.method = RangeMethod::kLeastError}, execution_, progress_);
  EXPECT_EQ(one.channel_means, two.channel_means);
  EXPECT_EQ(one.ranges, two.ranges);
}

TEST_F(CalibrationTest, ScoresThatAreNoNumbersCountAsWrong) {
  const ImageSet set = images(20);
  const int bias = graph_.operators[4].inputs[2];
  const std::vector<float> values(models::constant_floats(graph_, bias).size(), std::nanf(""));
  graph_.buffers[graph_.tensors[static_cast<std::size_t>(bias)].buffer] = models::bytes_of(values);
  const Accuracy accuracy = measure_accuracy(models::write_tflite(graph_), set, execution_, progress_, "test");
  EXPECT_EQ(accuracy.images(), 20U);
  EXPECT_EQ(accuracy.not_finite, 20U);
  EXPECT_EQ(accuracy.right(), 0U);
}

TEST_F(CalibrationTest, WarnsAboutImagesOfOneColour) {
  EXPECT_THAT(images(5, true).notes(), Contains(HasSubstr("5 of 5 images have a single colour")));
}

TEST_F(CalibrationTest, RefusesAnActivationThatIsNotFinite) {
  const int weights = graph_.operators[0].inputs[1];
  std::vector<float> values = models::constant_floats(graph_, weights);
  for (float& value : values) value *= 3e38F;
  graph_.buffers[graph_.tensors[static_cast<std::size_t>(weights)].buffer] = models::bytes_of(values);
  std::get<models::Conv2DOptions>(graph_.operators[0].options).activation = models::Activation::kNone;
  const ImageSet set = images(2);
  EXPECT_THROW((void)calibrate(graph_, set, {}, execution_, progress_), Error);
}

TEST_F(CalibrationTest, AnInt8VariantAgreesOpByOp) {
  const ImageSet set = images(40);
  const auto statistics = calibrate(graph_, set, {}, execution_, progress_);
  const Variant variant = make_variant(graph_, variant_kind("int8"), statistics, {});
  const auto errors = layer_errors(graph_, variant.graph, set, execution_, progress_);
  ASSERT_EQ(errors.size(), graph_.operators.size());
  double macs = 0.0;
  for (const LayerError& error : errors) {
    EXPECT_GT(error.sqnr_db, 20.0) << error.text;
    EXPECT_LE(error.worst_sqnr_db, error.sqnr_db + 20.0);
    macs += error.mac_share;
  }
  EXPECT_NEAR(macs, 1.0, 1e-9);
}

TEST_F(CalibrationTest, AModelAgreesWithItself) {
  const ImageSet set = images(3);
  for (const LayerError& error : layer_errors(graph_, graph_, set, execution_, progress_)) {
    EXPECT_EQ(error.sqnr_db, 200.0);
    EXPECT_EQ(error.added, 0.0);
  }
}

TEST_F(CalibrationTest, StrangersHaveNoCommonActivations) {
  EXPECT_THROW((void)match_activations(graph_, testing::tiny_fixed_batch_graph()), Error);
}

TEST_F(CalibrationTest, CountsRightAnswers) {
  const ImageSet set = images(60);
  const Accuracy accuracy = measure_accuracy(models::write_tflite(graph_), set, execution_, progress_, "counting");
  EXPECT_EQ(accuracy.images(), 60U);
  EXPECT_LT(accuracy.right(), 60U);
}

/// Share of equal int8 values between our weights and those of the reference converter's file.
TEST_F(CalibrationTest, WeightsEqualThoseOfTheReferenceConverter) {
  const auto float_file = testing::shared_data("data/models/resnet8_cifar10_fp32.tflite");
  const auto int8_file = testing::shared_data("data/models/resnet8_cifar10_int8.tflite");
  const auto data = testing::shared_data("data/cifar10/calibration");
  if (!float_file || !int8_file || !data) GTEST_SKIP() << testing::shared_data_missing("data/models and data/cifar10");
  const models::Graph graph = models::read_tflite_file(*float_file);
  const models::Graph official = models::read_tflite_file(*int8_file);
  ImageSetOptions options;
  options.dataset.path = *data;
  options.dataset.limit = 100;
  const ImageSet set(graph, options, progress_);
  const auto statistics = calibrate(graph, set, {}, execution_, progress_);
  const models::Graph ours = make_variant(graph, variant_kind("int8"), statistics, {}).graph;
  std::size_t values = 0;
  std::size_t equal = 0;
  for (const MatchedActivation& pair : match_activations(ours, official)) {
    const models::Operator& op = ours.operators[pair.op];
    if (op.op != models::Op::kConv2D && op.op != models::Op::kFullyConnected) continue;
    const auto reference =
        std::find_if(official.operators.begin(), official.operators.end(),
                     [&pair](const models::Operator& each) { return each.outputs[0] == pair.other; });
    ASSERT_NE(reference, official.operators.end());
    const auto mine = models::constant_ints(ours, op.inputs[1]);
    const auto theirs = models::constant_ints(official, reference->inputs[1]);
    ASSERT_EQ(mine.size(), theirs.size());
    for (std::size_t i = 0; i < mine.size(); ++i) equal += mine[i] == theirs[i] ? 1 : 0;
    values += mine.size();
  }
  EXPECT_EQ(values, 77360U);
  EXPECT_GE(static_cast<double>(equal), 0.99 * static_cast<double>(values));
  RecordProperty("equal_weights", static_cast<int>(equal));
}

}  // namespace
}  // namespace qbench::variants
