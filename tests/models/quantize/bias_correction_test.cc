// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/bias_correction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using testing::GraphBuilder;
using ::testing::IsEmpty;

TEST(BiasCorrectionTest, SumsTheErrorOfAFullyConnectedLayer) {
  GraphBuilder b;
  const int data = b.input("x", {1, 2});
  const std::vector<float> weights{0.9F, 0.1F, -0.4F, 0.6F};
  b.op(Op::kFullyConnected, {data, b.floats("w", {2, 2}, weights), b.floats("b", {2}, {0.0F, 0.0F})},
       b.activation("y", {1, 2}), FullyConnectedOptions{});
  const std::vector<std::int8_t> stored{1, 0, 0, 1};
  const std::vector<float> scales{1.0F};
  const std::vector<float> means{10.0F, 100.0F};
  EXPECT_THAT(
      expected_shift(b.graph(), b.graph().operators[0], weights, stored, scales, means),
      ElementsAre(FloatNear(0.1F * 10.0F - 0.1F * 100.0F, 1e-4F), FloatNear(0.4F * 10.0F + 0.4F * 100.0F, 1e-4F)));
}

TEST(BiasCorrectionTest, CountsATapOverThePaddingByItsShare) {
  GraphBuilder b;
  const int data = b.input("x", {1, 2, 2, 1});
  const std::vector<float> weights(9, 0.0F);
  b.op(Op::kConv2D, {data, b.floats("w", {1, 3, 3, 1}, weights), b.floats("b", {1}, {0.0F})},
       b.activation("y", {1, 2, 2, 1}), Conv2DOptions{.stride_w = 1, .stride_h = 1});
  // Only the corner tap is wrong, by one; it lies inside at one of four positions.
  const std::vector<std::int8_t> stored{1, 0, 0, 0, 0, 0, 0, 0, 0};
  const std::vector<float> scales{1.0F};
  const std::vector<float> means{8.0F};
  EXPECT_THAT(expected_shift(b.graph(), b.graph().operators[0], weights, stored, scales, means), ElementsAre(2.0F));
}

TEST(BiasCorrectionTest, PairsDepthwiseChannelsWithTheirInput) {
  GraphBuilder b;
  const int data = b.input("x", {1, 1, 1, 2});
  const std::vector<float> weights(4, 0.0F);
  b.op(Op::kDepthwiseConv2D, {data, b.floats("w", {1, 1, 1, 4}, weights), b.pattern("b", {4})},
       b.activation("y", {1, 1, 1, 4}), DepthwiseConv2DOptions{.stride_w = 1, .stride_h = 1, .depth_multiplier = 2});
  const std::vector<std::int8_t> stored{1, 1, 1, 1};
  const std::vector<float> scales{1.0F, 1.0F, 1.0F, 2.0F};
  const std::vector<float> means{3.0F, 5.0F};
  EXPECT_THAT(expected_shift(b.graph(), b.graph().operators[0], weights, stored, scales, means),
              ElementsAre(3.0F, 3.0F, 5.0F, 10.0F));
}

TEST(BiasCorrectionTest, KnowsNothingWithoutMeans) {
  const Graph graph = testing::tiny_float_graph();
  EXPECT_THAT(expected_shift(graph, graph.operators[0], {}, {}, {}, {}), IsEmpty());
}

}  // namespace
}  // namespace qbench::models
