// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/mixed_precision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/tflite_reader.h"
#include "tests/support/graph_builder.h"

namespace qbench::variants {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

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
      Accuracy accuracy{.right = 90, .images = 100};
      const models::Graph graph = models::read_tflite(model, "candidate");
      for (const models::Operator& op : graph.operators) {
        const auto output = static_cast<std::size_t>(op.outputs[0]);
        const bool is_float = graph.tensors[output].type == models::TensorType::kFloat32;
        for (models::Op each : needed) accuracy.right -= each == op.op && !is_float ? 10 : 0;
      }
      return accuracy;
    };
    return keep_within_drop(graph_, variant_kind("int8"), statistics_, options_, {0, 1, 4}, max_drop, measure,
                            {.right = 90, .images = 100});
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
  EXPECT_DOUBLE_EQ(result.chosen.drop_points, 10.0);
}

TEST_F(MixedPrecisionTest, SaysWhenItCannotBeReached) {
  const MixedResult result = keep({models::Op::kAdd}, 0.5);
  EXPECT_FALSE(result.reached);
  EXPECT_DOUBLE_EQ(result.chosen.drop_points, 10.0);
}

}  // namespace
}  // namespace qbench::variants
