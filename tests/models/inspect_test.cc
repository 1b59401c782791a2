// SPDX-License-Identifier: Apache-2.0
#include "models/inspect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "models/tflite_writer.h"
#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ModelSummary summary_of(const Graph& graph) { return inspect(write_tflite(graph), "tiny"); }

// Of tiny_float_graph(): convolution 1*4*4*4 outputs x 3*3*3, depthwise 64 x 3*3, fully connected 4 x 4.
constexpr std::int64_t kConvMacs = 64 * 27;
constexpr std::int64_t kDepthwiseMacs = 64 * 9;
constexpr std::int64_t kDenseMacs = 16;
constexpr std::int64_t kParameters = (4 * 27 + 4) + (36 + 4) + (16 + 4);

TEST(InspectTest, CountsMacsAndParameters) {
  const ModelSummary summary = summary_of(testing::tiny_float_graph());
  EXPECT_EQ(summary.macs, kConvMacs + kDepthwiseMacs + kDenseMacs);
  EXPECT_EQ(summary.parameters, kParameters);
  ASSERT_EQ(summary.ops.size(), 6U);
  EXPECT_EQ(summary.ops[0].op, "CONV_2D");
  EXPECT_EQ(summary.ops[0].macs, kConvMacs);
  EXPECT_EQ(summary.ops[0].parameters, 112);
  EXPECT_EQ(summary.ops[0].output, "conv");
  EXPECT_THAT(summary.ops[0].output_shape, ElementsAre(1, 4, 4, 4));
  EXPECT_EQ(summary.ops[2].macs, 0);
}

TEST(InspectTest, KindsAreSortedByMacsAndCounted) {
  const ModelSummary summary = summary_of(testing::tiny_float_graph());
  ASSERT_EQ(summary.op_kinds.size(), 6U);
  EXPECT_EQ(summary.op_kinds[0].op, "CONV_2D");
  EXPECT_EQ(summary.op_kinds[0].count, 1);
  EXPECT_EQ(summary.op_kinds[1].op, "DEPTHWISE_CONV_2D");
  EXPECT_EQ(summary.op_kinds[2].op, "FULLY_CONNECTED");
}

TEST(InspectTest, ASharedConstantCountsOnce) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4});
  const int w = b.pattern("w", {4, 4});
  const int y = b.op(Op::kFullyConnected, {x, w}, b.activation("y", {1, 4}), FullyConnectedOptions{});
  const int z = b.op(Op::kFullyConnected, {y, w}, b.activation("z", {1, 4}), FullyConnectedOptions{});
  const ModelSummary summary = summary_of(b.finish({z}));
  EXPECT_EQ(summary.parameters, 16);
  EXPECT_EQ(summary.weights, 16);
  EXPECT_EQ(summary.constant_bytes.at("float32"), 64);
  EXPECT_EQ(summary.macs, 32);
}

TEST(InspectTest, SparsityCountsWeightsThatStandForZero) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4});
  const int w = b.floats("w", {2, 4}, {0, 1, 0, -0.0F, 2, 0, 3, 4});
  const int bias = b.floats("b", {2}, {0, 0});
  const int y = b.op(Op::kFullyConnected, {x, w, bias}, b.activation("y", {1, 2}), FullyConnectedOptions{});
  const ModelSummary summary = summary_of(b.finish({y}));
  EXPECT_EQ(summary.weights, 8);
  EXPECT_EQ(summary.zero_weights, 4);
  EXPECT_DOUBLE_EQ(summary.sparsity(), 0.5);
}

TEST(InspectTest, IntegerZeroIsTheZeroPoint) {
  GraphBuilder b;
  const int x = b.input("x", {1, 2}, TensorType::kUint8, 0.1F, 0);
  Tensor weights{.name = "w", .type = TensorType::kUint8, .shape = {1, 2}};
  weights.quantization = {.scales = {0.1F}, .zero_points = {7}};
  const int w = add_constant(b.graph(), weights, bytes_of(std::vector<std::uint8_t>{7, 0}));
  const int y = b.op(Op::kFullyConnected, {x, w}, b.activation("y", {1, 1}, TensorType::kUint8, 0.1F, 0),
                     FullyConnectedOptions{});
  EXPECT_EQ(summary_of(b.finish({y})).zero_weights, 1);
}

