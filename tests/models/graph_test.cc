// SPDX-License-Identifier: Apache-2.0
#include "models/graph.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using testing::GraphBuilder;

TEST(GraphTest, ConstantsConvertFromEveryFloatType) {
  Graph graph;
  Tensor tensor{.name = "h", .type = TensorType::kFloat16, .shape = {2}};
  const int half = add_constant(graph, tensor, bytes_of(std::vector<std::uint16_t>{0x3C00, 0xC000}));
  tensor.type = TensorType::kFloat64;
  const int wide = add_constant(graph, tensor, bytes_of(std::vector<double>{0.5, -8.0}));
  EXPECT_EQ(constant_floats(graph, half), (std::vector<float>{1.0F, -2.0F}));
  EXPECT_EQ(constant_floats(graph, wide), (std::vector<float>{0.5F, -8.0F}));
}

TEST(GraphTest, ConstantsConvertFromEveryIntegerType) {
  Graph graph;
  Tensor tensor{.name = "i", .type = TensorType::kInt8, .shape = {2}};
  const int small = add_constant(graph, tensor, bytes_of(std::vector<std::int8_t>{-128, 127}));
  tensor.type = TensorType::kUint8;
  const int byte = add_constant(graph, tensor, bytes_of(std::vector<std::uint8_t>{0, 255}));
  tensor.type = TensorType::kInt64;
  const int wide = add_constant(graph, tensor, bytes_of(std::vector<std::int64_t>{-(1LL << 40), 3}));
  EXPECT_EQ(constant_ints(graph, small), (std::vector<std::int64_t>{-128, 127}));
  EXPECT_EQ(constant_ints(graph, byte), (std::vector<std::int64_t>{0, 255}));
  EXPECT_EQ(constant_ints(graph, wide), (std::vector<std::int64_t>{-(1LL << 40), 3}));
}

TEST(GraphTest, ConstantOfTheWrongTypeOrSizeThrows) {
  GraphBuilder b;
  const int floats = b.floats("f", {2}, {1.0F, 2.0F});
  const int activation = b.activation("a", {2});
  const int broken = b.floats("short", {3}, {1.0F, 2.0F});
  EXPECT_THROW((void)constant_ints(b.graph(), floats), Error);
  EXPECT_THROW((void)constant_floats(b.graph(), activation), Error);
  EXPECT_THROW((void)constant_floats(b.graph(), broken), Error);
}

TEST(GraphTest, ConstantBytesAreEmptyForBadIndices) {
  GraphBuilder b;
  const int floats = b.floats("f", {1}, {1.0F});
  b.graph().tensors[static_cast<std::size_t>(floats)].buffer = 99;
  EXPECT_TRUE(constant_bytes(b.graph(), floats).empty());
  EXPECT_TRUE(constant_bytes(b.graph(), kNoTensor).empty());
  EXPECT_TRUE(constant_bytes(b.graph(), 5).empty());
}

TEST(GraphTest, ElementCount) {
  EXPECT_EQ(element_count({}), 1);
  EXPECT_EQ(element_count({2, 3, 4}), 24);
  EXPECT_THROW((void)element_count({-1}), Error);
  EXPECT_THROW((void)element_count({65536, 65536}), Error);
}

TEST(GraphTest, IndexKnowsProducersAndConsumers) {
  const Graph graph = testing::tiny_float_graph();
  const GraphIndex index(graph);
  const auto conv = static_cast<std::size_t>(graph.operators[0].outputs[0]);
  EXPECT_EQ(index.producer[conv], 0);
  EXPECT_EQ(index.consumers[conv], (std::vector<int>{1, 2}));
  EXPECT_EQ(index.producer[static_cast<std::size_t>(graph.inputs[0])], -1);
}

TEST(GraphTest, IndexListsAConsumerOfBothOperandsOnce) {
  GraphBuilder b;
  const int x = b.input("x", {1, 2});
  b.op(Op::kAdd, {x, x}, b.activation("y", {1, 2}), AddOptions{});
  EXPECT_EQ(GraphIndex(b.graph()).consumers[static_cast<std::size_t>(x)], (std::vector<int>{0}));
}

TEST(GraphTest, TensorSpecCarriesWholeTensorQuantization) {
  GraphBuilder b;
  const int x = b.input("x\n", {1, 2}, TensorType::kUint8, 0.5F, 128);
  const TensorSpec spec = tensor_spec(b.graph(), x);
  EXPECT_EQ(spec.name, "x\\n");
  EXPECT_EQ(spec.dtype, DType::kUint8);
  EXPECT_EQ(spec.quantization, (Quantization{0.5F, 128}));
}

TEST(GraphTest, TensorSpecRefusesTypesThatNobodyFeeds) {
  GraphBuilder b;
  const int x = b.input("x", {1}, TensorType::kComplex64);
  EXPECT_THROW((void)tensor_spec(b.graph(), x), Error);
}

TEST(GraphTest, OperatorTextNamesOpPositionAndOutput) {
  Graph graph = testing::tiny_float_graph();
  EXPECT_EQ(operator_text(graph, 0), "CONV_2D #0 'conv'");
  graph.operators[0].op = Op::kCustom;
  graph.operators[0].custom_code = "my\x1B-op";
  EXPECT_EQ(operator_text(graph, 0), "CUSTOM #0 'my\\u{1b}-op' 'conv'");
}

}  // namespace
}  // namespace qbench::models
