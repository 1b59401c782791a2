// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/mixed_precision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "models/tflite_reader.h"
#include "tests/support/graph_builder.h"

namespace qbench::variants {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A fully connected layer that is large enough for every kind of stored weights.
models::Graph one_wide_layer() {
  testing::GraphBuilder b;
  const int image = b.input("image", {1, 8, 8, 3});
  return b.finish({b.op(models::Op::kFullyConnected, {image, b.pattern("w", {10, 192}), b.pattern("b", {10})},
                        b.activation("scores", {1, 10}), models::FullyConnectedOptions{})});
}

/// Ops of the tiny float graph: 0 conv, 1 depthwise, 2 add, 3 mean, 4 fully connected, 5 softmax.
class MixedPrecisionTest : public ::testing::Test {
 protected:
  MixedPrecisionTest() {
    statistics_.ranges.assign(graph_.tensors.size(), models::Range{-1.0F, 3.0F});
    options_.io = models::GraphIo::kFloat32;
  }

  /// 100 images; each op in `needed` that is not in float costs ten of them.
  MixedResult keep(const std::vector<models::Op>& needed, double max_drop) {
    const auto measure = [&needed](const models::Bytes& model) {
      std::size_t right = 90;
      const models::Graph graph = models::read_tflite(model, "candidate");
      for (const models::Operator& op : graph.operators) {
        const auto output = static_cast<std::size_t>(op.outputs[0]);
        const bool is_float = graph.tensors[output].type == models::TensorType::kFloat32;
        for (models::Op each : needed) right -= each == op.op && !is_float ? 10 : 0;
      }
      return first_right(right);
    };
    return keep_within_drop(graph_, variant_kind("int8"), statistics_, options_, {0, 1, 4}, max_drop, measure,
                            first_right(90));
  }

  /// Of 100 images the first `right` are right.
  static Accuracy first_right(std::size_t right) {
    Accuracy accuracy;
    accuracy.is_right.assign(100, 0);
    std::fill_n(accuracy.is_right.begin(), right, std::uint8_t{1});
    return accuracy;
  }

  models::Graph graph_ = testing::tiny_float_graph();
  models::ActivationStatistics statistics_;
  VariantOptions options_;
};

TEST_F(MixedPrecisionTest, KeepsNothingWhenNothingIsLost) {
  const MixedResult result = keep({}, 0.5);
  EXPECT_TRUE(result.reached);
  EXPECT_THAT(result.chosen.keep_float, IsEmpty());
  EXPECT_EQ(result.measured, 1U);
}

TEST_F(MixedPrecisionTest, TakesBackWhatWasNotNeeded) {
  const MixedResult result = keep({models::Op::kFullyConnected}, 0.5);
  EXPECT_TRUE(result.reached);
  EXPECT_THAT(result.chosen.keep_float, ElementsAre(4));
  EXPECT_GT(result.chosen.bytes, 0U);
}

TEST_F(MixedPrecisionTest, StopsAtTheFirstThatFits) {
  const MixedResult result = keep({models::Op::kConv2D, models::Op::kDepthwiseConv2D}, 10.0);
  EXPECT_TRUE(result.reached);
  EXPECT_THAT(result.chosen.keep_float, ElementsAre(0));
  EXPECT_DOUBLE_EQ(result.chosen.drop_points(), 10.0);
}

TEST_F(MixedPrecisionTest, SaysWhatTheImagesProveOfTheDrop) {
  const MixedResult result = keep({models::Op::kFullyConnected}, 12.0);
  EXPECT_TRUE(result.reached);
  EXPECT_EQ(result.chosen.against_float, (metrics::PairedCounts{100, 10, 0}));
  ASSERT_TRUE(result.verdict.has_value());
  EXPECT_EQ(result.verdict->answer, metrics::MarginAnswer::kCannotTell);
  EXPECT_GT(result.verdict->more_images.value_or(0), 100U);
}

TEST_F(MixedPrecisionTest, StaysInFloatOpByOpWithStoredWeights) {
  const auto measure = [](const models::Bytes& model) {
    const models::Graph graph = models::read_tflite(model, "candidate");
    const bool packed = std::ranges::any_of(
        graph.tensors, [](const models::Tensor& tensor) { return tensor.type == models::TensorType::kInt8; });
    return first_right(packed ? 80 : 90);
  };
  const MixedResult result =
      keep_within_drop(one_wide_layer(), variant_kind("weight-only"), {}, options_, {0}, 0.5, measure, first_right(90));
  EXPECT_TRUE(result.reached);
  EXPECT_THAT(result.chosen.keep_float, ElementsAre(0));
}

TEST_F(MixedPrecisionTest, SaysWhenItCannotBeReached) {
  const MixedResult result = keep({models::Op::kAdd}, 0.5);
  EXPECT_FALSE(result.reached);
  EXPECT_DOUBLE_EQ(result.chosen.drop_points(), 10.0);
}

}  // namespace
}  // namespace qbench::variants
