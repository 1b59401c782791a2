// SPDX-License-Identifier: Apache-2.0
// The variants that change how constants are stored and leave the arithmetic in float.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"
#include "models/output_check.h"
#include "models/precision.h"
#include "models/quantize/dynamic_range.h"
#include "models/quantize/float16.h"
#include "models/quantize/prune.h"
#include "models/quantize/round_weights.h"
#include "models/quantize/weight_only.h"
#include "models/tflite_writer.h"
#include "tests/models/quantize/expect_writable.h"
#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using testing::GraphBuilder;

/// [1,8,8,16] -> conv 3x3 to 16 -> depthwise 9x9 -> fully connected to 20, with enough weights for every rule; the last
/// layer is small.
Graph wide_graph() {
  GraphBuilder b;
  const int image = b.input("image", {1, 8, 8, 16});
  const int conv = b.op(Op::kConv2D, {image, b.pattern("conv/w", {16, 3, 3, 16}), b.pattern("conv/b", {16})},
                        b.activation("conv", {1, 8, 8, 16}), Conv2DOptions{.stride_w = 1, .stride_h = 1});
  const int depthwise = b.op(Op::kDepthwiseConv2D, {conv, b.pattern("dw/w", {1, 9, 9, 16}), b.pattern("dw/b", {16})},
                             b.activation("dw", {1, 8, 8, 16}),
                             DepthwiseConv2DOptions{.stride_w = 1, .stride_h = 1, .depth_multiplier = 1});
  const int wide = b.op(Op::kFullyConnected, {depthwise, b.pattern("fc/w", {20, 1024}), b.pattern("fc/b", {20})},
                        b.activation("fc", {1, 20}), FullyConnectedOptions{});
  return b.finish({b.op(Op::kFullyConnected, {wide, b.pattern("last/w", {3, 20}), b.pattern("last/b", {3})},
                        b.activation("scores", {1, 3}), FullyConnectedOptions{})});
}

const Operator& first(const Graph& graph, Op op) {
  return *std::find_if(graph.operators.begin(), graph.operators.end(), [op](const Operator& o) { return o.op == op; });
}

const Tensor& operand(const Graph& graph, const Operator& op, std::size_t i) {
  return graph.tensors[static_cast<std::size_t>(op.inputs[i])];
}

TEST(Float16Test, HalvesTheConstantsAndUnpacksEachOnce) {
  const Graph half = to_float16(wide_graph());
  EXPECT_EQ(classify_precision(half), PrecisionClass::kFp16);
  EXPECT_EQ(std::count_if(half.operators.begin(), half.operators.end(),
                          [](const Operator& op) { return op.op == Op::kDequantize; }),
            3);
  EXPECT_LT(write_tflite(half).size(), write_tflite(wide_graph()).size() * 52 / 100);
  expect_writable(half);
}

TEST(Float16Test, SharesTheUnpackingOfASharedConstant) {
  GraphBuilder b;
  const int image = b.input("image", {1, 8, 8, 16});
  const int weights = b.pattern("w", {16, 3, 3, 16});
  const int bias = b.pattern("b", {16});
  const int one = b.op(Op::kConv2D, {image, weights, bias}, b.activation("one", {1, 8, 8, 16}),
                       Conv2DOptions{.stride_w = 1, .stride_h = 1});
  const int two = b.op(Op::kConv2D, {one, weights, bias}, b.activation("two", {1, 8, 8, 16}),
                       Conv2DOptions{.stride_w = 1, .stride_h = 1});
  const Graph half = to_float16(b.finish({two}));
  EXPECT_EQ(half.operators.size(), 3U);
}

TEST(Float16Test, KeepsHugeValuesFinite) {
  GraphBuilder b;
  std::vector<float> values(64, 1.0F);
  values[0] = 1e30F;
  const int image = b.input("image", {1, 64});
  const Graph half = to_float16(
      b.finish({b.op(Op::kMul, {image, b.floats("c", {64}, values)}, b.activation("out", {1, 64}), MulOptions{})}));
  const int packed = first(half, Op::kDequantize).inputs[0];
  EXPECT_EQ(constant_floats(half, packed)[0], 65504.0F);
}

