// SPDX-License-Identifier: Apache-2.0
#include "models/repair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/rebatch.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"
#include "models/validator.h"
#include "tests/support/broken_models.h"
#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<Op> ops_of(const Graph& graph) {
  std::vector<Op> ops;
  for (const Operator& op : graph.operators) ops.push_back(op.op);
  return ops;
}

const Tensor& operand(const Graph& graph, std::size_t op, std::size_t position) {
  return graph.tensors[static_cast<std::size_t>(graph.operators[op].inputs.at(position))];
}

TEST(RepairTest, SoundGraphsStayAsTheyAre) {
  for (const Graph& graph :
       {testing::tiny_float_graph(), testing::tiny_int8_graph(), testing::tiny_fixed_batch_graph()}) {
    const Repaired result = repair(graph);
    EXPECT_THAT(result.repairs, IsEmpty());
    EXPECT_EQ(result.graph, graph);
  }
}

TEST(RepairTest, APerChannelProductBecomesAConvolution) {
  const Repaired result = repair(testing::per_channel_product());
  EXPECT_THAT(ops_of(result.graph), ElementsAre(Op::kReshape, Op::kConv2D, Op::kReshape));
  EXPECT_THAT(result.repairs, ElementsAre(HasSubstr("FULLY_CONNECTED #0 'scores': a scale for each of 5 units")));
  EXPECT_THAT(validate(result.graph), IsEmpty());
  EXPECT_EQ(operand(result.graph, 1, 1).shape, (std::vector<int>{5, 1, 1, 12}));
  EXPECT_THAT(constant_ints(result.graph, result.graph.operators[2].inputs[1]), ElementsAre(-1, 5));
}

TEST(RepairTest, ARepairedGraphNeedsNoRepairAndNoRebatching) {
  for (const Graph& graph : {testing::per_channel_product(), testing::dynamic_flatten()}) {
    const Graph once = read_tflite(write_tflite(repair(graph).graph), "once");
    EXPECT_THAT(repair(once).repairs, IsEmpty());
    const Rebatched rebatched = rebatch(once, 8);
    EXPECT_THAT(rebatched.changes, IsEmpty());
    EXPECT_THAT(rebatched.blockers, IsEmpty());
  }
}

TEST(RepairTest, AProductWithoutABiasGetsOneOfZeros) {
  Graph graph = testing::per_channel_product();
  graph.operators[0].inputs.pop_back();
  const Graph result = repair(graph).graph;
  const Tensor& bias = operand(result, 1, 2);
  EXPECT_EQ(bias.type, TensorType::kInt32);
  EXPECT_EQ(bias.quantization.scales.size(), 5U);
  EXPECT_THAT(constant_ints(result, result.operators[1].inputs[2]), ElementsAre(0, 0, 0, 0, 0));
  EXPECT_THAT(validate(result), IsEmpty());
}

TEST(RepairTest, AProductThatKeepsItsDimensionsKeepsThem) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4, 6}, TensorType::kInt8, 0.5F, 3);
  const int y = b.op(Op::kFullyConnected, {x, b.int8_weights("w", {2, 6}, {0.1F, 0.2F}, 0)},
                     b.activation("y", {1, 4, 2}, TensorType::kInt8, 0.7F, -1),
                     FullyConnectedOptions{.activation = Activation::kRelu, .keep_num_dims = true}, 12);
  const Graph result = repair(b.finish({y})).graph;
  EXPECT_EQ(operand(result, 1, 0).shape, (std::vector<int>{4, 1, 1, 6}));
  EXPECT_THAT(constant_ints(result, result.operators[2].inputs[1]), ElementsAre(-1, 4, 2));
  EXPECT_EQ(fused_activation(result.operators[1].options), Activation::kRelu);
  EXPECT_LE(result.operators[1].version, max_version_2_9(Op::kConv2D));
  EXPECT_THAT(validate(result), IsEmpty());
}

TEST(RepairTest, ProductsInARowShareTheirPixels) {
  GraphBuilder b;
  const int x = b.input("x", {1, 6}, TensorType::kInt8, 0.5F, 3);
  const int y = b.op(Op::kFullyConnected, {x, b.int8_weights("w", {2, 6}, {0.1F, 0.2F}, 0)},
                     b.activation("y", {1, 2}, TensorType::kInt8, 0.7F, -1), FullyConnectedOptions{}, 4);
  const int z = b.op(Op::kFullyConnected, {y, b.int8_weights("v", {3, 2}, {0.1F, 0.2F, 0.3F}, 0)},
                     b.activation("z", {1, 3}, TensorType::kInt8, 0.7F, -1), FullyConnectedOptions{}, 4);
  const Repaired result = repair(b.finish({z}));
  EXPECT_THAT(ops_of(result.graph), ElementsAre(Op::kReshape, Op::kConv2D, Op::kConv2D, Op::kReshape));
  EXPECT_EQ(result.repairs.size(), 2U);
  EXPECT_THAT(validate(result.graph), IsEmpty());
}

