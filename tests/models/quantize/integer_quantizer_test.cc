// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/integer_quantizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.h"
#include "models/output_check.h"
#include "models/precision.h"
#include "models/tflite_writer.h"
#include "tests/models/quantize/expect_writable.h"
#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::tiny_fixed_batch_graph;
using testing::tiny_float_graph;

/// The range -1 .. 3 for every float activation.
ActivationStatistics same_statistics(const Graph& graph, Range range = {-1.0F, 3.0F}) {
  ActivationStatistics statistics;
  statistics.ranges.assign(graph.tensors.size(), range);
  return statistics;
}

const Tensor& named(const Graph& graph, const std::string& name) {
  const auto found = std::find_if(graph.tensors.begin(), graph.tensors.end(),
                                  [&name](const Tensor& tensor) { return tensor.name == name; });
  if (found == graph.tensors.end()) throw std::runtime_error("no tensor " + name);
  return *found;
}

int count(const Graph& graph, Op op) {
  return static_cast<int>(std::count_if(graph.operators.begin(), graph.operators.end(),
                                        [op](const Operator& each) { return each.op == op; }));
}

TEST(IntegerQuantizerTest, QuantizesAWholeClassifierToInt8) {
  const Graph graph = tiny_float_graph();
  const IntegerResult result = quantize_integer(graph, same_statistics(graph), {});
  EXPECT_EQ(classify_precision(result.graph), PrecisionClass::kInt8);
  EXPECT_THAT(result.float_ops, IsEmpty());
  EXPECT_EQ(result.graph.operators.size(), graph.operators.size());
  EXPECT_EQ(named(result.graph, "conv/weights").quantization.scales.size(), 4U);
  EXPECT_EQ(named(result.graph, "dw/weights").quantization.axis, 3);
  EXPECT_EQ(named(result.graph, "fc/weights").quantization.scales.size(), 1U);
  EXPECT_EQ(named(result.graph, "conv/bias").type, TensorType::kInt32);
  expect_writable(result.graph);
}

TEST(IntegerQuantizerTest, GivesSoftmaxTheScaleItsKernelDemands) {
  const Graph graph = tiny_float_graph();
  const Graph int8 = quantize_integer(graph, same_statistics(graph), {}).graph;
  EXPECT_EQ(named(int8, "scores").quantization, to_quantization({1.0F / 256.0F, -128}));
}

TEST(IntegerQuantizerTest, UsesWideBiasesBesideSixteenBitActivations) {
  const Graph graph = tiny_float_graph();
  const Graph wide = quantize_integer(graph, same_statistics(graph), {.activations = ActivationType::kInt16}).graph;
  EXPECT_EQ(named(wide, "conv/bias").type, TensorType::kInt64);
  EXPECT_EQ(named(wide, "conv").quantization, to_quantization({3.0F / 32767.0F, 0}));
  EXPECT_FALSE(std::get<AddOptions>(wide.operators[2].options).pot_scale_int16);
  expect_writable(wide);
}

TEST(IntegerQuantizerTest, CopiesScalesThroughOpsThatMoveData) {
  const Graph graph = tiny_fixed_batch_graph();
  ActivationStatistics statistics = same_statistics(graph);
  const Graph int8 = quantize_integer(graph, statistics, {}).graph;
  EXPECT_EQ(named(int8, "pad").quantization, named(int8, "image").quantization);
  EXPECT_EQ(named(int8, "flat").quantization, named(int8, "concat").quantization);
  expect_writable(int8);
}

/// Two branches of different range joined.
Graph join_graph(bool shared) {
  GraphBuilder b;
  const int image = b.input("image", {1, 4});
  const int small = b.op(Op::kRelu, {image}, b.activation("small", {1, 4}));
  const int large = b.op(Op::kRelu, {image}, b.activation("large", {1, 4}));
  const int joined =
      b.op(Op::kConcatenation, {small, large}, b.activation("joined", {1, 8}), ConcatenationOptions{.axis = 1});
  std::vector<int> outputs{joined};
  if (shared) outputs.push_back(b.op(Op::kRelu, {small}, b.activation("other", {1, 4})));
  return b.finish(outputs);
}