TEST(WeightOnlyTest, StoresEachLayerPerChannelAndKeepsSmallOnesAndBiases) {
  const Graph packed = weight_only(wide_graph());
  EXPECT_EQ(classify_precision(packed), PrecisionClass::kWeightOnly);
  const Operator& unpack = first(packed, Op::kDequantize);
  EXPECT_EQ(unpack.version, 5);
  EXPECT_EQ(operand(packed, unpack, 0).type, TensorType::kInt8);
  EXPECT_EQ(operand(packed, unpack, 0).quantization.scales.size(), 16U);
  EXPECT_EQ(operand(packed, first(packed, Op::kConv2D), 2).type, TensorType::kFloat32);
  EXPECT_EQ(operand(packed, packed.operators.back(), 1).type, TensorType::kFloat32);
  expect_writable(packed);
}

TEST(WeightOnlyTest, StaysWithinHalfAStepOfEachWeight) {
  const Graph original = wide_graph();
  const Graph packed = weight_only(original);
  const int stored = first(packed, Op::kDequantize).inputs[0];
  const std::vector<std::int64_t> integers = constant_ints(packed, stored);
  const std::vector<float> weights = constant_floats(original, original.operators[0].inputs[1]);
  const std::vector<float>& scales = packed.tensors[static_cast<std::size_t>(stored)].quantization.scales;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const float scale = scales[i / 144];
    ASSERT_NEAR(static_cast<float>(integers[i]) * scale, weights[i], scale * 0.501F) << i;
  }
}

TEST(DynamicRangeTest, FollowsWhatEachHybridKernelReads) {
  const Graph hybrid = dynamic_range(wide_graph());
  EXPECT_EQ(classify_precision(hybrid), PrecisionClass::kDynamic);
  const Operator& conv = first(hybrid, Op::kConv2D);
  EXPECT_EQ(conv.version, 5);
  EXPECT_EQ(operand(hybrid, conv, 1).quantization.scales.size(), 16U);
  const Operator& depthwise = first(hybrid, Op::kDepthwiseConv2D);
  EXPECT_EQ(depthwise.version, 6);
  EXPECT_EQ(operand(hybrid, depthwise, 1).quantization.axis, 3);
  EXPECT_EQ(operand(hybrid, depthwise, 1).quantization.scales.size(), 16U);
  const Operator& fully_connected = first(hybrid, Op::kFullyConnected);
  EXPECT_EQ(fully_connected.version, 9);
  EXPECT_EQ(operand(hybrid, fully_connected, 1).quantization.scales.size(), 1U);
  EXPECT_TRUE(std::get<FullyConnectedOptions>(fully_connected.options).asymmetric_quantize_inputs);
  expect_writable(hybrid);
}

/// Mean over the images of what channel 0 of the first fully connected layer adds up to, for these means of its inputs:
/// weights times means plus bias.
double mean_result(const Graph& graph, const std::vector<float>& means) {
  const Operator& op = first(graph, Op::kFullyConnected);
  int weights = op.inputs[1];
  for (const Operator& other : graph.operators) {
    if (other.op == Op::kDequantize && other.outputs[0] == weights) weights = other.inputs[0];
  }
  const Tensor& tensor = graph.tensors[static_cast<std::size_t>(weights)];
  const bool stored = tensor.type == TensorType::kInt8;
  const double scale = stored ? tensor.quantization.scales[0] : 1.0;
  double sum = constant_floats(graph, op.inputs[2])[0];
  for (std::size_t i = 0; i < static_cast<std::size_t>(tensor.shape[1]); ++i) {
    const double weight = stored ? static_cast<double>(constant_ints(graph, weights)[i]) * scale
                                 : static_cast<double>(constant_floats(graph, weights)[i]);
    sum += weight * means[i % means.size()];
  }
  return sum;
}