TEST(RepairTest, ADynamicFlattenBecomesConstant) {
  const Repaired result = repair(testing::dynamic_flatten());
  EXPECT_THAT(ops_of(result.graph),
              ElementsAre(Op::kConv2D, Op::kMaxPool2D, Op::kReshape, Op::kFullyConnected, Op::kSoftmax));
  EXPECT_THAT(constant_ints(result.graph, result.graph.operators[2].inputs[1]), ElementsAre(-1, 16));
  EXPECT_THAT(result.repairs,
              ElementsAre(HasSubstr("made the constant -1x16"), HasSubstr("3 ops that computed shapes")));
  EXPECT_THAT(validate(result.graph), IsEmpty());
}

/// A flatten of 1x4x4x2 to `declared` whose shape operand `shape_of` makes from the data.
template <typename ShapeOf>
Repaired repaired_flatten(const std::vector<int>& declared, const ShapeOf& shape_of) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4, 4, 2});
  const int shape =
      b.op(Op::kShape, {x}, b.activation("shape", {4}, TensorType::kInt32), ShapeOptions{TensorType::kInt32});
  const int y = b.op(Op::kReshape, {x, shape_of(b, shape)}, b.activation("y", declared), ReshapeOptions{});
  return repair(b.finish({y}));
}

int batch_of(GraphBuilder& b, int shape) {
  return b.op(Op::kStridedSlice,
              {shape, b.int32s("from", {1}, {0}), b.int32s("to", {1}, {1}), b.int32s("step", {1}, {1})},
              b.activation("batch", {}, TensorType::kInt32), StridedSliceOptions{.shrink_axis_mask = 1});
}

TEST(RepairTest, AFlattenOfTheRestIsResolved) {
  const Repaired result = repaired_flatten({1, 1}, [](GraphBuilder& b, int shape) {
    return b.op(Op::kPack, {batch_of(b, shape), b.int32s("rest", {}, {-1})},
                b.activation("target", {2}, TensorType::kInt32), PackOptions{2, 0});
  });
  EXPECT_THAT(ops_of(result.graph), ElementsAre(Op::kReshape));
  EXPECT_THAT(constant_ints(result.graph, result.graph.operators[0].inputs[1]), ElementsAre(-1, 32));
  const Tensor& output = result.graph.tensors[static_cast<std::size_t>(result.graph.outputs[0])];
  EXPECT_EQ(output.shape, (std::vector<int>{1, 32}));
  EXPECT_EQ(output.shape_signature, (std::vector<int>{-1, 32}));
}

TEST(RepairTest, ProductsOfSidesAreFollowed) {
  const Repaired result = repaired_flatten({1, 32}, [](GraphBuilder& b, int shape) {
    const auto ints = [&b](const char* name, std::vector<int> dims) {
      return b.activation(name, std::move(dims), TensorType::kInt32);
    };
    const int first = b.op(Op::kGather, {shape, b.int32s("zero", {1}, {0})}, ints("first", {1}), GatherOptions{});
    const int rest =
        b.op(Op::kSlice, {shape, b.int32s("one", {1}, {1}), b.int32s("all", {1}, {-1})}, ints("rest", {3}));
    const int sides = b.op(Op::kReduceProd, {rest, b.int32s("axis", {1}, {0})}, ints("sides", {}), ReducerOptions{});
    const int row = b.op(Op::kReshape, {sides, b.int32s("vector", {1}, {1})}, ints("row", {1}), ReshapeOptions{{1}});
    return b.op(Op::kConcatenation, {first, row}, ints("target", {2}), ConcatenationOptions{});
  });
  EXPECT_THAT(ops_of(result.graph), ElementsAre(Op::kReshape));
  EXPECT_THAT(constant_ints(result.graph, result.graph.operators[0].inputs[1]), ElementsAre(-1, 32));
}

TEST(RepairTest, TwoBatchesInAShapeAreLeftAlone) {
  const Repaired result = repaired_flatten({1, 32}, [](GraphBuilder& b, int shape) {
    const int batch = batch_of(b, shape);
    return b.op(Op::kPack, {batch, batch}, b.activation("target", {2}, TensorType::kInt32), PackOptions{2, 0});
  });
  EXPECT_THAT(result.repairs, IsEmpty());
}