ActivationStatistics join_statistics(const Graph& graph) {
  ActivationStatistics statistics = same_statistics(graph);
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    const std::string& name = graph.tensors[i].name;
    if (name == "large" || name == "joined") statistics.ranges[i] = Range{0.0F, 100.0F};
  }
  return statistics;
}

TEST(IntegerQuantizerTest, ForcesTheScaleOfAJoinOntoItsOperands) {
  const Graph graph = join_graph(false);
  const IntegerResult result = quantize_integer(graph, join_statistics(graph), {});
  EXPECT_EQ(named(result.graph, "small").quantization, named(result.graph, "joined").quantization);
  EXPECT_EQ(count(result.graph, Op::kQuantize), 0);
  EXPECT_THAT(result.notes, ElementsAre(HasSubstr("'small'")));
  expect_writable(result.graph);
}

TEST(IntegerQuantizerTest, RequantizesAJoinedOperandThatOthersReadToo) {
  const Graph graph = join_graph(true);
  const Graph int8 = quantize_integer(graph, join_statistics(graph), {}).graph;
  EXPECT_NE(named(int8, "small").quantization, named(int8, "joined").quantization);
  EXPECT_EQ(count(int8, Op::kQuantize), 1);
  expect_writable(int8);
}

/// conv -> EXP (no integer kernel) -> mean -> softmax.
Graph island_graph() {
  GraphBuilder b;
  const int image = b.input("image", {1, 8, 8, 3});
  const int conv = b.op(Op::kConv2D, {image, b.pattern("w", {4, 3, 3, 3}), b.pattern("b", {4})},
                        b.activation("conv", {1, 8, 8, 4}), Conv2DOptions{.stride_w = 1, .stride_h = 1});
  const int raised = b.op(Op::kExp, {conv}, b.activation("exp", {1, 8, 8, 4}), RawOptions{33, {}});
  const int mean =
      b.op(Op::kMean, {raised, b.int32s("axes", {2}, {1, 2})}, b.activation("mean", {1, 4}), ReducerOptions{});
  return b.finish({b.op(Op::kSoftmax, {mean}, b.activation("scores", {1, 4}), SoftmaxOptions{1.0F})});
}

TEST(IntegerQuantizerTest, KeepsAnUnsupportedOpInFloatAndNamesIt) {
  const Graph graph = island_graph();
  const IntegerResult result = quantize_integer(graph, same_statistics(graph), {});
  EXPECT_THAT(result.float_ops, ElementsAre(1U));
  EXPECT_THAT(result.notes, ElementsAre(HasSubstr("EXP #1")));
  EXPECT_EQ(named(result.graph, "exp").type, TensorType::kFloat32);
  EXPECT_EQ(named(result.graph, "mean").type, TensorType::kInt8);
  EXPECT_EQ(count(result.graph, Op::kDequantize), 1);
  EXPECT_EQ(count(result.graph, Op::kQuantize), 1);
  expect_writable(result.graph);
}

TEST(IntegerQuantizerTest, RefusesAnUnsupportedOpWhenStrict) {
  const Graph graph = island_graph();
  try {
    (void)quantize_integer(graph, same_statistics(graph), {.strict = true});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_THAT(error.what(), HasSubstr("EXP #1"));
  }
}

TEST(IntegerQuantizerTest, KeepsFloatWhatItIsTold) {
  const Graph graph = tiny_float_graph();
  const std::vector<std::string> texts{"SOFTMAX", "#0"};
  IntegerOptions options;
  options.io = GraphIo::kFloat32;
  options.keep_float = select_operators(graph, texts);
  const Graph mixed = quantize_integer(graph, same_statistics(graph), options).graph;
  EXPECT_EQ(named(mixed, "conv/weights").type, TensorType::kFloat32);
  EXPECT_EQ(named(mixed, "scores").type, TensorType::kFloat32);
  // The first op reads the float input itself.
  EXPECT_EQ(mixed.operators[0].inputs[0], mixed.inputs[0]);
  expect_writable(mixed);
}

TEST(IntegerQuantizerTest, RefusesToSelectWhatIsNotThere) {
  const Graph graph = tiny_float_graph();
  for (const char* text : {"LSTM", "#99", "#", "nothing"}) {
    EXPECT_THROW((void)select_operators(graph, std::vector<std::string>{text}), Error) << text;
  }
}