TEST(StoredWeightsTest, CorrectedBiasesKeepTheMeanResult) {
  const Graph original = wide_graph();
  ActivationStatistics statistics;
  statistics.channel_means.resize(original.tensors.size());
  const std::vector<float> means = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};
  const int data = first(original, Op::kFullyConnected).inputs[0];
  statistics.channel_means[static_cast<std::size_t>(data)] = means;
  const double expected = mean_result(original, means);
  for (auto* make : {&dynamic_range, &weight_only}) {
    const Graph corrected = make(original, {.statistics = &statistics, .keep_float = {}});
    EXPECT_NEAR(mean_result(corrected, means), expected, 1e-4 * std::abs(expected));
    EXPECT_GT(std::abs(mean_result(make(original, {}), means) - expected), 1e-3 * std::abs(expected));
    expect_writable(corrected);
  }
}

TEST(StoredWeightsTest, ALayerWithoutABiasGetsOne) {
  Graph original = wide_graph();
  original.operators[0].inputs.resize(2);
  ActivationStatistics statistics;
  statistics.channel_means.resize(original.tensors.size());
  statistics.channel_means[static_cast<std::size_t>(original.inputs[0])] = std::vector<float>(16, 2.0F);
  const Graph corrected = dynamic_range(original, {.statistics = &statistics, .keep_float = {}});
  EXPECT_EQ(operand(corrected, first(corrected, Op::kConv2D), 2).shape, std::vector<int>{16});
  expect_writable(corrected);
}

TEST(StoredWeightsTest, AnOpThatIsKeptInFloatKeepsItsWeights) {
  for (auto* make : {&dynamic_range, &weight_only}) {
    const Graph kept = make(wide_graph(), {.statistics = nullptr, .keep_float = {0}});
    EXPECT_EQ(operand(kept, first(kept, Op::kConv2D), 1).type, TensorType::kFloat32);
  }
}

TEST(DynamicRangeTest, LeavesSmallLayersInFloat) {
  const Graph hybrid = dynamic_range(wide_graph());
  EXPECT_EQ(operand(hybrid, hybrid.operators.back(), 1).type, TensorType::kFloat32);
  EXPECT_EQ(hybrid.operators.back().version, 1);
}

TEST(PruneTest, ZeroesTheSmallestHalfOfEachLayer) {
  const Graph original = wide_graph();
  const Graph pruned = prune(original, 0.5);
  for (std::size_t i = 0; i < original.operators.size(); ++i) {
    const std::vector<float> before = constant_floats(original, original.operators[i].inputs[1]);
    const std::vector<float> after = constant_floats(pruned, pruned.operators[i].inputs[1]);
    float largest_gone = 0.0F;
    float smallest_kept = 1e9F;
    std::size_t zeros = 0;
    for (std::size_t j = 0; j < before.size(); ++j) {
      zeros += after[j] == 0.0F ? 1 : 0;
      (after[j] == 0.0F ? largest_gone : smallest_kept) =
          after[j] == 0.0F ? std::max(largest_gone, std::abs(before[j])) : std::min(smallest_kept, std::abs(before[j]));
    }
    EXPECT_EQ(zeros, before.size() / 2);
    EXPECT_LE(largest_gone, smallest_kept);
  }
}

TEST(PruneTest, RefusesASparsityOfOne) {
  EXPECT_THROW((void)prune(wide_graph(), 1.0), Error);
  EXPECT_THROW((void)prune(wide_graph(), -0.1), Error);
}

TEST(RoundWeightsTest, LeavesAtMostTheGivenNumberOfValues) {
  const Graph rounded = round_weights(wide_graph(), 15);
  const std::vector<float> values = constant_floats(rounded, rounded.operators[0].inputs[1]);
  EXPECT_LE(std::set<float>(values.begin(), values.end()).size(), 15U);
  EXPECT_THROW((void)round_weights(wide_graph(), 2), Error);
}

}  // namespace
}  // namespace qbench::models