TEST(InspectTest, EndsHaveShapeSignatureTypeAndQuantization) {
  const ModelSummary summary = summary_of(testing::tiny_int8_graph());
  ASSERT_EQ(summary.inputs.size(), 1U);
  EXPECT_EQ(summary.inputs[0].name, "image");
  EXPECT_EQ(summary.inputs[0].type, "int8");
  EXPECT_THAT(summary.inputs[0].shape, ElementsAre(1, 8, 8, 3));
  EXPECT_THAT(summary.inputs[0].signature, ElementsAre(-1, 8, 8, 3));
  EXPECT_THAT(summary.inputs[0].quantization.scales, ElementsAre(0.05F));
  ASSERT_EQ(summary.outputs.size(), 1U);
  EXPECT_THAT(summary.outputs[0].quantization.zero_points, ElementsAre(-128));
  EXPECT_TRUE(summary.is_classifier());
}

TEST(InspectTest, SizesAreThoseOfTheFile) {
  const Bytes file = write_tflite(testing::tiny_float_graph());
  const ModelSummary summary = inspect(file, "tiny");
  EXPECT_EQ(summary.file_bytes, file.size());
  EXPECT_GT(summary.zstd_bytes, 0U);
  EXPECT_LT(summary.zstd_bytes, file.size());
}

TEST(InspectTest, AFixedBatchIsNamed) {
  EXPECT_THAT(summary_of(testing::tiny_float_graph()).fixed_batch, IsEmpty());
  EXPECT_THAT(summary_of(testing::tiny_fixed_batch_graph()).fixed_batch, ElementsAre(HasSubstr("RESHAPE #4")));
}

TEST(InspectTest, CustomOpsNeedADelegate) {
  Graph graph = testing::tiny_float_graph();
  graph.operators[5].op = Op::kCustom;
  graph.operators[5].custom_code = "special";
  graph.operators[5].options = {};
  const ModelSummary summary = summary_of(graph);
  EXPECT_THAT(summary.needs_delegate, ElementsAre(HasSubstr("'special'")));
  EXPECT_EQ(summary.ops[5].op, "CUSTOM special");
}

TEST(InspectTest, VersionsThatThe29RuntimeLacksAreNamed) {
  Graph graph = testing::tiny_float_graph();
  graph.operators[4].version = 12;
  EXPECT_THAT(summary_of(graph).needs_newer_runtime,
              ElementsAre(HasSubstr("FULLY_CONNECTED #4 'logits': version 12, the 2.9 runtime knows 9")));
}

TEST(InspectTest, AnOutputThatIsNoScoreListIsNoClassifier) {
  Graph graph = testing::tiny_float_graph();
  graph.operators.resize(3);
  graph.outputs = {graph.operators[2].outputs[0]};
  EXPECT_FALSE(summary_of(graph).is_classifier());
}

TEST(InspectTest, DamagedMetadataAreAWarning) {
  Graph graph = testing::tiny_float_graph();
  graph.metadata = {{"TFLITE_METADATA", Bytes(64, std::byte{1})}};
  const ModelSummary summary = summary_of(graph);
  EXPECT_EQ(summary.metadata, std::nullopt);
  ASSERT_EQ(summary.findings.size(), 1U);
  EXPECT_EQ(summary.findings[0].severity, Severity::kWarning);
}

TEST(InspectTest, AFileWithFatalFindingsIsStillSummarized) {
  Graph graph = testing::tiny_float_graph();
  graph.tensors[static_cast<std::size_t>(graph.operators[0].outputs[0])].shape = {-5, 1 << 30, 1 << 30, 4};
  const ModelSummary summary = summary_of(graph);
  EXPECT_EQ(summary.ops[0].macs, 0);
  EXPECT_FALSE(summary.findings.empty());
  EXPECT_THAT(summary.uncounted, ElementsAre(HasSubstr("CONV_2D #0")));
  EXPECT_EQ(summary.macs, kDepthwiseMacs + kDenseMacs) << "one bad op must not hide the others";
  ASSERT_FALSE(summary.run_obstacles.empty());
  EXPECT_THAT(summary.run_obstacles[0].because, HasSubstr("tensor 1 'conv'"));
}

TEST(InspectTest, WhatIsNoModelThrows) { EXPECT_THROW((void)inspect(Bytes(100), "junk"), Error); }

}  // namespace
}  // namespace qbench::models
