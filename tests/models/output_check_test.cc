// SPDX-License-Identifier: Apache-2.0
#include "models/output_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "core/error.h"
#include "models/tflite_writer.h"
#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string violation(const Graph& graph) {
  try {
    check_output(graph, write_tflite(graph), "out.tflite");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kModel);
    return error.what();
  }
  return "";
}

Tensor& operand(Graph& graph, std::size_t op, std::size_t position) {
  return graph.tensors[static_cast<std::size_t>(graph.operators[op].inputs[position])];
}

TEST(OutputCheckTest, SoundGraphsPass) {
  EXPECT_EQ(violation(testing::tiny_float_graph()), "");
  EXPECT_EQ(violation(testing::tiny_int8_graph()), "");
  EXPECT_EQ(violation(testing::tiny_fixed_batch_graph()), "");
}

TEST(OutputCheckTest, FatalFindingsAreViolations) {
  Graph graph = testing::tiny_float_graph();
  Tensor& result = graph.tensors[static_cast<std::size_t>(graph.operators[0].outputs[0])];
  result.shape[1] = 5;
  result.shape_signature.clear();
  EXPECT_THAT(violation(graph), StartsWith("out.tflite: CONV_2D #0 'conv': its output is declared as 1x5x4x4"));
}

TEST(OutputCheckTest, WrongNumbersAreViolations) {
  Graph graph = testing::tiny_int8_graph();
  graph.tensors[static_cast<std::size_t>(graph.outputs[0])].quantization.scales = {0.01F};
  EXPECT_THAT(violation(graph), HasSubstr("writes with scale 0.00390625 and zero point -128"));
}

TEST(OutputCheckTest, VersionsOfNewerRuntimesAreViolations) {
  Graph graph = testing::tiny_float_graph();
  graph.operators[0].version = 8;
  EXPECT_THAT(violation(graph), HasSubstr("version 8 is newer than the 2.9 runtime's 5"));
}

TEST(OutputCheckTest, DenormalScalesAreViolations) {
  Graph graph = testing::tiny_int8_graph();
  operand(graph, 0, 1).quantization.scales[2] = std::numeric_limits<float>::denorm_min();
  EXPECT_NE(violation(graph), "");
}

TEST(OutputCheckTest, Minus128InWeightsIsAViolation) {
  Graph graph = testing::tiny_int8_graph();
  graph.buffers[operand(graph, 0, 1).buffer].own()[5] = std::byte{0x80};
  EXPECT_THAT(violation(graph), HasSubstr("CONV_2D #0 'conv': its int8 weights hold -128"));
}

TEST(OutputCheckTest, TheBiasScaleFollowsInputAndWeights) {
  Graph graph = testing::tiny_int8_graph();
  operand(graph, 0, 2).quantization.scales[1] *= 1.01F;
  EXPECT_THAT(violation(graph), HasSubstr("where input scale x weight scale is"));
  operand(graph, 0, 2).quantization.scales.resize(1);
  operand(graph, 0, 2).quantization.zero_points.resize(1);
  EXPECT_THAT(violation(graph), HasSubstr("4 weight scales but 1 bias scales"));
}

TEST(OutputCheckTest, BytesOfAnotherGraphAreAViolation) {
  const Bytes other = write_tflite(testing::tiny_int8_graph());
  EXPECT_THROW(check_output(testing::tiny_float_graph(), other, "out.tflite"), Error);
  Bytes changed = write_tflite(testing::tiny_float_graph());
  changed.push_back(std::byte{0});
  EXPECT_THROW(check_output(testing::tiny_float_graph(), changed, "out.tflite"), Error);
}

}  // namespace
}  // namespace qbench::models
