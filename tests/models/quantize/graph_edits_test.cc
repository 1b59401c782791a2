// SPDX-License-Identifier: Apache-2.0
// drop_unused, expose_activations, check_same_network and require_float_classifier.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "core/error.h"
#include "models/quantize/drop_unused.h"
#include "models/quantize/expose_activations.h"
#include "models/quantize/float_model.h"
#include "models/quantize/variant_check.h"
#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::tiny_float_graph;
using testing::tiny_int8_graph;

/// Message and code of the error that `work` throws.
template <typename Work>
std::pair<std::string, ErrorCode> error_of(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return {error.what(), error.code()};
  }
  return {"no error", ErrorCode::kUsage};
}

TEST(DropUnusedTest, RemovesWhatNobodyReads) {
  Graph graph = tiny_float_graph();
  const Graph before = drop_unused(graph);
  GraphBuilder b;
  b.graph() = graph;
  const int extra = b.op(Op::kRelu, {graph.outputs[0]}, b.activation("extra", {1, 4}));
  b.pattern("constant", {100});
  (void)extra;
  EXPECT_EQ(drop_unused(b.graph()), before);
}

TEST(DropUnusedTest, RenumbersSignatures) {
  GraphBuilder b;
  b.pattern("unused", {3});
  const int image = b.input("image", {1, 4});
  Graph graph = b.finish({b.op(Op::kRelu, {image}, b.activation("out", {1, 4}))});
  graph.signatures = {{"serve", {{"x", graph.inputs[0]}}, {{"y", graph.outputs[0]}}}};
  const Graph smaller = drop_unused(graph);
  EXPECT_EQ(smaller.tensors.size(), 2U);
  EXPECT_EQ(smaller.signatures[0].inputs[0].tensor, smaller.inputs[0]);
  EXPECT_EQ(smaller.signatures[0].outputs[0].tensor, smaller.outputs[0]);
}

TEST(ExposeActivationsTest, ListsResultsInOrderWithoutUnpackedWeights) {
  const Graph graph = tiny_float_graph();
  const std::vector<int> tensors = activation_tensors(graph);
  ASSERT_EQ(tensors.size(), graph.operators.size());
  EXPECT_EQ(tensors.front(), graph.operators.front().outputs[0]);
  const Graph exposed = expose_activations(graph, tensors);
  EXPECT_EQ(exposed.outputs, tensors);
}

TEST(VariantCheckTest, NoticesALostOperator) {
  const Graph graph = tiny_float_graph();
  Graph cut = graph;
  cut.operators.pop_back();
  cut.outputs = cut.operators.back().outputs;
  EXPECT_NO_THROW(check_same_network(graph, graph, "same"));
  EXPECT_THAT(error_of([&] { check_same_network(cut, graph, "cut"); }).first, HasSubstr("operators"));
}

TEST(FloatModelTest, AcceptsAFloatClassifier) {
  EXPECT_NO_THROW(require_float_classifier(tiny_float_graph(), "model"));
}

TEST(FloatModelTest, RefusesAQuantizedModel) {
  EXPECT_THAT(error_of([] { require_float_classifier(tiny_int8_graph(), "model"); }).first, HasSubstr("int8 already"));
}

TEST(FloatModelTest, RefusesWhatIsNoClassifier) {
  GraphBuilder b;
  const int image = b.input("image", {1, 8, 8, 3});
  const int conv = b.op(Op::kConv2D, {image, b.pattern("w", {4, 3, 3, 3}), b.pattern("b", {4})},
                        b.activation("map", {1, 8, 8, 4}), Conv2DOptions{.stride_w = 1, .stride_h = 1});
  const auto [message, code] = error_of([&] { require_float_classifier(b.finish({conv}), "model"); });
  EXPECT_THAT(message, HasSubstr("not a vector of class scores"));
  EXPECT_EQ(code, ErrorCode::kModel);
}

TEST(FloatModelTest, RefusesADynamicShape) {
  Graph graph = tiny_float_graph();
  graph.tensors[static_cast<std::size_t>(graph.inputs[0])].shape_signature = {-1, -1, -1, 3};
  EXPECT_THAT(error_of([&] { require_float_classifier(graph, "model"); }).first, HasSubstr("dynamic shape"));
}

TEST(FloatModelTest, RefusesWeightsThatAreNotFinite) {
  for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Graph graph = tiny_float_graph();
    const int weights = graph.operators[0].inputs[1];
    std::vector<float> values = constant_floats(graph, weights);
    values[5] = bad;
    graph.buffers[graph.tensors[static_cast<std::size_t>(weights)].buffer] = bytes_of(values);
    EXPECT_THAT(error_of([&] { require_float_classifier(graph, "model"); }).first, HasSubstr("conv/weights"));
  }
}

TEST(FloatModelTest, RefusesCustomOpsByName) {
  Graph graph = tiny_float_graph();
  Operator custom = graph.operators.back();
  custom.op = Op::kCustom;
  custom.custom_code = "MyOp";
  custom.options = {};
  graph.operators.back() = custom;
  const auto [message, code] = error_of([&] { require_float_classifier(graph, "model"); });
  EXPECT_THAT(message, HasSubstr("MyOp"));
  EXPECT_EQ(code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace qbench::models
