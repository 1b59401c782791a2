// SPDX-License-Identifier: Apache-2.0
#include "models/precision.h"

#include <gtest/gtest.h>

#include <set>

#include "models/half.h"
#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using testing::GraphBuilder;

constexpr int kSide = 4;

int weights_of(GraphBuilder& b, const std::string& name, TensorType type) {
  if (type == TensorType::kFloat32) {
    return b.pattern(name, {kSide, kSide});
  }
  if (type == TensorType::kFloat16) {
    const Tensor tensor{.name = name, .type = type, .shape = {kSide, kSide}};
    return add_constant(b.graph(), tensor, bytes_of(std::vector<std::uint16_t>(kSide * kSide, to_half(0.5F))));
  }
  return b.int8_weights(name, {kSide, kSide}, {0.01F}, 0);
}

/// One dense layer with stored weights of this type, unpacked to float first when asked.
int dense(GraphBuilder& b, int x, TensorType stored, bool unpack) {
  const std::string name = "w" + std::to_string(b.graph().tensors.size());
  int w = weights_of(b, name, stored);
  if (unpack) {
    w = b.op(Op::kDequantize, {w}, b.activation(name + "/float", {kSide, kSide}));
  }
  return b.op(Op::kFullyConnected, {x, w}, b.activation(name + "/out", {1, kSide}), FullyConnectedOptions{});
}

struct Layer {
  TensorType stored = TensorType::kFloat32;
  bool unpack = false;
};

PrecisionClass class_of(const std::vector<Layer>& layers) {
  GraphBuilder b;
  int x = b.input("x", {1, kSide});
  for (const Layer& layer : layers) {
    x = dense(b, x, layer.stored, layer.unpack);
  }
  return classify_precision(b.finish({x}));
}

const Layer kFloat{TensorType::kFloat32, false};
const Layer kHalf{TensorType::kFloat16, true};
const Layer kHybrid{TensorType::kInt8, false};
const Layer kUnpacked{TensorType::kInt8, true};

TEST(PrecisionTest, FloatFamilies) {
  EXPECT_EQ(class_of({kFloat}), PrecisionClass::kFp32);
  EXPECT_EQ(class_of({kHalf}), PrecisionClass::kFp16);
  EXPECT_EQ(class_of({kHybrid}), PrecisionClass::kDynamic);
  EXPECT_EQ(class_of({kUnpacked}), PrecisionClass::kWeightOnly);
}

TEST(PrecisionTest, LayersLeftInFloatDoNotChangeTheClass) {
  EXPECT_EQ(class_of({kFloat, kHalf}), PrecisionClass::kFp16);
  EXPECT_EQ(class_of({kHybrid, kFloat}), PrecisionClass::kDynamic);
}

TEST(PrecisionTest, TwoKindsOfWeightsAreMixed) {
  EXPECT_EQ(class_of({kHalf, kHybrid}), PrecisionClass::kMixed);
  EXPECT_EQ(class_of({kHybrid, kUnpacked}), PrecisionClass::kMixed);
}

TEST(PrecisionTest, Int8WithIntegerEnds) {
  EXPECT_EQ(classify_precision(testing::tiny_int8_graph()), PrecisionClass::kInt8);
}

TEST(PrecisionTest, Int8BetweenFloatEnds) {
  Graph graph = testing::tiny_int8_graph();
  const int inner = graph.inputs[0];
  const int outer = add_tensor(graph, {.name = "float in", .shape = {1, 8, 8, 3}});
  graph.operators.insert(graph.operators.begin(), {.op = Op::kQuantize, .inputs = {outer}, .outputs = {inner}});
  graph.inputs = {outer};
  EXPECT_EQ(classify_precision(graph), PrecisionClass::kInt8);  // the output is still int8
  const int scores = add_tensor(graph, {.name = "float out", .shape = {1, 4}});
  graph.operators.push_back({.op = Op::kDequantize, .version = 2, .inputs = graph.outputs, .outputs = {scores}});
  graph.outputs = {scores};
  EXPECT_EQ(classify_precision(graph), PrecisionClass::kInt8FloatIo);
}

TEST(PrecisionTest, AFloatIslandInAnInt8GraphIsMixed) {
  GraphBuilder b;
  const int x = b.input("x", {1, kSide}, TensorType::kInt8, 0.1F, 0);
  const int y = b.op(Op::kFullyConnected, {x, weights_of(b, "w", TensorType::kInt8)},
                     b.activation("y", {1, kSide}, TensorType::kInt8, 0.1F, 0), FullyConnectedOptions{});
  const int z = b.op(Op::kDequantize, {y}, b.activation("z", {1, kSide}));
  EXPECT_EQ(classify_precision(b.finish({dense(b, z, TensorType::kFloat32, false)})), PrecisionClass::kMixed);
}

TEST(PrecisionTest, Int16ActivationsAndEdgeTpu) {
  GraphBuilder b;
  const int x = b.input("x", {1, kSide}, TensorType::kInt16, 0.1F, 0);
  b.op(Op::kFullyConnected, {x, weights_of(b, "w", TensorType::kInt8)},
       b.activation("y", {1, kSide}, TensorType::kInt16, 0.1F, 0), FullyConnectedOptions{});
  EXPECT_EQ(classify_precision(b.graph()), PrecisionClass::kInt16x8);
  b.graph().operators[0].op = Op::kCustom;
  b.graph().operators[0].custom_code = "edgetpu-custom-op";
  EXPECT_EQ(classify_precision(b.graph()), PrecisionClass::kEdgeTpu);
}

TEST(PrecisionTest, WithoutWeightsTheActivationsDecide) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4, 4, 1}, TensorType::kUint8, 0.1F, 0);
  b.op(Op::kRelu, {x}, b.activation("y", {1, 4, 4, 1}, TensorType::kUint8, 0.1F, 0));
  EXPECT_EQ(classify_precision(b.graph()), PrecisionClass::kUint8);
}

TEST(PrecisionTest, NamesAreUnique) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(PrecisionClass::kMixed); ++i) {
    names.insert(precision_name(static_cast<PrecisionClass>(i)));
  }
  EXPECT_EQ(names.size(), 10U);
}

}  // namespace
}  // namespace qbench::models