TEST(RepairTest, ASizeThatDoesNotDependOnTheBatchBecomesConstant) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4, 4, 2});
  const auto ints = [&b](const char* name) { return b.activation(name, {2}, TensorType::kInt32); };
  const int shape =
      b.op(Op::kShape, {x}, b.activation("shape", {4}, TensorType::kInt32), ShapeOptions{TensorType::kInt32});
  const int sides =
      b.op(Op::kStridedSlice, {shape, b.int32s("from", {1}, {1}), b.int32s("to", {1}, {3}), b.int32s("step", {1}, {1})},
           ints("sides"), StridedSliceOptions{});
  const int size = b.op(Op::kMul, {sides, b.int32s("two", {2}, {2, 2})}, ints("size"), MulOptions{});
  const int y =
      b.op(Op::kResizeNearestNeighbor, {x, size}, b.activation("y", {1, 8, 8, 2}), ResizeNearestNeighborOptions{});
  const Repaired result = repair(b.finish({y}));
  EXPECT_THAT(ops_of(result.graph), ElementsAre(Op::kResizeNearestNeighbor));
  EXPECT_THAT(constant_ints(result.graph, result.graph.operators[0].inputs[1]), ElementsAre(8, 8));
  EXPECT_THAT(validate(result.graph), IsEmpty());
}

TEST(RepairTest, ABiasAlongDimensionThreeIsReadAlongItsOwn) {
  Graph graph = testing::per_channel_convolution();
  graph.tensors[static_cast<std::size_t>(graph.operators[0].inputs[2])].quantization.axis = 3;
  EXPECT_EQ(validate(graph).at(0).severity, Severity::kFatal);
  const Repaired result = repair(graph);
  EXPECT_THAT(result.repairs, ElementsAre(HasSubstr("'bias': its scales lie along dimension 3")));
  EXPECT_EQ(result.graph, testing::per_channel_convolution());
}

TEST(RepairTest, AMissingBiasBecomesZeros) {
  Graph graph = testing::per_channel_convolution();
  graph.operators[0].inputs[2] = kNoTensor;
  const Repaired result = repair(graph);
  EXPECT_THAT(result.repairs, ElementsAre(HasSubstr("CONV_2D #0 'y': a bias of zeros added")));
  EXPECT_THAT(validate(result.graph), IsEmpty());
  graph.operators[0].inputs.pop_back();
  EXPECT_EQ(repair(graph).graph, result.graph);
}

TEST(RepairTest, OneScaleOfAHybridDepthwiseIsSpread) {
  const Repaired result = repair(testing::hybrid_depthwise(1));
  EXPECT_THAT(result.repairs, ElementsAre(HasSubstr("written for each of 4 channels")));
  EXPECT_EQ(operand(result.graph, 0, 1).quantization.scales, std::vector<float>(4, 0.02F));
  EXPECT_EQ(operand(result.graph, 0, 1).quantization.axis, 3);
  EXPECT_THAT(validate(result.graph), IsEmpty());
}

TEST(RepairTest, AZeroPointOfWeightsIsTakenOffWhereItFits) {
  Graph graph = testing::per_channel_convolution();
  const int weights = graph.operators[0].inputs[1];
  Tensor& info = graph.tensors[static_cast<std::size_t>(weights)];
  graph.buffers[info.buffer] = bytes_of(std::vector<std::int8_t>{5, -10, 100, 7, 0, -127});
  info.quantization.zero_points = {5, 5, 0};
  const Repaired result = repair(graph);
  EXPECT_THAT(result.repairs, ElementsAre(HasSubstr("zero point of its int8 weights")));
  EXPECT_THAT(constant_ints(result.graph, result.graph.operators[0].inputs[1]), ElementsAre(0, -15, 95, 2, 0, -127));
  graph.tensors[static_cast<std::size_t>(weights)].quantization.zero_points = {5, 5, 1};  // -127 - 1 does not fit
  EXPECT_THAT(repair(graph).repairs, IsEmpty());
  EXPECT_EQ(validate(graph).at(0).severity, Severity::kWrongNumbers);
}

TEST(RepairTest, NewerVersionsOfWhatIsKnownAreWrittenUnderTheOlder) {
  Graph graph = testing::tiny_float_graph();
  graph.operators[0].version = 8;
  graph.operators[4].version = 12;
  const Repaired result = repair(graph);
  EXPECT_EQ(result.graph.operators[0].version, max_version_2_9(Op::kConv2D));
  EXPECT_EQ(result.graph.operators[4].version, max_version_2_9(Op::kFullyConnected));
  EXPECT_EQ(result.repairs.size(), 2U);
}

TEST(RepairTest, VersionsOfTheFutureAreLeftAlone) {
  Graph graph = testing::tiny_float_graph();
  graph.operators[0].version = 99;
  EXPECT_THAT(repair(graph).repairs, IsEmpty());
}

TEST(RepairTest, AnOpThatNobodyReadsIsDropped) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4});
  const int y = b.op(Op::kRelu, {x}, b.activation("y", {1, 4}));
  b.op(Op::kRelu6, {x}, b.activation("lost", {1, 4}));
  const Repaired result = repair(b.finish({y}));
  EXPECT_THAT(ops_of(result.graph), ElementsAre(Op::kRelu));
  EXPECT_THAT(result.repairs, ElementsAre(HasSubstr("RELU6 #1 'lost': dropped")));
}

}  // namespace
}  // namespace qbench::models