TEST(IntegerQuantizerTest, SurvivesDeadChannels) {
  Graph graph = tiny_float_graph();
  const int weights = graph.operators[0].inputs[1];
  std::vector<float> values = constant_floats(graph, weights);
  std::fill(values.begin(), values.begin() + 27, 0.0F);         // all zero
  std::fill(values.begin() + 27, values.begin() + 54, 1e-34F);  // dead after folding
  graph.buffers[graph.tensors[static_cast<std::size_t>(weights)].buffer] = bytes_of(values);
  const Graph int8 = quantize_integer(graph, same_statistics(graph), {}).graph;
  for (std::int64_t bias : constant_ints(int8, int8.operators[0].inputs[2])) {
    EXPECT_LE(std::abs(bias), 2147483647);
  }
  expect_writable(int8);
}

TEST(IntegerQuantizerTest, KeepsTheRequantizationFactorWithinWhatAcceleratedKernelsTake) {
  const Graph graph = tiny_float_graph();
  ActivationStatistics statistics = same_statistics(graph);
  statistics.ranges[static_cast<std::size_t>(graph.operators[0].outputs[0])] = Range{0.0F, 1e-4F};
  const Graph int8 = quantize_integer(graph, statistics, {}).graph;
  const float input = named(int8, "image").quantization.scales[0];
  const float output = named(int8, "conv").quantization.scales[0];
  for (float scale : named(int8, "conv/weights").quantization.scales) {
    EXPECT_LT(input * scale / output, 256.0F);
  }
}

TEST(IntegerQuantizerTest, ChangesTheEndsToUint8) {
  const Graph graph = tiny_float_graph();
  const Graph byte = quantize_integer(graph, same_statistics(graph), {.io = GraphIo::kUint8}).graph;
  const Tensor& image = byte.tensors[static_cast<std::size_t>(byte.inputs[0])];
  EXPECT_EQ(image.type, TensorType::kUint8);
  EXPECT_EQ(image.name, "image");
  const Tensor& inner = named(byte, "image_int8");
  EXPECT_EQ(image.quantization.scales, inner.quantization.scales);
  EXPECT_EQ(image.quantization.zero_points[0], inner.quantization.zero_points[0] + 128);
  EXPECT_EQ(byte.tensors[static_cast<std::size_t>(byte.outputs[0])].quantization, to_quantization({1.0F / 256.0F, 0}));
  expect_writable(byte);
}

TEST(IntegerQuantizerTest, GoesFromSixteenBitsToEveryEnd) {
  const Graph graph = tiny_float_graph();
  for (GraphIo io : {GraphIo::kFloat32, GraphIo::kInt8, GraphIo::kUint8}) {
    expect_writable(
        quantize_integer(graph, same_statistics(graph), {.activations = ActivationType::kInt16, .io = io}).graph);
  }
}

TEST(IntegerQuantizerTest, NeedsARangeForEveryActivation) {
  const Graph graph = tiny_float_graph();
  ActivationStatistics statistics = same_statistics(graph);
  statistics.ranges[static_cast<std::size_t>(graph.operators[1].outputs[0])].reset();
  EXPECT_THROW((void)quantize_integer(graph, statistics, {}), Error);
}

TEST(IntegerQuantizerTest, CorrectsTheBiasOnlyWhenAsked) {
  const Graph graph = tiny_float_graph();
  ActivationStatistics statistics = same_statistics(graph);
  statistics.channel_means.resize(graph.tensors.size());
  statistics.channel_means[static_cast<std::size_t>(graph.inputs[0])] = {100.0F, 100.0F, 100.0F};
  const Graph corrected = quantize_integer(graph, statistics, {}).graph;
  const Graph plain = quantize_integer(graph, statistics, {.correct_bias = false}).graph;
  EXPECT_NE(constant_ints(corrected, corrected.operators[0].inputs[2]),
            constant_ints(plain, plain.operators[0].inputs[2]));
  EXPECT_EQ(constant_ints(corrected, corrected.operators[0].inputs[1]),
            constant_ints(plain, plain.operators[0].inputs[1]));
}

}  // namespace
}  // namespace qbench::models
